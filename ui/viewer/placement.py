"""Where an image lies in the view: zoom, pan, quarter turns and mirroring as plain geometry."""

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QTransform

CLOSEST = 16.0  # times the size that fits the view


@dataclass(frozen=True)
class Insets:
    """Room kept free of the image while it fits the view."""

    top: float = 0.0
    bottom: float = 0.0


@dataclass(frozen=True)
class Placement:
    """One position of the image: scale is screen pixels per image unit, centre the view's point under its middle."""

    scale: float
    centre: QPointF
    turns: int = 0  # quarter turns to the right
    is_mirrored: bool = False

    def transform(self, size: QSizeF) -> QTransform:
        """Return the way from image units to the view's pixels."""
        way = QTransform().translate(self.centre.x(), self.centre.y()).rotate(90.0 * self.turns)
        way.scale(-self.scale if self.is_mirrored else self.scale, self.scale)
        return way.translate(-size.width() / 2, -size.height() / 2)

    def covers(self, size: QSizeF) -> QRectF:
        """Return the rectangle of the view that the image takes."""
        return self.transform(size).mapRect(QRectF(QPointF(), size))

    def zoomed(self, about: QPointF, scale: float) -> "Placement":
        """Return this at another scale with the image's point under `about` where it is."""
        return replace(self, scale=scale, centre=about + (self.centre - about) * (scale / self.scale))

    def moved(self, by: QPointF) -> "Placement":
        """Return this with the image carried along."""
        return replace(self, centre=self.centre + by)

    def turned(self) -> "Placement":
        """Return this a quarter turn to the right."""
        return replace(self, turns=(self.turns + 1) % 4)

    def mirrored(self) -> "Placement":
        """Return this with left and right exchanged, as the image lies now."""
        turns = (4 - self.turns) % 4
        return replace(self, is_mirrored=not self.is_mirrored, turns=turns)


def turned_size(size: QSizeF, turns: int) -> QSizeF:
    """Return the size an image takes after quarter turns."""
    return size.transposed() if turns % 2 else size


def fit_scale(size: QSizeF, room: QRectF, turns: int = 0) -> float:
    """Return the scale at which the whole image is in the room."""
    lying = turned_size(size, turns)
    return max(min(room.width() / lying.width(), room.height() / lying.height()), 1e-6)


def fitted(size: QSizeF, room: QRectF, like: Placement | None = None) -> Placement:
    """Return the image whole and in the middle of the room, turned and mirrored as it was."""
    turns, is_mirrored = (like.turns, like.is_mirrored) if like else (0, False)
    return Placement(fit_scale(size, room, turns), room.center(), turns, is_mirrored)


def bounds(size: QSizeF, room: QRectF, turns: int, pixel: float) -> tuple[float, float]:
    """Return the least and the greatest scale, as sizes on screen: what fits the room, and 16 times that.

    pixel: the scale of one to one, which is never out of bounds.
    """
    fit = fit_scale(size, room, turns)
    return min(fit, pixel), max(fit * CLOSEST, pixel)


def settled(placement: Placement, size: QSizeF, room: QRectF, pixel: float) -> Placement:
    """Return the nearest placement in which the image cannot be lost and keeps within the bounds of zoom.

    The middle of the room always shows some of the image, so that zooming in keeps the point
    under the pointer, and every corner can be drawn out from under the controls.
    """
    least, most = bounds(size, room, placement.turns, pixel)
    bounded = placement.zoomed(room.center(), min(max(placement.scale, least), most))
    if bounded.scale <= fit_scale(size, room, placement.turns) * 1.001:
        return replace(bounded, centre=room.center())
    box, middle = bounded.covers(size), room.center()
    by = QPointF(_back(box.left(), box.right(), middle.x()), _back(box.top(), box.bottom(), middle.y()))
    return bounded.moved(by)


@dataclass(frozen=True)
class View:
    """What is seen of an image, whatever its size: zoom over the whole, and the point in the middle as shares."""

    zoom: float = 1.0
    middle: QPointF = field(default_factory=lambda: QPointF(0.5, 0.5))
    turns: int = 0
    is_mirrored: bool = False


def view_of(placement: Placement, size: QSizeF, room: QRectF) -> View:
    """Return what a placement shows."""
    back, _ = placement.transform(size).inverted()
    at = back.map(room.center())
    return View(
        placement.scale / fit_scale(size, room, placement.turns),
        QPointF(at.x() / size.width(), at.y() / size.height()),
        placement.turns,
        placement.is_mirrored,
    )


def placed(view: View, size: QSizeF, room: QRectF) -> Placement:
    """Return the placement of an image of this size that shows as much."""
    scale = fit_scale(size, room, view.turns) * view.zoom
    about = Placement(scale, room.center(), view.turns, view.is_mirrored)
    seen = about.transform(size).map(QPointF(view.middle.x() * size.width(), view.middle.y() * size.height()))
    return about.moved(room.center() - seen)


def _back(low: float, high: float, middle: float) -> float:
    return min(0.0, middle - low) + max(0.0, middle - high)
