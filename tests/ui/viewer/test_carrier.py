"""Files over a line: the wanted one first and alone, several at once ahead of the finger, bounded, nothing after closing."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.errors import Unavailable
from tests.ui.viewer.exam import FarExam
from tests.ui.viewer.test_loader import Heard, at
from ui.background import Background
from ui.viewer.carrier import AHEAD_AT_ONCE
from ui.viewer.loader import AHEAD, FILES_AHEAD, FrameLoader
from ui.viewer.order import Order

PATIENCE_MS = 60_000


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow this machine is, nothing has to be asked again meanwhile."""
    monkeypatch.setattr("ui.viewer.carrier.GOOD_MS", 1_000_000)


@pytest.fixture
def owner(qapp: QObject) -> Iterator[QObject]:
    owner = QObject()
    yield owner
    for loader in owner.findChildren(FrameLoader):
        loader.close()


def make(exam: FarExam, background: Background, owner: QObject) -> tuple[FrameLoader, Heard]:
    loader = FrameLoader(exam, Order(exam.series), background, parent=owner)
    return loader, Heard(loader)


def test_the_wanted_file_travels_alone_and_then_several_at_once_those_next_to_it_first(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    exam = FarExam(200)
    wanted = exam.hold_on_line(at(5))
    ahead = [exam.hold_on_line(at(index)) for index in range(6, 6 + AHEAD_AT_ONCE)]
    loader, heard = make(exam, background, owner)
    loader.want(at(5))
    loader.want_thumbnails([at(0), at(1)])
    assert exam.set_out[at(5)].wait(60)
    assert exam.brought == [at(5)]
    assert at(5) not in loader._flying  # so that waiting for the line does not count as slow decoding
    wanted.set()
    qtbot.waitUntil(
        lambda: all(exam.set_out[at(index)].is_set() for index in range(6, 6 + AHEAD_AT_ONCE)),
        timeout=PATIENCE_MS,
    )
    assert heard.arrived == [at(5)]
    assert len(exam.brought) == 1 + AHEAD_AT_ONCE  # no more at once: the line is there for others too
    loader.want(at(150), is_moving=True)
    qtbot.waitUntil(lambda: at(150) in heard.arrived, timeout=PATIENCE_MS)  # before any of those ahead
    assert exam.brought[1 + AHEAD_AT_ONCE] == at(150)
    for gate in ahead:
        gate.set()
    qtbot.waitUntil(lambda: at(150 + AHEAD) in heard.arrived, timeout=PATIENCE_MS)
    qtbot.waitUntil(background.is_idle, timeout=PATIENCE_MS)
    assert set(exam.asked_small) == {at(0), at(1)}
    assert {reduced for position, reduced in exam.asked if position != at(150)} == {False}
    brought = len(exam.brought)
    loader.close()
    assert loader.want(at(100)) is None
    qtbot.waitUntil(background.is_idle, timeout=PATIENCE_MS)
    assert len(exam.brought) == brought


@pytest.mark.parametrize(("size", "count"), [(200_000, FILES_AHEAD), (32_000_000, AHEAD + 2)])
def test_files_are_brought_ahead_as_far_as_their_bytes_allow_and_a_nearer_one_is_shown_meanwhile(
    qtbot: QtBot, background: Background, owner: QObject, size: int, count: int
) -> None:
    exam = FarExam(200, size=size)
    loader, heard = make(exam, background, owner)
    loader.want(at(0))
    qtbot.waitUntil(lambda: at(count) in exam.brought, timeout=PATIENCE_MS)
    qtbot.waitUntil(background.is_idle, timeout=PATIENCE_MS)
    assert sorted(set(exam.brought)) == [at(index) for index in range(count + 1)]
    gate = exam.hold_on_line(at(count + 2))
    loader.want(at(count + 2), is_moving=True)
    qtbot.waitUntil(lambda: at(count) in heard.arrived, timeout=PATIENCE_MS)
    assert at(count + 2) not in heard.arrived
    gate.set()
    qtbot.waitUntil(lambda: at(count + 2) in heard.arrived, timeout=PATIENCE_MS)


def test_whether_an_image_may_be_seen_is_asked_again_after_seconds(
    qtbot: QtBot, background: Background, owner: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = FarExam(60)
    loader, heard = make(exam, background, owner)
    loader.want(at(0))
    qtbot.waitUntil(lambda: at(59) in exam.brought, timeout=PATIENCE_MS)
    qtbot.waitUntil(background.is_idle, timeout=PATIENCE_MS)
    with monkeypatch.context() as later:
        later.setattr("ui.viewer.carrier.GOOD_MS", 0)
        loader.want(at(40))
    qtbot.waitUntil(lambda: at(40) in heard.arrived, timeout=PATIENCE_MS)
    assert exam.brought.count(at(40)) == 2  # the second time because the first was too long ago


def test_what_does_not_come_over_the_line_is_told_and_asked_for_again_when_it_is_wanted(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    exam = FarExam(3)
    exam.lost[at(1)] = Unavailable("server_away", "The server does not answer.")
    loader, heard = make(exam, background, owner)
    loader.want(at(0))
    loader.want_thumbnails([at(0), at(1), at(2)])
    qtbot.waitUntil(lambda: len(heard.arrived) == 2, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: loader.thumbnail(at(2)) is not None, timeout=PATIENCE_MS)
    assert heard.failed == [at(1)]
    assert loader.has_no_thumbnail(at(1))
    del exam.lost[at(1)]
    assert loader.want(at(1)) is None
    qtbot.waitUntil(lambda: at(1) in heard.arrived, timeout=PATIENCE_MS)
