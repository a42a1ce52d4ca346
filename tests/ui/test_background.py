"""The road off the GUI thread: every result arrives, on the GUI thread, for those who still wait for it."""

import gc
import sys
import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from ui.background import Background, Progress


@pytest.fixture
def owner() -> QObject:
    return QObject()


def no_failure(error: Exception) -> None:
    raise AssertionError from error


def no_result(result: object) -> None:
    raise AssertionError(result)


def test_every_one_of_200_results_arrives_on_the_gui_thread(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    arrived: list[tuple[int, bool]] = []
    gui = threading.current_thread()
    for n in range(200):
        background.run(
            lambda n=n: (n, threading.current_thread() is gui),  # type: ignore[misc]  # mypy infers no lambda with a default
            owner=owner,
            done=lambda result: arrived.append(
                (result[0], result[1] or threading.current_thread() is not gui)
            ),
            failed=no_failure,
            lane="images" if n % 2 else "database",
        )
    qtbot.waitUntil(lambda: len(arrived) == 200)
    assert sorted(arrived) == [(n, False) for n in range(200)]


def test_an_exception_arrives_as_itself(qtbot: QtBot, background: Background, owner: QObject) -> None:
    failures: list[Exception] = []
    wrong = ValueError("no")

    def work() -> None:
        raise wrong

    background.run(work, owner=owner, done=no_result, failed=failures.append)
    qtbot.waitUntil(lambda: failures == [wrong])


def test_a_panic_that_is_no_exception_is_told_too(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    class Panic(BaseException):
        pass

    failures: list[Exception] = []

    def work() -> None:
        raise Panic

    background.run(work, owner=owner, done=no_result, failed=failures.append)
    qtbot.waitUntil(lambda: [str(failure) for failure in failures] == ["Panic"])


def test_nobody_is_called_when_the_owner_is_gone(qtbot: QtBot, background: Background) -> None:
    gone, gate, progress = QObject(), threading.Event(), Progress(no_result_of_two)
    background.run(gate.wait, owner=gone, done=no_result, failed=no_failure, progress=progress)
    gone.deleteLater()
    QCoreApplication.sendPostedEvents(gone, QEvent.Type.DeferredDelete)
    assert progress.cancelled()
    gate.set()
    qtbot.waitUntil(background.is_idle)


def no_result_of_two(done: int, total: int) -> None:
    raise AssertionError((done, total))


def test_the_newest_of_a_group_wins(qtbot: QtBot, background: Background, owner: QObject) -> None:
    gate, arrived, begun = threading.Event(), list[int](), list[int]()

    def image(number: int) -> Callable[[], int]:
        def work() -> int:
            begun.append(number)
            gate.wait()
            return number

        return work

    for number in range(20):
        background.run(
            image(number), owner=owner, done=arrived.append, failed=no_failure, lane="images", group="image"
        )
    gate.set()
    qtbot.waitUntil(background.is_idle)
    qtbot.waitUntil(lambda: arrived == [19])
    assert len(begun) <= 3  # those that two threads had begun, and the newest


def test_groups_of_different_owners_leave_each_other_alone(qtbot: QtBot, background: Background) -> None:
    arrived: list[str] = []
    one, other = QObject(), QObject()
    background.run(lambda: "one", owner=one, done=arrived.append, failed=no_failure, group="image")
    background.run(lambda: "other", owner=other, done=arrived.append, failed=no_failure, group="image")
    qtbot.waitUntil(lambda: sorted(arrived) == ["one", "other"])


def test_a_slow_archive_does_not_hold_up_the_database(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    gate, arrived = threading.Event(), list[str]()
    for _ in range(20):
        background.run(gate.wait, owner=owner, done=lambda _: None, failed=no_failure, lane="images")
    background.run(lambda: "signed in", owner=owner, done=arrived.append, failed=no_failure)
    qtbot.waitUntil(lambda: arrived == ["signed in"])
    gate.set()
    qtbot.waitUntil(background.is_idle)


def test_a_cancelled_job_calls_nobody_and_its_work_can_see_it(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    seen: list[bool] = []
    begun = threading.Event()
    progress = Progress(lambda _done, _total: None)

    def work() -> None:
        begun.set()
        while not progress.cancelled():
            progress.report(0, 1)
        seen.append(True)

    job = background.run(work, owner=owner, done=no_result, failed=no_failure, progress=progress)
    assert begun.wait(60)
    background.cancel(job)
    qtbot.waitUntil(background.is_idle)
    assert seen == [True]


def test_progress_is_shown_on_the_gui_thread_and_ends_with_the_last_figures(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    shown: list[tuple[int, int]] = []
    elsewhere: list[threading.Thread] = []
    gui, ended = threading.current_thread(), list[bool]()

    def show(done: int, total: int) -> None:
        shown.append((done, total))
        if threading.current_thread() is not gui:
            elsewhere.append(threading.current_thread())

    progress = Progress(show)

    def work() -> bool:
        for n in range(1, 1001):
            progress.report(n, 1000)
        return True

    background.run(work, owner=owner, done=ended.append, failed=no_failure, progress=progress)
    qtbot.waitUntil(lambda: ended == [True])
    assert shown[-1] == (1000, 1000)
    assert shown == sorted(shown)
    assert elsewhere == []


def test_stop_waits_for_what_has_begun_and_drops_the_rest(qapp: QCoreApplication) -> None:
    background, owner, gate = Background(), QObject(), threading.Event()
    ran: list[int] = []
    for n in range(20):
        background.run(
            lambda n=n: (gate.wait(), ran.append(n)),  # type: ignore[misc,func-returns-value]  # a lambda of two steps
            owner=owner,
            done=no_result,
            failed=no_failure,
        )
    assert background.stop(0.01) is False
    gate.set()
    assert background.stop() is True
    assert len(ran) <= 4
    qapp.processEvents()


def test_a_result_may_ask_for_the_next_piece_of_work(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    steps: list[int] = []

    def step(number: int) -> None:
        steps.append(number)
        if number < 5:
            background.run(lambda: number + 1, owner=owner, done=step, failed=no_failure, group="step")

    step(0)
    qtbot.waitUntil(lambda: steps == [0, 1, 2, 3, 4, 5])


def test_signals_lose_no_reference_to_none_or_true(
    qtbot: QtBot, background: Background, owner: QObject
) -> None:
    """PySide6 6.12.0 on Python 3.11 dropped one reference at each call, until the process aborted."""
    arrived: list[object] = []

    def all_arrived() -> bool:
        return len(arrived) == 200

    gc.collect()  # what earlier tests left behind refers to both, and would be counted as lost
    gc.disable()
    try:
        before = sys.getrefcount(None), sys.getrefcount(True)
        for n in range(200):
            background.run(lambda: None, owner=owner, done=arrived.append, failed=no_failure)
            owner.setObjectName(str(n))
        qtbot.waitUntil(all_arrived, timeout=60_000)
        arrived.clear()
        after = sys.getrefcount(None), sys.getrefcount(True)
    finally:
        gc.enable()
    lost = [was - now for was, now in zip(before, after, strict=True)]
    assert max(lost) < 100
