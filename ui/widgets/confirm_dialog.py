"""A question over the page, for what cannot be taken back; inside the window, so that a kiosk needs no others."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget
from shiboken6 import isValid

from app.words import Words
from ui.widgets.button import Button, ButtonRole
from ui.widgets.layout import Card
from ui.widgets.text import Text

WIDTH_IN_CHARACTERS = 60
EDGE = 24  # px of veil to be seen all round


class ConfirmDialog(QFrame):
    """Covers the window of its page until it is answered; Escape and the other button mean no."""

    def __init__(
        self,
        page: QWidget,
        words: Words,
        heading: str,
        sentence: str,
        *,
        action: str,
        confirmed: Callable[[], None],
        role: ButtonRole = "danger",
        body: QWidget | None = None,
    ) -> None:
        """Ask at once; confirmed is called for yes. body may hold what the person must fill in."""
        window = page.window()
        super().__init__(window)
        self.setProperty("role", "veil")
        self._confirmed = confirmed
        self._before: QWidget | None = window.focusWidget()
        self._disabled = [
            child
            for child in window.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if child != self and not child.isWindow() and child.isEnabledTo(window)
        ]
        self.yes = Button(action, role)
        _ = words
        self.no = Button(_("Cancel"))
        self.yes.clicked.connect(self._on_yes)
        self.no.clicked.connect(self.close_dialog)
        buttons = QHBoxLayout()
        buttons.setSpacing(16)
        buttons.addWidget(self.no)
        buttons.addStretch(1)
        buttons.addWidget(self.yes)
        self.card = Card(Text(heading, "heading"), Text(sentence), *([body] if body else []), gap=2, margin=4)
        self.card.column.addSpacing(8)
        self.card.column.addLayout(buttons)
        self.card.setParent(self)
        self.setAccessibleName(heading)
        self.setAccessibleDescription(sentence)
        for child in self._disabled:
            child.setEnabled(False)
        window.installEventFilter(self)
        self.show()
        self.raise_()
        self._place()
        (body or self.no).setFocus()

    def close_dialog(self) -> None:
        """Take the question away and give the page back as it was."""
        for child in self._disabled:
            if isValid(child):  # the ring round the focus comes and goes
                child.setEnabled(True)
        self.window().removeEventFilter(self)
        self.hide()
        self.deleteLater()
        if self._before is not None and isValid(self._before):
            self._before.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the window whatever its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Escape mean no."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_dialog()
        else:
            super().keyPressEvent(event)

    def _place(self) -> None:
        """Cover the window, with the card in the middle."""
        self.setGeometry(self.window().rect())
        wide = self.fontMetrics().averageCharWidth() * WIDTH_IN_CHARACTERS
        width = min(wide, self.width() - 2 * EDGE)
        height = min(self.card.column.totalHeightForWidth(width), self.height() - 2 * EDGE)
        self.card.setGeometry((self.width() - width) // 2, (self.height() - height) // 2, width, height)

    def _on_yes(self) -> None:
        self.close_dialog()
        self._confirmed()
