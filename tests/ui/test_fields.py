"""Inputs take what people type, paste and scan, and forget it so that Undo brings nothing back."""

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.words import Words
from ui.widgets.button import Button
from ui.widgets.code_field import CodeField
from ui.widgets.date_field import DateField
from ui.widgets.field import Field, PasswordField, TextField
from ui.widgets.layout import column

Show = Callable[..., QWidget]
Key = Qt.Key


def on_page(show: Show, *fields: Field) -> QWidget:
    page = QWidget()
    page.setLayout(column(*fields, None, margin=2))
    return show(page)


def type_keys(text: str) -> None:
    """Type as a keyboard does: each key goes to whatever has the focus by then."""
    for letter in text:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClicks(focused, letter)


def press(key: Qt.Key) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)


@pytest.mark.rule("D2")
@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("7k2m9qpdx4tn", "7K2M-9QPD-X4TN"),
        ("7K2M-9QPD-X4TN", "7K2M-9QPD-X4TN"),
        (" 7k2m 9qpd x4tn ", "7K2M-9QPD-X4TN"),
        ("oO iIlL", "0011-11"),
        ("7u2", "72"),
        ("7K2M9QPDX4TNXXXX", "7K2M-9QPD-X4TN"),
    ],
)
def test_a_code_is_shown_in_groups_however_it_is_typed(show: Show, typed: str, shown: str) -> None:
    field = CodeField("code", "Activation code")
    on_page(show, field)
    field.setFocus()
    type_keys(typed)
    assert field.input.text() == shown
    assert field.code() == shown.replace("-", "")
    assert field.is_complete() == (len(field.code()) == 12)


def test_a_letter_may_be_corrected_in_the_middle_of_a_code(show: Show) -> None:
    field = CodeField("code", "Activation code")
    on_page(show, field)
    field.setFocus()
    type_keys("7k2m9xpd")
    field.input.setCursorPosition(7)  # after the wrong X
    press(Key.Key_Backspace)
    type_keys("q")
    assert field.input.text() == "7K2M-9QPD"
    assert field.input.cursorPosition() == len("7K2M-9Q")
    field.input.end(False)
    for _ in "7K2M-9QPD":
        press(Key.Key_Backspace)
    assert field.input.text() == ""


@pytest.mark.rule("D23")
def test_a_scanned_address_is_handed_over_whole(qtbot: QtBot, show: Show) -> None:
    field = CodeField("code", "Invitation number")
    on_page(show, field)
    field.setFocus()
    address = "https://portal.example.org/i/7K2M9QPDX4TN#0123456789AB"
    with qtbot.waitSignal(field.scanned) as scanned:
        type_keys(address)
        press(Key.Key_Return)
    assert scanned.args == [address]
    assert field.input.text() == ""


def test_a_pasted_address_is_handed_over_whole(qtbot: QtBot, show: Show) -> None:
    field = CodeField("code", "Invitation number")
    on_page(show, field)
    field.setFocus()
    QApplication.clipboard().setText("https://portal.example.org/i/7K2M9QPDX4TN")
    with qtbot.waitSignal(field.scanned) as scanned:
        field.input.paste()
    assert scanned.args == ["https://portal.example.org/i/7K2M9QPDX4TN"]


def test_a_scanned_code_ends_with_enter(qtbot: QtBot, show: Show) -> None:
    field = CodeField("code", "Activation code")
    on_page(show, field)
    field.setFocus()
    with qtbot.waitSignal(field.submitted):
        type_keys("7K2M9QPDX4TN")
        press(Key.Key_Return)
    assert field.code() == "7K2M9QPDX4TN"


@pytest.mark.parametrize(
    "typed", ["3/4/1950", "03/04/1950", "3.4.1950", "3-4-1950", "3 4 1950", "03041950", "3, 4, 1950"]
)
def test_a_date_is_typed_in_one_flow(show: Show, words: Words, typed: str) -> None:
    field = DateField(words, "birth_date", "Date of birth")
    on_page(show, field)
    field.setFocus()
    type_keys(typed)
    assert field.date() == date(1950, 4, 3)


@pytest.mark.parametrize("pasted", ["3/4/1950", "1950-04-03", "03041950", "3 4 1950"])
def test_a_date_may_be_pasted(show: Show, words: Words, pasted: str) -> None:
    field = DateField(words, "birth_date", "Date of birth")
    on_page(show, field)
    field.setFocus()
    QApplication.clipboard().setText(pasted)
    field.findChildren(QLineEdit)[0].paste()
    assert field.date() == date(1950, 4, 3)


@pytest.mark.parametrize("typed", ["30/2/2020", "3/4/50", "3/4", "0/4/1950", "3/13/1950"])
def test_no_date_comes_of_a_day_that_is_not(show: Show, words: Words, typed: str) -> None:
    field = DateField(words, "birth_date", "Date of birth")
    on_page(show, field)
    field.setFocus()
    type_keys(typed)
    assert field.date() is None
    assert not field.is_empty()


def test_29_february_exists_in_leap_years_only(show: Show, words: Words) -> None:
    field = DateField(words, "birth_date", "Date of birth")
    on_page(show, field)
    field.setFocus()
    type_keys("29/2/2020")
    assert field.date() == date(2020, 2, 29)
    press(Key.Key_Backspace)
    type_keys("1")
    assert field.date() is None


def test_delete_goes_back_over_the_boxes_of_a_date(show: Show, words: Words) -> None:
    field = DateField(words, "birth_date", "Date of birth")
    on_page(show, field)
    field.setFocus()
    type_keys("12/11/1950")
    for _ in range(8):
        press(Key.Key_Backspace)
    assert field.is_empty()
    type_keys("03041950")
    assert field.date() == date(1950, 4, 3)


def test_a_date_can_be_filled_in_and_emptied(show: Show, words: Words) -> None:
    field = DateField(words, "birth_date", "Date of birth")
    on_page(show, field)
    field.set_date(date(1950, 4, 3))
    assert field.date() == date(1950, 4, 3)
    field.set_date(None)
    assert field.is_empty()


def test_a_password_is_hidden_until_asked_for_and_again_for_the_next_person(show: Show, words: Words) -> None:
    field = PasswordField(words, "password", "Password")
    on_page(show, field)
    field.setFocus()
    type_keys(" correct horse ")
    assert field.text() == " correct horse "
    assert field.input.displayText() != field.text()
    button = field.findChild(Button)
    assert button is not None
    assert button.accessibleName() == "Show password"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert field.input.displayText() == " correct horse "
    assert button.accessibleName() == "Hide password"
    field.clear()
    assert field.input.echoMode() == QLineEdit.EchoMode.Password


@pytest.mark.rule("D25")
@pytest.mark.parametrize("kind", ["text", "code", "password", "date"])
def test_undo_brings_nothing_back_after_a_field_was_emptied(show: Show, words: Words, kind: str) -> None:
    fields: dict[str, Field] = {
        "text": TextField("name", "Name"),
        "code": CodeField("code", "Code"),
        "password": PasswordField(words, "password", "Password"),
        "date": DateField(words, "birth_date", "Date of birth"),
    }
    field = fields[kind]
    on_page(show, field)
    field.setFocus()
    type_keys("03041950")
    field.clear()
    for part in field.findChildren(QLineEdit):
        assert not part.isUndoAvailable()
        part.undo()
        assert part.text() == ""


def test_undo_would_bring_text_back_after_qts_own_clear(show: Show) -> None:
    """The control: without setText("") the last person's words are one key away."""
    field = TextField("name", "Name")
    on_page(show, field)
    field.setFocus()
    type_keys("Amelia")
    field.input.clear()
    field.input.undo()
    assert field.input.text() != ""


def test_an_error_stands_below_until_the_answer_changes(show: Show) -> None:
    field = TextField("email", "E-mail address", "We write to it.")
    on_page(show, field)
    field.show_error("An e-mail address has an @ in it.")
    assert field.input.accessibleDescription() == "An e-mail address has an @ in it."
    field.setFocus()
    type_keys("a")
    assert field.error == ""
    assert field.input.accessibleDescription() == "We write to it."


def test_every_input_can_be_found_by_its_label(show: Show, words: Words) -> None:
    field = DateField(words, "birth_date", "Date of birth")
    on_page(show, field)
    names = [part.accessibleName() for part in field.findChildren(QLineEdit)]
    assert names == ["Date of birth: Day", "Date of birth: Month", "Date of birth: Year"]
