"""A clinic with a shared exam behind the web view, a browser without a screen, and a phone's real Chromium."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from pydicom import dcmread
from sqlalchemy import select

from app.imaging import DecodePool
from app.imaging.phantoms import SampleExam, SamplePatient, make_ct, make_ultrasound
from app.portal import Portal
from app.settings import ListenSettings
from app.views.sharing import InvitationRow
from db.models import Invitation, Patient
from tests.conftest import make_portal
from tests.databases import SQLiteFiles
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.scene import Known, Scene
from web.main import create_app
from web.server import listening_socket, make_server

PUBLIC = "https://portal.harbour.example"
NUMBER = "0123456789AB"
CODE = "ABCDEFGH1234"
SLICES = 6
FRAMES = 3
TALL = 2  # the image whose pixels are twice as high as wide
TEXT = "FINDINGS\nThe lungs are clear."
PERSON = SamplePatient("Hart", "Amelia", date(1944, 5, 17), "M-7788", "Harbour Imaging", "F")


@pytest.fixture(scope="session")
def disc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two series of one exam, as a device would write them."""
    folder = tmp_path_factory.mktemp("disc")
    exam = SampleExam("W-0001", date(2026, 3, 10), time(9, 40), "CT of the chest")
    slices = make_ct(folder, PERSON, exam, slices=SLICES, side=128)
    tall = dcmread(slices[TALL - 1])
    tall.PixelSpacing = [6, 3]
    tall.save_as(slices[TALL - 1])
    make_ultrasound(folder, PERSON, exam, frames=FRAMES, series=2)
    return folder


class Web:
    """The web view with an exam that Amelia shares with Dr Okafor."""

    def __init__(self, scene: Scene, disc: Path) -> None:
        self.scene = scene
        self.portal = scene.portal
        self.clock = scene.clock
        self.patient = scene.patient(mrn="M-7788")
        self.owner = scene.account(self.patient, kind="web")
        reception = scene.acting("reception")
        survey = reception.imports.survey((str(disc),), self.patient)
        self.exam = reception.imports.take(survey.id, self.patient).exam_ids[0]
        self.report = scene.report(self.exam, text=TEXT)
        self.app = create_app(self.portal, self.portal.parts.settings)

    def invitation(self, **settings: object) -> UUID:
        return self.scene.invitation(
            self.owner,
            self.exam,
            self.patient,
            number=NUMBER,
            code=CODE,
            **settings,  # type: ignore[arg-type]  # the scene checks them
        )

    def invitations(self) -> list[UUID]:
        return [row.id for row in self.scene.acting(self.as_owner()).sharing.mine()]

    def rename(self, patient: str, *, note: str) -> None:
        """Give Amelia another family name, and the invitation a note."""
        with self.portal.parts.database.writing() as session:
            session.get_one(Patient, self.patient).family_name = patient
            for invitation in session.scalars(select(Invitation)):
                invitation.note = note

    def as_owner(self) -> Known:
        """Amelia, signed in just now."""
        return Known(self.owner.id, self.scene.session("web", account_id=self.owner.id))

    def row(self, invitation: UUID) -> InvitationRow:
        return self.scene.acting(self.as_owner()).sharing.open(invitation).invitation

    def browser(self, base: str = PUBLIC, address: str = "203.0.113.9") -> "Browser":
        """A browser of its own, with its own cookies."""
        return Browser(TestClient(self.app, base_url=base, client=(address, 50000), follow_redirects=False))


class Browser:
    """A browser without scripts: it follows what a page says."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers=headers)

    def hidden(self, path: str) -> dict[str, str]:
        """The fields that the page's form carries by itself."""
        return hidden(self.get(path).text)

    def send(self, path: str, fields: dict[str, str], **headers: str) -> Response:
        return self.client.post(path, data=fields, headers={"Origin": str(self.client.base_url), **headers})

    def fill(self, page: str, to: str, **typed: str) -> Response:
        """Open a page, type, and press its button."""
        return self.send(to, self.hidden(page) | typed)

    def enter(self, code: str = CODE, number: str = NUMBER) -> Response:
        return self.fill("/open", "/open", number=number, code=code)


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def said(response: Response) -> str:
    """The words of a page, without its markup."""
    return " ".join(re.sub(r"<[^>]*>", " ", response.text.partition("<main")[2]).split()).replace(
        "&#39;", "'"
    )


@pytest.fixture
def web(scene: Scene, disc: Path) -> Web:
    return Web(scene, disc)


@pytest.fixture
def browser(web: Web) -> Iterator[Browser]:
    opened = web.browser()
    with opened.client:
        yield opened


@pytest.fixture
def guest(web: Web, browser: Browser) -> Browser:
    """A browser in which the invitation was opened."""
    web.invitation()
    assert browser.enter().status_code == 303
    return browser


@pytest.fixture
def served(
    sqlite_files: SQLiteFiles,
    tmp_path: Path,
    clock: FixedClock,
    mailer: KeptMailer,
    texts: KeptTextSender,
    imaging: DecodePool,
    disc: Path,
) -> Iterator[tuple[Web, str]]:
    """The same clinic behind a real server on a loopback port; its address comes with it."""
    portal: Portal = make_portal(sqlite_files.upgraded(), tmp_path, clock, mailer, texts, imaging)
    web = Web(Scene(portal, clock), disc)
    with serving(portal) as address:
        yield web, address
    portal.parts.database.close()


@contextmanager
def serving(portal: Portal, port: int = 0) -> Iterator[str]:
    """Serve a portal for as long as the context lasts; the address comes with it."""
    listening = listening_socket(ListenSettings(port=port))
    server = make_server(portal, replace(portal.parts.settings, listen=ListenSettings()))
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]), name="web server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
