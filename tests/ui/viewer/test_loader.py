"""The wanted image first and alone, the newest wish wins, memory bounded, nothing late after closing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.errors import Unavailable
from app.imaging.grayscale import Grayscale
from tests.ui.viewer.exam import Exam, grey_of
from ui.background import Background
from ui.viewer.layers import Layers, make_layers
from ui.viewer.loader import AHEAD, BEHIND, FrameCache, FrameLoader
from ui.viewer.order import Order
from ui.viewer.source import Position, ViewedFrame

At = Callable[[int], Position]


def at(index: int) -> Position:
    return Position("s0", index)


class Heard:
    """What a loader has said, in order."""

    def __init__(self, loader: FrameLoader) -> None:
        self.arrived: list[Position] = []
        self.failed: list[Position] = []
        loader.arrived.connect(lambda position, _: self.arrived.append(position))
        loader.failed.connect(lambda position, _: self.failed.append(position))


@pytest.fixture
def owner(qapp: QObject) -> QObject:
    return QObject()


def make(exam: Exam, background: Background, owner: QObject, **more: Any) -> tuple[FrameLoader, Heard]:
    loader = FrameLoader(exam, Order(exam.series), background, parent=owner, **more)
    return loader, Heard(loader)


def test_nothing_else_is_fetched_while_the_wanted_image_is_on_its_way(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    exam = Exam(40)
    gate = exam.hold(at(5))
    loader, heard = make(exam, background, owner)
    loader.want(at(5))
    loader.want_thumbnails([at(0), at(1)])
    assert exam.started[at(5)].wait(60)
    qtbot.waitUntil(lambda: len(exam.asked) == 1)
    assert exam.asked_small == []
    gate.set()
    qtbot.waitUntil(lambda: len(heard.arrived) == 1 + AHEAD + BEHIND)
    assert heard.arrived[0] == at(5)
    assert exam.asked_small == [at(0), at(1)]
    loader.close()


def test_images_are_fetched_ahead_in_the_direction_of_travel(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    exam = Exam(100)
    loader, heard = make(exam, background, owner)
    loader.want(at(60))
    qtbot.waitUntil(background.is_idle)
    heard.arrived.clear()
    exam.asked.clear()
    loader.want(at(30))
    qtbot.waitUntil(lambda: len(heard.arrived) == 1 + AHEAD + BEHIND)
    asked = [position.index for position, _ in exam.asked]
    assert asked[0] == 30
    assert set(asked[1:3]) == {29, 28}  # two threads: which of the two comes first is theirs
    assert set(asked) == set(range(30 - AHEAD, 31 + BEHIND))
    assert set(asked[-BEHIND + 1 :]) <= {31, 32, 33}
    loader.close()


def test_the_newest_wish_wins_and_those_between_are_never_fetched(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    exam = Exam(400)
    first, second = exam.hold(at(0)), exam.hold(at(50))
    loader, heard = make(exam, background, owner)
    for index in (0, 50, 100, 150, 200, 250, 300):
        loader.want(at(index))
    first.set()
    second.set()
    qtbot.waitUntil(lambda: at(300) in heard.arrived)
    asked = [position for position, _ in exam.asked]
    assert asked[:3] == [at(0), at(50), at(300)]
    assert not {at(100), at(150), at(200), at(250)} & set(asked)
    loader.close()


def test_an_image_that_is_here_is_given_at_once(qtbot: QtBot, background: Background, owner: QObject) -> None:
    exam = Exam(3)
    loader, heard = make(exam, background, owner)
    assert loader.want(at(0)) is None
    qtbot.waitUntil(lambda: len(heard.arrived) == 3)
    held = loader.want(at(1))
    assert isinstance(held, Layers)
    assert held.frame.pixels[0, 0] == grey_of(at(1))
    assert len(exam.asked) == 3
    loader.close()


def test_a_broken_image_is_told_once_and_the_others_come(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    exam = Exam(4, broken=frozenset({at(1)}))
    loader, heard = make(exam, background, owner)
    loader.want(at(0))
    qtbot.waitUntil(lambda: len(heard.arrived) == 3)
    assert heard.failed == [at(1)]
    assert isinstance(loader.want(at(1)), Exception)
    qtbot.waitUntil(background.is_idle)
    assert [position for position, _ in exam.asked].count(at(1)) == 1
    loader.close()


def test_an_image_is_asked_for_again_after_the_archive_was_away(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    class Away(Exam):
        is_away = True

        def frame(self, series_id: str, index: int, *, reduced: bool) -> ViewedFrame:
            if self.is_away:
                raise Unavailable("archive", "The archive does not answer.")
            return super().frame(series_id, index, reduced=reduced)

    exam = Away(2)
    loader, heard = make(exam, background, owner)
    loader.want(at(0))
    qtbot.waitUntil(lambda: len(heard.failed) == 2)
    exam.is_away = False
    loader.want(at(1))
    qtbot.waitUntil(lambda: at(1) in heard.arrived)
    loader.close()


def test_a_slow_source_is_asked_for_less_while_moving_and_for_all_when_still(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    exam = Exam(50)
    loader, heard = make(exam, background, owner)
    loader._usual_ms = 400.0  # as measured of a slow source
    loader.want(at(20), is_moving=True)
    qtbot.waitUntil(lambda: (at(20), False) in exam.asked)
    assert exam.asked[0] == (at(20), True)
    qtbot.waitUntil(lambda: heard.arrived.count(at(20)) == 2)
    held = loader.held(at(20))
    assert isinstance(held, Layers)
    assert not held.is_reduced
    loader.close()


def test_the_cache_never_holds_more_bytes_than_its_budget() -> None:
    cache = FrameCache(1_000_000)
    chance = np.random.default_rng(5)
    kept: dict[Position, int] = {}
    for index in range(500):
        side = int(chance.integers(10, 400))
        layers = make_layers(ViewedFrame(np.zeros((side, side), np.uint16), side, side, Grayscale()))
        cache.put(at(index % 120), layers)
        kept[at(index % 120)] = layers.bytes
        held = [one for one in (cache.get(at(n)) for n in range(120)) if one is not None]
        assert cache.bytes == sum(one.bytes for one in held)
        assert cache.bytes <= 1_000_000
        assert cache.get(at(index % 120)) is layers
    assert len(kept) == 120


def test_the_image_that_was_looked_at_last_is_dropped_last() -> None:
    cache = FrameCache(600)
    small = make_layers(ViewedFrame(np.zeros((10, 10), np.uint16), 10, 10, Grayscale()))  # 200 bytes
    for index in range(3):
        cache.put(at(index), small)
    cache.get(at(0))
    cache.put(at(3), small)
    assert cache.get(at(0)) is small
    assert cache.get(at(1)) is None


def test_an_image_larger_than_the_budget_is_kept_alone() -> None:
    cache = FrameCache(1_000)
    small = make_layers(ViewedFrame(np.zeros((10, 10), np.uint16), 10, 10, Grayscale()))
    large = make_layers(ViewedFrame(np.zeros((100, 100), np.uint16), 100, 100, Grayscale()))
    cache.put(at(0), small)
    cache.put(at(1), large)
    assert cache.get(at(0)) is None
    assert cache.get(at(1)) is large
    cache.put(at(2), small)
    assert cache.bytes == small.bytes


def test_large_images_do_not_push_each_other_out_for_ever(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    exam = Exam(30, side=256)
    loader, _ = make(exam, background, owner, budget=300_000)  # room for two
    loader.want(at(10))
    qtbot.waitUntil(lambda: loader.held(at(10)) is not None)
    qtbot.waitUntil(background.is_idle)
    assert len(exam.asked) <= 1 + AHEAD + BEHIND
    loader.close()


def test_a_slow_source_keeps_one_thread_free_for_the_next_wish(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    exam = Exam(50)
    loader, heard = make(exam, background, owner)
    loader._usual_ms = 400.0  # as measured of a slow source
    ahead = exam.hold(at(1))
    loader.want(at(0))
    loader.want_thumbnails([at(index) for index in range(5)])
    qtbot.waitUntil(exam.started[at(1)].is_set)
    loader._usual_ms = 400.0
    qtbot.waitUntil(lambda: at(0) in heard.arrived)
    assert exam.asked_small == []
    loader.want(at(40))
    qtbot.waitUntil(lambda: at(40) in heard.arrived)
    ahead.set()
    qtbot.waitUntil(background.is_idle)
    loader.close()


def test_closing_forgets_every_image_and_asks_for_no_more(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    exam = Exam(10)
    loader, heard = make(exam, background, owner)
    loader.want(at(0))
    qtbot.waitUntil(lambda: len(heard.arrived) == 10)
    loader.close()
    assert all(loader.held(at(index)) is None for index in range(10))
    asked = len(exam.asked)
    assert loader.want(at(3)) is None
    loader.want_thumbnails([at(3)])
    qtbot.waitUntil(background.is_idle)
    assert len(exam.asked) == asked


class CarelessLoader(FrameLoader):
    """The control: it does not cancel what is under way when it is closed."""

    def close(self) -> None:
        self._cache.clear()


def late_frame_reaches_the_next_patient(
    kind: type[FrameLoader], qtbot: QtBot, background: Background, owner: QObject
) -> bool:
    """One canvas, two patients, a slow archive: does the first one's image paint in the second one's window?"""
    painted: list[int] = []
    slow, quick = Exam(1), Exam(0, 0, 1)
    gate = slow.hold(at(0))
    first = kind(slow, Order(slow.series), background, parent=owner)
    first.arrived.connect(lambda _, layers: painted.append(int(layers.frame.pixels[0, 0])))
    first.want(at(0))
    assert slow.started[at(0)].wait(60)
    first.close()
    second = FrameLoader(quick, Order(quick.series), background, parent=owner)
    second.arrived.connect(lambda _, layers: painted.append(int(layers.frame.pixels[0, 0])))
    second.want(Position("s2", 0))
    qtbot.waitUntil(lambda: len(painted) == 1)
    gate.set()
    qtbot.waitUntil(background.is_idle)
    second.close()
    FrameLoader.close(first)
    return grey_of(at(0)) in painted


def test_a_late_frame_never_paints_in_another_patients_window(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    for _ in range(10):
        assert not late_frame_reaches_the_next_patient(FrameLoader, qtbot, background, owner)


def test_the_race_is_real_a_careless_loader_loses_it(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    assert late_frame_reaches_the_next_patient(CarelessLoader, qtbot, background, owner)
