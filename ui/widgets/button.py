"""A button whose look comes from its role and whose icon has the colour of its words."""

from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QPushButton

from ui.icons import icon

ButtonRole = Literal["", "primary", "quiet", "danger", "link", "card", "key"]


class Button(QPushButton):
    """A word, perhaps an icon before it; role "" is the ordinary outlined button."""

    def __init__(
        self, text: str, role: ButtonRole = "", *, icon_name: str = "", icon_after: bool = False
    ) -> None:
        super().__init__(text)
        self._icon_name = icon_name
        self.setProperty("role", role)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if icon_after:
            self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._draw_icon()

    def set_icon(self, icon_name: str) -> None:
        """Show another icon before the word."""
        self._icon_name = icon_name
        self._draw_icon()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button as Space does."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the colour and size of the words."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.StyleChange, QEvent.Type.PaletteChange, QEvent.Type.FontChange}:
            self._draw_icon()

    def _draw_icon(self) -> None:
        if not self._icon_name:
            return
        side = round(self.fontMetrics().height() * 0.95)
        groups, role = QPalette.ColorGroup, QPalette.ColorRole.ButtonText
        palette = self.palette()
        gap = side // 3 if self.text() else 0
        colours = palette.color(groups.Active, role), palette.color(groups.Disabled, role)
        is_after = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.setIconSize(QSize(side + gap, side))
        self.setIcon(icon(self._icon_name, *colours, side, (gap, 0) if is_after else (0, gap)))
