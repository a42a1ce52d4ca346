"""Images of a station, whose server is 20 ms away: what was fetched ahead of the finger is there when it comes."""

from datetime import date, time
from pathlib import Path
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from app.imaging import DecodePool
from app.imaging.phantoms import SampleExam, SamplePatient, make_ct
from db.models import Staff
from tests.databases import SQLiteFiles
from tests.fakes import FixedClock
from tests.far_line import far_line_to
from tests.https_server import HttpsServer
from tests.scene import PASSWORD, Scene
from tests.ui.viewer.conftest import OpenViewer
from ui.background import Background
from ui.patient.exam_images import PortalImages
from ui.viewer.source import Position

SLICES = 7
PATIENCE_MS = 60_000


@pytest.fixture
def databases(sqlite_files: SQLiteFiles) -> SQLiteFiles:
    return sqlite_files


@pytest.fixture
def exam(scene: Scene, tmp_path: Path) -> UUID:
    patient = scene.patient(mrn="M1000123")
    person = SamplePatient("Hart", "Amelia", date(1944, 5, 17), "M1000123")
    made = SampleExam("A1", date(2026, 3, 12), time(9, 30), "CT of the chest")
    make_ct(tmp_path / "j2k", person, made, slices=SLICES, side=64, coding="jpeg_2000")
    make_ct(tmp_path / "jpeg_ls", person, made, slices=SLICES, side=64, coding="jpeg_ls", series=2)
    imports = scene.acting("reception").imports
    survey = imports.survey((str(tmp_path / "j2k"), str(tmp_path / "jpeg_ls")), patient)
    return imports.take(survey.id, patient, "made for a test").exam_ids[0]


@pytest.mark.rule("R38", "R44")
@pytest.mark.parametrize("is_fetched_ahead", [True, False], ids=["ahead", "control"])
def test_an_image_that_was_fetched_ahead_is_shown_without_waiting_for_the_line(
    qtbot: QtBot,
    scene: Scene,
    exam: UUID,
    https_server: HttpsServer,
    tmp_path: Path,
    clock: FixedClock,
    imaging: DecodePool,
    open_viewer: OpenViewer,
    background: Background,
    monkeypatch: pytest.MonkeyPatch,
    is_fetched_ahead: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    if not is_fetched_ahead:
        monkeypatch.setattr("ui.viewer.loader.AHEAD", 0)
        monkeypatch.setattr("ui.viewer.loader.BEHIND", 0)
    with scene.portal.parts.database.reading() as session:
        user_name = session.get_one(Staff, scene.staff["reception"].id).user_name
    with https_server.serving(scene.portal), far_line_to(https_server.address) as address:
        at_desk = https_server.station(tmp_path, clock, imaging, address)
        desk = at_desk.station("key of Desk 1")
        caller = at_desk.signed_in(
            at_desk.acting(desk).staff.sign_in(user_name, PASSWORD).token, station=desk
        )
        try:
            images = PortalImages(at_desk, caller, at_desk.acting(caller).exams.open(exam))
            viewer = open_viewer(images)
            loader = viewer._main.loader
            places = [Position(one.id, index) for one in images.series for index in range(one.count)]
            assert len(places) == 2 * SLICES
            at_once = 0
            for place in places[1:SLICES] + places[SLICES + 1 :]:
                if place.index == 1:
                    begun = Position(place.series_id, 0)
                    viewer.go(begun)
                    qtbot.waitUntil(lambda at=begun: viewer.shown == at, timeout=PATIENCE_MS)  # type: ignore[misc]  # bound now
                if is_fetched_ahead:
                    qtbot.waitUntil(lambda at=place: loader.held(at) is not None, timeout=PATIENCE_MS)  # type: ignore[misc]  # bound now
                viewer.go(place, is_moving=True)
                at_once += viewer.shown == place  # nothing was waited for: no event has been handled since
                qtbot.waitUntil(lambda at=place: viewer.shown == at, timeout=PATIENCE_MS)  # type: ignore[misc]  # bound now
            viewer.stop()
            images.close()
            qtbot.waitUntil(background.is_idle, timeout=PATIENCE_MS)
            assert at_once == (2 * (SLICES - 1) if is_fetched_ahead else 0)
        finally:
            assert at_desk.parts.server is not None
            at_desk.parts.server.close()
