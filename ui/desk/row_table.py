"""A list of rows with columns, as high as its rows: arrows move, Enter or a click opens."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QIcon, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTreeWidget, QTreeWidgetItem

from app.look import Colours
from ui.icons import pixmap
from ui.widgets.status import ICONS, StatusKind

LEAST = 24  # px of a column
AIR = 8  # px beside the longest words of a column


@dataclass(frozen=True)
class Cell:
    """What stands in a column; kind gives it the icon and colour of a state."""

    text: str
    kind: StatusKind | None = None
    icon_name: str = ""
    is_bold: bool = False


@dataclass(frozen=True)
class Line:
    """One row. key says what it is about, and survives when the rows are shown anew."""

    key: object
    cells: tuple[Cell, ...]


class RowTable(QTreeWidget):
    """Shows lines; opened carries the key of the one that was chosen."""

    opened = Signal(object)
    chosen = Signal(object)  # the line under the cursor, or None

    def __init__(
        self, name: str, label: str, headings: Sequence[str], colours: Colours, *, stretch: int = 0
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._colours = colours
        self._stretch = stretch
        self._lines: tuple[Line, ...] = ()
        self.setHeaderLabels(list(headings))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        header = self.header()
        header.setStretchLastSection(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(LEAST)
        header.setSectionsMovable(False)
        self.itemClicked.connect(lambda item: self.opened.emit(self._key_of(item)))
        self.currentItemChanged.connect(lambda item, _before: self.chosen.emit(self._key_of(item)))

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def show_rows(self, lines: Sequence[Line]) -> None:
        """Show these rows; the cursor stays on the row it was on."""
        if tuple(lines) == self._lines:
            return
        key = self.current_key()
        self._lines = tuple(lines)
        self.clear()
        for line in self._lines:
            item = QTreeWidgetItem([cell.text for cell in line.cells])
            for at, cell in enumerate(line.cells):
                self._dress(item, at, cell)
            self.addTopLevelItem(item)
        self.choose(key)
        self._share_width()
        self.updateGeometry()

    def current_key(self) -> object | None:
        """Return the key of the row under the cursor."""
        return self._key_of(self.currentItem())

    def choose(self, key: object) -> None:
        """Put the cursor on a row."""
        for at, line in enumerate(self._lines):
            if line.key == key:
                self.setCurrentIndex(self.model().index(at, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out anew."""
        super().resizeEvent(event)
        self._share_width()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell in full what had to be cut, once the pointer rests on it."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.indexAt(event.pos())
            is_cut = self.sizeHintForIndex(place).width() > self.columnWidth(place.column())
            told = place.data() if is_cut else ""
            self.model().setData(place, told, Qt.ItemDataRole.ToolTipRole)
        return super().viewportEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._share_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter open the row under the cursor; letters belong to the search box."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentItem() is not None:
            self.opened.emit(self.current_key())
        elif event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        """Put the cursor on the first row, so that the keys have somewhere to begin."""
        super().focusInEvent(event)  # type: ignore[arg-type]  # Qt hands a QFocusEvent over
        if self.currentItem() is None and self.topLevelItemCount():
            self.setCurrentIndex(self.model().index(0, 0))

    def sizeHint(self) -> QSize:
        """Return room for every row."""
        row = max(self.sizeHintForRow(0), 0) * self.topLevelItemCount()
        return QSize(super().sizeHint().width(), self.header().sizeHint().height() + row + 4)

    def minimumSizeHint(self) -> QSize:
        """Return room for every row: the page scrolls, not the list."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def _share_width(self) -> None:
        """Give each column what it needs; where that is too much, the widest ones give way."""
        header, room = self.header(), self.viewport().width()
        wanted = [
            max(self.sizeHintForColumn(at), header.sectionSizeHint(at)) + AIR
            for at in range(self.columnCount())
        ]
        given = shared(wanted, room)
        given[self._stretch] += max(room - sum(given), 0)
        for at, width in enumerate(given):
            header.resizeSection(at, width)

    def _dress(self, item: QTreeWidgetItem, at: int, cell: Cell) -> None:
        colour = QColor(self._colour(cell.kind))
        if cell.kind is not None:
            item.setForeground(at, colour)
            drawn = QIcon(pixmap(cell.icon_name or ICONS[cell.kind], colour, 16, self.devicePixelRatioF()))
            item.setIcon(at, drawn)
        if cell.is_bold:
            font = QFont(self.font())
            font.setBold(True)
            item.setFont(at, font)

    def _colour(self, kind: StatusKind | None) -> str:
        c = self._colours
        return {
            "good": c.good,
            "wait": c.wait,
            "stop": c.stop,
            "teal": c.teal,
            "quietText": c.quiet_ink,
            None: c.ink,
        }[kind]

    def _key_of(self, item: QTreeWidgetItem | None) -> object | None:
        at = self.indexOfTopLevelItem(item) if item is not None else -1
        return self._lines[at].key if 0 <= at < len(self._lines) else None


def shared(wanted: Sequence[int], room: int) -> list[int]:
    """Return widths that fit into the room: short columns whole, long ones cut to one common width."""
    if sum(wanted) <= room:
        return list(wanted)
    left, most = room, 0
    for done, width in enumerate(sorted(wanted)):
        most = max(left // (len(wanted) - done), LEAST)
        if width > most:
            break
        left -= width
    return [min(width, most) for width in wanted]
