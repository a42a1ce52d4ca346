"""The first image is there before the controls, which take longer to make."""

from functools import partial

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.viewer.conftest import OpenViewer
from tests.ui.viewer.exam import Exam
from tests.ui.viewer.looking import at
from ui.viewer import viewer as viewer_module
from ui.viewer.tools import ToolSet
from ui.viewer.viewer import Viewer


@pytest.fixture
def patient_controls(monkeypatch: pytest.MonkeyPatch) -> None:
    """The controls wait for the first image however slow this machine is."""
    monkeypatch.setattr(viewer_module, "FIRST_MS", 60_000)


@pytest.mark.usefixtures("patient_controls")
@pytest.mark.parametrize(
    ("tools", "size"),
    [("patient", (1920, 1080)), ("patient", (1080, 1920)), ("staff", (1280, 800)), ("staff", (1920, 1080))],
)
def test_the_first_image_is_painted_before_the_controls_and_stays_where_it_is(
    qtbot: QtBot, open_viewer: OpenViewer, tools: ToolSet, size: tuple[int, int]
) -> None:
    exam = Exam(6)
    first = exam.hold(at(0))
    painted: list[tuple[bool, QPointF, float]] = []

    def note(viewer: Viewer) -> None:
        if viewer.shown is not None:
            placement = viewer.canvas.placement
            painted.append((viewer.is_ready, placement.centre, placement.scale))

    viewer = open_viewer(exam, size=size, tools=tools, ready=False)
    viewer.canvas.painted.connect(partial(note, viewer))
    first.set()
    qtbot.waitUntil(lambda: viewer.is_ready)
    was_ready, centre, scale = painted[0]
    assert not was_ready
    assert viewer.canvas.placement.scale == pytest.approx(scale, rel=0.002)
    assert (viewer.canvas.placement.centre - centre).manhattanLength() <= 1


def test_controls_come_without_the_image_when_that_keeps_waiting(
    qtbot: QtBot, open_viewer: OpenViewer
) -> None:
    exam = Exam(6)
    first = exam.hold(at(0))
    viewer = open_viewer(exam, wait=False)
    assert viewer.shown is None
    assert viewer.bar.isVisible()
    first.set()
    qtbot.waitUntil(lambda: viewer.shown is not None)


@pytest.mark.usefixtures("patient_controls")
def test_a_key_typed_before_the_controls_are_there_is_not_lost(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    exam = Exam(6)
    first = exam.hold(at(0))
    viewer = open_viewer(exam, ready=False)
    QTest.keyClick(viewer, Qt.Key.Key_Right)
    assert viewer.wanted == at(1)
    first.set()
    qtbot.waitUntil(lambda: viewer.shown == at(1))
