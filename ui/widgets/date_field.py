"""A date typed as day, month and year: three large boxes for a finger, one flow for a keyboard."""

import datetime as dt
import re

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout

from app.words import Words
from ui.widgets.field import Field
from ui.widgets.text import Text

SEPARATORS = "/.-, "
DAY_DIGITS = 2
LONGEST_PASTE = 12


class DateField(Field):
    """Takes 3/4/1950, 03 04 1950 and 03041950 alike; a pasted 1950-04-03 too."""

    def __init__(self, words: Words, name: str, label: str, hint: str = "") -> None:
        super().__init__(name, label, hint)
        _ = words
        self._day = self._add(_("Day"), label, 2)
        self._month = self._add(_("Month"), label, 2)
        self._year = self._add(_("Year"), label, 4)
        self._parts = [self._day, self._month, self._year]
        self._line.addStretch(1)

    def date(self) -> dt.date | None:
        """Return the date, or None while it is incomplete or no such day exists."""
        year, month, day = (part.text() for part in (self._year, self._month, self._day))
        if len(year) != self._year.digits:
            return None
        try:
            return dt.date(int(year), int(month), int(day))
        except ValueError:
            return None

    def set_date(self, day: dt.date | None) -> None:
        """Fill the boxes in, or empty them."""
        self.clear()
        if day is not None:
            self._day.setText(str(day.day))
            self._month.setText(str(day.month))
            self._year.setText(str(day.year))

    def is_empty(self) -> bool:
        """Tell whether nothing was typed."""
        return not any(part.text() for part in self._inputs)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let a separator go on to the next box and Delete in an empty one go back."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and isinstance(watched, _Digits)
        ):
            at = self._parts.index(watched)
            text = event.text()
            if text and text in SEPARATORS:
                if self._parts[at].text():
                    self._go_to(at + 1)
                return True
            if event.key() == Qt.Key.Key_Backspace and not self._parts[at].text() and at > 0:
                self._go_to(at - 1)
                self._parts[at - 1].backspace()
                return True
        return super().eventFilter(watched, event)

    def _add(self, caption: str, label: str, digits: int) -> "_Digits":
        part = _Digits(digits)
        part.installEventFilter(self)
        self._take(part, f"{label}: {caption}")
        part.textEdited.connect(lambda typed: self._on_typed(part, typed))
        box = QVBoxLayout()
        box.setSpacing(2)
        box.addWidget(Text(caption, "quietText", wraps=False))
        box.addWidget(part)
        self._line.addLayout(box)
        return part

    def _on_typed(self, part: "_Digits", typed: str) -> None:
        at = self._parts.index(part)
        pieces = re.findall(r"\d+", typed)
        if at == 0 and len(pieces) == len(self._parts):
            self._spread(pieces if len(pieces[0]) <= part.digits else pieces[::-1])
        elif at == 0 and len(typed) == sum(p.digits for p in self._parts) and typed.isdecimal():
            self._spread([typed[:2], typed[2:4], typed[4:]])
        else:
            digits = "".join(pieces)[: part.digits]
            if digits != typed:
                part.setText(digits)
            if part.is_full():
                self._go_to(at + 1)

    def _spread(self, pieces: list[str]) -> None:
        for part, piece in zip(self._parts, pieces, strict=True):
            part.setText(piece[: part.digits])
        self._go_to(len(self._parts) - 1)

    def _go_to(self, at: int) -> None:
        if at < len(self._parts):
            self._parts[at].setFocus(Qt.FocusReason.TabFocusReason)


class _Digits(QLineEdit):
    """A box as wide as its digits."""

    def __init__(self, digits: int) -> None:
        super().__init__()
        self.digits = digits
        self.setMaxLength(LONGEST_PASTE)
        self.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def is_full(self) -> bool:
        """Tell whether no digit can follow: the 4th month takes one, the 1st may become the 12th."""
        text = self.text()
        return len(text) == self.digits or (self.digits == DAY_DIGITS and text > "3")

    def sizeHint(self) -> QSize:
        """Return room for the digits and one more."""
        hint, metrics = super().sizeHint(), self.fontMetrics()
        usual = 17 * metrics.horizontalAdvance("x")  # what QLineEdit reserves
        return QSize(hint.width() - usual + (self.digits + 1) * metrics.horizontalAdvance("0"), hint.height())
