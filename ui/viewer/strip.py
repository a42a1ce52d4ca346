"""The thumbnails of one series at the edge of the view; pressing one enlarges it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QScroller, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.words import Words
from ui.icons import pixmap
from ui.viewer.loader import FrameLoader
from ui.viewer.source import Position, ViewedSeries
from ui.viewer.thumbnail import QUIET, paint_pixels

INK, TEAL, GROUND = QColor("#E6EDEF"), QColor("#5CC9DA"), QColor("#10171A")
GAP = 8
SOON_MS = 30  # scrolling asks once it pauses this long
Index = QModelIndex | QPersistentModelIndex


class _Thumbnails(QAbstractListModel):
    """The images of one series with the small pictures that have come."""

    KEY_IMAGE = Qt.ItemDataRole.UserRole
    BROKEN = Qt.ItemDataRole.UserRole + 1

    def __init__(self, loader: FrameLoader, words: Words) -> None:
        super().__init__()
        self._loader = loader
        self._ = words
        self.series: ViewedSeries | None = None

    def show_series(self, series: ViewedSeries) -> None:
        self.beginResetModel()
        self.series = series
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if self.series is None or (parent is not None and parent.isValid()) else self.series.count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        series, row = self.series, index.row()
        if series is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                found: Any = str(row + 1)
            case Qt.ItemDataRole.AccessibleTextRole:
                found = self._("Image {n} of {count}", n=row + 1, count=series.count)
            case Qt.ItemDataRole.DecorationRole:
                found = self._loader.thumbnail(Position(series.id, row))
            case self.KEY_IMAGE:
                found = row in series.key_images
            case self.BROKEN:
                found = self._loader.has_no_thumbnail(Position(series.id, row))
            case _:
                found = None
        return found

    def refresh(self, row: int) -> None:
        changed = self.index(row)
        self.dataChanged.emit(changed, changed)


class _Card(QStyledItemDelegate):
    """Draws one thumbnail with its number, a star when the radiologist marked it, a frame when it is shown."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side
        self.current = -1

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(self.side + GAP, self.side + GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        whole: QRect = option.rect
        box = QRectF(whole).adjusted(GAP / 2, GAP / 2, -GAP / 2, -GAP / 2)
        painter.save()
        painter.fillRect(box, GROUND)
        pixels = index.data(Qt.ItemDataRole.DecorationRole)
        if pixels is not None:
            paint_pixels(painter, pixels, box)
        elif index.data(_Thumbnails.BROKEN):
            side = self.side // 3
            picture = pixmap("image-off", QUIET, side, painter.device().devicePixelRatioF())
            painter.drawPixmap(box.center() - QPointF(side / 2, side / 2), picture)
        font = painter.font()
        number, metrics = str(index.data()), painter.fontMetrics()
        label = QRectF(
            box.left(),
            box.bottom() - metrics.height() - 4,
            metrics.horizontalAdvance(number) + 12,
            metrics.height() + 4,
        )
        painter.fillRect(label, QColor(10, 13, 15, 190))
        painter.setFont(font)
        painter.setPen(INK if index.row() == self.current else QUIET)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, number)
        if index.data(_Thumbnails.KEY_IMAGE):
            star = QRectF(box.right() - 30, box.top() + 6, 24, 24)
            painter.fillRect(star.adjusted(-3, -3, 3, 3), QColor(10, 13, 15, 190))
            painter.drawPixmap(star.topLeft(), pixmap("star", TEAL, 24, painter.device().devicePixelRatioF()))
        if index.row() == self.current:
            painter.setPen(QPen(TEAL, 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1.5, 1.5, -1.5, -1.5), 4, 4)
        painter.restore()


def edges(view: QRect, side: int) -> tuple[QRect, QRect]:
    """Return the place of thumbnails of this size, and what is left of the view."""
    edge, room = QRect(view), QRect(view)
    if view.width() >= view.height():
        edge.setWidth(side + GAP)
        room.setLeft(edge.right() + 1)
    else:
        edge.setTop(view.bottom() + 1 - side - GAP)
        room.setBottom(edge.top() - 1)
    return edge, room


class ThumbnailStrip(QListView):
    """One line of thumbnails; only those in sight are asked for, and they fill in as they come."""

    chosen = Signal(object)  # Position

    def __init__(self, loader: FrameLoader, words: Words, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        self._thumbnails = _Thumbnails(loader, words)
        self._card = _Card(side)
        self._pressed_at = 0
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._ask)
        self.setModel(self._thumbnails)
        self.setItemDelegate(self._card)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        _ = words
        self.setAccessibleName(_("Small pictures of this series"))
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self.clicked.connect(self._on_clicked)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._soon.start())
        self.horizontalScrollBar().valueChanged.connect(lambda _: self._soon.start())
        loader.thumbnail_arrived.connect(self._on_thumbnail)

    def take_edge(self, view: QRect) -> QRect:
        """Lie down the side of a wide view, along the foot of a tall one; return what is left of it."""
        edge, room = edges(view, self._card.side)
        is_upright = edge.height() == view.height()
        self.setFlow(QListView.Flow.TopToBottom if is_upright else QListView.Flow.LeftToRight)
        self.setGeometry(edge)
        self._soon.start()
        return room

    def show_position(self, position: Position, series: ViewedSeries) -> None:
        """Mark the image that is shown, and keep it in sight."""
        if self._thumbnails.series != series:
            self._thumbnails.show_series(series)
        if self._card.current != position.index:
            before, self._card.current = self._card.current, position.index
            for row in (before, position.index):
                self.update(self._thumbnails.index(row))
        self._keep_in_sight()
        self._soon.start()

    def stop(self) -> None:
        """Ask for nothing more."""
        self._soon.stop()
        QScroller.scroller(self.viewport()).stop()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember what was under the finger, which Qt makes a mouse of."""
        self._pressed_at = self._scrolled()
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for what has come into sight."""
        super().resizeEvent(event)
        self._keep_in_sight()
        self._soon.start()

    def in_sight(self) -> Sequence[Position]:
        """Return the images whose thumbnails can be seen, the shown one first."""
        series = self._thumbnails.series
        if series is None:
            return []
        area = self.viewport().rect()
        first = self.indexAt(area.topLeft()).row()
        step = self._card.side + GAP
        length = area.height() if self.flow() == QListView.Flow.TopToBottom else area.width()
        rows = range(max(first, 0), min(series.count, max(first, 0) + length // step + 2))
        nearest_first = sorted(rows, key=lambda row: row != self._card.current)
        return [Position(series.id, row) for row in nearest_first]

    def _keep_in_sight(self) -> None:
        sight, shown = self.viewport().rect(), self._card.current
        for row in (shown + 1, shown - 1, shown):  # its neighbours too, where there are some
            index = self._thumbnails.index(row)
            if not sight.contains(self.visualRect(index)):
                self.scrollTo(index)

    def _ask(self) -> None:
        self._loader.want_thumbnails(self.in_sight())

    def _scrolled(self) -> int:
        return self.verticalScrollBar().value() + self.horizontalScrollBar().value()

    def _on_clicked(self, index: QModelIndex) -> None:
        series = self._thumbnails.series
        has_scrolled = (
            abs(self._scrolled() - self._pressed_at) > GAP
        )  # a finger that scrolled chooses nothing
        if series is not None and not has_scrolled:
            self.chosen.emit(Position(series.id, index.row()))

    def _on_thumbnail(self, position: Position, _pixels: NDArray[np.uint8] | None) -> None:
        series = self._thumbnails.series
        if series is not None and position.series_id == series.id:
            self._thumbnails.refresh(position.index)
