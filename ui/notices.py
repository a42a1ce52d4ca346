"""Tells a person on the page, in one calm line, what happened and what to do next."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from app.errors import PortalError
from app.outside.logs import report_bug
from app.words import Words
from ui.icons import IconLabel
from ui.widgets.dress import dress
from ui.widgets.text import Text

Kind = Literal["good", "wait", "stop"]
ICONS: dict[Kind, str] = {"good": "circle-check", "wait": "clock", "stop": "circle-alert"}


class NoticeBar(QFrame):
    """One line on the page; it takes no room while there is nothing to say."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ = words
        self._icon = IconLabel(ICONS["good"])
        self._text = Text("")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 12, 16, 12)
        line.setSpacing(12)
        line.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._text, stretch=1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clear()

    def say(self, kind: Kind, sentence: str) -> None:
        """Show a translated sentence in the place of what was there."""
        self._icon.show_icon(ICONS[kind])
        dress(self, kind=kind)
        dress(self._icon, role=kind)
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def show_failure(self, error: Exception) -> None:
        """Show what a person can understand and act on; anything else is logged and shown as a reference."""
        if isinstance(error, PortalError):
            self.say("stop", self._.error(error))
            return
        self.say(
            "stop",
            self._(
                "Something went wrong, please ask reception. Reference {reference}.",
                reference=report_bug(error),
            ),
        )

    def clear(self) -> None:
        """Say nothing and take no room."""
        self._text.setText("")
        self.setAccessibleName("")
        self.hide()

    @property
    def sentence(self) -> str:
        """What is being said, or nothing."""
        return self._text.text()
