"""The words over an image that never go away."""

import math
from dataclasses import replace

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from ui.viewer.halo import EDGE, HaloText
from ui.viewer.sayings import Sayings
from ui.viewer.scale_bar import paint_bar

MARGIN = 16.0


class Overlay:
    """Draws the sayings over a widget: whose image at the top, the rest along the foot."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._sayings = Sayings()
        self._whose, self._which, self._seen, self._warning, self._scale = (HaloText() for _ in range(5))
        self.foot = MARGIN  # height of the controls
        self._left = self._right = MARGIN
        self._top = MARGIN / 2

    @property
    def sayings(self) -> Sayings:
        """Return what is said."""
        return self._sayings

    def forget(self) -> None:
        """Say nothing, and wipe the pictures of what was said."""
        self._sayings = Sayings()
        self._whose, self._which, self._seen, self._warning, self._scale = (HaloText() for _ in range(5))
        self._widget.update()

    def say(self, sayings: Sayings) -> None:
        """Say this from now on."""
        if sayings == self._sayings:
            return
        same_but_foot = replace(sayings, which=self._sayings.which, seen=self._sayings.seen)
        is_foot = same_but_foot == self._sayings
        self._sayings = sayings
        if is_foot:
            whole = self._widget.rect()
            height = round(QFontMetricsF(self._widget.font()).lineSpacing() + 2 * EDGE + MARGIN)
            self._widget.update(whole.adjusted(0, whole.height() - height, 0, 0))
        else:
            self._widget.update()

    def make_room(self, left: float, right: float, row: float) -> float:
        """Stand between buttons at the left and right of a row, or under them if a line is too long for that.

        Returns the height that is taken at the top. A name is never cut while there is another way.
        """
        font = QFont(self._widget.font())
        font.setBold(True)
        metrics = QFontMetricsF(font)
        needed = (
            max((metrics.horizontalAdvance(line) for line in self._sayings.whose), default=0.0) + 2 * EDGE
        )
        height = metrics.lineSpacing() * len(self._sayings.whose) + EDGE
        if needed <= self._widget.width() - left - right:
            self._left, self._right, self._top = left, right, MARGIN / 2 + max(0.0, (row - height) / 2)
        else:
            self._left, self._right, self._top = MARGIN, MARGIN, MARGIN / 2 + row + MARGIN / 2
        return max(row, self._top + height) + MARGIN / 2

    def paint(self, painter: QPainter, region: QRegion) -> None:
        """Draw the words in a region; when room is short, the image's title is cut first, the warning never."""
        plain, said = self._widget.font(), self._sayings
        metrics, whole = QFontMetricsF(plain), self._widget.rect()
        line, corner = math.ceil(metrics.lineSpacing() + EDGE), Qt.AlignmentFlag
        top = QRectF(whole).adjusted(self._left, self._top, -self._right, 0)
        above = len(said.whose) + len(said.notes) + 1
        if region.intersects(QRect(0, 0, whole.width(), round(top.top()) + above * line)):
            bold = QFont(plain)
            bold.setBold(True)
            lines = [
                (text, plain if number else bold) for number, text in enumerate((*said.whose, *said.notes))
            ]
            self._whose.paint(painter, lines, top, corner.AlignTop | corner.AlignLeft)
        if said.scale:
            bar = QRectF(whole).adjusted(MARGIN, 0, 0, -self.foot - MARGIN)
            paint_bar(painter, bar.left() + EDGE, bar.bottom(), said.scale_length)
            bar.setBottom(bar.bottom() - EDGE)
            self._scale.paint(painter, [(said.scale, plain)], bar, corner.AlignBottom | corner.AlignLeft)
        foot = QRectF(whole).adjusted(MARGIN, 0, -MARGIN, -MARGIN / 2)
        if not region.intersects(whole.adjusted(0, whole.height() - line - round(MARGIN / 2), 0, 0)):
            return
        for text, words in ((self._warning, said.warning), (self._seen, said.seen)):
            text.paint(painter, [(words, plain)], foot, corner.AlignBottom | corner.AlignRight)
            foot.setRight(foot.right() - metrics.horizontalAdvance(words) - EDGE - 2 * MARGIN)
        self._which.paint(painter, [(said.which, plain)], foot, corner.AlignBottom | corner.AlignLeft)
