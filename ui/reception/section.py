"""One section of the patient's page: a heading with its key, what can be done, and the content below."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.errors import N_
from ui.widgets.text import Text

# What stands in the place of what a desk's own copy does not have.
AT_SERVER = N_(
    "This is at the clinic's server, which cannot be reached. It is shown when the server is back."
)


class Section(QWidget):
    """Add content to its column and buttons to its line."""

    def __init__(self, name: str, heading: str, key: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(heading)
        self.heading = Text(heading, "subheading", wraps=False)
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        self._line.addWidget(self.heading)
        self._line.addWidget(Text(key, "quietText", wraps=False), alignment=Qt.AlignmentFlag.AlignVCenter)
        self._line.addStretch(1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        self.column.addLayout(self._line)
        self.first: QWidget | None = None  # what the section's key leads to, where it is to be seen
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def add_button(self, button: QWidget) -> None:
        """Put a button at the right of the heading."""
        self._line.addWidget(button)

    def take_focus(self) -> None:
        """Put the cursor on what is here, or on the first thing that takes it."""
        if self.first is not None and self.first.isVisible():
            self.first.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        for child in self.findChildren(QWidget):
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible() and child.isEnabled():
                child.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return
