"""Which images a browser has fetched, written down in the audit trail a few at a time (D24)."""

import logging
import threading
from collections import defaultdict
from uuid import UUID

from app.callers import Caller
from app.errors import PortalError, Unavailable
from app.image_files import forget_changed_pictures
from app.outside.logs import report_bug
from app.portal import Portal
from app.views.exams import ExamPage

WRITE_EVERY_S = 5.0
EVERY_FRAME = -1

_Look = tuple[Caller, UUID | None]  # who, and at which exam; a guest looks at one only
_Frame = tuple[UUID, int]  # instance, and frame from 0, or EVERY_FRAME


class ShownLog:
    """Collects what was sent, and hands it over every few seconds in a thread of its own.

    The same thread gives up pictures that are kept of exams which have changed.
    """

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._frames: dict[_Look, set[_Frame]] = defaultdict(set)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shown", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is left, then end."""
        self._stopped.set()
        self._thread.join()

    def note(self, caller: Caller, exam_id: UUID | None, instance_id: UUID, frame: int) -> None:
        """Remember that somebody was sent an image in full size; exam_id is None for a guest."""
        with self._lock:
            self._frames[caller, exam_id].add((instance_id, frame))

    def write(self, caller: Caller | None = None) -> None:
        """Write down what is remembered of one who looked, or of all; call it before somebody's stay is ended."""
        with self._lock:
            looks = [look for look in self._frames if caller in {None, look[0]}]
            waiting = {look: self._frames.pop(look) for look in looks}
        for look, frames in waiting.items():
            try:
                self._write(look, frames)
            except Unavailable:
                with self._lock:
                    self._frames[look] |= frames
            except PortalError as error:
                # The stay was ended in these seconds; that the exam was opened is in the audit trail.
                logging.getLogger(__name__).info("shown images not written", exc_info=error)

    def _write(self, look: _Look, frames: set[_Frame]) -> None:
        caller, exam_id = look
        acting = self._portal.acting(caller)
        exam_id = exam_id or acting.visits.mine().exam_id
        for series_id, numbers in _by_series(acting.exams.look(exam_id), frames).items():
            acting.images.shown(exam_id, series_id, numbers)

    def _run(self) -> None:
        while not self._stopped.wait(WRITE_EVERY_S):
            self._write_or_report()
            self._forget_or_report()
        self._write_or_report()

    def _forget_or_report(self) -> None:
        try:
            forget_changed_pictures(self._portal.parts)
        except Unavailable:
            self._portal.parts.renditions.forget()
        except Exception as error:  # noqa: BLE001 - the thread must outlive any bug
            report_bug(error)

    def _write_or_report(self) -> None:
        try:
            self.write()
        except Exception as error:  # noqa: BLE001 - the thread must outlive any bug
            report_bug(error)


def _by_series(page: ExamPage, frames: set[_Frame]) -> dict[UUID, tuple[int, ...]]:
    """Return the numbers, from 1, that the frames have in their series."""
    found = {}
    for series in page.series:
        every = [
            (instance.id, frame)
            for instance in series.instances
            if instance.kind == "image"
            for frame in range(instance.frames)
        ]
        numbers = tuple(
            number
            for number, (instance_id, frame) in enumerate(every, 1)
            if frames & {(instance_id, frame), (instance_id, EVERY_FRAME)}
        )
        if numbers:
            found[series.id] = numbers
    return found
