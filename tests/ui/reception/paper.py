"""Hands at the desk that make an account and print its letter."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from tests.ui.reception.conftest import ALT, CTRL, PATIENCE_MS, Desk
from ui.desk.paper_dialog import PaperDialog


def create(desk: Desk) -> None:
    desk.press(Qt.Key.Key_A, ALT)
    desk.wait_for("form_dialog")
    desk.type("Passport")
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("paper_dialog")
    desk.settle()


def confirm_two(desk: Desk) -> None:
    boxes = [box for box in desk.find(QWidget, "paper_dialog").findChildren(QCheckBox) if box.isVisible()]
    for box in boxes[:2]:
        box.setFocus()
        desk.press(Qt.Key.Key_Space)


def choose_printer(desk: Desk, name: str) -> None:
    box = desk.find(QWidget, "printer").findChild(QComboBox)
    assert box is not None
    box.setCurrentIndex(next(at for at in range(box.count()) if box.itemText(at).startswith(name)))


def print_it(desk: Desk, printer: str = "Desk_Good") -> PaperDialog:
    dialog = desk.find(PaperDialog, "paper_dialog")
    choose_printer(desk, printer)
    desk.press(Qt.Key.Key_P, CTRL)
    desk.qtbot.waitUntil(lambda: bool(dialog.form.notices.sentence), timeout=PATIENCE_MS)
    desk.settle()
    return dialog


def hand_over(desk: Desk) -> None:
    """Say that the patient has what was printed."""
    desk.press(Qt.Key.Key_H, ALT)
    desk.wait_gone("paper_dialog")
    desk.settle()
