"""What tests of the viewer have: an open viewer in a themed window, and several fingers moving as one hand."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.words import Words
from tests.ui.viewer.exam import CAPTION, Exam
from ui.background import Background
from ui.theme import Theme
from ui.viewer.viewer import Viewer

OpenViewer = Callable[..., Viewer]


class Hand:
    """Some fingers that move in the same instant, as a real screen reports them."""

    def __init__(self, screen: QPointingDevice) -> None:
        self._screen = screen

    def press(self, widget: QWidget, *places: QPoint) -> None:
        sequence = QTest.touchEvent(widget.window(), self._screen)
        for number, place in enumerate(places):
            sequence.press(number, widget.mapTo(widget.window(), place), widget.window())
        sequence.commit()

    def move(self, widget: QWidget, *places: QPoint) -> None:
        sequence = QTest.touchEvent(widget.window(), self._screen)
        for number, place in enumerate(places):
            sequence.move(number, widget.mapTo(widget.window(), place), widget.window())
        sequence.commit()

    def release(self, widget: QWidget, *places: QPoint) -> None:
        sequence = QTest.touchEvent(widget.window(), self._screen)
        for number, place in enumerate(places):
            sequence.release(number, widget.mapTo(widget.window(), place), widget.window())
        sequence.commit()

    def drag(self, widget: QWidget, *path: QPoint) -> None:
        """One finger along the path, then up."""
        self.press(widget, path[0])
        for place in path[1:]:
            self.move(widget, place)
        self.release(widget, path[-1])


@pytest.fixture
def a_hand(touch_screen: QPointingDevice) -> Hand:
    return Hand(touch_screen)


@pytest.fixture
def open_viewer(qtbot: QtBot, words: Words, background: Background) -> Iterator[OpenViewer]:
    """Open a viewer on an exam as a page does, and wait until its first image is painted and its controls are there."""
    opened: list[tuple[QWidget, Viewer]] = []  # the window is kept: qtbot does not

    def opens(
        source: Exam,
        *,
        size: tuple[int, int] = (1280, 800),
        wait: bool = True,
        ready: bool = True,
        **more: Any,
    ) -> Viewer:
        window = QWidget(None, Qt.WindowType.FramelessWindowHint)  # a frame shifts the test's touches
        qtbot.addWidget(window)
        caption = more.pop("caption", CAPTION)
        viewer = Viewer(source, caption, words=words, background=background, **more)
        page = QVBoxLayout(window)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(viewer)
        Theme("desk" if more.get("tools") == "staff" else "kiosk").apply(window)
        window.resize(*size)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        opened.append((window, viewer))
        if ready and wait and source.series:
            qtbot.waitUntil(lambda: viewer.shown is not None)
        if ready:
            qtbot.waitUntil(lambda: viewer.is_ready)
        return viewer

    yield opens
    for _, viewer in opened:
        viewer.stop()
