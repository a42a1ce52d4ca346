"""Fingers and mouse on an image, by Qt's own events: what each gesture does, and what it must not do."""

import math
import random
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSizeF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.imaging.grayscale import Grayscale, Window
from tests.ui.fingers import Finger
from tests.ui.viewer.conftest import Hand
from ui.viewer.canvas import ImageCanvas
from ui.viewer.layers import make_layers
from ui.viewer.source import ViewedFrame
from ui.viewer.stage import Content

SIDE = 400
LAYERS = make_layers(
    ViewedFrame(np.zeros((SIDE, SIDE), np.uint16), SIDE, SIDE, Grayscale(windows=(Window(500, 1000),)))
)
MIDDLE = QPoint(500, 400)


class Stage:
    """A canvas with ten images beside each other, and what it asked for."""

    def __init__(self, qtbot: QtBot, **more: object) -> None:
        self.index, self.steps, self.scrolled = 5, [], []  # type: int, list[int], list[int]
        self.canvas = ImageCanvas(self._neighbour, **more)  # type: ignore[arg-type]  # passed through by tests
        self.window = QWidget(None, Qt.WindowType.FramelessWindowHint)  # a frame shifts the test's touches
        self.window.resize(1000, 800)
        self.canvas.setParent(self.window)
        self.canvas.setGeometry(0, 0, 1000, 800)
        qtbot.addWidget(self.window)
        self.canvas.stepped.connect(self._on_step)
        self.canvas.scrolled.connect(self.scrolled.append)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.canvas.show_content(LAYERS, keep_view=False)
        self.mm = self.canvas.pixels_per_mm()

    def _neighbour(self, step: int) -> tuple[bool, Content]:
        return 0 <= self.index + step < 10, LAYERS

    def _on_step(self, step: int) -> None:
        self.steps.append(step)
        self.index += step

    def image_point(self, at: QPointF) -> QPointF:
        """Which point of the image lies under a point of the canvas."""
        inside, _ok = self.canvas.placement.transform(QSizeF(SIDE, SIDE)).inverted()
        return inside.map(at)

    def settle(self, qtbot: QtBot) -> None:
        qtbot.waitUntil(lambda: not self.canvas.is_in_motion)


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[Stage]:
    made = Stage(qtbot)
    yield made
    made.canvas.forget()


def right(pixels: float) -> QPoint:
    return MIDDLE + QPoint(round(pixels), 0)


def slowly(stage: Stage, a_hand: Hand, by: float) -> None:
    """A slow drag: the finger rests before it is lifted, so that only the distance counts."""
    a_hand.press(stage.canvas, MIDDLE)
    for part in (0.2, 0.4, 0.6, 0.8, 1.0):
        a_hand.move(stage.canvas, right(by * part))
    QTest.qWait(100)  # the rest itself is what is tested: no condition to wait for
    a_hand.release(stage.canvas, right(by))


# Swipe


@pytest.mark.rule("R44", "D20")
def test_a_swipe_to_the_left_asks_for_the_next_image_and_to_the_right_for_the_one_before(
    qtbot: QtBot, stage: Stage, a_hand: Hand
) -> None:
    slowly(stage, a_hand, -40 * stage.mm)
    assert stage.steps == [1]
    stage.settle(qtbot)
    slowly(stage, a_hand, 40 * stage.mm)
    assert stage.steps == [1, -1]


@pytest.mark.rule("D20")
def test_the_literal_setting_turns_the_swipe_round(qtbot: QtBot, a_hand: Hand) -> None:
    stage = Stage(qtbot, swipe_direction="literal")
    slowly(stage, a_hand, -40 * stage.mm)
    stage.settle(qtbot)
    slowly(stage, a_hand, 40 * stage.mm)
    assert stage.steps == [-1, 1]
    stage.canvas.forget()


@pytest.mark.rule("D20")
def test_the_image_follows_the_finger(stage: Stage, a_hand: Hand) -> None:
    a_hand.press(stage.canvas, MIDDLE)
    a_hand.move(stage.canvas, right(-3 * stage.mm))  # out of the slop
    start = stage.canvas.slide
    for by in (-20, -90, -140, -60, 30):
        a_hand.move(stage.canvas, right(-3 * stage.mm + by))
        assert stage.canvas.slide - start == pytest.approx(by, abs=1)
    a_hand.release(stage.canvas, right(0))


def test_a_short_slow_swipe_springs_back(qtbot: QtBot, stage: Stage, a_hand: Hand) -> None:
    slowly(stage, a_hand, -8 * stage.mm)
    stage.settle(qtbot)
    assert stage.steps == []
    assert stage.canvas.slide == 0


def test_a_quick_flick_counts_though_it_is_short(stage: Stage, a_hand: Hand) -> None:
    a_hand.drag(stage.canvas, MIDDLE, right(-3 * stage.mm), right(-6 * stage.mm), right(-9 * stage.mm))
    assert stage.steps == [1]


def test_a_trembling_finger_moves_nothing(stage: Stage, a_hand: Hand) -> None:
    places = [
        MIDDLE + QPoint(round(stage.mm * x), round(stage.mm * y))
        for x, y in ((1, 0), (-1, 1), (0, -1), (1, 1))
    ]
    a_hand.press(stage.canvas, MIDDLE)
    for place in places:
        a_hand.move(stage.canvas, place)
        assert stage.canvas.slide == 0
    a_hand.release(stage.canvas, MIDDLE)
    assert stage.steps == []


@pytest.mark.rule("R46", "D20")
@pytest.mark.parametrize(("index", "by"), [(9, -60), (0, 60)])
def test_at_the_ends_a_swipe_gives_a_little_and_springs_back(
    qtbot: QtBot, stage: Stage, a_hand: Hand, index: int, by: int
) -> None:
    stage.index = index
    a_hand.press(stage.canvas, MIDDLE)
    a_hand.move(stage.canvas, right(by * stage.mm / 20))
    a_hand.move(stage.canvas, right(by * stage.mm))
    assert 0 < abs(stage.canvas.slide) < abs(by * stage.mm) / 2
    a_hand.release(stage.canvas, right(by * stage.mm))
    stage.settle(qtbot)
    assert stage.steps == []
    assert stage.canvas.slide == 0


@pytest.mark.rule("R39", "R43", "D20")
def test_zoomed_in_one_finger_pans_and_never_swipes(qtbot: QtBot, stage: Stage, a_hand: Hand) -> None:
    stage.canvas.zoom(4.0, QPointF(MIDDLE))
    before = stage.canvas.placement.centre
    a_hand.press(stage.canvas, MIDDLE)
    a_hand.move(stage.canvas, right(-3 * stage.mm))
    a_hand.move(stage.canvas, right(-3 * stage.mm - 150))
    assert stage.canvas.placement.centre.x() - before.x() == pytest.approx(-150, abs=1)
    a_hand.release(stage.canvas, right(-3 * stage.mm - 150))
    stage.settle(qtbot)
    assert stage.steps == []
    assert stage.canvas.slide == 0


def test_a_quick_pan_runs_out_after_the_finger_has_let_go(qtbot: QtBot, stage: Stage, a_hand: Hand) -> None:
    stage.canvas.zoom(6.0, QPointF(MIDDLE))
    a_hand.press(stage.canvas, MIDDLE)
    for by in range(20, 120, 20):
        a_hand.move(stage.canvas, right(-by))
    let_go = stage.canvas.placement.centre.x()
    a_hand.release(stage.canvas, right(-100))
    stage.settle(qtbot)
    assert stage.canvas.placement.centre.x() < let_go - 20


def test_a_cancelled_swipe_springs_back(
    qtbot: QtBot, stage: Stage, finger: Finger, second_finger: Finger
) -> None:
    finger.press(stage.canvas, MIDDLE)
    finger.move(stage.canvas, right(-40 * stage.mm))
    second_finger.press(stage.canvas, right(100))  # a second finger: it was no swipe
    finger.release(stage.canvas, right(-40 * stage.mm))
    second_finger.release(stage.canvas, right(100))
    stage.settle(qtbot)
    assert stage.steps == []
    assert stage.canvas.slide == 0


# Pinch


def distance(a: QPointF, b: QPointF) -> float:
    return math.hypot(a.x() - b.x(), a.y() - b.y())


@pytest.mark.rule("R40", "R47")
def test_two_hundred_random_pinches_keep_what_is_between_the_fingers_within_a_pixel(
    qtbot: QtBot, stage: Stage, a_hand: Hand
) -> None:
    chance = random.Random(7)
    worst_place = worst_size = 0.0
    for _ in range(200):
        stage.canvas.reset()
        stage.canvas.zoom(chance.uniform(2, 6), QPointF(500, 400))
        a = QPoint(chance.randrange(200, 800), chance.randrange(150, 650))
        b = a + QPoint(chance.choice((-1, 1)) * chance.randrange(80, 200), chance.randrange(-120, 120))
        a_hand.press(stage.canvas, a, b)
        under = stage.image_point(QPointF(a + b) / 2)
        scale, apart = stage.canvas.placement.scale, distance(QPointF(a), QPointF(b))
        for _step in range(chance.randrange(2, 9)):
            a += QPoint(chance.randrange(-15, 16), chance.randrange(-15, 16))
            b += QPoint(chance.randrange(-15, 16), chance.randrange(-15, 16))
            a_hand.move(stage.canvas, a, b)
        middle = QPointF(a + b) / 2
        now = stage.canvas.placement.transform(QSizeF(SIDE, SIDE)).map(under)
        worst_place = max(worst_place, distance(now, middle))
        factor = distance(QPointF(a), QPointF(b)) / apart
        worst_size = max(worst_size, abs(stage.canvas.placement.scale / scale / factor - 1) * 400)
        a_hand.release(stage.canvas, a, b)
    stage.settle(qtbot)
    assert worst_place <= 1.0
    assert worst_size <= 1.0  # pixels, at the edge of a view 400 pixels away from the fingers


@pytest.mark.rule("R47")
def test_lifting_one_finger_of_a_pinch_does_not_jump(
    qtbot: QtBot, stage: Stage, finger: Finger, second_finger: Finger
) -> None:
    finger.press(stage.canvas, QPoint(400, 400))
    second_finger.press(stage.canvas, QPoint(600, 400))
    for out in range(0, 200, 20):
        finger.move(stage.canvas, QPoint(400 - out, 400))
        second_finger.move(stage.canvas, QPoint(600 + out, 400))
    stage.settle(qtbot)
    before = stage.canvas.placement
    second_finger.release(stage.canvas, QPoint(780, 400))
    stage.settle(qtbot)
    after = stage.canvas.placement
    assert after.scale == pytest.approx(before.scale)
    assert distance(after.centre, before.centre) <= 1
    finger.release(stage.canvas, QPoint(220, 400))
    stage.settle(qtbot)
    assert stage.steps == []


def test_a_pinch_beyond_the_bounds_springs_back(qtbot: QtBot, stage: Stage, a_hand: Hand) -> None:
    a_hand.press(stage.canvas, QPoint(200, 400), QPoint(800, 400))
    a_hand.move(stage.canvas, QPoint(480, 400), QPoint(520, 400))
    a_hand.release(stage.canvas, QPoint(480, 400), QPoint(520, 400))
    stage.settle(qtbot)
    assert stage.canvas.is_fitted
    assert stage.canvas.placement.scale >= min(1.0, 800 / SIDE)


# Taps


@pytest.mark.rule("R40")
def test_a_double_tap_shows_twice_the_size_there_and_the_next_shows_all(
    qtbot: QtBot, stage: Stage, finger: Finger
) -> None:
    place = QPoint(620, 300)
    fit, under = stage.canvas.placement.scale, stage.image_point(QPointF(place))
    finger.tap(stage.canvas, place)
    finger.tap(stage.canvas, place)
    stage.settle(qtbot)
    assert stage.canvas.placement.scale == pytest.approx(2 * fit)
    assert distance(stage.image_point(QPointF(place)), under) < 3
    finger.tap(stage.canvas, place)
    finger.tap(stage.canvas, place)
    stage.settle(qtbot)
    assert stage.canvas.is_fitted


def test_two_taps_far_apart_are_no_double_tap(qtbot: QtBot, stage: Stage, finger: Finger) -> None:
    finger.tap(stage.canvas, QPoint(200, 200))
    finger.tap(stage.canvas, QPoint(800, 600))
    stage.settle(qtbot)
    assert stage.canvas.is_fitted


# Mouse


def wheel(canvas: ImageCanvas, at: QPoint, turned: int, modifiers: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        QPointF(at),
        canvas.mapToGlobal(QPointF(at)),
        QPoint(),
        QPoint(0, turned),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_the_wheel_scrolls_by_whole_notches(stage: Stage) -> None:
    for turned in (-120, -40, -40, -40, 240):
        wheel(stage.canvas, MIDDLE, turned, Qt.KeyboardModifier.NoModifier)
    assert stage.scrolled == [1, 1, -2]


@pytest.mark.rule("R40")
def test_the_wheel_with_ctrl_zooms_at_the_pointer(stage: Stage) -> None:
    place = QPoint(560, 360)
    scale, under = stage.canvas.placement.scale, stage.image_point(QPointF(place))
    for _ in range(4):
        wheel(stage.canvas, place, 120, Qt.KeyboardModifier.ControlModifier)
    assert stage.scrolled == []
    assert stage.canvas.placement.scale == pytest.approx(scale * 1.25**4)
    assert distance(stage.image_point(QPointF(place)), under) < 0.5


def mouse_drag(canvas: ImageCanvas, button: Qt.MouseButton, start: QPoint, *path: QPoint) -> None:
    QTest.mousePress(canvas, button, Qt.KeyboardModifier.NoModifier, start)
    for place in path:
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, button, Qt.KeyboardModifier.NoModifier, path[-1])


@pytest.mark.rule("R39", "R44")
def test_a_patients_mouse_swipes_when_fitted_and_pans_when_zoomed(qtbot: QtBot, stage: Stage) -> None:
    left = Qt.MouseButton.LeftButton
    mouse_drag(stage.canvas, left, MIDDLE, right(-20), right(-150), right(-300))
    stage.settle(qtbot)
    assert stage.steps == [1]
    stage.canvas.zoom(4.0, QPointF(MIDDLE))
    before = stage.canvas.placement.centre
    mouse_drag(stage.canvas, left, MIDDLE, right(-20), right(-120))
    assert stage.steps == [1]
    assert stage.canvas.placement.centre.x() - before.x() <= -99


def test_a_staff_mouse_changes_the_window_with_the_left_button_and_pans_with_the_middle(qtbot: QtBot) -> None:
    stage = Stage(qtbot, can_window=True)
    mouse_drag(stage.canvas, Qt.MouseButton.LeftButton, MIDDLE, right(50), right(200))
    assert stage.steps == []
    assert stage.canvas.tone.contrast < 1
    stage.canvas.zoom(4.0, QPointF(MIDDLE))
    before, tone = stage.canvas.placement.centre, stage.canvas.tone
    mouse_drag(stage.canvas, Qt.MouseButton.MiddleButton, MIDDLE, right(-20), right(-120))
    assert stage.canvas.placement.centre.x() - before.x() == pytest.approx(-100, abs=1)
    assert stage.canvas.tone == tone
    stage.canvas.forget()
