"""What every test of a window has: the offscreen screen, the theme, a finger, and a look for what was left behind."""

import gc
import os
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QInputDevice, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.words import Words
from ui.background import Background
from ui.theme import Theme

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_configure(config: pytest.Config) -> None:
    # What Qt's offscreen screen says of itself; no fault of ours.
    config.addinivalue_line("qt_log_ignore", "This plugin does not support")


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp: QApplication) -> Iterator[None]:
    threads = set(threading.enumerate())
    yield
    left = [thread.name for thread in threading.enumerate() if thread not in threads]
    running = [
        found
        for found in gc.get_objects()
        if isinstance(found, QTimer) and isValid(found) and found.isActive()
    ]
    open_windows = [window for window in qapp.topLevelWidgets() if window.isVisible()]
    qapp.setStyleSheet("")
    qapp.clipboard().clear()
    assert left == []
    assert running == []
    assert open_windows == []


@pytest.fixture
def words() -> Words:
    return Words("en")


@pytest.fixture
def background() -> Iterator[Background]:
    made = Background()
    yield made
    assert made.stop()


@pytest.fixture
def show(qtbot: QtBot) -> Callable[..., QWidget]:
    """Show a widget as the desk or the kiosk does, and wait until it is there and active."""

    def shown(widget: QWidget, theme: Theme | None = None, size: tuple[int, int] = (1280, 800)) -> QWidget:
        qtbot.addWidget(widget)
        (theme or Theme("desk")).apply(widget)
        widget.resize(*size)
        with qtbot.waitExposed(widget):
            widget.show()
        widget.activateWindow()
        qtbot.waitUntil(widget.isActiveWindow)
        return widget

    return shown


class Finger:
    """One finger on a touch screen; where is in the widget's own coordinates, its middle by default."""

    def __init__(self, screen: QPointingDevice, number: int) -> None:
        self._screen = screen
        self._number = number

    def tap(self, widget: QWidget, where: QPoint | None = None) -> None:
        self.press(widget, where)
        self.release(widget, where)

    def press(self, widget: QWidget, where: QPoint | None = None) -> None:
        window, at = self._on_window(widget, where)
        QTest.touchEvent(window, self._screen).press(self._number, at, window).commit()

    def move(self, widget: QWidget, where: QPoint) -> None:
        window, at = self._on_window(widget, where)
        QTest.touchEvent(window, self._screen).move(self._number, at, window).commit()

    def release(self, widget: QWidget, where: QPoint | None = None) -> None:
        window, at = self._on_window(widget, where)
        QTest.touchEvent(window, self._screen).release(self._number, at, window).commit()

    def _on_window(self, widget: QWidget, where: QPoint | None) -> tuple[QWidget, QPoint]:
        window = widget.window()
        return window, widget.mapTo(window, where if where is not None else widget.rect().center())


@pytest.fixture(scope="session")
def touch_screen(qapp: QApplication) -> QPointingDevice:
    return QTest.createTouchDevice(QInputDevice.DeviceType.TouchScreen)


@pytest.fixture
def finger(touch_screen: QPointingDevice) -> Finger:
    return Finger(touch_screen, 0)


@pytest.fixture
def second_finger(touch_screen: QPointingDevice) -> Finger:
    return Finger(touch_screen, 1)
