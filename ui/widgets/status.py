"""A state in a word, with an icon and a colour, never colour alone."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from ui.icons import IconLabel
from ui.widgets.dress import dress
from ui.widgets.text import Text

StatusKind = Literal["good", "wait", "stop", "teal", "quietText"]
ICONS: dict[StatusKind, str] = {
    "good": "circle-check",
    "wait": "clock",
    "stop": "ban",
    "teal": "eye",
    "quietText": "circle-minus",
}


class StatusBadge(QFrame):
    """A small sheet with icon and word."""

    def __init__(self, word: str = "", kind: StatusKind = "quietText", icon_name: str = "") -> None:
        super().__init__()
        self.setProperty("role", "badge")
        self._icon = IconLabel("circle-minus")
        self._word = Text("", wraps=False)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 4, 12, 4)
        line.setSpacing(6)
        line.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._word)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_status(word, kind, icon_name)

    def show_status(self, word: str, kind: StatusKind, icon_name: str = "") -> None:
        """Show another state; without an icon's name the kind's own is taken."""
        self._icon.show_icon(icon_name or ICONS[kind])
        self._word.setText(word)
        self.setAccessibleName(word)
        dress(self, kind=kind)
        dress(self._icon, role=kind)
        dress(self._word, role=kind)

    @property
    def word(self) -> str:
        """The state."""
        return self._word.text()
