"""Threads of their own for what takes long, so that the pages of everybody else are answered meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

T = TypeVar("T")
A = TypeVar("A")


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


class Together(Generic[A, T]):
    """Work that takes little more for many than for one: who asks while it is done is answered with the next lot."""

    def __init__(self, work: Callable[[Sequence[A]], Awaitable[Sequence[T]]], most: int) -> None:
        """work: returns an answer for each who asked, in their order. most: how many at a time."""
        self._work = work
        self._most = most
        self._asked: list[tuple[A, asyncio.Future[T]]] = []
        self._answering: asyncio.Task[None] | None = None

    async def ask(self, one: A) -> T:
        """Return what the work answers this one; raises what it raises."""
        loop = asyncio.get_running_loop()
        if self._answering is not None and self._answering.get_loop() is not loop:
            self._asked, self._answering = [], None
        answer: asyncio.Future[T] = loop.create_future()
        self._asked.append((one, answer))
        if self._answering is None or self._answering.done():
            # In no request's context: the log would say that all of it was done for whoever asked first.
            self._answering = loop.create_task(self._answer(), context=Context())
        return await answer

    async def _answer(self) -> None:
        while self._asked:
            lot, self._asked = self._asked[: self._most], self._asked[self._most :]
            try:
                found = await self._work([one for one, _answer in lot])
            except Exception as error:  # noqa: BLE001 - theirs, whatever it is
                for _one, answer in lot:
                    if not answer.done():
                        answer.set_exception(error)
            else:
                for (_one, answer), value in zip(lot, found, strict=True):
                    if not answer.done():  # nobody waits for it any more
                        answer.set_result(value)
