"""What stands there while the kiosk cannot reach the clinic's portal."""

from PySide6.QtWidgets import QWidget

from app.words import Words
from ui.notices import NoticeBar
from ui.widgets.layout import Measure, column
from ui.widgets.text import Text


class Waiting(QWidget):
    """Calm words, and why."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._ = words
        self.setObjectName("waiting")
        self._title = Text(self._("One moment, please"), "title")
        self._line = Text("")
        self.notices = NoticeBar(words, self)
        body = Measure(self._title, self._line, self.notices)
        outer = column(None, body, None, margin=6)
        self.setLayout(outer)

    def show_failure(self, error: Exception) -> None:
        """Say that the kiosk is not ready, and why."""
        self._title.setText(self._("This kiosk is not ready"))
        self._line.setText(self._("Please ask at the reception desk. The kiosk goes on trying by itself."))
        self.notices.show_failure(error)
