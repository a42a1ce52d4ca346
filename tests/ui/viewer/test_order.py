"""The images of one exam in order: nothing before the first, nothing after the last, nothing of another exam."""

import pytest

from tests.ui.viewer.exam import series
from ui.viewer.order import Order
from ui.viewer.source import Position


@pytest.mark.rule("R45", "R46")
def test_walking_visits_every_image_once_and_ends_at_the_last() -> None:
    order = Order(series(3, 1, 2))
    seen = [Position("s0", 0)]
    while (found := order.after(seen[-1], 1)) is not None:
        seen.append(found)
    assert [(one.series_id, one.index) for one in seen] == [
        ("s0", 0), ("s0", 1), ("s0", 2), ("s1", 0), ("s2", 0), ("s2", 1),
    ]  # fmt: skip
    assert order.after(seen[0], -1) is None


def test_series_without_images_are_passed_over() -> None:
    order = Order(series(2, 0, 1))
    assert order.after(Position("s0", 1), 1) == Position("s2", 0)
    assert len(order) == 3


def test_moving_within_a_series_stops_at_its_ends() -> None:
    order = Order(series(5, 5))
    assert order.within(Position("s0", 3), 99) == Position("s0", 4)
    assert order.within(Position("s1", 3), -99) == Position("s1", 0)


def test_an_exam_without_images_has_no_place() -> None:
    assert Order([]).at(0) is None
    assert len(Order([])) == 0
