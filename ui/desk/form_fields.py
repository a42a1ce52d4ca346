"""Inputs of the desk's forms that the shared fields do not have: choices, ticks, longer text, optional dates."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from ui.widgets.field import Field
from ui.widgets.text import Text

Value = TypeVar("Value")


class ChoiceField(Field, Generic[Value]):
    """One of several; may_type lets the person write something else."""

    def __init__(
        self,
        name: str,
        label: str,
        choices: Sequence[tuple[Value, str]],
        hint: str = "",
        *,
        may_type: bool = False,
    ) -> None:
        super().__init__(name, label, hint)
        self.input = QComboBox()
        self.input.setAccessibleName(label)
        self.input.setEditable(may_type)
        # As wide as there is room, not as its longest choice.
        self.input.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.input.setMinimumContentsLength(12)
        self._values: list[Value] = []
        self._line.addWidget(self.input, stretch=1)
        self.setFocusProxy(self.input)
        self._label.setBuddy(self.input)
        self.set_choices(choices)
        self.input.currentIndexChanged.connect(self._on_edited)
        self.input.editTextChanged.connect(self._on_edited)

    def set_choices(self, choices: Sequence[tuple[Value, str]]) -> None:
        """Offer other choices; the first is chosen."""
        self._values = [value for value, _word in choices]
        self.input.clear()
        self.input.addItems([word for _value, word in choices])

    def value(self) -> Value:
        """Return what is chosen."""
        return self._values[max(self.input.currentIndex(), 0)]

    def text(self) -> str:
        """Return the words that are chosen or typed."""
        return self.input.currentText().strip()

    def choose(self, value: Value) -> None:
        """Choose a value, if it is offered."""
        if value in self._values:
            self.input.setCurrentIndex(self._values.index(value))

    def set_text(self, text: str) -> None:
        """Fill in what was typed before."""
        self.input.setEditText(text)


class ParagraphField(Field):
    """Several lines; Tab goes on to the next input."""

    def __init__(self, name: str, label: str, hint: str = "", *, lines: int = 3) -> None:
        super().__init__(name, label, hint)
        self.input = QPlainTextEdit()
        self.input.setAccessibleName(label)
        self.input.setTabChangesFocus(True)
        self._lines = lines
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._line.addWidget(self.input, stretch=1)
        self.setFocusProxy(self.input)
        self._label.setBuddy(self.input)
        self.input.textChanged.connect(self._on_edited)
        self._fit()

    def text(self) -> str:
        """Return what was typed."""
        return self.input.toPlainText().strip()

    def set_text(self, text: str) -> None:
        """Fill the input in."""
        self.input.setPlainText(text)

    def clear(self) -> None:
        """Empty the input, and forget how it was filled."""
        self.input.setPlainText("")
        super().clear()

    def _fit(self) -> None:
        self.input.setFixedHeight(self.input.fontMetrics().lineSpacing() * self._lines + 28)


class TickField(Field):
    """Yes or no; the label stands beside the box."""

    toggled = Signal(bool)

    def __init__(self, name: str, label: str, hint: str = "") -> None:
        super().__init__(name, label, hint)
        self._label.hide()
        self.input = QCheckBox(label)
        self.input.setAccessibleName(label)
        self._line.addWidget(self.input, stretch=1)
        self.setFocusProxy(self.input)
        self.input.toggled.connect(self._on_toggled)

    def is_ticked(self) -> bool:
        """Tell whether it is ticked."""
        return self.input.isChecked()

    def tick(self, *, on: bool = True) -> None:
        """Tick it, or take the tick away."""
        self.input.setChecked(on)

    def _on_toggled(self, on: bool) -> None:  # noqa: FBT001 - Qt hands it over so
        self._on_edited()
        self.toggled.emit(on)


class TicksField(Field, Generic[Value]):
    """Several of many."""

    def __init__(self, name: str, label: str, choices: Sequence[tuple[Value, str]], hint: str = "") -> None:
        super().__init__(name, label, hint)
        boxes = QWidget()
        column = QVBoxLayout(boxes)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._boxes: list[tuple[Value, QCheckBox]] = []
        for value, word in choices:
            box = QCheckBox(word)
            box.setAccessibleName(f"{label}: {word}")
            box.toggled.connect(self._on_edited)
            column.addWidget(box)
            self._boxes.append((value, box))
        self._line.addWidget(boxes, stretch=1)
        if self._boxes:
            self.setFocusProxy(self._boxes[0][1])

    def values(self) -> tuple[Value, ...]:
        """Return what is ticked, in order."""
        return tuple(value for value, box in self._boxes if box.isChecked())

    def tick(self, values: Sequence[Value]) -> None:
        """Tick these and no others."""
        for value, box in self._boxes:
            box.setChecked(value in values)

    def box(self, value: Value) -> QCheckBox:
        """Return the box of one value."""
        return next(box for found, box in self._boxes if found == value)


def plain(label: str, text: str) -> QWidget:
    """Return a fact with its label above, to be read only."""
    shown = QWidget()
    column = QVBoxLayout(shown)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(Text(label, "quietText"))
    column.addWidget(Text(text))
    return shown
