"""Turns pages of long content where a scroll bar would be hard to hit."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.words import Words
from ui.widgets.button import Button
from ui.widgets.text import Text

GAP = 16  # px between the content and the buttons


class PageTurner(QWidget):
    """Shows as much of its content as fits without cutting a row or a line in two."""

    def __init__(self, words: Words, content: QWidget | None = None) -> None:
        super().__init__()
        self._ = words
        self._content: QWidget | None = None
        self._page = 0
        self._breaks = [0]
        self._window = QWidget()
        self._window.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._clip = QWidget(self._window)  # as high as what is shown, so that nothing is half seen
        self.previous = Button(self._("Previous page"), icon_name="chevron-up")
        self.next = Button(self._("Next page"), icon_name="chevron-down")
        self.previous.clicked.connect(lambda: self.turn_to(self._page - 1))
        self.next.clicked.connect(lambda: self.turn_to(self._page + 1))
        self._where = Text("", "quietText", wraps=False)
        self._turn = QWidget()
        line = QHBoxLayout(self._turn)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(16)
        line.addWidget(self.previous)
        line.addStretch(1)
        line.addWidget(self._where)
        line.addStretch(1)
        line.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self._window, stretch=1)
        column.addWidget(self._turn)
        if content is not None:
            self.show_content(content)

    @property
    def page(self) -> int:
        """The page that is shown, from 0."""
        return self._page

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return len(self._breaks)

    def show_content(self, content: QWidget) -> None:
        """Show other content from its beginning; the former is deleted."""
        if self._content is not None:
            self._content.hide()
            self._content.deleteLater()
        self._content = content
        content.setParent(self._clip)
        content.installEventFilter(self)
        content.show()
        self._page = 0
        self._lay_out()

    def turn_to(self, page: int) -> None:
        """Show this page, or the nearest there is."""
        self._page = max(0, min(page, self.pages - 1))
        self._show_page()

    def event(self, event: QEvent) -> bool:
        """Break the pages anew when the buttons have become larger or smaller."""
        is_handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._lay_out()
        return is_handled

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Break the pages anew when there is more or less content, or larger text."""
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self._lay_out()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the pages anew when there is more or less room."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        if self._content is None:
            return
        width = self.width()
        layout = self._content.layout()
        if layout is not None:
            layout.activate()
        has_lines = self._content.hasHeightForWidth()
        height = self._content.heightForWidth(width) if has_lines else self._content.sizeHint().height()
        self._content.resize(width, height)
        if layout is not None:
            layout.activate()  # its rows are measured next, whether or not they have been shown
        is_too_high = height > self.height()
        self._turn.setVisible(is_too_high)
        room = self.height() - (self._turn.sizeHint().height() + GAP if is_too_high else 0)
        self._breaks = page_breaks(self._blocks(), height, max(room, 1))
        self.turn_to(self._page)

    def _blocks(self) -> list[tuple[int, int, int]]:
        """Return top, bottom and height of a line of what must not be cut, in reading order."""
        assert self._content is not None
        children = self._content.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if not children:
            return [(0, self._content.height(), self._content.fontMetrics().lineSpacing())]
        shown = [child for child in children if child.isVisibleTo(self._content)]
        return sorted((c.y(), c.y() + c.height(), c.fontMetrics().lineSpacing()) for c in shown)

    def _show_page(self) -> None:
        if self._content is None:
            return
        top = self._breaks[self._page]
        is_last = self._page == self.pages - 1
        bottom = self._content.height() if is_last else self._breaks[self._page + 1]
        self._content.move(0, -top)
        self._clip.setGeometry(0, 0, self._content.width(), bottom - top)
        self.previous.setEnabled(self._page > 0)
        self.next.setEnabled(not is_last)
        self._where.setText(self._("Page {page} of {pages}", page=self._page + 1, pages=self.pages))


def page_breaks(blocks: list[tuple[int, int, int]], height: int, room: int) -> list[int]:
    """Return where each page begins; a block higher than a page is cut between its lines."""
    breaks = [0]
    for top, bottom, line in blocks:
        if bottom - breaks[-1] > room and top > breaks[-1]:
            breaks.append(top)
        while bottom - breaks[-1] > room:
            lines = max((room - max(top - breaks[-1], 0)) // max(line, 1), 1)
            breaks.append(max(top, breaks[-1]) + lines * line)
    return [at for at in breaks if at < max(height, 1)]
