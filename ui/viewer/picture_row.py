"""A line of a sheet with a small picture at its left and two lines of words."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPaintEvent, QPalette
from PySide6.QtWidgets import QStyle, QStyleOptionToolButton, QStylePainter

from ui.viewer.thumbnail import QUIET, paint_pixels
from ui.viewer.tool_button import Tool, ToolButton

GAP = 8
GROUND = QColor("#10171A")
WIDEST = 420  # pixels of words: a longer title is cut


class PictureRow(ToolButton):
    """Asks for its picture whenever it is painted: it may come later than the words."""

    def __init__(
        self, tool: Tool, target: int, more: str, picture: Callable[[], NDArray[np.uint8] | None]
    ) -> None:
        super().__init__(tool, target, "row")
        self._more, self._picture = more, picture
        self.setAccessibleDescription(more)
        self._box = max(56, target)

    def sizeHint(self) -> QSize:
        """Return room for the picture and the longer of the two lines."""
        metrics = self.fontMetrics()
        words = max(metrics.horizontalAdvance(line) for line in (self.text(), self._more))
        return QSize(self._box + 4 * GAP + min(words, WIDEST), self._box + GAP)

    def minimumSizeHint(self) -> QSize:
        """Return room for the picture and some words."""
        return QSize(self._box * 3, self._box + GAP)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground as the style sheet says, the picture and the words on it."""
        painter = QStylePainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        box = QRectF(GAP / 2, GAP / 2, self._box, self._box)
        painter.fillRect(box, GROUND)
        pixels = self._picture()
        if pixels is not None:
            paint_pixels(painter, pixels, box)
        metrics, left = self.fontMetrics(), round(box.right()) + GAP + GAP // 2
        room, line = self.width() - left - GAP, metrics.lineSpacing()
        top = (self.height() - 2 * line) / 2
        for number, (words, ink) in enumerate(
            ((self.text(), option.palette.color(QPalette.ColorRole.ButtonText)), (self._more, QUIET))
        ):
            painter.setPen(ink)
            cut = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
            painter.drawText(
                QRectF(left, top + number * line, room, line), Qt.AlignmentFlag.AlignVCenter, cut
            )
        painter.end()
