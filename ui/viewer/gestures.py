"""Fingers and mouse on an image: one finger drags, two pinch and pan together about their middle, two taps zoom."""

import math
from collections.abc import Sequence
from typing import Final, Protocol

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QMouseEvent, QTouchEvent

SLOP_MM: Final = 2.0  # a trembling finger moves this far without meaning it
TAP_MM: Final = 8.0  # between the two taps of a double tap
TAP_MS: Final = 400
FRESH_MS: Final = 80  # only movement this recent counts as the speed of letting go


class Surface(Protocol):
    """What gestures act on; points and distances in its pixels, speeds in pixels a second."""

    def pixels_per_mm(self) -> float:
        """Return the density of the screen."""
        ...

    def begin_drag(self) -> None:
        """A finger has begun to move what is under it."""
        ...

    def drag(self, by: QPointF) -> None:
        """Follow the finger."""
        ...

    def end_drag(self, speed: QPointF) -> None:
        """The finger let go."""
        ...

    def cancel_drag(self) -> None:
        """It was no drag after all."""
        ...

    def pinch(self, was: QPointF, now: QPointF, factor: float) -> None:
        """Zoom about the fingers' middle, which moved from was to now."""
        ...

    def end_pinch(self) -> None:
        """The fingers let go."""
        ...

    def double_tap(self, at: QPointF) -> None:
        """Somebody tapped twice in one place."""
        ...

    def drag_tone(self, by: QPointF) -> None:
        """Change the window by a movement."""
        ...


class _Drag:
    """One finger or button: waits until it has left the place it came down, then follows it."""

    def __init__(self, surface: Surface, at: QPointF, now: int) -> None:
        self._surface = surface
        self._from = self._was = at
        self._trail = [(now, at)]
        self.has_begun = False

    def move(self, to: QPointF, now: int) -> None:
        if not self.has_begun:
            gone = to - self._from
            if math.hypot(gone.x(), gone.y()) < SLOP_MM * self._surface.pixels_per_mm():
                return
            self.has_begun = True
            self._was = to  # the slop is not made up for: nothing jumps
            self._surface.begin_drag()
        self._surface.drag(to - self._was)
        self._was = to
        self._trail = [(then, at) for then, at in self._trail if now - then <= FRESH_MS] + [(now, to)]

    def end(self, now: int) -> None:
        if self.has_begun:
            then, at = next(
                ((then, at) for then, at in self._trail if now - then <= FRESH_MS), (now, self._was)
            )
            self._surface.end_drag((self._was - at) * (1000.0 / max(now - then, 10)))

    def cancel(self) -> None:
        if self.has_begun:
            self._surface.cancel_drag()


class Gestures:
    """Turns raw touch points and mouse events into movements of the image.

    Each finger's previous position is kept here: Qt's own last position counts the release twice.
    """

    def __init__(self, surface: Surface, *, can_window: bool) -> None:
        self._surface = surface
        self._can_window = can_window
        self._clock = QElapsedTimer()
        self._clock.start()
        self._fingers: dict[int, QPointF] = {}
        self._drag: _Drag | None = None
        self._tap: tuple[int, QPointF] | None = None
        self._down: QPointF | None = None
        self._button: Qt.MouseButton | None = None
        self._mouse = QPointF()

    def touch(self, event: QTouchEvent) -> None:
        """Follow the fingers on the screen."""
        if event.type() == QEvent.Type.TouchCancel:
            self._cancel()
            return
        points = event.points()
        held = {
            point.id(): point.position() for point in points if point.state() != QEventPoint.State.Released
        }
        if len(self._fingers) >= 2:  # noqa: PLR2004 - two fingers pinch
            self._pinch(points)
            if len(held) < 2:  # noqa: PLR2004
                self._surface.end_pinch()
                self._drag = None
        elif len(self._fingers) == 1 and self._drag is not None:
            self._follow(points, is_last=not held)
        if len(held) == 1 and len(self._fingers) != 1:
            self._drag = _Drag(self._surface, next(iter(held.values())), self._clock.elapsed())
            self._down = next(iter(held.values())) if not self._fingers else None
        if len(held) >= 2 and self._drag is not None:  # noqa: PLR2004
            self._drag.cancel()
            self._drag, self._down = None, None
        self._fingers = held

    def press(self, event: QMouseEvent) -> None:
        """A mouse button went down."""
        if self._button is not None:
            return
        self._button, self._mouse = event.button(), event.position()
        self._down = event.position() if event.button() == Qt.MouseButton.LeftButton else None
        self._drag = _Drag(self._surface, event.position(), self._clock.elapsed())

    def move(self, event: QMouseEvent) -> None:
        """The mouse moved with a button down."""
        if self._drag is None or self._button is None:
            return
        by, self._mouse = event.position() - self._mouse, event.position()
        if self._button == Qt.MouseButton.RightButton:
            self._surface.pinch(self._mouse, self._mouse, math.exp(-by.y() / 200.0))
        elif self._button == Qt.MouseButton.LeftButton and self._can_window:
            self._surface.drag_tone(by)
        else:
            self._drag.move(event.position(), self._clock.elapsed())

    def release(self, event: QMouseEvent) -> None:
        """A mouse button went up."""
        if event.button() != self._button or self._drag is None:
            return
        self._button = None
        if event.button() == Qt.MouseButton.RightButton:
            self._surface.end_pinch()
        self._end(event.position())

    def _follow(self, points: Sequence[QEventPoint], *, is_last: bool) -> None:
        drag = self._drag
        point = next((point for point in points if point.id() in self._fingers), None)
        if drag is None or point is None:
            return
        drag.move(point.position(), self._clock.elapsed())
        if is_last:
            self._end(point.position())

    def _pinch(self, points: Sequence[QEventPoint]) -> None:
        now = {point.id(): point.position() for point in points}
        pair = [number for number in self._fingers if number in now][:2]
        if len(pair) < 2:  # noqa: PLR2004
            return
        (a, b), (to_a, to_b) = (self._fingers[n] for n in pair), (now[n] for n in pair)
        apart, apart_now = _distance(a, b), _distance(to_a, to_b)
        if apart >= 1.0 and apart_now >= 1.0:
            self._surface.pinch((a + b) / 2, (to_a + to_b) / 2, apart_now / apart)

    def _end(self, at: QPointF) -> None:
        drag, self._drag = self._drag, None
        now = self._clock.elapsed()
        if drag is not None:
            drag.end(now)
        limit = self._surface.pixels_per_mm()
        is_tap = self._down is not None and drag is not None and not drag.has_begun
        if not is_tap or self._down is None or _distance(self._down, at) > SLOP_MM * limit:
            self._tap = None
        elif self._tap and now - self._tap[0] <= TAP_MS and _distance(self._tap[1], at) <= TAP_MM * limit:
            self._tap = None
            self._surface.double_tap(at)
        else:
            self._tap = (now, at)
        self._down = None

    def _cancel(self) -> None:
        if len(self._fingers) >= 2:  # noqa: PLR2004
            self._surface.end_pinch()
        if self._drag is not None:
            self._drag.cancel()
        self._drag, self._down, self._tap, self._fingers = None, None, None, {}


def _distance(a: QPointF, b: QPointF) -> float:
    return math.hypot(a.x() - b.x(), a.y() - b.y())
