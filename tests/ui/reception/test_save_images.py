"""Images at the desk are saved to a file, and the record says so."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QToolButton

from tests.scene import Scene
from tests.ui.kiosk.conftest import import_exam
from tests.ui.reception.conftest import ALT, CTRL, Desk, OpenDesk
from ui.reception.images_view import ImagesView

__all__ = ["import_exam"]


@pytest.fixture
def desk(scene: Scene, open_desk: OpenDesk, import_exam: Callable[[UUID], UUID]) -> Desk:
    import_exam(scene.patient("Amelia", "Hart", date(1944, 5, 17), mrn="M1000123"))
    made = open_desk(scene)
    made.sign_in(scene.staff["reception"])
    made.open("M1000123")
    made.press(Qt.Key.Key_2, CTRL)
    made.press(Qt.Key.Key_Return)
    made.wait_for("exam_view")
    made.press(Qt.Key.Key_O, ALT)
    made.wait_for("images_view")
    view = made.find(ImagesView, "images_view")
    made.qtbot.waitUntil(
        lambda: view.viewer is not None and view.viewer.is_ready and view.viewer.shown is not None
    )
    return made


def save_as(desk: Desk, choice: str, target: Path) -> None:
    """Press Download, choose, and name the file."""
    desk.click("download")
    buttons = [one for one in desk.window.findChildren(QToolButton) if one.isVisible()]
    (wanted,) = [one for one in buttons if choice in one.text()]
    desk.click(wanted.objectName())
    dialog = desk.window.findChild(QFileDialog, "images_save")
    assert dialog is not None
    dialog.fileSelected.emit(str(target))
    dialog.close()


@pytest.mark.rule("R41", "D21", "D24")
def test_staff_save_an_image_and_all_dicom_files_which_is_recorded(
    desk: Desk, scene: Scene, tmp_path: Path
) -> None:
    save_as(desk, "(PNG)", tmp_path / "one.png")
    desk.qtbot.waitUntil(lambda: "Saved as one.png" in desk.words())
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")
    save_as(desk, "(DICOM)", tmp_path / "all.zip")
    desk.qtbot.waitUntil(lambda: "Saved as all.zip" in desk.words())
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert "DICOMDIR" in archive.namelist()
    events = scene.acting("privacy").audit.search(
        date(2026, 3, 1), date(2026, 3, 31), verb="images.take_away"
    )
    assert len(events) == 2


def test_what_cannot_be_saved_is_told(desk: Desk, tmp_path: Path) -> None:
    save_as(desk, "(JPEG)", tmp_path / "no such folder" / "one.jpg")
    desk.qtbot.waitUntil(lambda: not desk.find(ImagesView, "images_view").busy.isVisible())
    desk.settle()
    assert desk.find(ImagesView, "images_view").notices.sentence
    assert "Saved as" not in desk.words()


@pytest.mark.rule("D21")
def test_staff_print_an_image_on_a_sheet(desk: Desk) -> None:
    desk.click("print")
    desk.click("choice_0")
    desk.wait_for("paper_dialog")
    assert "Images of Amelia Hart" in desk.words()
