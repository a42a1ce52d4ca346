"""A page's content that rolls, and that on a wide screen stays as narrow as it is easily read."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from ui.theme import Theme
from ui.widgets.layout import Item, column, row

WIDEST = 1120  # px before the text is made larger


def rolling(theme: Theme, *items: Item, gap: int = 2, widest: int = WIDEST) -> QScrollArea:
    """Return the items one under the other in a scroll area that takes no focus of its own."""
    content = QWidget()
    content.setProperty("role", "clear")
    content.setLayout(column(*items, None, gap=gap))
    content.setMaximumWidth(theme.size(widest))
    inner = QWidget()
    inner.setProperty("role", "clear")
    beside = row(content, None, gap=0, margin=3)
    beside.setStretch(0, 1000)
    inner.setLayout(beside)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    return area
