"""The words over an image that never go away: whose it is, which one, how it is seen, and what it is not for."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QWidget

from ui.viewer.halo import HaloText

MARGIN = 16.0


@dataclass(frozen=True)
class Sayings:
    """Lines for the corners; the first line of `whose` is bold."""

    whose: tuple[str, ...] = ()  # top left
    which: tuple[str, ...] = ()  # top right
    seen: tuple[str, ...] = ()  # bottom left
    warning: tuple[str, ...] = ()  # bottom right


class Overlay:
    """Draws the sayings in the corners of a widget, free of the controls at its edges."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._sayings = Sayings()
        self._texts = (HaloText(), HaloText(), HaloText(), HaloText())
        self.left = MARGIN  # kept free at the top for a button
        self.right = MARGIN
        self.bottom = MARGIN

    @property
    def sayings(self) -> Sayings:
        """Return what is said."""
        return self._sayings

    def say(self, sayings: Sayings) -> None:
        """Say this from now on."""
        if sayings != self._sayings:
            self._sayings = sayings
            self._widget.update()

    def paint(self, painter: QPainter) -> None:
        """Draw the words over the image."""
        widget, sayings = self._widget, self._sayings
        plain, bold = widget.font(), QFont(widget.font())
        bold.setBold(True)
        whole = QRectF(widget.rect())
        top = whole.adjusted(self.left, MARGIN / 2, -self.right, 0)
        bottom = whole.adjusted(MARGIN, 0, -MARGIN, -self.bottom)
        corner = Qt.AlignmentFlag
        half = 0.5 * bottom.width()
        for text, lines, where, align in (
            (self._texts[0], sayings.whose, top, corner.AlignTop | corner.AlignLeft),
            (self._texts[1], sayings.which, top, corner.AlignTop | corner.AlignRight),
            (
                self._texts[2],
                sayings.seen,
                bottom.adjusted(0, 0, -half, 0),
                corner.AlignBottom | corner.AlignLeft,
            ),
            (
                self._texts[3],
                sayings.warning,
                bottom.adjusted(half, 0, 0, 0),
                corner.AlignBottom | corner.AlignRight,
            ),
        ):
            if lines:
                is_headed = lines is sayings.whose or lines is sayings.which
                dressed = [
                    (line, bold if is_headed and not number else plain) for number, line in enumerate(lines)
                ]
                text.paint(painter, dressed, where, align)
