"""A question over the desk's page: as wide as it needs, and growing with what is said in it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

from app.words import Words
from ui.widgets.button import ButtonRole
from ui.widgets.confirm_dialog import EDGE, ConfirmDialog


class DeskDialog(ConfirmDialog):
    """Without an action it has no buttons of its own: body brings them."""

    characters = 72  # how wide the card is

    def __init__(
        self,
        name: str,
        page: QWidget,
        words: Words,
        heading: str,
        sentence: str,
        *,
        body: QWidget,
        action: str = "",
        role: ButtonRole = "primary",
        confirmed: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(
            page, words, heading, sentence, action=action, confirmed=confirmed, role=role, body=body
        )
        self.setObjectName(name)
        self.yes.setObjectName("form_yes")
        self.no.setObjectName("form_no")
        self.yes.setVisible(bool(action))
        self.no.setVisible(bool(action))
        self._place()

    def event(self, event: QEvent) -> bool:
        """Grow when something is said."""
        is_handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and hasattr(self, "card"):
            self._place()
        return is_handled

    def _place(self) -> None:
        self.setGeometry(self.window().rect())
        width = min(self.fontMetrics().averageCharWidth() * self.characters, self.width() - 2 * EDGE)
        height = min(self.card.column.totalHeightForWidth(width), self.height() - 2 * EDGE)
        self.card.setGeometry((self.width() - width) // 2, (self.height() - height) // 2, width, height)
