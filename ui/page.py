"""What every page has: words, the road off the GUI thread, and a line for notices."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.errors import Invalid
from app.words import Words
from ui.background import Background
from ui.notices import NoticeBar
from ui.widgets.field import Field


class Page(QWidget):
    """A screen.

    Its __init__ keeps what it is given, then calls its own _build (lays out) and _connect (wires); _on_… reacts,
    show_… displays a row. self.notices goes where the eye is when something fails.
    """

    def __init__(self, words: Words, background: Background) -> None:
        super().__init__()
        self._ = words
        self.background = background
        self.notices = NoticeBar(words, self)
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def show_failure(self, error: Exception) -> None:
        """Show an error beside the field it belongs to, where the page has that field, else as a notice."""
        if isinstance(error, Invalid) and error.field:
            field = self.findChild(Field, error.field)
            if field is not None:
                field.show_error(self._.error(error))
                field.setFocus()
                return
        self.notices.show_failure(error)

    def leave(self) -> None:
        """Forget the work under way and what was said, as when another page takes its place."""
        self.background.cancel_all(self)
        self.notices.clear()
