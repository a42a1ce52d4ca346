"""Thumbnails by series, a screenful at a time, fetched only where they are looked at."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.look import read_look
from app.words import Words
from tests.ui.fingers import Finger
from tests.ui.viewer.exam import Exam
from ui.background import Background
from ui.patient.thumbnails import SIDE, Thumbnails
from ui.theme import Theme
from ui.viewer.source import Position

Show = Callable[..., QWidget]


@pytest.fixture
def source() -> Exam:
    return Exam(30, 3)


@pytest.fixture
def grid(source: Exam, words: Words, background: Background, show: Show) -> Thumbnails:
    made = Thumbnails(source, words, background, read_look().light)
    show(made, Theme("kiosk"), (900, 700))
    return made


@pytest.mark.rule("R37")
def test_only_what_is_in_sight_is_fetched_and_every_image_is_on_some_page(
    grid: Thumbnails, source: Exam, qtbot: QtBot, finger: Finger
) -> None:
    seen: list[Position] = []
    for _ in range(10):
        qtbot.waitUntil(lambda: bool(grid.tiles) and all(tile.has_picture for tile in grid.tiles))
        assert set(source.asked_small) == {*seen, *(tile.position for tile in grid.tiles)}
        seen += [tile.position for tile in grid.tiles]
        assert all(tile.width() >= SIDE for tile in grid.tiles)
        if not grid.next.isEnabled():
            break
        finger.tap(grid.next)
    assert seen == [*(Position("s0", n) for n in range(30)), *(Position("s1", n) for n in range(3))]


@pytest.mark.rule("R38")
def test_a_touch_chooses_an_image(grid: Thumbnails, qtbot: QtBot, finger: Finger) -> None:
    qtbot.waitUntil(lambda: len(grid.tiles) > 2)
    with qtbot.waitSignal(grid.chosen) as chosen:
        finger.tap(grid.tiles[2])
    assert chosen.args == [Position("s0", 2)]


def test_a_smaller_window_keeps_the_image_that_was_in_sight(
    grid: Thumbnails, qtbot: QtBot, finger: Finger
) -> None:
    qtbot.waitUntil(lambda: bool(grid.tiles))
    finger.tap(grid.next)
    first = grid.tiles[0].position
    grid.resize(600, 700)
    qtbot.waitUntil(lambda: grid.tiles[0].position != Position("s0", 0))
    assert first in [tile.position for tile in grid.tiles]


def test_a_size_that_changes_nothing_leaves_the_tiles_under_the_finger(
    grid: Thumbnails, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: bool(grid.tiles))
    before = grid.tiles
    grid.resize(grid.width(), grid.height() + 3)
    qtbot.wait(20)
    assert grid.tiles == before
