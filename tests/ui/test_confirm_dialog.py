"""A question stands over its page until it is answered, and the page comes back as it was."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.words import Words
from tests.ui.fingers import Finger
from ui.widgets.button import Button
from ui.widgets.confirm_dialog import ConfirmDialog
from ui.widgets.field import TextField
from ui.widgets.layout import column

Show = Callable[..., QWidget]


class Desk(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.note = TextField("note", "Note")
        self.block = Button("Block", "danger")
        self.off = Button("Print")
        self.off.setEnabled(False)
        self.shortcuts = 0
        shortcut = QShortcut(QKeySequence("Ctrl+P"), self.note)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(self._on_shortcut)
        self.setLayout(column(self.note, self.block, self.off, None))

    def _on_shortcut(self) -> None:
        self.shortcuts += 1


@pytest.fixture
def desk(show: Show) -> Desk:
    made = Desk()
    show(made)
    made.block.setFocus()
    return made


@pytest.fixture
def answers() -> list[str]:
    return []


@pytest.fixture
def question(desk: Desk, words: Words, answers: list[str]) -> ConfirmDialog:
    return ConfirmDialog(
        desk,
        words,
        "Block this account?",
        "Codes and invitations stop working at once.",
        action="Block",
        confirmed=lambda: answers.append("yes"),
    )


def press(key: Qt.Key) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)


def test_no_is_the_answer_at_hand(question: ConfirmDialog, desk: Desk, answers: list[str]) -> None:
    assert question.no.hasFocus()
    press(Qt.Key.Key_Return)
    assert answers == []
    assert desk.block.isEnabled()
    assert desk.block.hasFocus()


def test_escape_means_no(question: ConfirmDialog, desk: Desk, answers: list[str]) -> None:
    press(Qt.Key.Key_Escape)
    assert answers == []
    assert not question.isVisible()


def test_yes_by_keyboard_calls_once(question: ConfirmDialog, desk: Desk, answers: list[str]) -> None:
    press(Qt.Key.Key_Tab)
    assert question.yes.hasFocus()
    press(Qt.Key.Key_Return)
    assert answers == ["yes"]
    assert not question.isVisible()


def test_yes_by_touch(question: ConfirmDialog, finger: Finger, answers: list[str]) -> None:
    finger.tap(question.yes)
    assert answers == ["yes"]


def test_nothing_beneath_can_be_reached(question: ConfirmDialog, desk: Desk, finger: Finger) -> None:
    finger.tap(desk.note.input)
    assert not desk.note.input.hasFocus()
    for _ in range(5):
        press(Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        assert question.isAncestorOf(focused)
    QTest.keyClick(desk, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert desk.shortcuts == 0


def test_afterwards_only_that_can_be_pressed_what_could_before(question: ConfirmDialog, desk: Desk) -> None:
    question.close_dialog()
    assert desk.note.isEnabled()
    assert not desk.off.isEnabled()
    QTest.keyClick(desk, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert desk.shortcuts == 1


def test_the_veil_covers_the_window_at_any_size(question: ConfirmDialog, desk: Desk) -> None:
    desk.resize(700, 500)
    assert question.geometry() == desk.rect()
    assert question.rect().contains(question.card.geometry())


def test_what_must_be_filled_in_has_the_focus_first(desk: Desk, words: Words, answers: list[str]) -> None:
    reason = TextField("reason", "Reason")
    ConfirmDialog(
        desk,
        words,
        "Block?",
        "Say why.",
        action="Block",
        confirmed=lambda: answers.append(reason.text()),
        body=reason,
    )
    QTest.keyClicks(reason.input, "lost letter")
    assert reason.input.hasFocus()
    question = desk.findChild(ConfirmDialog)
    assert question is not None
    QTest.mouseClick(question.yes, Qt.MouseButton.LeftButton)
    assert answers == ["lost letter"]
