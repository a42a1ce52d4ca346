from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QPointingDevice
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.words import Words
from ui.background import Background
from ui.theme import Theme
from ui.tour.fingers import Fingers
from ui.tour.hands import DeskHands, NotSeen, wait_until
from ui.widgets.keyboard import OnScreenKeyboard


class Room(QWidget):
    """A window with a box, a keyboard for fingers, and a button that may be covered."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.setObjectName("room")
        self.box = QLineEdit()
        self.box.setObjectName("box")
        self.button = QPushButton("Go on")
        self.button.setObjectName("button")
        self.presses = 0
        self.button.clicked.connect(self._on_pressed)
        self.keyboard = OnScreenKeyboard(words)
        column = QVBoxLayout(self)
        for widget in (self.box, self.button, self.keyboard):
            column.addWidget(widget)

    def cover(self) -> None:
        veil = QLabel("veil", self)
        veil.setGeometry(self.rect())
        veil.show()

    def _on_pressed(self) -> None:
        self.presses += 1


@pytest.fixture
def room(words: Words, show: Callable[..., QWidget]) -> Room:
    made = Room(words)
    show(made, Theme("kiosk"), (1400, 900))
    return made


@pytest.fixture
def hands(room: Room, background: Background) -> DeskHands:
    return DeskHands(room, background)


@pytest.fixture
def fingers(room: Room, background: Background, touch_screen: QPointingDevice) -> Fingers:
    return Fingers(room, background, touch_screen)


def test_what_does_not_come_is_named_and_where(hands: DeskHands) -> None:
    with pytest.raises(NotSeen, match="the moon"):
        wait_until(lambda: False, "the moon", 0.05)
    with pytest.raises(NotSeen, match="nothing_of_this_name, in room"):
        wait_until(
            lambda: hands.sees("nothing_of_this_name") is not None,
            f"nothing_of_this_name, {hands.where()}",
            0,
        )


def test_waiting_lets_the_window_live(room: Room, hands: DeskHands) -> None:
    QTimer.singleShot(30, room, lambda: room.button.setText("Gone on"))
    hands.wait_to_read("Gone on")


def test_a_finger_types_double_letters_and_capitals_as_slowly_as_the_keyboard_asks(
    room: Room, fingers: Fingers
) -> None:
    fingers.type("Anna's béé 00", into="box")
    assert room.box.text() == "Anna's béé 00"


def test_keys_and_mouse_reach_what_they_aim_at(room: Room, hands: DeskHands, fingers: Fingers) -> None:
    hands.fill_in("box", "first")
    hands.fill_in("box", "second")
    assert room.box.text() == "second"
    hands.click("button")
    fingers.tap("button")
    assert room.presses == 2


def test_nothing_that_is_covered_is_pressed(room: Room, hands: DeskHands, fingers: Fingers) -> None:
    room.cover()
    with pytest.raises(NotSeen, match="button under the mouse, but QLabel"):
        hands.click("button")
    with pytest.raises(NotSeen, match="button under the finger, but QLabel"):
        fingers.tap("button")
    assert room.presses == 0
    assert room.childAt(QPoint(5, 5)).text() == "veil"  # type: ignore[union-attr]  # the label
