"""Pictures made for browsers a moment ago, kept in memory so that they need not be drawn again.

Whoever asks has been checked before: nothing here knows what anybody may see. Nothing reaches a disk.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from uuid import UUID

MOST_BYTES = 64 << 20
LONGEST_S = 600.0  # a picture nobody asks for any more is gone after this at the latest


@dataclass(frozen=True)
class Rendition:
    """Which picture: of which content of which state of an exam, how large and in which form."""

    exam_id: UUID
    exam_version: int
    instance_id: UUID
    sha256: str  # of the file
    frame: int  # from 0; -1 for all, as a film
    side: int | None  # the longest side in pixels, None for all there are
    form: str


@dataclass(frozen=True)
class Made:
    """A picture as a browser gets it, and what a person must be told of it."""

    content: bytes
    size: tuple[int, int] | None = None  # width and height in pixels; None of a film
    lossy: bool = False  # compressed before it came to us
    notes: tuple[str, ...] = ()  # kinds of app.imaging.problems


class Renditions:
    """So many bytes of pictures, those least asked for given up first; usable from several threads at once."""

    def __init__(
        self,
        *,
        most_bytes: int = MOST_BYTES,
        longest_s: float = LONGEST_S,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_bytes = most_bytes
        self._longest_s = longest_s
        self._seconds = seconds
        self._kept: OrderedDict[Rendition, tuple[float, Made]] = OrderedDict()
        self._making: dict[Rendition, Future[Made]] = {}
        self._lock = threading.Lock()
        self._size = 0

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return self._size

    def get(self, wanted: Rendition, make: Callable[[], Made]) -> Made:
        """Return a picture, made by make where it is not kept; made once for all who wait for it.

        Raises what make raises, for all who wait; nothing is kept then.
        """
        with self._lock:
            kept = self._kept.get(wanted)
            if kept is not None and self._seconds() - kept[0] < self._longest_s:
                self._kept.move_to_end(wanted)
                return kept[1]
            waiting = self._making.get(wanted)
            if waiting is None:
                mine = self._making[wanted] = Future()
        if waiting is not None:
            return waiting.result()
        try:
            made = make()
        except BaseException as error:
            with self._lock:
                del self._making[wanted]
            mine.set_exception(error)
            raise
        with self._lock:
            del self._making[wanted]
            self._keep(wanted, made)
        mine.set_result(made)
        return made

    def exams(self) -> frozenset[UUID]:
        """Return whose pictures are kept."""
        with self._lock:
            return frozenset(wanted.exam_id for wanted in self._kept)

    def forget_changed(self, versions: Mapping[UUID, int]) -> None:
        """Give up the pictures of exams that are not as they were, and those that are too old.

        versions: of the exams as they are now; one that is missing is gone.
        """
        now = self._seconds()
        with self._lock:
            for wanted, (made_at, _made) in list(self._kept.items()):
                is_old = now - made_at >= self._longest_s
                if is_old or versions.get(wanted.exam_id) != wanted.exam_version:
                    self._drop(wanted)

    def forget(self) -> None:
        """Give up everything."""
        with self._lock:
            self._kept.clear()
            self._size = 0

    def _keep(self, wanted: Rendition, made: Made) -> None:
        if wanted in self._kept:
            self._drop(wanted)
        if len(made.content) > self._most_bytes // 4:  # one film would push everybody else's pictures out
            return
        self._kept[wanted] = (self._seconds(), made)
        self._size += len(made.content)
        while self._size > self._most_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, wanted: Rendition) -> None:
        _made_at, made = self._kept.pop(wanted)
        self._size -= len(made.content)
