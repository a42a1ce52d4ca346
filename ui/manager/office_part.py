"""What the pages of the office have in common: a heading, a line for notices, and a look at what there is now."""

from PySide6.QtWidgets import QWidget

from ui.desk.rolling import WIDEST, rolling
from ui.desk.seat import Seat
from ui.page import Page
from ui.widgets.layout import column, row
from ui.widgets.text import Text


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
        widest: int = WIDEST,
    ) -> None:
        """Put the content below the heading, and buttons beside it; no wider than so many pixels."""
        head = row(Text(heading, "heading"), *beside)
        head.setStretch(0, 1)
        self.setLayout(
            column(
                rolling(
                    self._seat.surroundings.theme,
                    head,
                    Text(sentence, "quietText"),
                    self.notices,
                    *content,
                    widest=widest,
                )
            )
        )

    def changed(self, sentence: str) -> None:
        """Say what was done, and look again."""
        self.notices.say("good", sentence)
        self.reload()
