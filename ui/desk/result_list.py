"""The patients that were found: name, birth date and number together, two lines each."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.views.people import PatientRow
from app.words import Words
from ui.icons import pixmap

PATIENT = Qt.ItemDataRole.UserRole
SIDE, AIR = 12, 8  # px
Index = QModelIndex | QPersistentModelIndex


class ResultList(QListWidget):
    """Shows patients; chosen carries the one that was clicked or entered."""

    chosen = Signal(object)  # PatientRow

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._ = words
        self.setObjectName("search_results")
        self.setAccessibleName(self._("Patients found"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrows work from the search box
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_TwoLines(self))
        self.itemClicked.connect(lambda item: self.chosen.emit(item.data(PATIENT)))

    def show_rows(self, rows: tuple[PatientRow, ...]) -> None:
        """Show these patients, the first one chosen; the same ones stay as they are."""
        if rows == self.rows():
            return
        self.clear()
        for row in rows:
            item = QListWidgetItem()
            item.setData(PATIENT, row)
            second = second_line(row, self._)
            item.setData(PATIENT + 1, second)
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole, f"{row.family_name}, {row.given_names}. {second}"
            )
            if row.has_name_alert:
                item.setToolTip(self._("Another patient has the same name and birth date."))
            self.addItem(item)
        if rows:
            self.setCurrentRow(0)

    def rows(self) -> tuple[PatientRow, ...]:
        """Return what is shown."""
        return tuple(self.item(at).data(PATIENT) for at in range(self.count()))

    def step(self, by: int) -> None:
        """Move the cursor, staying within the list."""
        self.setCurrentRow(max(0, min(self.currentRow() + by, self.count() - 1)))

    def open_current(self) -> None:
        """Open the patient under the cursor."""
        if self.currentItem() is not None:
            self.chosen.emit(self.currentItem().data(PATIENT))


def second_line(row: PatientRow, words: Words) -> str:
    """Return birth date and first number, which stand below a name wherever it is listed."""
    _ = words
    number = row.identifiers[0].value if row.identifiers else _("no number")
    return f"{_.date(row.birth_date)} · {number}"


class _TwoLines(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        line: int = option.fontMetrics.lineSpacing()
        return QSize(100, 2 * line + 2 * AIR)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: PatientRow = index.data(PATIENT)
        self.initStyleOption(option, index)
        option.text = ""
        widget: QWidget = option.widget
        style = widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        rect: QRect = option.rect.adjusted(SIDE, AIR, -SIDE, -AIR)
        line = painter.fontMetrics().lineSpacing()
        bold = QFont(widget.font())
        bold.setBold(True)
        painter.save()
        if row.has_name_alert:
            icon = pixmap(
                "triangle-alert",
                widget.palette().color(QPalette.ColorRole.BrightText),
                line - 2,
                widget.devicePixelRatioF(),
            )
            painter.drawPixmap(rect.right() - line, rect.top(), icon)
            rect.setRight(rect.right() - line - AIR)
        for at, (font, role, text) in enumerate(
            (
                (bold, QPalette.ColorRole.Text, f"{row.family_name}, {row.given_names}"),
                (widget.font(), QPalette.ColorRole.PlaceholderText, index.data(PATIENT + 1)),
            )
        ):
            painter.setFont(font)
            painter.setPen(
                QApplication.palette().color(role)
            )  # a widget's own is too faint under a style sheet
            where = QRect(rect.left(), rect.top() + at * line, rect.width(), line)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, where.width())
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()
