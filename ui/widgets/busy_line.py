"""How far long work has come, with a way to stop it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.words import Words
from ui.widgets.button import Button
from ui.widgets.text import Text


class BusyLine(QWidget):
    """Takes no room while nothing is under way."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._ = words
        self._on_cancel: Callable[[], None] | None = None
        self._text = Text("")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self.cancel_button = Button(self._("Cancel"))
        self.cancel_button.clicked.connect(self._cancel)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(16)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self._text)
        column.addWidget(self._bar)
        line.addLayout(column, stretch=1)
        line.addWidget(self.cancel_button, alignment=Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def start(self, sentence: str, cancel: Callable[[], None] | None = None) -> None:
        """Say what is under way; with cancel the person may stop it."""
        self._text.setText(sentence)
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(sentence)
        self._on_cancel = cancel
        self.cancel_button.setVisible(cancel is not None)
        self.show()

    def move_to(self, done: int, total: int) -> None:
        """Show how far it has come; the shape that Progress calls."""
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)

    def stop(self) -> None:
        """Say that it has ended and take no room."""
        self._on_cancel = None
        self._bar.setRange(0, 1)
        self.hide()

    def _cancel(self) -> None:
        cancel = self._on_cancel
        self.stop()
        if cancel is not None:
            cancel()
