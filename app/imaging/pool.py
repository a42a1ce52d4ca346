"""The pool of decode workers: every untrusted file and PDF is read by one of them, never by this process."""

import contextlib
import os
import pickle
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from queue import Empty, LifoQueue
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from app.imaging import start, wire
from app.imaging.description import Document, FileDescription, Video
from app.imaging.grayscale import Window
from app.imaging.jobs import (
    CountPages,
    Describe,
    DrawOverlays,
    FindVideo,
    Job,
    ReadDocument,
    ReadText,
    Render,
    RenderPage,
    Store,
)
from app.imaging.limits import Limits, process_context
from app.imaging.picture import Picture, StoredFrame
from app.imaging.problems import error_of
from app.outside.slots import HostSlots

_LOOK_EVERY = 0.02  # seconds between looks at whether a job was cancelled
_SMALLEST_MEMORY = 1 << 20
_KEPT_MEMORY = 32 << 20
_PIPE_HOLDS = 16 << 10
_WAIT_FOR_SLOT = 20.0  # seconds
Kind = TypeVar("Kind", bound=wire.Answer)


class DecodePool:
    """Some workers, each in a process of its own; usable from several threads at once.

    A job that takes too long, asks for too much or is cancelled costs its worker, which is replaced at once.
    Every method raises a PortalError with plain words when the file cannot be read, takes an event with which
    another thread cancels it, and waits for a free worker.

    slots: places that all programs of this machine share, so that several servers decode no more at once than
    one would.
    """

    def __init__(
        self,
        workers: int = 2,
        *,
        seconds: float = 8.0,
        limits: Limits | None = None,
        slots: HostSlots | None = None,
    ) -> None:
        self._seconds = seconds
        self._slots = slots
        self._idle: LifoQueue[_Worker] = LifoQueue()
        for _ in range(max(1, workers)):
            self._idle.put(_Worker(limits or Limits()))
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all workers; jobs under way fail as the pool is closing."""
        self._closed.set()
        self.forget()

    def forget(self) -> None:
        """End the workers that are idle, so that no picture of the last person stays in their memory.

        One that is at work goes on; give its job an event and set that to end it.
        """
        for worker in self._all_idle():
            worker.end()
            self._idle.put(worker)

    def _all_idle(self) -> list["_Worker"]:
        found: list[_Worker] = []
        with contextlib.suppress(Empty):
            while True:
                found.append(self._idle.get_nowait())
        return found

    def describe(self, given: Path | bytes, *, cancelled: threading.Event | None = None) -> FileDescription:
        """Return what a file says of itself."""
        return self._ask(FileDescription, Describe(given), cancelled)

    def render(
        self,
        given: Path | bytes,
        frame: int = 0,
        *,
        window: Window | tuple[float, float] | None = None,
        invert: bool = False,
        overlays: bool = False,
        max_side: int | None = None,
        cancelled: threading.Event | None = None,
    ) -> Picture:
        """Return one frame as a picture; window: centre and width instead of the file's own, in modality values."""
        chosen = Window(*window) if isinstance(window, tuple) else window
        return self._ask(Picture, Render(given, frame, chosen, invert, overlays, max_side), cancelled)

    def stored(
        self,
        given: Path | bytes,
        frame: int = 0,
        *,
        max_side: int | None = None,
        cancelled: threading.Event | None = None,
    ) -> StoredFrame:
        """Return one frame's numbers, to be windowed by a table; max_side: may be smaller, if that is quicker."""
        return self._ask(StoredFrame, Store(given, frame, max_side), cancelled)

    def thumbnail(
        self,
        given: Path | bytes,
        frame: int = 0,
        *,
        side: int = 256,
        cancelled: threading.Event | None = None,
    ) -> Picture:
        """Return a small picture, its longer side at most side pixels, as quickly as the coding allows."""
        return self._ask(Picture, Render(given, frame, max_side=side, quick=True), cancelled)

    def overlays(
        self, given: Path | bytes, frame: int = 0, *, cancelled: threading.Event | None = None
    ) -> Picture:
        """Return the overlays of one frame alone, white on black, to be laid over what a viewer windows itself."""
        return self._ask(Picture, DrawOverlays(given, frame), cancelled)

    def document(self, given: Path | bytes, *, cancelled: threading.Event | None = None) -> Document:
        """Return the PDF or the structured report in a file."""
        return self._ask(Document, ReadDocument(given), cancelled)

    def video(self, given: Path, *, cancelled: threading.Event | None = None) -> Video:
        """Return where the film of an MPEG instance lies in its file."""
        return self._ask(Video, FindVideo(given), cancelled)

    def pdf_pages(self, pdf: bytes, *, cancelled: threading.Event | None = None) -> int:
        """Return how many pages a PDF has."""
        return self._ask(int, CountPages(pdf), cancelled)

    def pdf_page(
        self, pdf: bytes, page: int, dpi: int, *, cancelled: threading.Event | None = None
    ) -> Picture:
        """Return one page of a PDF, from 0, as an RGB picture."""
        return self._ask(Picture, RenderPage(pdf, page, dpi), cancelled)

    def pdf_text(self, pdf: bytes, *, cancelled: threading.Event | None = None) -> str:
        """Return the words of a PDF."""
        return self._ask(str, ReadText(pdf), cancelled)

    def _ask(self, kind: type[Kind], job: Job, cancelled: threading.Event | None) -> Kind:
        with self._free_worker(cancelled) as worker, self._slot(cancelled):
            return cast("Kind", worker.ask(kind, job, self._seconds, (self._closed, cancelled)))

    def _slot(self, cancelled: threading.Event | None) -> contextlib.AbstractContextManager[object]:
        if self._slots is None:
            return contextlib.nullcontext()
        try:
            return self._slots.take(_WAIT_FOR_SLOT, lambda: self._look(cancelled))
        except TimeoutError:
            raise error_of("imaging_busy") from None

    def _look(self, cancelled: threading.Event | None) -> None:
        if self._closed.is_set():
            raise error_of("imaging_closed")
        if cancelled is not None and cancelled.is_set():
            raise error_of("image_cancelled")

    @contextlib.contextmanager
    def _free_worker(self, cancelled: threading.Event | None) -> Iterator["_Worker"]:
        while True:
            self._look(cancelled)
            try:
                worker = self._idle.get(timeout=_LOOK_EVERY)
                break
            except Empty:
                continue
        try:
            yield worker
        finally:
            if self._closed.is_set():
                worker.end()
            else:
                with contextlib.suppress(OSError):  # the next job will tell
                    worker.start()  # at once, where the job has cost the process
            self._idle.put(worker)


class _Worker:
    """One process with its pipe and its shared memory; replaced by a new one whenever it fails."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: BaseProcess | None = None
        self._pipe: Connection[Any, Any] | None = None
        self._memory: SharedMemory | None = None
        self._number = 0

    def start(self) -> "Connection[Any, Any]":
        """Start the process unless it runs; return the pipe to it."""
        if self._process is not None and self._pipe is not None and self._process.is_alive():
            return self._pipe
        self.end()
        context = process_context(("app.imaging.nursery",))
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=start.serve, args=(theirs, self._limits), daemon=True, name="decode"
        )
        self._process.start()
        theirs.close()
        return self._pipe

    def end(self) -> None:
        """Kill the process and give its memory back."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        self._forget_memory()

    def ask(
        self, kind: type[Any], job: Job, seconds: float, stops: tuple[threading.Event | None, ...]
    ) -> wire.Answer:
        """Return the answer to a job; raises PortalError. A process that did not answer in full is ended."""
        whole = False
        try:
            message, payload = self._exchange(job, seconds, stops)
            answer = None if message.problem else wire.put_together(kind, message, payload)
            whole = True
        except _TimedOut:
            raise error_of("image_timed_out") from None
        except _Stopped:
            raise error_of("image_cancelled") from None
        except (EOFError, OSError, ValueError):
            raise error_of("image_worker_lost") from None
        finally:
            # Else its late answer would be taken for that of the next job, perhaps of another person.
            if not whole:
                self.end()
        if answer is None:
            raise error_of(message.problem)
        return answer

    def _exchange(
        self, job: Job, seconds: float, stops: tuple[threading.Event | None, ...]
    ) -> tuple[wire.Message, NDArray[np.uint8]]:
        pipe = self.start()
        self._number += 1
        asked = pickle.dumps((self._number, job, self._memory.name if self._memory else ""))
        if len(asked) <= _PIPE_HOLDS:
            pipe.send_bytes(asked)
        else:
            # A process that stops reading must not keep this thread for ever.
            watch = threading.Timer(seconds, self._kill)
            watch.start()
            try:
                pipe.send_bytes(asked)
            finally:
                watch.cancel()
        message = wire.from_bytes(_received(pipe, wire.MAX_FACTS, seconds, stops))
        if message.number != self._number:
            raise ValueError
        size = message.size
        if size == 0:
            return message, np.empty(0, np.uint8)
        if self._memory is None or self._memory.size < size:
            self._forget_memory()
            self._memory = SharedMemory(create=True, size=max(size, _SMALLEST_MEMORY))
            pipe.send(self._memory.name)
        if _received(pipe, 64, seconds, stops) != b"written":
            raise ValueError
        shared: NDArray[np.uint8] = np.ndarray(size, np.uint8, buffer=self._memory.buf)
        payload = shared.copy()
        shared[:] = 0  # the next answer starts from nothing: no picture shows through a later one
        del shared
        if self._memory.size > _KEPT_MEMORY:
            self._forget_memory()
        return message, payload

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _forget_memory(self) -> None:
        if self._memory is not None:
            self._memory.close()
            self._memory.unlink()
            self._memory = None


class _TimedOut(Exception):  # noqa: N818 - reads as what happened
    """A job took longer than it may."""


class _Stopped(Exception):  # noqa: N818
    """A job was cancelled, or the pool is closing."""


def _received(
    pipe: "Connection[Any, Any]", most: int, seconds: float, stops: tuple[threading.Event | None, ...]
) -> bytes:
    for _ in range(int(seconds / _LOOK_EVERY) + 1):
        if pipe.poll(_LOOK_EVERY):
            return pipe.recv_bytes(most)
        if any(stop is not None and stop.is_set() for stop in stops):
            raise _Stopped
    raise _TimedOut


def default_workers() -> int:
    """Return how many workers suit this machine: one a processor, at most four."""
    return min(4, os.cpu_count() or 1)


def host_slots(folder: Path) -> HostSlots:
    """Return the places for decoding that all programs of this machine share: one a processor."""
    return HostSlots(folder, "image", os.cpu_count() or 1)
