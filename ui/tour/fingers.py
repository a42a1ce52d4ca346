"""Fingers of a person in front of the kiosk: taps, swipes, pinches, and types on the keyboard on the screen."""

from time import monotonic

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QLineEdit, QRadioButton, QWidget

from ui.background import Background
from ui.tour.hands import Eyes, NotSeen, let_pass, wait_until
from ui.widgets.keyboard import ACCENTS, DIGITS, LETTERS, SYMBOLS, OnScreenKeyboard

STROKES = 6  # positions that a moving finger reports
BETWEEN_MS = 16
PRESSED, MOVED, RELEASED = (
    Qt.TouchPointState.TouchPointPressed,
    Qt.TouchPointState.TouchPointMoved,
    Qt.TouchPointState.TouchPointReleased,
)


class Fingers(Eyes):
    """Touches only: no key is pressed and no mouse moved."""

    def __init__(self, window: QWidget, background: Background, screen: QPointingDevice) -> None:
        super().__init__(window, background)
        self._screen = screen
        self._last: tuple[QWidget, float] | None = None

    def tap(self, name: str) -> None:
        """Touch what has this name, as soon as it is in sight and can be pressed."""
        self.step_up()
        self.tap_on(self.ready(name))

    def tap_words(self, words: str) -> None:
        """Touch the button that says these words."""

        def found() -> QAbstractButton | None:
            buttons = self.window.findChildren(QAbstractButton)
            return next((one for one in buttons if one.isVisible() and one.text() == words), None)

        wait_until(lambda: found() is not None, f"a button “{words}”, {self.where()}")
        button = found()
        assert button is not None
        self.tap_on(button)

    def tap_on(self, widget: QWidget) -> None:
        """Touch a widget in its middle; a choice at its mark."""
        self.step_up()
        where = widget.rect().center()
        if isinstance(widget, QRadioButton | QCheckBox):
            where = QPoint(20, widget.height() // 2)
        hit = self.window.childAt(widget.mapTo(self.window, where))
        if hit is not widget and not (hit is not None and widget.isAncestorOf(hit)):
            raise NotSeen(f"{widget.objectName()} under the finger, but {type(hit).__name__}, {self.where()}")
        # The window may change under the finger: what was touched is let go where it was.
        at = widget.mapTo(self.window, where)
        self._touch(PRESSED, at)
        self._touch(RELEASED, at)

    def type(self, text: str, into: str = "") -> None:
        """Type on the keyboard on the screen; into: touch that input first."""
        if into:
            box = self.find(QLineEdit, into)
            if QApplication.focusWidget() is not box:
                self.tap_on(box)
                wait_until(lambda: QApplication.focusWidget() is box, f"the cursor in {into}")
        for character in text:
            self._strike(character)

    def swipe(self, widget: QWidget, by: int) -> None:
        """Draw one finger across a widget, by pixels to the right or, below 0, to the left."""
        start = widget.mapTo(self.window, widget.rect().center()) - QPoint(by // 2, 0)
        self._touch(PRESSED, start)
        for stroke in range(1, STROKES + 1):
            let_pass(BETWEEN_MS)
            self._touch(MOVED, start + QPoint(by * stroke // STROKES, 0))
        self._touch(RELEASED, start + QPoint(by, 0))

    def pinch(self, widget: QWidget, apart: int, apart_then: int) -> None:
        """Put two fingers on a widget so many pixels apart and draw them to another distance."""
        middle = widget.mapTo(self.window, widget.rect().center())

        def pair(distance: int) -> tuple[QPoint, QPoint]:
            return middle - QPoint(distance // 2, 0), middle + QPoint(distance // 2, 0)

        self._touch(PRESSED, *pair(apart))
        for stroke in range(1, STROKES + 1):
            let_pass(BETWEEN_MS)
            self._touch(MOVED, *pair(apart + (apart_then - apart) * stroke // STROKES))
        self._touch(RELEASED, *pair(apart_then))

    def _strike(self, character: str) -> None:
        keyboard = next(k for k in self.window.findChildren(OnScreenKeyboard))
        if not keyboard.isVisible():
            raise NotSeen(f"the keyboard on the screen, {self.where()}")
        if character == " ":
            self._hit(keyboard, keyboard.space)
            return
        lower = character.lower()
        pages = {
            None: "".join(LETTERS) + DIGITS + "@_-.",
            keyboard.symbols: "".join(SYMBOLS),
            keyboard.accents: "".join(ACCENTS),
        }
        page = next(page for page, characters in pages.items() if lower in characters)
        if page is not None:
            self._hit(keyboard, page)
        if character != lower:
            self._hit(keyboard, keyboard.shift)
        self._hit(keyboard, keyboard.key(character))
        if page is not None:
            self._hit(keyboard, page)

    def _hit(self, keyboard: OnScreenKeyboard, key: QWidget) -> None:
        """Touch a key; the same one again only after the time in which the keyboard suspects a tremor."""
        if self._last is not None and self._last[0] is key:
            waited_ms = (monotonic() - self._last[1]) * 1000
            let_pass(max(0, round(keyboard.repeat_ms + BETWEEN_MS - waited_ms)))
        self.tap_on(key)
        self._last = (key, monotonic())

    def _touch(self, state: Qt.TouchPointState, *places: QPoint) -> None:
        # To the window, as a real screen does: what lies under the finger there gets it.
        sequence = QTest.touchEvent(self.window, self._screen)
        for number, place in enumerate(places):
            if state is PRESSED:
                sequence.press(number, place, self.window)
            elif state is MOVED:
                sequence.move(number, place, self.window)
            else:
                sequence.release(number, place, self.window)
        sequence.commit()
