"""The one road off the GUI thread, and the one road back."""

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from weakref import ref

from PySide6.QtCore import QMetaObject, QObject, Qt, Signal, Slot
from shiboken6 import isValid

from ui.waiting_threads import WaitingThreads

# "files" come over a line: threads of their own, so that decoding does not wait with them.
# What is "waiting" may take a minute, for an answer that comes only when there is one; the program ends without it.
Lane = Literal["database", "images", "files", "waiting"]
THREADS: dict[Lane, int] = {"database": 4, "images": 2, "files": 6}
SWITCH_S = 0.0005
Result = TypeVar("Result")


class Progress:
    """How far a long piece of work has come, and whether it should stop; used by the work from its own thread."""

    def __init__(self, shown: Callable[[int, int], None]) -> None:
        """Take what shows (done, total) to the person; it is called on the GUI thread."""
        self._shown = shown
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._latest: tuple[int, int] | None = None
        self._wake: Callable[[], None] | None = None

    def report(self, done: int, total: int) -> None:
        """Say how far the work has come; only the newest figures are shown."""
        with self._lock:
            is_announced, self._latest = self._latest is not None, (done, total)
        if not is_announced and self._wake is not None:
            self._wake()

    def cancelled(self) -> bool:
        """Tell the work that nobody waits for it any more."""
        return self._stopped.is_set()

    def cancel(self) -> None:
        """Ask the work to stop at its next look."""
        self._stopped.set()

    def attach(self, wake: Callable[[], None]) -> None:
        """Let Background be woken when there is something to show."""
        self._wake = wake

    def show(self) -> None:
        """Show the newest figures; called on the GUI thread."""
        with self._lock:
            latest, self._latest = self._latest, None
        if latest is not None and not self.cancelled():
            self._shown(*latest)


@dataclass
class _Outcome:
    """What the work leaves behind: all that its thread knows of the job, so that no window is let go of there."""

    found: list[Any] = field(default_factory=list)
    error: Exception | None = None


@dataclass
class _Job:
    owner: QObject
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    group: str | None
    progress: Progress | None
    is_waiting: bool
    future: "Future[None] | None" = None
    watch: QMetaObject.Connection | None = None
    outcome: _Outcome = field(default_factory=_Outcome)


class Background(QObject):
    """Runs work in lanes, so that a slow archive never freezes a sign-in.

    The signals belong to this object, which lives on the GUI thread: a signal on the piece of work itself loses
    results silently.
    """

    _ended = Signal(int)
    _moved = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # The window's thread gives the interpreter up in every call to Qt, and gets it back this late at worst.
        sys.setswitchinterval(SWITCH_S)
        self._lanes = {lane: ThreadPoolExecutor(n, thread_name_prefix=lane) for lane, n in THREADS.items()}
        self._waiting = WaitingThreads()
        self._jobs: dict[int, _Job] = {}
        self._running: set[Future[None]] = set()
        self._last = 0
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._moved.connect(self._show_progress, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], Result],
        *,
        owner: QObject,
        done: Callable[[Result], None],
        failed: Callable[[Exception], None],
        lane: Lane = "database",
        group: str | None = None,
        progress: Progress | None = None,
    ) -> int:
        """Do the work in a lane, then call done or failed on the GUI thread, unless the owner is gone by then.

        A new job of an owner's group takes the place of the older one. Returns a number for cancel().
        """
        if group is not None:
            for number in [n for n, job in self._jobs.items() if job.owner is owner and job.group == group]:
                self.cancel(number)
        self._last += 1
        number = self._last
        job = _Job(owner, done, failed, group, progress, lane == "waiting")
        self._jobs[number] = job
        job.watch = owner.destroyed.connect(lambda *_: self.cancel(number))
        if progress is not None:
            progress.attach(lambda: self._moved.emit(number))
        if lane == "waiting":
            job.future = self._waiting.submit(_away(ref(self), number, job.outcome, work))
        else:
            job.future = self._lanes[lane].submit(self._do, number, job.outcome, work)
            self._running.add(job.future)
        return number

    def cancel(self, number: int) -> None:
        """Forget a job: it does not start if it has not, and nobody is called when it ends."""
        job = self._jobs.pop(number, None)
        if job is None:
            return
        if job.progress is not None:
            job.progress.cancel()
        if job.future is not None and job.future.cancel():
            self._running.discard(job.future)
        self._unwatch(job)

    def cancel_all(self, owner: QObject) -> None:
        """Forget every job of an owner, as when its page is left."""
        for number in [n for n, job in self._jobs.items() if job.owner is owner]:
            self.cancel(number)

    def is_idle(self) -> bool:
        """Tell whether no work is under way or waiting to be delivered, but for what may wait for a minute."""
        is_under_way = any(not job.is_waiting for job in self._jobs.values())
        return not is_under_way and all(future.done() for future in self._running)

    def stop(self, seconds: float = 5.0) -> bool:
        """Forget everything and wait for what has begun; tells whether all of it ended in time."""
        for number in list(self._jobs):
            self.cancel(number)
        self._waiting.close()
        for lane in self._lanes.values():
            lane.shutdown(wait=False)
        if wait(self._running, timeout=seconds).not_done:
            return False
        for lane in self._lanes.values():
            lane.shutdown(wait=True)  # the threads have nothing left to do
        return True

    def _do(self, number: int, outcome: _Outcome, work: Callable[[], Any]) -> None:
        _work(outcome, work)
        self._tell(number)

    def _tell(self, number: int) -> None:
        if isValid(self):
            self._ended.emit(number)

    @Slot(int)
    def _deliver(self, number: int) -> None:
        self._running = {future for future in self._running if not future.done()}
        job = self._jobs.pop(number, None)
        if job is None:  # cancelled, or its owner is gone
            return
        self._unwatch(job)
        if job.progress is not None:
            job.progress.show()
        if job.outcome.error is not None:
            job.failed(job.outcome.error)
        else:
            job.done(job.outcome.found[0])

    @Slot(int)
    def _show_progress(self, number: int) -> None:
        job = self._jobs.get(number)
        if job is not None and job.progress is not None:
            job.progress.show()

    @staticmethod
    def _unwatch(job: _Job) -> None:
        if job.watch is not None and isValid(job.owner):
            QObject.disconnect(job.watch)
        job.watch = None


def _work(outcome: _Outcome, work: Callable[[], Any]) -> None:
    try:
        outcome.found.append(work())
    except Exception as caught:  # noqa: BLE001 - whatever it is, the person is told by failed()
        outcome.error = caught
    except BaseException as caught:  # noqa: BLE001 - a panic in Rust code is no Exception, and the page must not wait for ever
        outcome.error = RuntimeError(type(caught).__name__)


def _away(
    background: "ref[Background]", number: int, outcome: _Outcome, work: Callable[[], Any]
) -> Callable[[], None]:
    """Return the work for a thread that may outlive the windows: it must not be the last to hold an object of Qt."""

    def do() -> None:
        _work(outcome, work)
        if (there := background()) is not None:
            there._tell(number)  # noqa: SLF001 - a part of the class that only stands outside it

    return do
