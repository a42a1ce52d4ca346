"""All images of an exam as thumbnails, by series, a screenful at a time; a tap enlarges one (R37, R38)."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.look import Colours
from app.words import Words
from ui.background import Background
from ui.icons import pixmap
from ui.viewer.source import ImageSource, Position, ViewedSeries
from ui.widgets.button import Button
from ui.widgets.text import Text

SIDE, GAP = 160, 12  # px; SIDE is the least, so that a row fills its width
KEPT = 400  # small pictures


@dataclass(frozen=True)
class _Row:
    """One line of a page: a series' name, or some of its images."""

    series: ViewedSeries
    first: int = 0
    count: int = 0  # 0: the name


class Thumbnails(QWidget):
    """Asks for the small pictures of the page that is shown, and for no others."""

    chosen = Signal(object)  # Position

    def __init__(self, source: ImageSource, words: Words, background: Background, colours: Colours) -> None:
        super().__init__()
        self._source, self._, self._background = source, words, background
        self._colours = colours
        self._small: OrderedDict[Position, NDArray[np.uint8] | None] = OrderedDict()
        self._tiles: dict[Position, Thumbnail] = {}
        self._pages: list[list[_Row]] = [[]]
        self._page = 0
        self._side = SIDE
        self._arrangement: tuple[int, int, list[list[_Row]]] | None = None
        self._sheet = QWidget(self)
        self._room = QWidget()
        self._room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._sheet.setParent(self._room)
        self.previous = Button(self._("Previous page"), icon_name="chevron-up")
        self.next = Button(self._("Next page"), icon_name="chevron-down")
        self.previous.setObjectName("thumbnails_previous")
        self.next.setObjectName("thumbnails_next")
        self.previous.clicked.connect(lambda: self._turn_to(self._page - 1))
        self.next.clicked.connect(lambda: self._turn_to(self._page + 1))
        self._where = Text("", "quietText", wraps=False)
        self._turn = QWidget()
        line = QHBoxLayout(self._turn)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.previous)
        line.addStretch(1)
        line.addWidget(self._where)
        line.addStretch(1)
        line.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self._room, 1)
        column.addWidget(self._turn)
        self.setMinimumHeight(SIDE + 120)

    @property
    def tiles(self) -> list["Thumbnail"]:
        """The thumbnails that are in sight, in order."""
        return list(self._tiles.values())

    def stop(self) -> None:
        """Ask for nothing more."""
        self._background.cancel_all(self)

    def resume(self) -> None:
        """Ask again for what is missing on the page."""
        for position in self._tiles:
            self._want(position)

    def forget(self) -> None:
        """Drop all pictures."""
        self.stop()
        self._small.clear()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange anew where there is more or less room."""
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        """Arrange anew for larger text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._lay_out()

    def _lay_out(self) -> None:
        per_row = max(1, (self.width() + GAP) // (SIDE + GAP))
        self._side = max(SIDE, (self.width() + GAP) // per_row - GAP)
        title = self.fontMetrics().lineSpacing() + GAP
        rows = [row for series in self._source.series for row in _rows(series, per_row)]
        whole = sum(title if row.count == 0 else self._side + GAP for row in rows)
        turning = self.previous.sizeHint().height() + 16
        needs_turning = whole > self.height()
        room = self.height() - (turning if needs_turning else 0)
        self._turn.setVisible(needs_turning)
        pages = _pages(rows, max(room, title + self._side), title, self._side)
        arrangement = (self._side, title, pages)
        if arrangement == self._arrangement:  # a finger may be on one of them
            return
        self._arrangement = arrangement
        first = self._first_in_sight()
        self._pages = pages
        at = next((n for n, page in enumerate(self._pages) if _holds(page, first)), 0) if first else 0
        self._turn_to(at)

    def _first_in_sight(self) -> Position | None:
        return next(iter(self._tiles), None)

    def _turn_to(self, page: int) -> None:
        self.stop()
        self._page = max(0, min(page, len(self._pages) - 1))
        self._sheet.hide()
        self._sheet.deleteLater()
        self._sheet = QWidget(self._room)
        self._tiles = {}
        top, title = 0, self.fontMetrics().lineSpacing() + GAP
        for row in self._pages[self._page]:
            if row.count == 0:
                self._add_title(row.series, top, title)
                top += title
                continue
            for at in range(row.count):
                position = Position(row.series.id, row.first + at)
                tile = Thumbnail(self._sheet, position, row.series, self._small.get(position), self._colours)
                tile.setAccessibleName(
                    self._("Image {n} of {count}", n=position.index + 1, count=row.series.count)
                )
                tile.setObjectName(f"thumbnail_{position.index}")
                tile.setGeometry(at * (self._side + GAP), top, self._side, self._side)
                tile.clicked.connect(partial(self.chosen.emit, position))
                self._tiles[position] = tile
            top += self._side + GAP
        self._sheet.setGeometry(0, 0, self.width(), top)
        self._sheet.show()
        self.previous.setEnabled(self._page > 0)
        self.next.setEnabled(self._page < len(self._pages) - 1)
        self._where.setText(self._("Page {page} of {pages}", page=self._page + 1, pages=len(self._pages)))
        self.resume()

    def _add_title(self, series: ViewedSeries, top: int, height: int) -> None:
        said = self._.count(
            "{title}: {n} image", "{title}: {n} images", series.count, title=self._(series.title)
        )
        text = Text(said, "strong", wraps=False)
        text.setParent(self._sheet)
        text.setGeometry(0, top, self.width(), height - GAP // 2)

    def _want(self, position: Position) -> None:
        if position in self._small:
            return
        self._background.run(
            partial(self._source.thumbnail, position.series_id, position.index),
            owner=self,
            done=partial(self._on_small, position),
            failed=lambda _error: self._on_small(position, None),
            lane="images",
        )

    def _on_small(self, position: Position, pixels: NDArray[np.uint8] | None) -> None:
        self._small[position] = pixels
        while len(self._small) > KEPT:
            self._small.popitem(last=False)
        tile = self._tiles.get(position)
        if tile is not None:
            tile.show_pixels(pixels, is_broken=pixels is None)


class Thumbnail(QAbstractButton):
    """One small picture on the light box, with its number."""

    def __init__(
        self,
        parent: QWidget,
        position: Position,
        series: ViewedSeries,
        pixels: NDArray[np.uint8] | None,
        colours: Colours,
    ) -> None:
        super().__init__(parent)
        self.position = position
        self._is_key = position.index in series.key_images
        self._ground, self._ink = QColor(colours.light_box), QColor(colours.light_box_ink)
        self._is_broken = False
        self._image: QImage | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_pixels(pixels)

    @property
    def has_picture(self) -> bool:
        """Tell whether the picture has come."""
        return self._image is not None

    def sizeHint(self) -> QSize:
        """Return the square that it fills."""
        return QSize(SIDE, SIDE)

    def show_pixels(self, pixels: NDArray[np.uint8] | None, *, is_broken: bool = False) -> None:
        """Show the picture, or that there is none."""
        self._is_broken = is_broken
        self._image = None if pixels is None else _image_of(pixels)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's argument
        """Paint the picture on its dark ground, the number at its foot."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ground)
        painter.drawRoundedRect(box, 8, 8)
        if self._image is not None:
            inner = box.adjusted(4, 4, -4, -4)
            scale = min(inner.width() / self._image.width(), inner.height() / self._image.height())
            target = QRectF(0, 0, self._image.width() * scale, self._image.height() * scale)
            target.moveCenter(inner.center())
            painter.drawImage(target, self._image)
        elif self._is_broken:
            density = self.devicePixelRatioF()
            painter.drawPixmap(
                QPointF(box.center().x() - 20, box.center().y() - 20),
                pixmap("image-off", self._ink, 40, density),
            )
        font = painter.font()
        font.setPixelSize(18)
        painter.setFont(font)
        number = str(self.position.index + 1) + (" ★" if self._is_key else "")
        width = painter.fontMetrics().horizontalAdvance(number) + 16
        label = QRectF(box.left() + 4, box.bottom() - 30, width, 26)
        painter.setBrush(QColor(10, 13, 15, 200))
        painter.drawRoundedRect(label, 6, 6)
        painter.setPen(self._ink)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, number)
        if self.isDown():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 4))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 8, 8)
        painter.end()


def _image_of(pixels: NDArray[np.uint8]) -> QImage:
    tidy = np.ascontiguousarray(pixels)
    rows, columns = tidy.shape[:2]
    is_grey = tidy.ndim == 2  # noqa: PLR2004 - rows, columns
    kind = QImage.Format.Format_Grayscale8 if is_grey else QImage.Format.Format_RGB888
    return QImage(tidy.data, columns, rows, tidy.strides[0], kind).copy()  # numpy's memory may go first


def _rows(series: ViewedSeries, per_row: int) -> list[_Row]:
    images = [
        _Row(series, first, min(per_row, series.count - first)) for first in range(0, series.count, per_row)
    ]
    return [_Row(series), *images] if images else []


def _pages(rows: list[_Row], room: int, title: int, side: int) -> list[list[_Row]]:
    """Break rows into pages; a name never stands alone at the foot, and is said again at the head of each page."""
    pages: list[list[_Row]] = [[]]
    used = 0
    for row in rows:
        needed = title + side if row.count == 0 else side
        if pages[-1] and used + needed > room:
            pages.append([])
            used = 0
            if row.count:
                pages[-1].append(_Row(row.series))
                used += title
        pages[-1].append(row)
        used += title if row.count == 0 else side + GAP
    return pages


def _holds(page: list[_Row], position: Position | None) -> bool:
    return position is not None and any(
        row.series.id == position.series_id and row.first <= position.index < row.first + row.count
        for row in page
    )
