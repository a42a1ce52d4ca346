"""Fingers on a touch screen, through Qt's own touch events."""

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget


class Finger:
    """One finger on a touch screen; where is in the widget's own coordinates, its middle by default."""

    def __init__(self, screen: QPointingDevice, number: int, hand: set[int]) -> None:
        """Take the screen, the finger's number, and which fingers of the hand are down."""
        self._screen = screen
        self._number = number
        self._hand = hand

    def tap(self, widget: QWidget, where: QPoint | None = None) -> None:
        self.press(widget, where)
        self.release(widget, where)

    def press(self, widget: QWidget, where: QPoint | None = None) -> None:
        window, at = self._on_window(widget, where)
        self._others(window).press(self._number, at, window).commit()
        self._hand.add(self._number)

    def move(self, widget: QWidget, where: QPoint) -> None:
        window, at = self._on_window(widget, where)
        self._others(window).move(self._number, at, window).commit()

    def release(self, widget: QWidget, where: QPoint | None = None) -> None:
        window, at = self._on_window(widget, where)
        self._others(window).release(self._number, at, window).commit()
        self._hand.discard(self._number)

    def _others(self, window: QWidget) -> QTest.QTouchEventSequence:
        sequence = QTest.touchEvent(window, self._screen)
        for number in self._hand - {self._number}:
            sequence.stationary(number)
        return sequence

    def _on_window(self, widget: QWidget, where: QPoint | None) -> tuple[QWidget, QPoint]:
        window = widget.window()
        return window, widget.mapTo(window, where if where is not None else widget.rect().center())
