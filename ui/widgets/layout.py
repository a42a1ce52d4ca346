"""Columns, rows and cards, with distances in multiples of eight pixels."""

from typing import TypeVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

Item = QWidget | QLayout | None
Box = TypeVar("Box", bound=QBoxLayout)
UNIT = 8
LONGEST_LINE = 70


def column(*items: Item, gap: int = 2, margin: int = 0) -> QVBoxLayout:
    """Return the items one under the other, gap and margin in units of 8 px; None is room that stretches."""
    return _filled(QVBoxLayout(), items, gap, margin)


def row(*items: Item, gap: int = 1, margin: int = 0) -> QHBoxLayout:
    """Return the items side by side, gap and margin in units of 8 px; None is room that stretches."""
    return _filled(QHBoxLayout(), items, gap, margin)


class Card(QFrame):
    """A white sheet with a hairline round it; add to its column."""

    def __init__(self, *items: Item, gap: int = 2, margin: int = 3) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.column = column(*items, gap=gap, margin=margin)
        self.setLayout(self.column)


class Line(QFrame):
    """A hairline across."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "line")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


class Measure(QWidget):
    """Keeps its column in the middle and no wider than lines that are easily read."""

    def __init__(self, *items: Item, gap: int = 3, characters: int = LONGEST_LINE) -> None:
        super().__init__()
        self._characters = characters
        self._inner = QWidget()
        self.column = column(*items, gap=gap)
        self._inner.setLayout(self.column)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addWidget(self._inner, 1000)
        outer.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the size of the text."""
        self._inner.setMaximumWidth(self.fontMetrics().averageCharWidth() * self._characters)
        super().resizeEvent(event)


def _filled(box: Box, items: tuple[Item, ...], gap: int, margin: int) -> Box:
    box.setSpacing(gap * UNIT)
    box.setContentsMargins(margin * UNIT, margin * UNIT, margin * UNIT, margin * UNIT)
    for item in items:
        if item is None:
            box.addStretch(1)
        elif isinstance(item, QWidget):
            box.addWidget(item)
        else:
            box.addLayout(item)
    return box
