"""The worker process: takes jobs from a pipe, answers one after the other, within its limits.

Loaded by the process that workers are forked from, so that a new worker has its codecs at once.
"""

from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from app.imaging import wire
from app.imaging.describe import describe
from app.imaging.dicom_file import open_file
from app.imaging.document import document_of
from app.imaging.frames import Frames
from app.imaging.jobs import (
    CountPages,
    Describe,
    DrawOverlays,
    FindVideo,
    Given,
    Job,
    ReadDocument,
    ReadText,
    Render,
    RenderPage,
    Store,
)
from app.imaging.limits import Limits, allow_many_frames, restrict, start_job
from app.imaging.problems import Damaged
from app.imaging.render import overlays_alone, render, stored
from app.imaging.video import video_of

# imagecodecs loads a codec at its first use: here, once for all workers.
LOADED = (
    imagecodecs.jpeg8_decode,
    imagecodecs.jpegsof3_decode,
    imagecodecs.jpegls_decode,
    imagecodecs.jpeg2k_decode,
    imagecodecs.htj2k_decode,
    imagecodecs.jpegxl_decode,
    imagecodecs.packbits_decode,
)


def serve(connection: "Connection[Any, Any]", limits: Limits) -> None:
    """Answer jobs until the parent closes the pipe."""
    restrict(limits)
    desk = _Desk(limits)
    memory = _Memory()
    while True:
        try:
            number, job, name = connection.recv()
        except (EOFError, OSError):
            return
        start_job(limits)
        message, payload = desk.answer(job)
        connection.send_bytes(wire.to_bytes(replace(message, number=number)))
        if payload is not None and payload.nbytes:
            if payload.nbytes > memory.size_of(name):
                name = connection.recv()
            memory.write(name, payload)
            connection.send_bytes(b"written")


class _Memory:
    """The shared memory that the parent last named."""

    def __init__(self) -> None:
        self._opened: SharedMemory | None = None

    def size_of(self, name: str) -> int:
        return self._open(name).size if name else 0

    def write(self, name: str, payload: NDArray[Any]) -> None:
        memory = self._open(name)
        place: NDArray[Any] = np.ndarray(payload.shape, payload.dtype, buffer=memory.buf)
        place[...] = payload

    def _open(self, name: str) -> SharedMemory:
        if self._opened is None or self._opened.name != name:
            if self._opened is not None:
                self._opened.close()
            self._opened = SharedMemory(name)
        return self._opened


class _Desk:
    """Does one job at a time; keeps the last file open, because the next frame is mostly of the same one."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._key: tuple[Path, int, int] | None = None
        self._frames: Frames | None = None

    def answer(self, job: Job) -> tuple[wire.Message, NDArray[Any] | None]:
        try:
            return self._tried(job)
        except Damaged as damage:
            return wire.Message(problem=damage.kind), None
        except MemoryError:
            self._frames = None
            return wire.Message(problem="image_too_large"), None
        except Exception:  # noqa: BLE001 - whatever a hostile file breaks, the worker goes on and says so
            self._frames = None
            return wire.Message(problem="image_unreadable"), None

    def _tried(self, job: Job) -> tuple[wire.Message, NDArray[Any] | None]:
        try:
            return wire.take_apart(self._done(job))
        except MemoryError:
            if self._frames is None or self._frames.layout.frames == 1:
                raise
            allow_many_frames(self._limits)
            return wire.take_apart(self._done(job))

    def _done(self, job: Job) -> wire.Answer:  # noqa: PLR0911 - one for each job
        match job:
            case Describe(given):
                return describe(self._opened(given).file)
            case Render(given, frame, window, invert, overlays, max_side, quick):
                return render(
                    self._opened(given),
                    frame,
                    window=window,
                    invert=invert,
                    overlays=overlays,
                    max_side=max_side,
                    quick=quick,
                )
            case Store(given, frame, max_side):
                return stored(self._opened(given), frame, max_side=max_side)
            case DrawOverlays(given, frame):
                return overlays_alone(self._opened(given), frame)
            case ReadDocument(given):
                return document_of(self._opened(given).file)
            case FindVideo(given):
                return video_of(self._opened(given))
            case CountPages(pdf):
                from app.imaging.pdf import count_pages  # loaded by the few workers that need it

                return count_pages(pdf)
            case RenderPage(pdf, page, dpi):
                from app.imaging.pdf import render_page

                return render_page(pdf, page, dpi)
            case ReadText(pdf):
                from app.imaging.pdf import text_of

                return text_of(pdf)

    def _opened(self, given: Given) -> Frames:
        if isinstance(given, bytes):
            self._key, self._frames = None, Frames(open_file(given))
            return self._frames
        try:
            status = given.stat()
        except OSError:
            raise Damaged("file_missing") from None
        key = (given, status.st_mtime_ns, status.st_size)
        if self._frames is None or self._key != key:
            self._key, self._frames = key, Frames(open_file(given))
        return self._frames
