"""What a station imports is sent to the server piece by piece, and nothing of it is lost, doubled or somebody else's."""

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from app.callers import Caller
from app.errors import Unavailable
from app.ids import new_id
from app.imaging import DecodePool
from app.portal import Acting, Portal
from db.models import SessionRecord
from tests.fakes import FixedClock
from tests.https_server import HttpsServer
from tests.line import Line, line_to
from tests.made_dicom import Disc, folder_of, zip_of
from tests.refusals import refusal
from tests.scene import Scene


class Sending:
    """A desk at the end of a line that can break."""

    def __init__(self, scene: Scene, portal: Portal, line: Line) -> None:
        self.scene, self.portal, self.line = scene, portal, line
        self.caller = self.signed_in("reception")
        self.patient = scene.patient(mrn="MRN1")
        assert portal.parts.server is not None
        self.server = portal.parts.server

    def signed_in(self, role: str) -> Caller:
        known = self.scene.staff[role]
        place = self.portal.station("key of Desk 1")
        token = f"token {new_id()}"
        now = self.scene.clock()
        self.scene.add(
            SessionRecord(
                id=new_id(),
                digest=self.scene.portal.parts.keys.digest("session", token),
                kind="staff",
                staff_id=known.id,
                station_id=self.scene.desk.id,
                started_at=now,
                last_active_at=now,
                ends_at=now.replace(hour=23),
            )
        )
        return self.portal.signed_in(token, station=place)

    @property
    def desk(self) -> Acting:
        return self.portal.acting(self.caller)

    @property
    def folder(self) -> Path:
        return self.scene.portal.parts.settings.data_folder / "surveys"


@pytest.fixture
def sending(
    scene: Scene, https_server: HttpsServer, tmp_path: Path, clock: FixedClock, imaging: DecodePool
) -> Iterator[Sending]:
    with https_server.serving(scene.portal), line_to(https_server.address) as (line, address):
        portal = https_server.station(tmp_path, clock, imaging, address)
        yield Sending(scene, portal, line)
        assert portal.parts.server is not None
        portal.parts.server.close()


def images(count: int) -> tuple[bytes, ...]:
    disc = Disc(description="CT of the head")
    return tuple(disc.image(number, shade=number * 300) for number in range(1, count + 1))


def test_a_disc_is_sent_and_imported_although_the_line_breaks_on_the_way(
    sending: Sending, tmp_path: Path
) -> None:
    disc = zip_of(
        tmp_path / "disc.zip", **{f"slice{n}": file for n, file in enumerate(images(3))}, note=b"text"
    )
    sending.line.break_after(5000)
    survey = sending.desk.imports.survey((str(disc),), sending.patient)
    assert survey.matches_patient
    assert [study.images for study in survey.studies] == [3]
    assert [one.name for one in survey.broken] == ["disc.zip: note"]
    sending.line.break_after(0)
    imported = sending.desk.imports.take(survey.id, sending.patient)
    assert (imported.files, imported.already_there) == (3, 0)
    assert list(sending.folder.glob("*-*")) == []
    again = sending.desk.imports.survey((str(disc),), sending.patient)
    assert sending.desk.imports.take(again.id, sending.patient).already_there == 3


def test_what_was_sent_is_its_senders_and_arrives_whole_or_not_at_all(
    sending: Sending, tmp_path: Path
) -> None:
    [file] = folder_of(tmp_path / "disc", *images(1)).iterdir()
    survey: UUID = new_id()

    def sent() -> str:
        return sending.server.upload(sending.caller, survey, 0, file, lambda: None)

    sha256 = sent()
    assert sent() == sha256  # the same once more is the same
    stranger = sending.portal.acting(sending.signed_in("clinical")).imports
    files = (("one", sha256),)
    assert refusal(stranger.survey_sent, survey, files) == "survey_gone"
    assert refusal(sending.desk.imports.survey_sent, survey, (("one", "0" * 64),)) == "survey_gone"
    assert refusal(sending.desk.imports.survey_sent, survey, (*files, ("two", sha256))) == "survey_gone"
    assert len(sending.desk.imports.survey_sent(survey, files).studies) == 1


def test_a_cancelled_sending_stops_and_imports_nothing(sending: Sending, tmp_path: Path) -> None:
    stop = threading.Event()
    disc = folder_of(tmp_path / "disc", *images(3))
    told: list[int] = []

    def watch(done: int, _of: int) -> None:
        told.append(done)
        if len(told) > 7:  # three were found and described; some are on their way
            stop.set()

    with pytest.raises(Unavailable, match="import_cancelled"):
        sending.desk.imports.survey((str(disc),), sending.patient, watch, stop)


def test_a_kiosk_sends_no_files(sending: Sending, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x")
    kiosk = sending.portal.station("key of Kiosk 1")
    assert refusal(sending.server.upload, kiosk, new_id(), 0, file, lambda: None) == "not_allowed"
    desk = sending.portal.station("key of Desk 1")
    assert refusal(sending.server.upload, desk, new_id(), 0, file, lambda: None) == "signed_out"
