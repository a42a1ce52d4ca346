"""A viewer that is put into a window that stands open already, as the kiosk and the desk do."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.words import Words
from tests.ui.viewer.exam import CAPTION, Exam
from ui.background import Background
from ui.theme import Theme
from ui.viewer.source import Download
from ui.viewer.tool_button import ToolButton
from ui.viewer.tools import ToolSet
from ui.viewer.viewer import Viewer

PutInto = Callable[[Theme, tuple[int, int], ToolSet], Viewer]


@pytest.fixture
def put_into(qtbot: QtBot, words: Words, background: Background) -> Iterator[PutInto]:
    opened: list[tuple[QWidget, Viewer]] = []

    def opens(theme: Theme, size: tuple[int, int], tools: ToolSet) -> Viewer:
        window = QWidget(None, Qt.WindowType.FramelessWindowHint)
        qtbot.addWidget(window)
        page = QVBoxLayout(window)
        page.setContentsMargins(0, 0, 0, 0)
        theme.apply(window)
        window.resize(*size)
        with qtbot.waitExposed(window):
            window.show()
        downloads = [Download(kind, lambda _position: None) for kind in ("png", "jpeg", "zip", "dicom")]
        viewer = Viewer(
            Exam(12, 3), CAPTION, words=words, background=background, tools=tools, downloads=downloads
        )
        page.addWidget(viewer)
        opened.append((window, viewer))
        qtbot.waitUntil(lambda: viewer.shown is not None and viewer.is_ready)
        QApplication.processEvents()
        return viewer

    yield opens
    for _, viewer in opened:
        viewer.stop()


@pytest.mark.parametrize(
    ("theme", "size", "tools"),
    [
        (Theme("kiosk"), (1920, 1024), "patient"),
        (Theme("kiosk"), (1080, 1800), "patient"),
        (Theme("kiosk", large_text=True), (1920, 1000), "patient"),
        (Theme("kiosk", large_text=True), (1080, 1780), "patient"),
        (Theme("desk"), (1280, 640), "staff"),
    ],
)
def test_no_button_and_no_choice_is_cut(
    put_into: PutInto, theme: Theme, size: tuple[int, int], tools: ToolSet
) -> None:
    viewer = put_into(theme, size, tools)
    assert cut(viewer) == []
    viewer._corners.download.click()
    assert cut(viewer) == []


def cut(viewer: Viewer) -> list[str]:
    """The words of the buttons that have less room than they need."""
    shown = [button for button in viewer.findChildren(ToolButton) if button.isVisible()]
    assert len(shown) > 9
    return [
        f"{button.text()}: {button.width()} x {button.height()} of {button.sizeHint().width()} x {button.sizeHint().height()}"
        for button in shown
        if button.width() < button.sizeHint().width() or button.height() < button.sizeHint().height()
    ]
