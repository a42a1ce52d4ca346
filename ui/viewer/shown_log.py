"""Tells the source which images a person has seen, a few at a time, for the audit (D24)."""

from functools import partial

from PySide6.QtCore import QObject, QTimer

from ui.background import Background
from ui.viewer.source import ImageSource, Position

EVERY_MS = 5_000


class ShownLog(QObject):
    """The first image of a series is told at once, later ones within five seconds and when the viewer closes."""

    def __init__(self, source: ImageSource, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._source = source
        self._background = background
        self._told: set[Position] = set()
        self._waiting: set[Position] = set()
        self._is_closed = False
        self._timer = QTimer(self, singleShot=True, interval=EVERY_MS)
        self._timer.timeout.connect(self.tell)

    def note(self, position: Position) -> None:
        """Count an image as seen."""
        if position in self._told or position in self._waiting:
            return
        is_new_series = all(position.series_id != known.series_id for known in self._told)
        self._waiting.add(position)
        if is_new_series:
            self.tell()
        elif not self._timer.isActive():
            self._timer.start()

    def tell(self) -> None:
        """Hand over what has been seen since the last time."""
        self._timer.stop()
        waiting, self._waiting = self._waiting, set()
        self._told |= waiting
        for series_id in sorted({position.series_id for position in waiting}):
            seen = {position for position in waiting if position.series_id == series_id}
            indexes = sorted(position.index for position in seen)
            self._background.run(
                partial(self._source.shown, series_id, indexes),
                owner=self._background,  # outlives the viewer: what was seen is told even when it closes meanwhile
                done=lambda _: None,
                failed=partial(self._again, seen),
                lane="database",
            )

    def close(self) -> None:
        """Hand over the last, and start no timer any more."""
        self._is_closed = True
        self.tell()

    def _again(self, seen: set[Position], _error: Exception) -> None:
        if self._is_closed:
            return
        self._told -= seen
        self._waiting |= seen
        self._timer.start()
