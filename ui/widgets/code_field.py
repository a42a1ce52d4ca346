"""A code of Crockford letters, typed or scanned in any manner, shown in groups of four (D2, D12, D23)."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from app.rules.codes import ALPHABET, LENGTH, grouped
from ui.widgets.field import Field
from ui.widgets.text import make_bold

ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
LONGEST_SCAN = 400


def letters_of(typed: str) -> str:
    """Return the code's letters in what was typed so far; what cannot be in a code is left out."""
    return "".join(letter for letter in typed.upper().translate(ALIKE) if letter in ALPHABET)


class CodeField(Field):
    """Shows the letters in groups while they are typed; an address scanned instead is handed over by scanned."""

    scanned = Signal(str)

    def __init__(self, name: str, label: str, hint: str = "", *, length: int = LENGTH) -> None:
        super().__init__(name, label, hint)
        self._length = length
        self._keys = ""  # as they came: a scanner types an address, whose letters would pass for a code
        self.input = QLineEdit()
        self.input.setProperty("role", "code")
        make_bold(self.input)
        self.input.setPlaceholderText(grouped("·" * length))
        self.input.setInputMethodHints(Qt.InputMethodHint.ImhNoPredictiveText)
        self.input.installEventFilter(self)
        self._take(self.input, label)
        self._line.addWidget(self.input)
        self.input.textEdited.connect(self._on_typed)

    def code(self) -> str:
        """Return the letters without groups."""
        return letters_of(self.input.text())

    def set_code(self, code: str) -> None:
        """Fill the input in."""
        self._keys = ""
        self.input.setText(grouped(letters_of(code)[: self._length]))
        self.show_error("")

    def is_complete(self) -> bool:
        """Tell whether all letters are there."""
        return len(self.code()) == self._length

    def clear(self) -> None:
        """Empty the input, and forget the keys."""
        super().clear()
        self._keys = ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell a scanned address from a typed code."""
        if watched is self.input and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and "/" in self._keys:
                self._hand_over(self._keys)
                return True
            if event.key() in {Qt.Key.Key_Backspace, Qt.Key.Key_Delete}:
                self._keys = ""
            elif event.text().isprintable():
                self._keys = (self._keys + event.text())[-LONGEST_SCAN:]
        return super().eventFilter(watched, event)

    def _on_typed(self, typed: str) -> None:
        if "/" in typed and "/" not in self._keys:  # pasted whole
            self._hand_over(typed)
            return
        before = letters_of(typed[: self.input.cursorPosition()])[: self._length]
        shown = grouped(letters_of(typed)[: self._length])
        if shown != typed:
            self.input.setText(shown)
            self.input.setCursorPosition(len(grouped(before)))

    def _hand_over(self, address: str) -> None:
        self.clear()
        self.scanned.emit(address)
