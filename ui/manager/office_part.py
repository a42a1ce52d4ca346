"""What the pages of the office have in common: a heading, a line for notices, and a look at what there is now."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.page import Page
from ui.reception.seat import Seat
from ui.widgets.layout import column, row
from ui.widgets.text import Text

WIDE = 240


class OfficePart(Page):
    """A page of the office; reload() asks the portal, and begin() does that and takes the focus."""

    def __init__(self, seat: Seat, name: str) -> None:
        super().__init__(seat.words, seat.surroundings.background)
        self.setObjectName(name)
        self._seat = seat

    def begin(self) -> None:
        """Look at what there is now."""
        self.notices.clear()
        self.reload()

    def reload(self) -> None:
        """Ask the portal again."""

    def lay_out(
        self,
        heading: str,
        sentence: str,
        *content: QWidget,
        beside: tuple[QWidget, ...] = (),
        characters: int = WIDE,
    ) -> None:
        """Put the content below the heading, and buttons beside it; no wider than so many characters."""
        head = row(Text(heading, "heading"), *beside)
        head.setStretch(0, 1)
        whole = QWidget()
        whole.setLayout(column(head, Text(sentence, "quietText"), self.notices, *content, None, gap=2))
        whole.setMaximumWidth(self.fontMetrics().averageCharWidth() * characters)
        self.setLayout(row(whole, None, gap=0, margin=3))
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.setStretch(0, 1000)

    def changed(self, sentence: str) -> None:
        """Say what was done, and look again."""
        self.notices.say("good", sentence)
        self.reload()
