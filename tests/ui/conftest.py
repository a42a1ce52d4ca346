"""What every test of a window has: the offscreen screen, the theme, a finger, and a look for what was left behind."""

import gc
import os
import threading
from collections.abc import Callable, Iterator
from functools import partialmethod
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QInputDevice, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.words import Words
from tests.https_server import HttpsServer, running_https
from tests.ui.fingers import Finger
from ui.background import Background
from ui.theme import Theme

MANY_OBJECTS = 50_000  # with what is loaded taken out, a test leaves a tenth of that
PATIENCE_MS = 60_000  # on a machine that is busy with other tests; the library gives up after five seconds
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_configure(config: pytest.Config) -> None:
    # What Qt's offscreen screen says of itself; no fault of ours.
    config.addinivalue_line("qt_log_ignore", "This plugin does not support")


class PatientBot(QtBot):
    """Waits for what will come as long as a busy machine may take."""

    waitUntil = partialmethod(QtBot.waitUntil, timeout=PATIENCE_MS)  # noqa: N815 - the library's name
    waitSignal = partialmethod(QtBot.waitSignal, timeout=PATIENCE_MS)  # noqa: N815 - the library's name
    waitExposed = partialmethod(QtBot.waitExposed, timeout=PATIENCE_MS)  # noqa: N815 - the library's name


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp: QApplication) -> Iterator[None]:
    if len(gc.get_objects()) > MANY_OBJECTS:  # after a test that looked through everything
        gc.collect()
        gc.freeze()
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
def https_server(tmp_path: Path) -> Iterator[HttpsServer]:
    """A server of this test alone: its threads end with it."""
    before = set(threading.enumerate())
    with running_https(tmp_path) as server:
        yield server
    for thread in set(threading.enumerate()) - before:
        if thread.name == "AnyIO worker thread":
            thread.join()


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
    kept = []

    def shown(widget: QWidget, theme: Theme | None = None, size: tuple[int, int] = (1280, 800)) -> QWidget:
        qtbot.addWidget(widget)
        kept.append(widget)
        (theme or Theme("desk")).apply(widget)
        widget.resize(*size)
        with qtbot.waitExposed(widget):
            widget.show()
        widget.activateWindow()
        qtbot.waitUntil(widget.isActiveWindow)
        return widget

    return shown


@pytest.fixture(scope="session")
def touch_screen(qapp: QApplication) -> QPointingDevice:
    return QTest.createTouchDevice(QInputDevice.DeviceType.TouchScreen)


@pytest.fixture
def hand() -> set[int]:
    return set()


@pytest.fixture
def finger(touch_screen: QPointingDevice, hand: set[int]) -> Finger:
    return Finger(touch_screen, 0, hand)


@pytest.fixture
def second_finger(touch_screen: QPointingDevice, hand: set[int]) -> Finger:
    return Finger(touch_screen, 1, hand)
