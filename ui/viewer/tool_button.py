"""A button on the light box: an icon with its word under it, or before it."""

import math
from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QPaintEvent, QPalette, QPixmap
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionToolButton, QStylePainter, QToolButton

from ui.icons import pixmap

TOUCH: Final = 48  # pixels: a target this high is made for fingers
Shape = Literal[
    "under", "beside", "row"
]  # the word under the icon, beside it, or both from the left in a list


@dataclass(frozen=True)
class Tool:
    """A stable name, the words, the icon, and the key where there is a keyboard."""

    name: str
    text: str
    icon_name: str = ""
    key: str = ""
    can_stay_down: bool = False


class ToolButton(QToolButton):
    """Draws its own icon and word, so that neither is cut and both have the colour of the state."""

    def __init__(self, tool: Tool, target: int, shape: Shape, *, is_solid: bool = False) -> None:
        super().__init__()
        self._target, self._shape, self._icon_name = target, shape, tool.icon_name
        self._drawn: tuple[tuple[str, int, int, float], QPixmap] | None = None
        self.setObjectName(tool.name)
        self.setProperty("lightbox", "solid" if is_solid else "")
        self.setText(tool.text)
        self.setAccessibleName(tool.text)
        self.setToolTip(f"{tool.text} ({tool.key})" if tool.key else tool.text)
        self.setCheckable(tool.can_stay_down)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        wide = QSizePolicy.Policy.Expanding if shape == "row" else QSizePolicy.Policy.Fixed
        self.setSizePolicy(wide, QSizePolicy.Policy.Fixed)

    def show_tool(self, text: str, icon_name: str) -> None:
        """Show another word and icon."""
        self._icon_name = icon_name
        self.setText(text)
        self.setAccessibleName(text)
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the word and the icon, at least the target in both directions."""
        return size_of_button(
            self.text(), self._target, self._shape, self.fontMetrics(), has_icon=bool(self._icon_name)
        )

    def minimumSizeHint(self) -> QSize:
        """Return the same: a word is never cut, but in a list."""
        return QSize(self._target, self._target) if self._shape == "row" else self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground as the style sheet says, the icon and the word on it."""
        painter = QStylePainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        group = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        ink = option.palette.color(group, QPalette.ColorRole.ButtonText)
        whole, side, air = QRectF(self.rect()), float(self._side()), self._air()
        painter.setPen(ink)
        if self._shape == "under":
            height = side + 4 + self.fontMetrics().height()
            top = (whole.height() - height) / 2
            self._paint_icon(painter, ink, QPointF((whole.width() - side) / 2, top))
            under = QRectF(0, top + side + 4, whole.width(), self.fontMetrics().height())
            painter.drawText(under, Qt.AlignmentFlag.AlignCenter, self.text())
        else:
            left = air * 1.5
            if self._icon_name:
                self._paint_icon(painter, ink, QPointF(left, (whole.height() - side) / 2))
                left += side + air * 0.75
            middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            room = whole.adjusted(left, 0, -air, 0)
            elide = Qt.TextElideMode.ElideRight
            word = self.fontMetrics().elidedText(self.text(), elide, math.ceil(room.width()) + 1)
            painter.drawText(room, middle, word)
        painter.end()

    def _paint_icon(self, painter: QStylePainter, ink: QColor, at: QPointF) -> None:
        key = (self._icon_name, ink.rgba(), self._side(), self.devicePixelRatioF())
        if self._drawn is None or self._drawn[0] != key:  # painted at every step of a swipe under them
            self._drawn = (key, pixmap(self._icon_name, ink, self._side(), self.devicePixelRatioF()))
        painter.drawPixmap(at, self._drawn[1])

    def _side(self) -> int:
        return _side_of(self._shape, self.fontMetrics())

    def _air(self) -> int:
        return _air_of(self._target)


def size_of_button(word: str, target: int, shape: Shape, metrics: QFontMetrics, *, has_icon: bool) -> QSize:
    """Return room for a word and an icon, at least the target in both directions."""
    width, side, air = metrics.horizontalAdvance(word) + 2, _side_of(shape, metrics), _air_of(target)
    if shape == "under":
        return QSize(max(target, width + 2 * air), max(target, side + metrics.height() + 12))
    icon = side + air * 3 // 4 if has_icon else 0
    return QSize(max(target, width + icon + 3 * air), max(target, metrics.height() + 8))


def _side_of(shape: Shape, metrics: QFontMetrics) -> int:
    return round(metrics.height() * (1.1 if shape == "under" else 0.95))


def _air_of(target: int) -> int:
    return 12 if target >= TOUCH else 8
