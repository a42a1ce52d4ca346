"""Parts of pages that follow the shape of the screen: wide or upright."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QSizePolicy, QWidget

from ui.widgets.button import Button
from ui.widgets.card_button import CardButton
from ui.widgets.layout import Card, Item, Line, column, row
from ui.widgets.text import Text

GAP = 24
LINES = 72  # px: about a heading and a line


def roomy(card: CardButton, height: int = 0) -> CardButton:
    """Let a card be as high as its words need, and no lower than height px."""
    policy = card.sizePolicy()
    policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)  # the card's own would cut a third line off
    card.setSizePolicy(policy)
    layout = card.layout()
    if height and layout is not None:
        layout.setContentsMargins(32, (height - LINES) // 2, 32, (height - LINES) // 2)
    return card


class Room(QWidget):
    """A place for one widget at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: QWidget | None = None
        self._column = column(gap=0)
        self.setLayout(self._column)

    def show_only(self, widget: QWidget) -> None:
        """Show this instead of what was here, which is deleted."""
        if self._shown is not None:
            self._column.removeWidget(self._shown)
            self._shown.hide()
            self._shown.deleteLater()
        self._shown = widget
        self._column.addWidget(widget)


class Split(QWidget):
    """Two parts side by side on a wide screen, one above the other on an upright one."""

    def __init__(
        self, first: QWidget, second: QWidget, *, shares: tuple[int, int] = (1, 1), is_fixed: bool = False
    ) -> None:
        """is_fixed: the shares hold whatever is in the parts, so that nothing moves when something arrives."""
        super().__init__()
        if is_fixed:
            for part in (first, second):
                part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(GAP)
        self._line.addWidget(first, shares[0])
        self._line.addWidget(second, shares[1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the shape of the screen."""
        super().resizeEvent(event)
        is_wide = self.window().width() >= self.window().height()
        self._line.setDirection(
            QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        )


class CardGrid(QWidget):
    """Cards in two columns on a wide screen, in one on an upright one."""

    def __init__(self, cards: list[QWidget]) -> None:
        super().__init__()
        self._cards = cards
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(16)
        self._place(2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the shape of the screen."""
        super().resizeEvent(event)
        self._place(2 if self.window().width() >= self.window().height() else 1)

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for number, card in enumerate(self._cards):
            self._grid.addWidget(card, number // columns, number % columns)
        for at in range(2):
            self._grid.setColumnStretch(at, 1 if at < columns else 0)


class Facts(Card):
    """What is known, one under the other: a quiet label, the answer, perhaps a button beside it."""

    def __init__(self) -> None:
        super().__init__(gap=2)

    def add(self, label: str, answer: Item | str, button: Button | None = None) -> None:
        """Add one; the answer may be a widget."""
        if self.column.count():
            self.column.addWidget(Line())
        said: Item = Text(answer, "strong") if isinstance(answer, str) else answer
        words = column(Text(label, "quietText"), said, gap=0)
        line = row(gap=2)
        line.addLayout(words, 1)
        if button is not None:
            line.addWidget(button)
        self.column.addLayout(line)
