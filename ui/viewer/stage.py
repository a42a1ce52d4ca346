"""What is painted of one place of an exam: an image with its drawings, or calm words instead."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QFont, QPainter

from ui.viewer.layers import Layers
from ui.viewer.picture import Picture
from ui.viewer.placement import Placement
from ui.viewer.tile import Tile, paint_tile
from ui.viewer.tone import Tone

Content = Layers | Tile | None  # an image, calm words in its place, or nothing yet


def size_of(content: Content) -> QSizeF:
    """Return an image's size in its units, of whatever is no image a square."""
    return QSizeF(*content.size) if isinstance(content, Layers) else QSizeF(1, 1)


@dataclass(frozen=True)
class Manner:
    """How images are painted now."""

    tone: Tone
    is_smooth: bool
    has_drawings: bool


class Stage:
    """Keeps what was coloured last."""

    def __init__(self) -> None:
        self._picture = Picture()

    def clear(self) -> None:
        """Forget the image."""
        self._picture.clear()

    def shows(self, content: Content) -> bool:
        """Tell whether it is ready to draw this."""
        return isinstance(content, Layers) and self._picture.shows(content)

    def prepare(self, content: Content, placed: Placement, view: QRectF, tone: Tone, density: float) -> None:
        """Colour an image that may be wanted next, so that drawing it takes less time then."""
        if isinstance(content, Layers):
            self._picture.prepare(content, placed, tone, view, density, is_smooth=False)

    def paint(
        self,
        painter: QPainter,
        content: Content,
        placed: Placement,
        away: float,
        rooms: tuple[QRectF, QRectF],
        manner: Manner,
        font: QFont,
    ) -> None:
        """Draw the content, carried away by so many pixels; rooms: all of the view, and what is free of controls."""
        view, room = rooms
        painter.save()
        painter.translate(away, 0.0)
        if isinstance(content, Layers):
            self._picture.paint(
                painter,
                content,
                placed,
                manner.tone,
                view.translated(-away, 0.0),
                is_smooth=manner.is_smooth,
                has_drawings=manner.has_drawings,
            )
        else:
            paint_tile(painter, content, room, font)
        painter.restore()
