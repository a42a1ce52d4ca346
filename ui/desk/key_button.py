"""A button that shows the key which presses it."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeySequence, QPaintEvent, QPalette, QShortcut
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionButton, QStylePainter

from ui.widgets.button import Button, ButtonRole

GAP = 10  # px between the word and its key
SIDE = 17  # px between the content and the edge
ICON_GAP = 4  # px that Qt leaves between icon and word
SMALLER = 0.86


class KeyButton(Button):
    """The word in bold, the key beside it in a quieter hand; without a key an ordinary button."""

    def __init__(
        self, name: str, text: str, key: str = "", role: ButtonRole = "", *, icon_name: str = ""
    ) -> None:
        self._key_text = ""
        self._shortcut: QShortcut | None = None
        self._begins_left = False
        super().__init__(text, role, icon_name=icon_name)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.set_key(key)

    def set_key(self, key: str, *, is_own: bool = True) -> None:
        """Take another key, or none; one that is not its own is shown only, because something else listens to it."""
        sequence = QKeySequence(key)
        if self._shortcut is None:  # not the button's own: that would press it a tenth of a second late
            self._shortcut = QShortcut(self)
            self._shortcut.activated.connect(self.click)
        self._shortcut.setKey(sequence if is_own else QKeySequence())
        self._key_text = sequence.toString(QKeySequence.SequenceFormat.NativeText)
        self.updateGeometry()
        self.update()

    def begin_left(self) -> None:
        """Put the word at the left, as in a column of buttons."""
        self._begins_left = True

    def sizeHint(self) -> QSize:
        """Return room for the word and the key."""
        plain = super().sizeHint()
        return QSize(self._content() + 2 * SIDE, plain.height()) if self._key_text else plain

    def minimumSizeHint(self) -> QSize:
        """Return room for the word and the key: neither is ever cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, then word and key side by side in its middle."""
        if not self._key_text:
            super().paintEvent(event)
            return
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        left = SIDE if self._begins_left else (self.width() - self._content()) // 2
        option.rect = QRect(left, 0, self._word(), self.height())
        painter.drawControl(QStyle.ControlElement.CE_PushButtonLabel, option)
        painter.setFont(self._key_font())
        painter.setPen(self._key_colour())
        where = self.rect().adjusted(left + self._word() + GAP, 0, 0, 0)
        painter.drawText(where, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._key_text)
        painter.end()

    def _key_colour(self) -> QColor:
        is_filled = self.isEnabled() and self.property("role") in {"primary", "danger"}
        roles = QPalette.ColorRole
        # The theme's own palette: a style sheet makes the widget's placeholder colour too faint to read.
        return QApplication.palette().color(roles.HighlightedText if is_filled else roles.PlaceholderText)

    def _key_font(self) -> QFont:
        font = QFont(self.font())
        font.setBold(False)
        font.setPixelSize(max(round(self.font().pixelSize() * SMALLER), 1))
        return font

    def _word(self) -> int:
        icon = 0 if self.icon().isNull() else self.iconSize().width() + ICON_GAP
        return icon + self.fontMetrics().horizontalAdvance(self.text()) + 2

    def _content(self) -> int:
        return self._word() + GAP + QFontMetrics(self._key_font()).horizontalAdvance(self._key_text)
