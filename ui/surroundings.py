"""What every window of a station stands in: the portal, who the station is, words, look, printers."""

from dataclasses import dataclass

from app.callers import Caller
from app.portal import Acting, Portal
from app.words import Words
from ui.background import Background
from ui.printing import Printers
from ui.theme import Theme


@dataclass(frozen=True)
class Surroundings:
    """Handed to pages; made once by desktop.py."""

    portal: Portal
    station: Caller
    words: Words
    background: Background
    theme: Theme
    printers: Printers
    is_practice: bool = False

    def here(self) -> Acting:
        """The portal as the station sees it while nobody is signed in."""
        return self.portal.acting(self.station)
