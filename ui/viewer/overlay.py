"""The words over an image that never go away."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from ui.viewer.halo import EDGE, HaloText
from ui.viewer.sayings import Sayings

MARGIN = 16.0


class Overlay:
    """Draws the sayings over a widget: whose image at the top, the rest along the foot."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._sayings = Sayings()
        self._whose, self._which, self._seen, self._warning = (HaloText() for _ in range(4))
        self.left = MARGIN  # kept free at the top, for buttons
        self.right = MARGIN
        self.row = 0.0  # height of those buttons; the words stand in their middle

    @property
    def sayings(self) -> Sayings:
        """Return what is said."""
        return self._sayings

    def forget(self) -> None:
        """Say nothing, and wipe the pictures of what was said."""
        self._sayings = Sayings()
        self._whose, self._which, self._seen, self._warning = (HaloText() for _ in range(4))
        self._widget.update()

    def say(self, sayings: Sayings) -> None:
        """Say this from now on."""
        if sayings != self._sayings:
            self._sayings = sayings
            self._widget.update()

    def paint(self, painter: QPainter) -> None:
        """Draw the words; when room is short, the image's title is cut first, the warning never."""
        plain, bold = self._widget.font(), QFont(self._widget.font())
        bold.setBold(True)
        said, whole, corner = self._sayings, QRectF(self._widget.rect()), Qt.AlignmentFlag
        lines = [(line, plain if number else bold) for number, line in enumerate(said.whose)]
        height = QFontMetricsF(plain).lineSpacing() * len(lines) + EDGE
        top = whole.adjusted(self.left, MARGIN / 2 + max(0.0, (self.row - height) / 2), -self.right, 0)
        self._whose.paint(painter, lines, top, corner.AlignTop | corner.AlignLeft)
        foot = whole.adjusted(MARGIN, 0, -MARGIN, -MARGIN / 2)
        for text, words in ((self._warning, said.warning), (self._seen, said.seen)):
            text.paint(painter, [(words, plain)], foot, corner.AlignBottom | corner.AlignRight)
            foot.setRight(foot.right() - QFontMetricsF(plain).horizontalAdvance(words) - EDGE - 2 * MARGIN)
        self._which.paint(painter, [(said.which, plain)], foot, corner.AlignBottom | corner.AlignLeft)
