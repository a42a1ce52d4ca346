"""The words over an image that never go away."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QWidget

from ui.viewer.halo import HaloText
from ui.viewer.sayings import Sayings

MARGIN = 16.0


class Overlay:
    """Draws the sayings in the corners of a widget, free of the controls at its edges."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._sayings = Sayings()
        self._texts = (HaloText(), HaloText(), HaloText())
        self.left = MARGIN  # kept free at the top, for buttons
        self.right = MARGIN

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
        plain, bold = self._widget.font(), QFont(self._widget.font())
        bold.setBold(True)
        whole, corner = QRectF(self._widget.rect()), Qt.AlignmentFlag
        top = whole.adjusted(self.left, MARGIN / 2, -self.right, 0)
        bottom = whole.adjusted(MARGIN, 0, -MARGIN, -MARGIN / 2)
        third = bottom.width() / 3
        for text, lines, where, align in (
            (self._texts[0], self._sayings.whose, top, corner.AlignTop | corner.AlignLeft),
            (
                self._texts[1],
                self._sayings.seen,
                bottom.adjusted(0, 0, -2 * third, 0),
                corner.AlignBottom | corner.AlignLeft,
            ),
            (
                self._texts[2],
                self._sayings.warning,
                bottom.adjusted(third, 0, 0, 0),
                corner.AlignBottom | corner.AlignRight,
            ),
        ):
            if lines:
                is_named = lines is self._sayings.whose
                dressed = [
                    (line, bold if is_named and not number else plain) for number, line in enumerate(lines)
                ]
                text.paint(painter, dressed, where, align)
