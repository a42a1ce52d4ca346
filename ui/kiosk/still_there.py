"""The question to somebody who has not touched the kiosk for a while (D25)."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QWidget

from app.words import Words
from ui.widgets.button import Button
from ui.widgets.layout import Card, row
from ui.widgets.text import Text

WIDTH_IN_CHARACTERS = 56
EDGE = 24


class StillThere(QFrame):
    """Covers the window, with two large answers and the seconds that are left."""

    def __init__(
        self, window: QWidget, words: Words, stay: Callable[[], None], leave: Callable[[], None]
    ) -> None:
        super().__init__(window)
        self._ = words
        self.setObjectName("still_there")
        self.setProperty("role", "veil")
        self._window = window
        self._left = Text("")
        self._left.setObjectName("seconds_left")
        self.yes = Button(self._("I am still here"), "primary")
        self.yes.setObjectName("still_here")
        self.yes.clicked.connect(stay)
        self.leave = Button(self._("Leave now"), icon_name="log-out")
        self.leave.setObjectName("leave_now")
        self.leave.clicked.connect(leave)
        self._card = Card(
            Text(self._("Are you still there?"), "title"),
            self._left,
            row(self.leave, None, self.yes, gap=2),
            gap=4,
            margin=5,
        )
        self._card.setParent(self)
        window.installEventFilter(self)
        self.hide()

    def show_seconds(self, seconds: int) -> None:
        """Say how many seconds are left."""
        self._left.setText(
            self._.count(
                "For your privacy, this screen signs you out in {n} second.",
                "For your privacy, this screen signs you out in {n} seconds.",
                seconds,
            )
        )
        if not self.isVisible():
            self.show()
            self.raise_()
            self.yes.setFocus(Qt.FocusReason.PopupFocusReason)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the window whatever its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        width = min(self.fontMetrics().averageCharWidth() * WIDTH_IN_CHARACTERS, self.width() - 2 * EDGE)
        height = min(self._card.column.totalHeightForWidth(width), self.height() - 2 * EDGE)
        self._card.setGeometry((self.width() - width) // 2, (self.height() - height) // 2, width, height)
