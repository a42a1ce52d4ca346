"""The strip at the top of every page: whose exams these are, large text, and Leave."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout

from app.words import Words
from ui.widgets.button import Button
from ui.widgets.text import Text


class Header(QFrame):
    """The name is always in sight while somebody is here (D31)."""

    large_text_wanted = Signal(bool)
    left = Signal()

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._ = words
        self.setProperty("role", "header")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._name = Text("", "subheading")
        self._name.setObjectName("header_name")
        self._below = Text("", "quietText")
        self._below.setObjectName("header_line")
        self.large_text = Button("", icon_name="a-large-small")
        self.large_text.setObjectName("large_text")
        self.large_text.setCheckable(True)
        self.large_text.toggled.connect(self._on_toggled)
        self.leave = Button(self._("Leave"), icon_name="log-out")
        self.leave.setObjectName("leave")
        self.leave.clicked.connect(self.left)
        for button in (self.large_text, self.leave):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch(1)
        names.addWidget(self._name)
        names.addWidget(self._below)
        names.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(48, 16, 48, 16)
        line.setSpacing(16)
        line.addLayout(names, 1)
        line.addWidget(self.large_text)
        line.addWidget(self.leave)
        self._on_toggled(is_large=False)
        self.show_person("", "", can_leave=False)

    def show_person(self, name: str, line: str, *, can_leave: bool) -> None:
        """Show who is here, or the clinic's name while nobody is."""
        self._name.setText(name)
        self._below.setText(line)
        self._below.setVisible(bool(line))
        self.leave.setVisible(can_leave)

    def show_large_text(self, *, is_large: bool) -> None:
        """Show which size is on, without asking for it."""
        self.large_text.blockSignals(True)
        self.large_text.setChecked(is_large)
        self.large_text.blockSignals(False)
        self._name_toggle(is_large)

    def _on_toggled(self, is_large: bool) -> None:  # noqa: FBT001 - a signal's argument
        self._name_toggle(is_large)
        self.large_text_wanted.emit(is_large)

    def _name_toggle(self, is_large: bool) -> None:  # noqa: FBT001 - the same
        self.large_text.setText(self._("Normal text") if is_large else self._("Large text"))
