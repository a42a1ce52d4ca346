"""Threads of their own for what takes long, so that the pages of everybody else are answered meanwhile."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

T = TypeVar("T")


class Lane:
    """So many threads at a time; whatever else is asked for waits without holding one."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._limiter: RunVar[CapacityLimiter] = RunVar(f"lane-{id(self)}")

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work in one of the threads and return what it returns; raises what it raises."""
        return await to_thread.run_sync(work, limiter=self._own())

    async def stream(self, pieces: Iterator[bytes], close: Callable[[], None]) -> AsyncIterator[bytes]:
        """Go over pieces, each made in one of the threads; close them however it ends."""
        try:
            while (piece := await self.run(lambda: next(pieces, None))) is not None:
                yield piece
        finally:
            close()

    def _own(self) -> CapacityLimiter:
        try:
            return self._limiter.get()
        except LookupError:  # the first time in this event loop
            limiter = CapacityLimiter(self._threads)
            self._limiter.set(limiter)
            return limiter
