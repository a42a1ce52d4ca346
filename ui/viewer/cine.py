"""Plays a series at the speed its file gives; it leaves images out when they come late, and never changes their order."""

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from ui.viewer.source import ViewedSeries

USUAL_MS = 100.0
FASTEST_MS = 1000.0 / 60.0


class Cine(QObject):
    """Tells which image is due; starts again after the last."""

    due = Signal(int)
    changed = Signal(bool)  # whether it plays now

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._since = QElapsedTimer()
        self._first, self._count, self._frame_ms = 0, 1, USUAL_MS
        self._last = -1
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)

    @property
    def is_playing(self) -> bool:
        """Tell whether it runs."""
        return self._timer.isActive()

    def play(self, first: int, series: ViewedSeries) -> None:
        """Play from this image on; a series of one image stays still."""
        if series.count > 1:
            self._first, self._count, self._last = first, series.count, 0
            self._frame_ms = max(FASTEST_MS, series.frame_time_ms or USUAL_MS)
            self._since.start()
            self._timer.start(round(self._frame_ms))
        self.changed.emit(self.is_playing)

    def stop(self) -> None:
        """Stay where it is."""
        if self.is_playing:
            self._timer.stop()
            self.changed.emit(False)

    def _tick(self) -> None:
        number = int(self._since.elapsed() / self._frame_ms)
        if number != self._last:
            self._last = number
            self.due.emit((self._first + number) % self._count)
