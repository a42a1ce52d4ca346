"""The thumbnails at the viewer's edge: fetched as they come into sight, and chosen by mouse and finger."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.fingers import Finger
from tests.ui.viewer.conftest import Hand, OpenViewer
from tests.ui.viewer.exam import Exam, grey_of
from tests.ui.viewer.looking import at, painted_grey, strip
from ui.viewer.viewer import Viewer


def place_of(viewer: Viewer, row: int) -> QPoint:
    model = strip(viewer).model()
    return strip(viewer).visualRect(model.index(row, 0)).center()


@pytest.mark.rule("R37")
def test_the_images_of_a_series_are_presented_as_thumbnails(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    exam = Exam(40)
    viewer = open_viewer(exam)
    qtbot.waitUntil(lambda: len(exam.asked_small) >= 5)
    qtbot.waitUntil(
        lambda: all(viewer._loader.thumbnail(one) is not None for one in strip(viewer).in_sight())
    )
    picture = strip(viewer).viewport().grab().toImage()
    for row in range(1, 5):
        seen = QColor(picture.pixel(place_of(viewer, row))).red() * 1000 / 255
        assert seen == pytest.approx(grey_of(at(row)), abs=5)


def test_only_thumbnails_in_sight_are_fetched(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    exam = Exam(1000)
    viewer = open_viewer(exam)
    qtbot.waitUntil(
        lambda: all(viewer._loader.thumbnail(one) is not None for one in strip(viewer).in_sight())
    )
    assert len(exam.asked_small) <= 12


@pytest.mark.rule("R38")
def test_clicking_a_thumbnail_opens_that_image_large(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    viewer = open_viewer(Exam(40))
    QTest.mouseClick(
        strip(viewer).viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        place_of(viewer, 3),
    )
    qtbot.waitUntil(lambda: viewer.shown == at(3))
    assert painted_grey(viewer) == pytest.approx(grey_of(at(3)), abs=5)
    assert viewer.canvas.width() > 4 * strip(viewer).width()


@pytest.mark.rule("R38")
def test_tapping_a_thumbnail_opens_that_image(qtbot: QtBot, open_viewer: OpenViewer, finger: Finger) -> None:
    viewer = open_viewer(Exam(40))
    finger.tap(strip(viewer).viewport(), place_of(viewer, 2))
    qtbot.waitUntil(lambda: viewer.shown == at(2))


def test_a_finger_scrolls_the_thumbnails_without_choosing_one(
    qtbot: QtBot, open_viewer: OpenViewer, a_hand: Hand
) -> None:
    viewer = open_viewer(Exam(60))
    area = strip(viewer).viewport()
    start = QPoint(area.width() // 2, area.height() - 60)
    a_hand.press(area, start)
    for up in range(20, 420, 40):
        a_hand.move(area, start - QPoint(0, up))
        qtbot.wait(16)  # the scroller takes its speed from the clock
    a_hand.release(area, start - QPoint(0, 400))
    assert strip(viewer).verticalScrollBar().value() > 200
    assert viewer.shown == at(0)
    strip(viewer).stop()
