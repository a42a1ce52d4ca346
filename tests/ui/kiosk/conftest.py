"""What tests of the kiosk have: a window in a scene on SQLite, a finger, an exam with real images, a spying printer."""

from collections.abc import Callable, Iterator
from datetime import date, time
from pathlib import Path
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from app.imaging.phantoms import SampleExam, SamplePatient, make_ct
from app.rules.codes import new_code
from app.words import Words
from tests.databases import SQLiteFiles
from tests.scene import Known, Scene
from tests.ui.fingers import Finger
from tests.ui.kiosk.at_kiosk import AtKiosk, SpyPrinters
from ui.background import Background
from ui.kiosk.window import KioskWindow
from ui.surroundings import Surroundings
from ui.theme import Theme

REPORT = (
    "Clinical information:\nFall from a ladder.\n\nFindings:\nThe brain, the ventricles and the skull are normal."
    " There is no bleeding and no fracture.\n\nConclusion:\nNo sign of an injury."
)


@pytest.fixture
def databases(sqlite_files: SQLiteFiles) -> SQLiteFiles:
    """Windows are tested on SQLite alone: what lies below them is tested on both."""
    return sqlite_files


@pytest.fixture
def printers() -> SpyPrinters:
    return SpyPrinters()


OpenKiosk = Callable[..., AtKiosk]


@pytest.fixture
def open_kiosk(
    scene: Scene, qtbot: QtBot, words: Words, background: Background, finger: Finger, printers: SpyPrinters
) -> Iterator[OpenKiosk]:
    """Open the kiosk's window at a size and wait for its welcome page."""
    opened: list[KioskWindow] = []

    def opens(size: tuple[int, int] = (1920, 1080), **more: object) -> AtKiosk:
        theme = Theme("kiosk")
        surroundings = Surroundings(
            scene.portal,
            scene.kiosk.caller,
            words,
            background,
            theme,
            printers,
            **more,  # type: ignore[arg-type]  # a test's own keywords
        )
        window = KioskWindow(surroundings)
        qtbot.addWidget(window)
        theme.apply(window)
        window.resize(*size)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        opened.append(window)
        at = AtKiosk(window, qtbot, finger)
        at.wait_for("welcome")
        return at

    yield opens
    for window in opened:
        window.close_down()
        qtbot.waitUntil(background.is_idle)


@pytest.fixture
def kiosk(open_kiosk: OpenKiosk) -> AtKiosk:
    return open_kiosk()


@pytest.fixture
def patient(scene: Scene) -> UUID:
    return scene.patient(mrn="M1000123")


@pytest.fixture
def account(scene: Scene, patient: UUID) -> Known:
    return scene.account(patient, user_name="amelia.hart")


@pytest.fixture
def import_exam(scene: Scene, tmp_path: Path) -> Callable[[UUID], UUID]:
    """Import a small CT through the real door; return the exam's id."""

    def imports(patient: UUID, *, slices: int = 6, description: str = "CT of the head") -> UUID:
        folder = tmp_path / f"dicom-{new_code()}"
        folder.mkdir()
        make_ct(
            folder,
            SamplePatient("Hart", "Amelia", date(1944, 5, 17), "M1000123", "F"),
            SampleExam(f"A{new_code()}", date(2026, 3, 12), time(9, 30), description),
            slices=slices,
            side=64,
        )
        desk = scene.acting("reception").imports
        survey = desk.survey([str(folder)], patient)
        return desk.take(survey.id, patient, confirmed_difference="made for a test").exam_ids[0]

    return imports


@pytest.fixture
def exam(scene: Scene, patient: UUID, import_exam: Callable[[UUID], UUID]) -> UUID:
    """A CT with six images and a report that can be read."""
    made = import_exam(patient)
    scene.report(made, text=REPORT)
    return made
