"""Fetches the images a person looks at: the wanted one first and alone, its neighbours ahead of time, nothing late."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from app.errors import PortalError, Unavailable
from ui.background import Background
from ui.viewer.carrier import Carrier
from ui.viewer.layers import Layers, make_layers
from ui.viewer.order import Order
from ui.viewer.source import FarSource, ImageSource, NearImage, Position, StaffSource

BUDGET: Final = 160_000_000  # bytes of images kept
THUMBNAILS: Final = 2_000  # small pictures kept
AHEAD: Final = 16  # images fetched in the direction of travel
BEHIND: Final = 3
SMALL_AHEAD: Final = 8  # files brought for small pictures before others
FILES_AHEAD: Final = 64  # files brought in the direction of travel, where they come over a line
SLOW_MS: Final = (
    30.0  # a source that decodes slower than this is asked for reduced images while a finger moves
)
STILL_MS: Final = 120  # after this the whole image is fetched
FIRST_MS: Final = 25  # after the first image the controls are made: until then nothing is fetched ahead
AT_ONCE: Final = 2


class FrameCache:
    """Images by position, the least recently used dropped first, never more bytes than the budget."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._held: OrderedDict[Position, Layers] = OrderedDict()
        self.bytes = 0

    def get(self, position: Position) -> Layers | None:
        """Return an image and count it as used."""
        held = self._held.get(position)
        if held is not None:
            self._held.move_to_end(position)
        return held

    def put(self, position: Position, layers: Layers) -> None:
        """Keep an image; one that is larger than the whole budget is kept alone."""
        self._drop(position)
        self._held[position] = layers
        self.bytes += layers.bytes
        while self.bytes > self._budget and len(self._held) > 1:
            self._drop(next(iter(self._held)))

    def clear(self) -> None:
        """Forget every image."""
        self._held.clear()
        self.bytes = 0

    def _drop(self, position: Position) -> None:
        dropped = self._held.pop(position, None)
        if dropped is not None:
            self.bytes -= dropped.bytes


class FrameLoader(QObject):
    """Bound to one source, which is one patient in one session; after close() nothing arrives any more."""

    arrived = Signal(object, object)  # Position, Layers
    failed = Signal(object, object)  # Position, Exception
    thumbnail_arrived = Signal(object, object)  # Position, pixels or None where there is none

    def __init__(
        self,
        source: ImageSource,
        order: Order,
        background: Background,
        *,
        budget: int = BUDGET,
        has_drawings: bool = False,
        parent: QObject | None = None,
    ) -> None:
        """Take the images of a source; has_drawings: with what is drawn over them, where the source has that."""
        super().__init__(parent)
        self._source = source
        self._has_drawings = has_drawings
        self._order = order
        self._background = background
        self._carrier: Carrier | None = None
        if isinstance(source, FarSource) and source.is_far:
            self._carrier = Carrier(source, background, self)
            self._carrier.came.connect(self._next)
            self._carrier.failed.connect(self._on_lost)
        self._budget = budget
        self._cache = FrameCache(budget)
        self._broken: dict[Position, Exception] = {}
        self._quick: set[Position] = set()  # held reduced because a finger moved
        self._tried: set[Position] = set()  # fetched ahead for the present wish; each once
        self._small: OrderedDict[Position, NDArray[np.uint8] | None] = OrderedDict()
        self._wish: Position | None = None
        self._direction = 1
        self._is_moving = False
        self._wished: set[Position] = set()  # of those flying, the ones fetched because they were wanted
        self._flying: dict[Position, QElapsedTimer] = {}
        self._flying_small: Position | None = None
        self._small_wishes: list[Position] = []
        self._small_asked: tuple[Position, ...] = ()
        self._small_first: tuple[Position, ...] = ()
        self._usual_ms = 0.0
        self._has_begun = False
        self._usual_bytes = 0
        self._is_closed = False
        self._still = QTimer(self, singleShot=True, interval=STILL_MS)
        self._still.timeout.connect(self._fetch_whole)
        # What is fetched ahead waits until the wanted image has been painted: it would compete with that.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._next)

    def want(self, position: Position, *, is_moving: bool = False) -> Layers | Exception | None:
        """Return the image if it is here; else fetch it before anything else. Older wishes are forgotten."""
        if self._is_closed:
            return None
        if self._wish is not None and self._wish != position:
            self._direction = 1 if self._order.place(position) > self._order.place(self._wish) else -1
        if self._wish != position:
            self._tried.clear()
            if isinstance(self._broken.get(position), Unavailable):
                del self._broken[position]  # the archive may be back
        self._wish = position
        self._is_moving = is_moving
        self._still.start()
        held = self.held(position)
        if self._is_missing(position):
            self._next()
        else:
            self._soon.start()
        return held

    def held(self, position: Position) -> Layers | Exception | None:
        """Return the image, or why there is none, if that is known already."""
        return self._broken.get(position) or self._cache.get(position)

    def thumbnail(self, position: Position) -> NDArray[np.uint8] | None:
        """Return the small picture if it is here."""
        return self._small.get(position)

    def has_no_thumbnail(self, position: Position) -> bool:
        """Tell whether the small picture was asked for and could not be made."""
        return position in self._small and self._small[position] is None

    def want_thumbnails(self, positions: Sequence[Position]) -> None:
        """Fetch these small pictures, in this order, when no image is waited for; older wishes are forgotten."""
        self._small_asked = tuple(positions)
        wished = dict.fromkeys((*self._small_first, *positions))
        self._small_wishes = [position for position in wished if position not in self._small]
        self._next()

    def prefer_thumbnails(self, positions: Sequence[Position]) -> None:
        """Fetch these small pictures before all others, until none are preferred any more."""
        self._small_first = tuple(positions)
        self.want_thumbnails(self._small_asked)

    def close(self) -> None:
        """Forget everything; what is still under way will reach nobody."""
        self._is_closed = True
        self._still.stop()
        self._soon.stop()
        self._background.cancel_all(self)  # from here on none of its results is delivered
        if self._carrier is not None:
            self._carrier.close()
        self._cache.clear()
        self._small.clear()
        self._broken.clear()
        self._small_wishes.clear()
        self._wish = None

    def _fetch_whole(self) -> None:
        self._is_moving = False
        self._next()

    def _next(self) -> None:
        if self._is_closed:
            return
        wish = self._wish
        is_missing = wish is not None and self._is_missing(wish)
        if self._carrier is not None:
            self._carrier.bring(wish if is_missing else None, self._worth_bringing())
        if wish is not None and is_missing:
            now = wish if self._is_here(wish) else self._nearest_here(wish)
            if now is not None and now not in self._flying and len(self._wished) < AT_ONCE:
                self._wished.add(now)
                self._fetch(now, reduced=self._is_moving and self._usual_ms > SLOW_MS)
            if now is not None:
                return
        # A slow source leaves one of the two threads free, so that the next wish begins at once; so does a wish that
        # is on its way.
        spare = (
            (1 if is_missing or self._usual_ms > SLOW_MS else AT_ONCE)
            - len(self._flying)
            - (self._flying_small is not None)
        )
        for _ in range(spare):
            self._fetch_ahead()

    def _fetch_ahead(self) -> None:
        ahead = next((one for one in self._worth_decoding() if self._is_here(one)), None)
        small = next((one for one in self._small_wishes if self._is_here(one)), None)
        is_next = ahead is not None and ahead == self._order.after(self._wish or ahead, self._direction)
        if small is not None and self._flying_small is None and not is_next:
            self._small_wishes.remove(small)
            self._fetch_thumbnail(small)
        elif ahead is not None:
            self._tried.add(ahead)
            self._fetch(ahead, reduced=False)

    def _nearest_here(self, wish: Position) -> Position | None:
        """Return what can be shown, nearer than anything yet, until a wish has come over the line."""
        for step in range(1, AHEAD + 1):
            for position in (
                self._order.after(wish, step * way) for way in (self._direction, -self._direction)
            ):
                if position is not None and (self.held(position) is not None or position in self._flying):
                    return None
                if position is not None and self._is_here(position):
                    return position
        return None

    def _is_here(self, position: Position) -> bool:
        """Tell whether nothing has to come over a line before it is decoded."""
        return self._carrier is None or self._carrier.near(position) is not None

    def _is_missing(self, position: Position) -> bool:
        return self.held(position) is None or (position in self._quick and not self._is_moving)

    def _worth_having(self) -> Iterator[Position]:
        if self._wish is None:
            return
        room = max(1, self._budget // 3 // max(self._usual_bytes, 1))
        for steps in (range(1, min(AHEAD, room) + 1), range(-1, -min(BEHIND, room) - 1, -1)):
            for step in steps:
                position = self._order.after(self._wish, step * self._direction)
                if position is not None and self.held(position) is None:
                    yield position

    def _worth_decoding(self) -> Iterator[Position]:
        return (one for one in self._worth_having() if one not in self._tried | self._flying.keys())

    def _worth_bringing(self) -> Iterator[Position]:
        """Go over the images whose files should be brought: to be decoded next, for small pictures, and then further."""
        if self._carrier is None:
            return
        if not self._has_begun and self._wish is not None and self.held(self._wish) is None:
            return  # the first image is to be painted before anything else happens
        yield from (one for one in self._worth_decoding() if not self._is_here(one))
        yield from (one for one in self._small_wishes[:SMALL_AHEAD] if not self._is_here(one))
        for step in range(AHEAD + 1, min(FILES_AHEAD, AHEAD + self._carrier.room) + 1):
            further = self._order.after(self._wish, step * self._direction) if self._wish else None
            if further is None:
                return
            if self.held(further) is None and not self._carrier.was_brought(further):
                yield further

    def _fetch(self, position: Position, *, reduced: bool) -> None:
        since = QElapsedTimer()
        since.start()
        self._flying[position] = since
        self._background.run(
            partial(
                _fetched,
                self._source,
                position,
                self._near(position),
                reduced,
                has_drawings=self._has_drawings,
            ),
            owner=self,
            done=partial(self._on_frame, position, reduced),
            failed=partial(self._on_failure, position),
            lane="images",
        )

    def _on_frame(self, position: Position, reduced: bool, layers: Layers) -> None:  # noqa: FBT001 - bound by partial
        took = self._flying.pop(position).elapsed()
        self._wished.discard(position)
        if reduced:
            self._quick.add(position)
        else:
            self._quick.discard(position)
            self._usual_ms = took if not self._usual_ms else 0.7 * self._usual_ms + 0.3 * took
            self._usual_bytes = layers.bytes
        self._cache.put(position, layers)
        self.arrived.emit(position, layers)
        self._soon.start(0 if self._has_begun else FIRST_MS)
        self._has_begun = True

    def _near(self, position: Position) -> NearImage | None:
        return self._carrier.near(position) if self._carrier is not None else None

    def _on_lost(self, position: Position, error: Exception) -> None:
        """What did not come over the line cannot be decoded, as a whole or small."""
        if position in self._small_wishes:
            self._small_wishes.remove(position)
            self._keep_thumbnail(position, None)
        self._on_failure(position, error)

    def _on_failure(self, position: Position, error: Exception) -> None:
        self._flying.pop(position, None)
        self._wished.discard(position)
        self._broken[position] = error
        self.failed.emit(position, error)
        self._next()

    def _fetch_thumbnail(self, position: Position) -> None:
        self._flying_small, near = position, self._near(position)
        self._background.run(
            near.thumbnail
            if near is not None
            else partial(self._source.thumbnail, position.series_id, position.index),
            owner=self,
            done=partial(self._on_thumbnail, position),
            failed=lambda _error: self._on_thumbnail(position, None),
            lane="images",
        )

    def _on_thumbnail(self, position: Position, pixels: NDArray[np.uint8] | None) -> None:
        self._flying_small = None
        self._keep_thumbnail(position, pixels)
        self._next()

    def _keep_thumbnail(self, position: Position, pixels: NDArray[np.uint8] | None) -> None:
        self._small[position] = pixels
        while len(self._small) > THUMBNAILS:
            self._small.popitem(last=False)
        self.thumbnail_arrived.emit(position, pixels)


def _fetched(
    source: ImageSource,
    position: Position,
    near: NearImage | None,
    reduced: bool,  # noqa: FBT001 - bound by partial
    *,
    has_drawings: bool,
) -> Layers:
    """Return one image; runs in the images lane."""
    series_id, index = position.series_id, position.index
    frame = near.frame(reduced=reduced) if near else source.frame(series_id, index, reduced=reduced)
    drawings = None
    if has_drawings and frame.has_overlays and not reduced and isinstance(source, StaffSource):
        with suppress(PortalError):  # the image is there without them
            drawings = near.overlay() if near else source.overlay(series_id, index)
    return make_layers(frame, drawings)
