"""Brings files over a line before they are decoded: several travel at once, the wanted one first."""

from collections import OrderedDict
from collections.abc import Iterable
from functools import partial
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, Signal

from ui.background import Background
from ui.viewer.source import FarSource, NearImage, Position

# At most six requests of a desk travel at once: those of one viewer fill the line, and leave it to others in between.
AHEAD_AT_ONCE: Final = 4
WANTED_AT_ONCE: Final = 2
BYTES: Final = 64_000_000  # of files brought beyond those that are decoded next
GOOD_MS: Final = 5_000  # whoever may see an image is asked again after this (D17)
KNOWN: Final = 2_000  # images of which is known that their file was brought


class Carrier(QObject):
    """Bound to one source; after close() nothing is brought, and nothing that is on its way is told of."""

    came = Signal()
    failed = Signal(object, object)  # Position, Exception

    def __init__(self, source: FarSource, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._background = background
        self._here: OrderedDict[Position, tuple[NearImage, int]] = OrderedDict()  # and when it came
        self._clock = QElapsedTimer()
        self._clock.start()
        self._now = (
            0  # stands still between two bring(), so that nothing gets too old between two looks at it
        )
        self._coming: set[Position] = set()
        self._wanted: set[Position] = set()  # of those coming, the ones that were wanted when they set out
        self._usual_bytes = 0

    @property
    def room(self) -> int:
        """How many files may be brought beyond those that are decoded next."""
        return BYTES // max(self._usual_bytes, 1)

    def near(self, position: Position) -> NearImage | None:
        """Return an image whose file had been brought within seconds when bring() was called last."""
        image, at = self._here.get(position, (None, 0))
        return image if self._now - at < GOOD_MS else None

    def was_brought(self, position: Position) -> bool:
        """Tell whether the file came at some time, and so is in this machine's memory most likely."""
        return position in self._here

    def bring(self, wanted: Position | None, ahead: Iterable[Position]) -> None:
        """Bring the wanted image, if any, and then those ahead, the first of them first.

        A wanted one that nobody saw coming travels alone; one that was on its way already does not stop the others.
        """
        self._now = self._clock.elapsed()
        if wanted is not None and self.near(wanted) is None:
            if wanted not in self._coming and len(self._wanted) < WANTED_AT_ONCE:
                self._wanted.add(wanted)
                self._ask(wanted)
            if wanted in self._wanted or wanted not in self._coming:
                return
        room = AHEAD_AT_ONCE - len(self._coming - self._wanted)
        for position in ahead if room > 0 else ():
            if position not in self._coming:
                self._ask(position)
                room -= 1
                if room == 0:
                    return

    def close(self) -> None:
        """Forget everything; what is on its way reaches nobody."""
        self._background.cancel_all(self)
        self._here.clear()
        self._coming.clear()
        self._wanted.clear()

    def _ask(self, position: Position) -> None:
        self._coming.add(position)
        self._background.run(
            partial(self._source.bring, position.series_id, position.index),
            owner=self,
            done=partial(self._on_come, position),
            failed=partial(self._on_failure, position),
            lane="files",
        )

    def _on_come(self, position: Position, image: NearImage) -> None:
        self._arrived(position)
        self._here[position] = image, self._clock.elapsed()
        self._here.move_to_end(position)
        while len(self._here) > KNOWN:
            self._here.popitem(last=False)
        self._usual_bytes = image.size
        self.came.emit()

    def _on_failure(self, position: Position, error: Exception) -> None:
        self._arrived(position)
        self.failed.emit(position, error)

    def _arrived(self, position: Position) -> None:
        self._coming.discard(position)
        self._wanted.discard(position)
