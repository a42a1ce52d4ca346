"""Zoom, pan, turns: the point under the pointer stays there, and no edge comes into the view."""

import math
import random

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF

from ui.viewer.placement import Placement, fitted, settled

SIZE = QSizeF(512, 400)
ROOM = QRectF(0, 50, 1000, 550)


def apart(a: QPointF, b: QPointF) -> float:
    return math.hypot(a.x() - b.x(), a.y() - b.y())


@pytest.mark.rule("R40")
def test_zooming_keeps_the_point_under_the_pointer() -> None:
    chance = random.Random(1)
    for _ in range(200):
        lying = Placement(
            chance.uniform(0.2, 9),
            QPointF(chance.uniform(0, 1000), chance.uniform(0, 700)),
            chance.randrange(4),
            chance.random() < 0.5,
        )
        about = QPointF(chance.uniform(0, 1000), chance.uniform(0, 700))
        inside, _ok = lying.transform(SIZE).inverted()
        zoomed = lying.zoomed(about, lying.scale * chance.uniform(0.3, 3))
        assert apart(zoomed.transform(SIZE).map(inside.map(about)), about) < 1e-6


def test_a_fitted_image_lies_wholly_in_the_room_and_touches_it() -> None:
    for turns in range(4):
        box = fitted(SIZE, ROOM, Placement(1, QPointF(), turns)).covers(SIZE)
        assert ROOM.adjusted(-0.01, -0.01, 0.01, 0.01).contains(box)
        assert math.isclose(box.width(), ROOM.width()) or math.isclose(box.height(), ROOM.height())


@pytest.mark.rule("R39")
def test_panning_never_loses_the_image_and_reaches_every_corner() -> None:
    large = fitted(SIZE, ROOM).zoomed(ROOM.center(), 4.0)
    for by in (QPointF(9e4, 9e4), QPointF(-9e4, 9e4), QPointF(-9e4, -9e4), QPointF(9e4, -9e4)):
        box = settled(large.moved(by), SIZE, ROOM, 1.0).covers(SIZE)
        assert box.adjusted(-0.01, -0.01, 0.01, 0.01).contains(ROOM.center())
        corners = (box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight())
        assert min(apart(corner, ROOM.center()) for corner in corners) < 0.01


def test_zoom_is_bounded_by_the_size_on_the_screen() -> None:
    fit = fitted(SIZE, ROOM).scale
    huge = settled(Placement(1e6, ROOM.center()), SIZE, ROOM, 1.0)
    tiny = settled(Placement(1e-6, ROOM.center()), SIZE, ROOM, 1.0)
    assert math.isclose(huge.scale, fit * 16)
    assert tiny.scale == min(fit, 1.0)
    assert apart(tiny.centre, ROOM.center()) < 1e-6


def test_four_quarter_turns_and_two_mirrors_change_nothing() -> None:
    start = Placement(1.5, QPointF(300, 200), 1)
    assert start.turned().turned().turned().turned() == start
    assert start.mirrored().mirrored() == start


def test_a_mirror_exchanges_left_and_right_as_the_image_lies_now() -> None:
    for turns in range(4):
        lying = Placement(1.0, QPointF(0, 0), turns)
        for place in (QPointF(10, 20), QPointF(400, 300)):
            before = lying.transform(SIZE).map(place)
            after = lying.mirrored().transform(SIZE).map(place)
            assert apart(after, QPointF(-before.x(), before.y())) < 1e-6
