"""Images are brought in at the desk: looked through, compared with the patient, stored, and opened."""

from datetime import date, time
from pathlib import Path

import pytest
from pydicom import dcmread
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.imaging.phantoms import SampleExam, SamplePatient, make_ct
from tests.scene import Scene
from tests.ui.reception.conftest import ALT, CTRL, Desk
from ui.desk.row_table import RowTable
from ui.reception.images_view import ImagesView
from ui.reception.import_dialog import ImportDialog
from ui.widgets.button import Button

BORN = date(1944, 5, 17)


def files(
    folder: Path, *, number: str = "M100234", family: str = "Hart", born: date = BORN, slices: int = 3
) -> Path:
    folder.mkdir()
    person = SamplePatient(family, "Amelia", born, number, "Harbour Imaging")
    exam = SampleExam("A1", date(2026, 3, 11), time(9, 30), "CT of the chest")
    make_ct(folder, person, exam, slices=slices, side=64)
    return folder


def drop(desk: Desk, *paths: Path) -> None:
    """Drop files on the patient's page as a file manager does."""
    desk.open("M100234")
    page = desk.find(QWidget, "patient_page")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    at, copy = page.rect().center(), Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(page, QDragEnterEvent(at, copy, data, left, none))
    QApplication.sendEvent(page, QDropEvent(QPointF(at), copy, data, left, none))


def looked(desk: Desk) -> ImportDialog:
    desk.wait_for("import_dialog")
    dialog = desk.find(ImportDialog, "import_dialog")
    desk.qtbot.waitUntil(lambda: not dialog.busy.isVisible())
    desk.settle()
    return dialog


def said(dialog: ImportDialog) -> str:
    return dialog._body.notices.sentence


def open_first_exam(desk: Desk) -> None:
    desk.press(Qt.Key.Key_2, CTRL)
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("exam_view")


def test_files_dropped_on_the_patient_are_imported_and_appear_among_the_exams(
    desk: Desk, tmp_path: Path
) -> None:
    drop(desk, files(tmp_path / "disc"))
    dialog = looked(desk)
    assert "fit this patient" in said(dialog)
    below = dialog.take.mapTo(dialog.card, dialog.take.rect().topLeft()).y()
    last = dialog.table.mapTo(dialog.card, dialog.table.rect().bottomLeft()).y()
    assert below - last < 2 * dialog.take.height()  # no empty room under the one row
    day_in_files = dialog.table.lines[0].cells[1].text
    assert dialog.table.lines[0].cells[3].text == "17 May 1944"
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.qtbot.waitUntil(lambda: "3 image files were imported." in said(dialog))
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    (line,) = desk.find(RowTable, "exams_table").lines
    # The site's day, before the import and after it: at 9:30 in Sydney it is still the 10th in UTC.
    assert [day_in_files, line.cells[0].text] == ["11 March 2026", "11 March 2026"]
    assert [cell.text for cell in line.cells[1:4]] == ["CT of the chest", "North", "3"]


def test_files_without_a_date_are_said_to_get_todays(desk: Desk, tmp_path: Path) -> None:
    folder = files(tmp_path / "disc")
    for path in folder.iterdir():
        image = dcmread(path)
        image.StudyDate = image.SeriesDate = image.ContentDate = ""
        image.save_as(path)
    drop(desk, folder)
    dialog = looked(desk)
    assert "the exam will carry today's date" in said(dialog)
    assert dialog.table.lines[0].cells[1].text == "not in the files"
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.qtbot.waitUntil(lambda: "3 image files were imported." in said(dialog))


@pytest.mark.rule("D30")
def test_whom_the_files_name_and_what_differs_is_read_whole(desk: Desk, tmp_path: Path) -> None:
    folder = files(tmp_path / "disc", number="N-20417", family="Valentine-Okonkwo", born=date(1958, 9, 12))
    drop(desk, folder)
    dialog = looked(desk)
    assert "Amelia Valentine-Okonkwo, born 12 September 1958, number N-20417" in said(dialog)
    assert dialog.table.lines[0].cells[-1].text == "name, birth date, number"
    for column in range(dialog.table.columnCount()):
        assert dialog.table.columnWidth(column) >= dialog.table.sizeHintForColumn(column), column


@pytest.mark.rule("D30")
def test_images_that_name_somebody_else_are_imported_only_with_a_typed_reason(
    desk: Desk, tmp_path: Path, scene: Scene
) -> None:
    drop(desk, files(tmp_path / "disc", number="M999", family="Young"))
    dialog = looked(desk)
    assert "another patient's" in said(dialog)
    (line,) = dialog.table.lines
    assert "name" in line.cells[-1].text
    button = desk.find(Button, "import_take")
    assert not button.isEnabled()
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.settle()
    assert not desk.find(RowTable, "import_studies").isHidden()
    desk.find(QWidget, "confirmed_difference").setFocus()
    desk.type("Name before her marriage, passport seen")
    assert button.isEnabled()
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.qtbot.waitUntil(lambda: "were imported" in said(dialog))
    events = scene.acting("privacy").audit.search(date(2026, 3, 1), date(2026, 3, 31), verb="imports.file")
    assert "Name before her marriage, passport seen" in events[0].detail


def test_broken_files_are_listed_and_the_rest_is_imported(desk: Desk, tmp_path: Path) -> None:
    folder = files(tmp_path / "disc")
    (folder / "broken.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 400)
    drop(desk, folder)
    dialog = looked(desk)
    assert [line.key for line in dialog.broken.lines] == ["broken.dcm"]
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.qtbot.waitUntil(lambda: "3 image files were imported." in said(dialog))


def test_a_folder_without_images_says_so(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("hello")
    drop(desk, tmp_path / "letter.txt")
    assert "No images were found" in said(looked(desk))


def test_looking_through_files_can_be_cancelled(desk: Desk, tmp_path: Path) -> None:
    drop(desk, files(tmp_path / "disc", slices=60))
    desk.wait_for("import_dialog")
    dialog = desk.find(ImportDialog, "import_dialog")
    dialog.busy.cancel_button.click()
    desk.qtbot.waitUntil(lambda: bool(said(dialog)))
    desk.settle()
    assert not desk.sees("import_take")
    assert desk.find(Button, "import_files").isEnabled()


def test_images_open_in_the_viewer_and_who_looked_is_on_record(
    desk: Desk, tmp_path: Path, scene: Scene
) -> None:
    drop(desk, files(tmp_path / "disc"))
    dialog = looked(desk)
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.qtbot.waitUntil(lambda: "were imported" in said(dialog))
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    open_first_exam(desk)
    desk.press(Qt.Key.Key_O, ALT)
    desk.wait_for("images_view")
    view = desk.find(ImagesView, "images_view")
    desk.qtbot.waitUntil(
        lambda: view.viewer is not None and view.viewer.is_ready and view.viewer.shown is not None
    )
    assert not desk.sees("search_box")  # the images have the whole width
    assert desk.text("patient_name") == "Amelia Hart"
    viewer = view.viewer
    assert viewer is not None
    viewer.left.emit()
    desk.wait_gone("images_view")
    desk.settle()
    verbs = {
        event.verb for event in scene.acting("privacy").audit.search(date(2026, 3, 1), date(2026, 3, 31))
    }
    assert "exams.open" in verbs
