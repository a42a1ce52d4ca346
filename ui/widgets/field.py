"""An input with its label above, a hint below it, and what is wrong with it below that."""

from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.words import Words
from ui.icons import IconLabel
from ui.widgets.button import Button
from ui.widgets.dress import dress
from ui.widgets.text import Text

Part = TypeVar("Part", bound=QWidget)


class Field(QWidget):
    """The frame round one or more inputs; name is the use case's argument, so that errors find their field."""

    changed = Signal()
    submitted = Signal()  # Enter, or the end of a scan

    def __init__(self, name: str, label: str, hint: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self._inputs: list[QLineEdit] = []
        self._label = Text(label, "strong")
        self._hint = Text(hint, "quietText")
        self._error = Text("", "stop")
        self._error_line = QWidget()
        error = QHBoxLayout(self._error_line)
        error.setContentsMargins(0, 0, 0, 0)
        error.setSpacing(8)
        error.addWidget(IconLabel("circle-alert", "stop"), alignment=Qt.AlignmentFlag.AlignTop)
        error.addWidget(self._error, stretch=1)
        self._error_line.hide()
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._label)
        column.addLayout(self._line)
        column.addWidget(self._hint)
        column.addWidget(self._error_line)
        self._hint.setHidden(not hint)  # once it has a parent, or it would show itself as a window

    @property
    def label(self) -> str:
        """What is asked."""
        return self._label.text()

    @property
    def error(self) -> str:
        """What is wrong with the answer, or nothing."""
        return self._error.text()

    def show_error(self, sentence: str) -> None:
        """Say below the input what is wrong; typing takes it away."""
        self._error.setText(sentence)
        self._error_line.setVisible(bool(sentence))
        for part in self._inputs:
            dress(part, wrong="true" if sentence else "false")
            part.setAccessibleDescription(sentence or self._hint.text())

    def clear(self) -> None:
        """Empty the input, so that not even Undo brings the answer back."""
        for part in self._inputs:
            part.setText("")  # clear() would keep Undo
        self.show_error("")

    def set_read_only(self, *, is_read_only: bool) -> None:
        """Show the answer without letting anybody change it."""
        for part in self._inputs:
            part.setReadOnly(is_read_only)

    def _take(self, part: QLineEdit, spoken: str) -> None:
        """Make a line edit part of this field; spoken is its accessible name."""
        part.setAccessibleName(spoken)
        part.setAccessibleDescription(self._hint.text())
        part.textEdited.connect(self._on_edited)
        part.returnPressed.connect(self.submitted)
        if not self._inputs:
            self.setFocusProxy(part)
            self._label.setBuddy(part)
        self._inputs.append(part)

    def _on_edited(self) -> None:
        if self.error:
            self.show_error("")
        self.changed.emit()


class TextField(Field):
    """One line of text."""

    def __init__(self, name: str, label: str, hint: str = "", *, longest: int = 254) -> None:
        super().__init__(name, label, hint)
        self.input = QLineEdit()
        self.input.setMaxLength(longest)
        self._take(self.input, label)
        self._line.addWidget(self.input)

    def text(self) -> str:
        """Return what was typed, without space at the ends."""
        return self.input.text().strip()

    def set_text(self, text: str) -> None:
        """Fill the input in."""
        self.input.setText(text)
        self.show_error("")


class PasswordField(Field):
    """A password, hidden until the person asks to see it."""

    def __init__(self, words: Words, name: str, label: str, hint: str = "") -> None:
        super().__init__(name, label, hint)
        self._ = words
        self.input = _PasswordEdit()
        self._show = Button("", icon_name="eye")
        self._show.setCheckable(True)
        self._show.toggled.connect(self._on_toggled)
        self._take(self.input, label)
        self._line.addWidget(self.input, stretch=1)
        self._line.addWidget(self._show)
        self._on_toggled()

    def text(self) -> str:
        """Return the password exactly as typed."""
        return self.input.text()

    def clear(self) -> None:
        """Empty the input and hide what comes next."""
        super().clear()
        self._show.setChecked(False)

    def _on_toggled(self) -> None:
        is_shown = self._show.isChecked()
        self.input.setEchoMode(QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password)
        self._show.setText(self._("Hide") if is_shown else self._("Show"))
        self._show.set_icon("eye-off" if is_shown else "eye")
        self._show.setAccessibleName(self._("Hide password") if is_shown else self._("Show password"))


class _PasswordEdit(QLineEdit):
    """Takes the focus without choosing all, so that a touch does not wipe a long password by the next key."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaxLength(128)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Put the cursor at the end."""
        super().focusInEvent(event)
        self.deselect()
        self.end(False)
