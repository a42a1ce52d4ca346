"""Which images a guest's browser has fetched, written down in the audit trail a few at a time (D24)."""

import logging
import threading
from collections import defaultdict
from uuid import UUID

from app.errors import PortalError, Unavailable
from app.outside.logs import report_bug
from app.portal import Portal
from app.views.exams import ExamPage

WRITE_EVERY_S = 5.0

_Visit = tuple[str, str]  # token and address
_Frame = tuple[UUID, int]  # instance, and frame from 0


class ShownLog:
    """Collects what was sent, and hands it over every few seconds in a thread of its own."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._frames: dict[_Visit, set[_Frame]] = defaultdict(set)
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

    def note(self, token: str, address: str, instance_id: UUID, frame: int) -> None:
        """Remember that a guest was sent an image in full size."""
        with self._lock:
            self._frames[token, address].add((instance_id, frame))

    def write(self, token: str = "") -> None:
        """Write down what is remembered, of one visit or of all."""
        with self._lock:
            visits = [visit for visit in self._frames if token in {"", visit[0]}]
            waiting = {visit: self._frames.pop(visit) for visit in visits}
        for visit, frames in waiting.items():
            try:
                self._write(visit, frames)
            except Unavailable:
                with self._lock:
                    self._frames[visit] |= frames
            except PortalError as error:
                # The visit was ended in these seconds; that it was opened is in the audit trail.
                logging.getLogger(__name__).info("shown images not written", exc_info=error)

    def _write(self, visit: _Visit, frames: set[_Frame]) -> None:
        token, address = visit
        guest = self._portal.acting(self._portal.visiting(token, address=address))
        exam_id = guest.visits.mine().exam_id
        for series_id, numbers in _by_series(guest.exams.look(exam_id), frames).items():
            guest.images.shown(exam_id, series_id, numbers)

    def _run(self) -> None:
        while not self._stopped.wait(WRITE_EVERY_S):
            self._write_or_report()
        self._write_or_report()

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
        numbers = tuple(number for number, place in enumerate(every, 1) if place in frames)
        if numbers:
            found[series.id] = numbers
    return found
