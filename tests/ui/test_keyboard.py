"""The keyboard on the screen: fingers only, every character, and nothing typed twice by a trembling hand."""

import string
from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.words import Words
from tests.ui.fingers import Finger
from ui.theme import Theme
from ui.widgets.button import Button
from ui.widgets.code_field import CodeField
from ui.widgets.date_field import DateField
from ui.widgets.field import PasswordField, TextField
from ui.widgets.keyboard import OnScreenKeyboard, _Key
from ui.widgets.layout import column

Show = Callable[..., QWidget]


class Watch:
    """A stopwatch that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Kiosk(QWidget):
    def __init__(self, words: Words, watch: Watch) -> None:
        super().__init__()
        self.name = TextField("name", "Name")
        self.code = CodeField("code", "Code")
        self.born = DateField(words, "birth_date", "Date of birth")
        self.password = PasswordField(words, "password", "Password")
        self.keyboard = OnScreenKeyboard(words, seconds=watch)
        self.setLayout(column(self.name, self.code, self.born, self.password, None, self.keyboard, gap=1))


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(params=[(1920, 1080), (1080, 1920)], ids=["wide", "upright"])
def kiosk(request: pytest.FixtureRequest, show: Show, words: Words, watch: Watch) -> Kiosk:
    made = Kiosk(words, watch)
    show(made, Theme("kiosk"), request.param)
    made.name.setFocus()
    return made


def tap_all(kiosk: Kiosk, watch: Watch, finger: Finger, text: str) -> None:
    for letter in text:
        watch.now += 1
        finger.tap(kiosk.keyboard.space if letter == " " else kiosk.keyboard.key(letter))


def test_words_come_from_touch_alone(kiosk: Kiosk, watch: Watch, finger: Finger) -> None:
    tap_all(kiosk, watch, finger, "amelia@example.org 4-2_b")
    assert kiosk.name.text() == "amelia@example.org 4-2_b"
    assert kiosk.name.input.hasFocus()


def test_a_mouse_will_do_where_there_is_no_touch_screen(kiosk: Kiosk) -> None:
    QTest.mouseClick(kiosk.keyboard.key("q"), Qt.MouseButton.LeftButton)
    assert kiosk.name.text() == "q"
    assert kiosk.name.input.hasFocus()


def test_every_ascii_character_can_be_typed(kiosk: Kiosk) -> None:
    board = kiosk.keyboard
    found = {" "}
    for turn in (board.shift, board.symbols, board.accents):
        found |= {key.character for key in board.findChildren(_Key) if not key.isHidden()}
        if turn is board.shift:
            board.shift.act()
            found |= {key.character for key in board.findChildren(_Key) if not key.isHidden()}
            board.shift.act()
        else:
            turn.act()
            found |= {key.character for key in board.findChildren(_Key) if not key.isHidden()}
            turn.act()
    assert set(string.digits + string.ascii_letters + string.punctuation) <= found
    assert set("éèüöñç") <= found


def test_what_is_on_a_key_is_what_it_types(kiosk: Kiosk, watch: Watch, finger: Finger) -> None:
    board = kiosk.keyboard
    finger.tap(board.symbols)
    tap_all(kiosk, watch, finger, "&/~")
    watch.now += 1
    finger.tap(board.accents)
    tap_all(kiosk, watch, finger, "é")
    watch.now += 1
    finger.tap(board.accents)
    watch.now += 1
    finger.tap(board.shift)
    tap_all(kiosk, watch, finger, "Qq")  # shift holds for one letter
    assert kiosk.name.text() == "&/~éQq"


def test_a_second_tap_of_a_trembling_hand_is_ignored(kiosk: Kiosk, watch: Watch, finger: Finger) -> None:
    key = kiosk.keyboard.key("t")
    finger.tap(key)
    watch.now += 0.299
    finger.tap(key)
    assert kiosk.name.text() == "t"
    watch.now += 0.302
    finger.tap(key)
    assert kiosk.name.text() == "tt"


def test_another_key_may_follow_at_once(kiosk: Kiosk, finger: Finger) -> None:
    for letter in "the":
        finger.tap(kiosk.keyboard.key(letter))
    assert kiosk.name.text() == "the"


def test_the_time_for_a_second_tap_is_adjustable(kiosk: Kiosk, watch: Watch, finger: Finger) -> None:
    kiosk.keyboard.repeat_ms = 0
    for _ in range(3):
        finger.tap(kiosk.keyboard.key("t"))
    assert kiosk.name.text() == "ttt"
    kiosk.keyboard.repeat_ms = 1000
    watch.now += 0.9
    finger.tap(kiosk.keyboard.key("t"))
    assert kiosk.name.text() == "ttt"


def test_two_thumbs_may_overlap(kiosk: Kiosk, finger: Finger, second_finger: Finger) -> None:
    t, h = kiosk.keyboard.key("t"), kiosk.keyboard.key("h")
    finger.press(t)
    assert t.isDown()
    second_finger.press(h)
    finger.release(t)
    second_finger.release(h)
    assert kiosk.name.text() == "th"
    assert not t.isDown()
    assert not h.isDown()


def test_a_touch_between_the_keys_does_nothing(kiosk: Kiosk, finger: Finger) -> None:
    finger.tap(kiosk.keyboard, QPoint(2, 2))
    assert kiosk.name.text() == ""
    assert kiosk.name.input.hasFocus()


def test_delete_takes_the_last_character_away(kiosk: Kiosk, watch: Watch, finger: Finger) -> None:
    tap_all(kiosk, watch, finger, "ab")
    finger.tap(kiosk.keyboard.delete)
    assert kiosk.name.text() == "a"


def test_next_walks_through_the_inputs_and_ends_with_enter(
    qtbot: QtBot, kiosk: Kiosk, watch: Watch, finger: Finger
) -> None:
    tap_all(kiosk, watch, finger, "amelia")
    finger.tap(kiosk.keyboard.next)
    tap_all(kiosk, watch, finger, "7k2m9qpdx4tn")
    finger.tap(kiosk.keyboard.next)
    tap_all(kiosk, watch, finger, "03041950")
    watch.now += 1
    finger.tap(kiosk.keyboard.next)
    tap_all(kiosk, watch, finger, "horse")
    watch.now += 1
    with qtbot.waitSignal(kiosk.password.submitted):
        finger.tap(kiosk.keyboard.next)
    assert kiosk.code.input.text() == "7K2M-9QPD-X4TN"
    assert kiosk.born.date() == date(1950, 4, 3)
    assert kiosk.password.text() == "horse"


def test_the_password_button_leaves_what_was_typed(kiosk: Kiosk, watch: Watch, finger: Finger) -> None:
    kiosk.password.setFocus()
    tap_all(kiosk, watch, finger, "ho")
    button = kiosk.password.findChild(Button)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert kiosk.password.input.displayText() == "ho"
    finger.tap(kiosk.password.input)
    tap_all(kiosk, watch, finger, "rse")
    assert kiosk.password.text() == "horse"


def test_keys_are_large_and_apart(kiosk: Kiosk) -> None:
    board = kiosk.keyboard
    keys = [key for key in board.findChildren(_Key) if key.isVisible()]
    assert len(keys) > 40
    for key in keys:
        assert key.width() >= 64, key.character
        assert key.height() >= 64, key.character
        grown = key.geometry().adjusted(-7, -7, 7, 7)
        assert [
            other.character for other in keys if other is not key and grown.intersects(other.geometry())
        ] == []
        assert board.rect().contains(key.geometry())


def test_the_next_person_finds_small_letters(kiosk: Kiosk, watch: Watch, finger: Finger) -> None:
    finger.tap(kiosk.keyboard.symbols)
    kiosk.keyboard.reset()
    tap_all(kiosk, watch, finger, "q")
    assert kiosk.name.text() == "q"


def test_keys_reach_no_other_window(kiosk: Kiosk, show: Show, finger: Finger) -> None:
    other = TextField("other", "Other")
    show(other)
    other.setFocus()
    finger.tap(kiosk.keyboard.key("q"))
    assert other.text() == ""
