"""How a sheet of paper is laid out: its size, its margins, the size of its letters."""

from dataclasses import dataclass
from typing import Literal

MM = 72 / 25.4
MARGIN = 20 * MM
FOOT = 8 * MM  # below the page number
LEADING = 1.3  # from line to line, as a part of the size

# The window of a DL or C5/6 envelope; nothing private but the address stands above FOLD.
WINDOW_TOP = 45 * MM
WINDOW_WIDTH = 85 * MM
WINDOW_HEIGHT = 45 * MM
FOLD = 105 * MM

# A token of the theme's light colours; they stay readable on a black-and-white printer.
Ink = Literal["ink", "quiet_ink", "teal", "on_teal", "ground"]

_SIZES = {"A4": (210 * MM, 297 * MM), "Letter": (8.5 * 72, 11.0 * 72)}


@dataclass(frozen=True)
class PaperStyle:
    """What a sheet is printed on and for whom.

    latin_letters: words that none of our fonts can draw are written in Latin letters; without it such a text is refused.
    """

    paper: Literal["A4", "Letter"] = "A4"
    large_print: bool = False
    latin_letters: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, in points."""
        return _SIZES[self.paper]

    @property
    def scale(self) -> float:
        """What large print multiplies every size of letters by."""
        return 18 / 14 if self.large_print else 1.0

    @property
    def letter(self) -> float:
        """The body of a letter, in points."""
        return 14 * self.scale

    @property
    def text(self) -> float:
        """The body of a report or list, in points."""
        return 18 if self.large_print else 12.0

    @property
    def small(self) -> float:
        """Letterhead and page number, in points."""
        return 10 * self.scale
