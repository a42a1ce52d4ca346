"""One way through everything: desk, letter, e-mail, phone, guest, kiosk, each the real thing, on one database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect
from pytestqt.qtbot import QtBot

from app.imaging import DecodePool
from app.imaging.phantoms import SampleExam, SamplePatient, make_ct
from app.outside.smtp import SmtpMailer
from app.portal import Portal
from app.settings import SmtpSettings
from tests.app.documents.reading import text_of
from tests.app.outside.mail_server import MailServer
from tests.conftest import make_portal
from tests.databases import SQLiteFiles
from tests.fakes import FixedClock, KeptTextSender
from tests.printers.cupsd import PrintServer
from tests.scene import Scene
from tests.ui.conftest import background, finger, hand, show, touch_screen, words
from tests.ui.kiosk.at_kiosk import AtKiosk
from tests.ui.kiosk.conftest import OpenKiosk, open_kiosk, printers
from tests.ui.reception.conftest import Desk, OpenDesk, cups, open_desk, print_server
from tests.ui.reception.paper import confirm_two, create, hand_over, print_it
from tests.web.conftest import serving
from tests.web.phone import PATIENCE_MS, Phone, chromium, phone_at, sees, shows_within_five_seconds
from ui.desk.row_table import RowTable
from ui.printing import CupsPrinters
from ui.widgets.status import StatusBadge

__all__ = [
    "background",
    "cups",
    "finger",
    "hand",
    "open_desk",
    "open_kiosk",
    "print_server",
    "printers",
    "show",
    "touch_screen",
    "words",
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # three windows and a browser on a busy machine
    pytest.mark.qt_log_ignore("This plugin does not support"),  # what Qt's offscreen screen says of itself
]

MRN = "M100234"
CHOSEN = "seven blue herons"


@dataclass
class Mailbox:
    """What has reached the mail server."""

    server: MailServer

    def last_to(self, address: str) -> str:
        """The text of the newest mail to somebody."""
        mail = next(mail for mail in reversed(self.server.accepted) if mail.rcpt_tos == [address])
        message = message_from_bytes(mail.content, policy=default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("html",))
        assert body is not None
        return str(body.get_content())


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox(MailServer())


@pytest.fixture
def portal(
    sqlite_files: SQLiteFiles,
    tmp_path: Path,
    clock: FixedClock,
    mailbox: Mailbox,
    texts: KeptTextSender,
    imaging: DecodePool,
) -> Iterator[Portal]:
    """The portal with a real mail server; desk, kiosk and web share its database."""
    with mailbox.server.start() as running:
        smtp = SmtpSettings(
            "127.0.0.1", "Harbour Imaging <portal@harbour.example>", port=running.port, security="none"
        )
        made = make_portal(sqlite_files.upgraded(), tmp_path, clock, SmtpMailer(smtp, clock), texts, imaging)
        yield made
        made.parts.database.close()


@pytest.fixture
def address(scene: Scene) -> Iterator[str]:
    """The web view, at the address that the clinic's letters and mails name."""
    with serving(scene.portal) as served:
        manager = scene.acting("manager").clinic
        manager.change(replace(manager.settings(), public_address=served))
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def patient(scene: Scene) -> UUID:
    return scene.patient("Amelia", "Hart", date(1944, 5, 17), mrn=MRN)


@pytest.fixture
def exam(scene: Scene, patient: UUID, tmp_path: Path) -> UUID:
    folder = tmp_path / "disc"
    folder.mkdir()
    person = SamplePatient("Hart", "Amelia", date(1944, 5, 17), MRN, "F")
    make_ct(folder, person, SampleExam("A-1", date(2026, 3, 10), time(9, 40), "CT of the chest"), slices=3)
    desk = scene.acting("reception").imports
    survey = desk.survey([str(folder)], patient)
    made = desk.take(survey.id, patient, confirmed_difference="made for a test").exam_ids[0]
    scene.report(made, text="FINDINGS\nThe lungs are clear.")
    return made


@pytest.mark.rule(
    "R1", "R5", "R6", "R7", "R21", "R23", "R54", "R55", "R57", "R58", "R63", "R70", "R73", "R74"
)
@pytest.mark.rule("R76", "D12", "D13", "D17")
def test_from_the_desk_to_the_guest_who_is_shut_out_at_the_kiosk(
    scene: Scene,
    patient: UUID,
    exam: UUID,
    address: str,
    mailbox: Mailbox,
    browser: Browser,
    qtbot: QtBot,
    open_kiosk: OpenKiosk,
    open_desk: OpenDesk,  # after the kiosk: its window is closed first
    cups: CupsPrinters,
    print_server: PrintServer,
) -> None:
    desk = open_desk(scene, printers=cups)
    desk.sign_in(scene.staff["reception"])
    code = make_account(desk, print_server)
    scene.portal.deliver_due()
    with (
        phone_at(browser, address, PATIENCE_MS) as phone,
        phone_at(browser, address, PATIENCE_MS) as guest,
    ):
        activate(phone, mailbox, code)
        share(phone)
        scene.portal.deliver_due()
        expect(phone.page.locator("#status")).to_contain_text("Active", timeout=PATIENCE_MS)

        kiosk = open_kiosk()
        kiosk.sign_in("amelia", CHOSEN)
        kiosk.tap("shared_exams")
        assert status_at(kiosk) == "Active"
        desk.window.activateWindow()
        desk.qtbot.waitUntil(desk.window.isActiveWindow, timeout=PATIENCE_MS)
        desk.open(MRN)
        desk.wait_for("invitations_table")
        assert statuses(desk) == ["Active"]

        mail = mailbox.last_to("sam@example.org")
        link = re.search(r'href="([^"]*/i/[^"]*)"', mail)
        assert link
        guest.page.goto(link[1])
        guest.page.get_by_label("Verification code").fill(code_in(mail))
        guest.page.get_by_role("button", name="Open the exam").tap()
        sees(guest, "The lungs are clear.")
        qtbot.waitUntil(lambda: statuses(desk) == ["Viewed"], timeout=PATIENCE_MS)
        kiosk.wait_until(lambda: status_at(kiosk) == "Viewed")
        expect(phone.page.locator("#status")).to_contain_text("Viewed", timeout=PATIENCE_MS)

        kiosk.window.activateWindow()
        qtbot.waitUntil(kiosk.window.isActiveWindow, timeout=PATIENCE_MS)
        (invitation,) = invitations(scene, patient)

        def revoke() -> None:
            kiosk.tap(f"invitation_{invitation}")
            kiosk.tap("revoke_access")
            kiosk.tap("revoke_yes")
            kiosk.wait_until(lambda: status_at(kiosk) == "Revoked")

        ended = guest.page.get_by_role("heading", name="Your visit has ended")
        shows_within_five_seconds(guest, revoke, ended)
        expect(guest.page.get_by_text("The lungs are clear.")).to_have_count(0)
        assert guest.complaints == [REFUSED] * len(guest.complaints)
        assert phone.complaints == []
        qtbot.waitUntil(lambda: statuses(desk) == ["Revoked"], timeout=PATIENCE_MS)
        expect(phone.page.locator("#status")).to_contain_text("Revoked", timeout=PATIENCE_MS)


REFUSED = "Failed to load resource: the server responded with a status of 403 (Forbidden)"


def make_account(desk: Desk, print_server: PrintServer) -> str:
    """Make the account at the desk and print its letter; return the code that stands on the paper."""
    desk.open(MRN)
    create(desk)
    confirm_two(desk)
    assert "has printed it" in print_it(desk).form.notices.sentence
    hand_over(desk)
    return code_in(text_of(print_server.kept[-1].pdf))


def code_in(text: str) -> str:
    found: list[str] = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", text)
    return found[-1]


def activate(phone: Phone, mailbox: Mailbox, code: str) -> None:
    """Press the mail's button on the phone, type the letter's code, choose name and password, and sign in."""
    link = re.search(r'href="([^"]*/activate#[^"]*)"', mailbox.last_to("amelia@example.org"))
    assert link
    page = phone.page
    page.goto(link[1])
    page.get_by_label("Activation code").fill(code)
    page.get_by_role("button", name="Next").tap()
    sees(phone, "Your e-mail address is confirmed.")
    for label, typed in (("Day", "17"), ("Month", "5"), ("Year", "1944"), ("User name", "amelia")):
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_label("Password", exact=True).fill(CHOSEN)
    page.get_by_label("The same password again").fill(CHOSEN)
    page.get_by_label("I have read this").check()
    page.get_by_role("button", name="Activate Account").tap()
    sees(phone, "Your account is ready.")
    page.get_by_label("Password", exact=True).fill(CHOSEN)
    page.get_by_role("button", name="Sign in").tap()
    page.wait_for_url("**/home/*")


def share(phone: Phone) -> None:
    """Share the exam by e-mail, from the phone, and stay on the invitation's page."""
    page = phone.page
    page.get_by_role("link", name="My Exam").first.tap()
    page.get_by_role("link", name="CT of the chest").tap()
    sees(phone, "The lungs are clear.")
    page.get_by_role("link", name="Share Exam").tap()
    page.get_by_label("Name of the person").fill("Dr Sam Okafor")
    page.get_by_label("What is their e-mail address?").fill("sam@example.org")
    page.get_by_label("I understand this is sensitive medical information").check()
    page.get_by_role("button", name="Share Exam").tap()
    sees(phone, "By e-mail to sam@example.org")


def invitations(scene: Scene, patient: UUID) -> list[UUID]:
    """Those that the desk lists for a patient."""
    again = scene.session("staff", scene.desk, staff_id=scene.staff["reception"].id)
    page = scene.acting(again).patients.open(patient)
    return [row.id for row in page.invitations]


def statuses(desk: Desk) -> list[str]:
    return [line.cells[2].text for line in desk.find(RowTable, "invitations_table").lines]


def status_at(kiosk: AtKiosk) -> str:
    badge = kiosk.wait_for("status")
    assert isinstance(badge, StatusBadge)
    return badge.word
