"""A button that shows the key which presses it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeySequence, QPaintEvent, QPalette, QShortcut
from PySide6.QtWidgets import QStyle, QStyleOptionButton, QStylePainter

from ui.widgets.button import Button, ButtonRole

GAP = 12  # px between the word and its key
ICON_GAP = 4  # px that Qt leaves between icon and word
SMALLER = 0.86


class KeyButton(Button):
    """The word in bold, the key beside it in a quieter hand; without a key an ordinary button."""

    def __init__(
        self, name: str, text: str, key: str = "", role: ButtonRole = "", *, icon_name: str = ""
    ) -> None:
        self._key_text = ""
        self._shortcut: QShortcut | None = None
        super().__init__(text, role, icon_name=icon_name)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.set_key(key)

    def set_key(self, key: str) -> None:
        """Take another key, or none."""
        sequence = QKeySequence(key)
        if self._shortcut is None:  # not the button's own: that would press it a tenth of a second late
            self._shortcut = QShortcut(self)
            self._shortcut.activated.connect(self.click)
        self._shortcut.setKey(sequence)
        self._key_text = sequence.toString(QKeySequence.SequenceFormat.NativeText)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the word and the key."""
        return super().sizeHint() + QSize(self._key_room(), 0)

    def minimumSizeHint(self) -> QSize:
        """Return room for the word and the key: neither is ever cut."""
        return super().minimumSizeHint() + QSize(self._key_room(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, then the key at its right."""
        room = self._key_room()
        if not room:
            super().paintEvent(event)
            return
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        plain = super().sizeHint().width()
        spare = max(self.width() - plain - room, 0) // 2
        option.rect = self.rect().adjusted(spare, 0, -room - spare, 0)
        painter.drawControl(QStyle.ControlElement.CE_PushButtonLabel, option)
        painter.setFont(self._key_font())
        painter.setPen(self._key_colour())
        icon = 0 if self.icon().isNull() else self.iconSize().width() + ICON_GAP
        side = (plain - icon - self.fontMetrics().horizontalAdvance(self.text())) // 2
        painter.drawText(
            self.rect().adjusted(0, 0, -side - spare, 0),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            self._key_text,
        )
        painter.end()

    def _key_colour(self) -> QColor:
        is_filled = self.isEnabled() and self.property("role") in {"primary", "danger"}
        roles = QPalette.ColorRole
        return self.palette().color(roles.HighlightedText if is_filled else roles.PlaceholderText)

    def _key_font(self) -> QFont:
        font = QFont(self.font())
        font.setBold(False)
        font.setPixelSize(max(round(self.font().pixelSize() * SMALLER), 1))
        return font

    def _key_room(self) -> int:
        if not self._key_text:
            return 0
        return QFontMetrics(self._key_font()).horizontalAdvance(self._key_text) + GAP
