"""A document of the exam over its images: the pages of a PDF, or the lines of a structured report."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from app.imaging import Document
from app.words import Words
from ui.background import Background
from ui.viewer.source import StaffSource, ViewedDocument
from ui.viewer.tile import tile_of
from ui.viewer.tool_button import Tool, ToolButton

GAP = 8
INDENT = "    "
Result = TypeVar("Result")


class DocumentPanel(QFrame):
    """Hidden until a document is opened; forgets it when it is closed."""

    closed = Signal()

    def __init__(
        self, source: StaffSource, words: Words, background: Background, target: int, home: QWidget
    ) -> None:
        super().__init__(home)
        self._source, self._words, self._background = source, words, background
        self._document: Document | None = None
        self._page = self._pages = 0
        self._picture = QPixmap()
        self.setProperty("lightbox", "sheet")
        self._build(target)
        self.hide()

    def read(self, document: ViewedDocument, title: str) -> None:
        """Open a document; a presentation state or a selection of key images is only explained."""
        _ = self._words
        self.forget()
        self._title.setText(title)
        self.setAccessibleName(title)
        self.show()
        self.raise_()
        self._close.setFocus(Qt.FocusReason.OtherFocusReason)
        if document.kind == "presentation":
            self._say(_("This presentation state is part of the exam. It is not applied to the images here."))
        elif document.kind == "key_images":
            self._say(_("The images that this selection marks have a star."))
        else:
            self._ask(partial(self._source.document, document.id), self._show)

    def forget(self) -> None:
        """Drop the document and whatever is under way."""
        self._background.cancel_all(self)
        self._document, self._page, self._pages = None, 0, 0
        self._picture = QPixmap()
        self._sheet.setPixmap(self._picture)
        self._title.setText("")
        self._say("")

    def close_panel(self) -> None:
        """Go back to the images."""
        self.forget()
        self.hide()
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the page as wide as the panel."""
        super().resizeEvent(event)
        self._fit()

    # Building

    def _build(self, target: int) -> None:
        _ = self._words
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._place = QLabel()
        self._before, self._after, self._close = (
            ToolButton(tool, target, "beside")
            for tool in (
                Tool("page_before", _("Page before"), "chevron-left"),
                Tool("page_after", _("Next page"), "chevron-right"),
                Tool("document_close", _("Close"), "x"),
            )
        )
        self._before.clicked.connect(lambda: self._turn(-1))
        self._after.clicked.connect(lambda: self._turn(1))
        self._close.clicked.connect(self.close_panel)
        head = QHBoxLayout()
        head.addWidget(self._title, stretch=1)
        for widget in (self._before, self._place, self._after, self._close):
            head.addWidget(widget)
        self._lines = QPlainTextEdit()
        self._lines.setReadOnly(True)
        self._lines.setFrameShape(QFrame.Shape.NoFrame)
        self._sheet = QLabel()
        self._sheet.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidget(self._sheet)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GAP, GAP, 2 * GAP, 2 * GAP)
        column.setSpacing(GAP)
        column.addLayout(head)
        column.addWidget(self._lines, stretch=1)
        column.addWidget(self._area, stretch=1)

    # What happens

    def _show(self, document: Document) -> None:
        self._document = document
        if document.pdf:
            self._ask(partial(self._source.pages, document), self._show_count)
        else:
            self._say("\n".join(_line(line.depth, line.label, line.text) for line in document.lines))

    def _show_count(self, pages: int) -> None:
        self._pages = pages
        self._turn(0)

    def _turn(self, by: int) -> None:
        if self._document is None or not 0 <= self._page + by < self._pages:
            return
        self._page += by
        self._show_way()
        self._ask(partial(self._source.page, self._document, self._page), self._show_page)

    def _show_page(self, pixels: NDArray[np.uint8]) -> None:
        tidy = np.ascontiguousarray(pixels)
        rows, columns = tidy.shape[:2]
        image = QImage(tidy.data, columns, rows, tidy.strides[0], QImage.Format.Format_RGB888)
        self._picture = QPixmap.fromImage(image)
        self._lines.hide()
        self._area.show()
        self._fit()

    def _fit(self) -> None:
        if not self._picture.isNull():
            width = min(self._area.viewport().width(), self._picture.width())
            smooth = Qt.TransformationMode.SmoothTransformation
            self._sheet.setPixmap(self._picture.scaledToWidth(max(width, 1), smooth))

    def _say(self, text: str) -> None:
        self._lines.setPlainText(text)
        self._lines.show()
        self._area.hide()
        self._show_way()

    def _show_way(self) -> None:
        _, has_pages = self._words, self._pages > 1
        for widget in (self._before, self._place, self._after):
            widget.setVisible(has_pages)
        self._place.setText(_("{n} of {count}", n=self._page + 1, count=self._pages))
        self._before.setEnabled(self._page > 0)
        self._after.setEnabled(self._page + 1 < self._pages)

    def _ask(self, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        self._background.run(work, owner=self, done=done, failed=self._fail, lane="images", group="document")

    def _fail(self, error: Exception) -> None:
        self._say(tile_of(error, self._words).text.split("\n")[0])


def _line(depth: int, label: str, text: str) -> str:
    return INDENT * depth + (f"{label}: {text}" if label and text else label or text)
