"""The buttons at the top of the viewer: Back at the left, what else there is of the exam at the right."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from app.words import Words
from ui.viewer.overlay import MARGIN
from ui.viewer.tool_button import Tool, ToolButton

GAP = 8


class Corners:
    """Only what there is something to do with is offered."""

    def __init__(
        self,
        words: Words,
        target: int,
        home: QWidget,
        *,
        has_series: bool,
        has_downloads: bool,
        has_documents: bool = False,
        has_paper: bool = False,
    ) -> None:
        _ = words
        self.back, self.series, self.documents, self.paper, self.download = every = [
            ToolButton(tool, target, "beside", is_solid=True)
            for tool in (
                Tool("back", _("Back"), "arrow-left"),
                Tool("series", _("Series"), "layers"),
                Tool("documents", _("Documents"), "file-text"),
                Tool("print", _("Print"), "printer"),
                Tool("download", _("Download"), "download"),
            )
        ]
        has = (True, has_series, has_documents, has_paper, has_downloads)
        self.offered = [button for button, is_there in zip(every, has, strict=True) if is_there]
        self._right = self.offered[:0:-1]
        for button in every:
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
