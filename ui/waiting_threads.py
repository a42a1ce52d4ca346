"""Threads for what may wait long for its answer: as many as wait, and none that the program's end waits for."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future


class WaitingThreads:
    """Like a pool of threads, but without a bound: a thread that is free is used again, else there is one more.

    An executor's threads would keep the program from ending until the last answer has come.
    """

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[tuple[Future[None], Callable[[], None]] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._free = 0
        self._is_closed = False

    def submit(self, work: Callable[[], None]) -> "Future[None]":
        """Do the work in a thread, at once."""
        future: Future[None] = Future()
        with self._lock:
            is_one_free = self._free > 0
            self._free -= is_one_free
        self._work.put((future, work))
        if not is_one_free:
            threading.Thread(target=self._run, name="waiting", daemon=True).start()
        return future

    def close(self) -> None:
        """End the threads that are free; the others end when their answer has come."""
        with self._lock:
            self._is_closed = True
            free, self._free = self._free, 0
        for _ in range(free):
            self._work.put(None)

    def _run(self) -> None:
        while (given := self._work.get()) is not None:
            future, work = given
            if future.set_running_or_notify_cancel():
                work()
                future.set_result(None)
            # Else a thread that is free would hold on to the window of the work before.
            del given, future, work
            with self._lock:
                if self._is_closed:
                    return
                self._free += 1
