"""The buttons at the top of the viewer: Back at the left, Series and Download at the right."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from app.words import Words
from ui.viewer.overlay import MARGIN
from ui.viewer.tool_button import Tool, ToolButton

GAP = 8


class Corners:
    """Only what there is something to do with is offered."""

    def __init__(
        self, words: Words, target: int, home: QWidget, *, has_series: bool, has_downloads: bool
    ) -> None:
        _ = words
        self.back, self.series, self.download = (
            ToolButton(tool, target, "beside", is_solid=True)
            for tool in (
                Tool("back", _("Back"), "arrow-left"),
                Tool("series", _("Series"), "layers"),
                Tool("download", _("Download"), "download"),
            )
        )
        self._right = [*([self.download] if has_downloads else []), *([self.series] if has_series else [])]
        self.offered = [self.back, *self._right[::-1]]
        for button in (self.back, self.series, self.download):
            button.setParent(home)
            button.setVisible(button in self.offered)

    def place(self, room: QRect) -> tuple[float, float, float]:
        """Stand at the top of the room; return what is taken at the left, at the right, and downwards."""
        self.back.setGeometry(QRect(QPoint(room.left() + GAP, room.top() + GAP), self.back.sizeHint()))
        right = room.right() + 1 - GAP
        for button in self._right:
            size = button.sizeHint()
            button.setGeometry(QRect(QPoint(right - size.width(), room.top() + GAP), size))
            right -= size.width() + GAP
        return self.back.width() + 2 * MARGIN, room.right() - right + MARGIN, self.back.height()
