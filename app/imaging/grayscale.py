"""From stored numbers to grey levels: modality LUT, VOI LUT, presentation (PS3.3 C.11.1, C.11.2, C.11.6).

Pure numpy, so that the viewer's process can apply a window itself: a table of 65,536 grey levels, no codec.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
GreyLevels = NDArray[np.uint8]
WHITE = 255


@dataclass(frozen=True)
class Window:
    """Which modality values are spread from black to white (0028,1050), (0028,1051), (0028,1056)."""

    center: float
    width: float
    explanation: str = ""
    function: str = "LINEAR"


@dataclass(frozen=True)
class LookUpTable:
    """A LUT of C.11.1.1 or C.11.2.1.1: values below first get the first entry, above the last the last one."""

    first: int
    bits: int
    entries: tuple[int, ...]
    explanation: str = ""

    def look_up(self, values: Array) -> Array:
        """Return the entries for the values."""
        places = np.clip(np.rint(values).astype(np.int64) - self.first, 0, len(self.entries) - 1)
        return np.asarray(self.entries, np.float64)[places]

    @property
    def highest(self) -> int:
        """The largest value that an entry can have."""
        return (1 << self.bits) - 1


@dataclass(frozen=True)
class Grayscale:
    """How one frame's stored numbers become grey levels."""

    slope: float = 1.0
    intercept: float = 0.0
    modality_table: LookUpTable | None = None
    windows: tuple[Window, ...] = ()
    tables: tuple[LookUpTable, ...] = ()
    inverted: bool = False  # the lowest value is white
    lowest: float = 0.0  # modality values of the frame; used where no window is given
    highest: float = 0.0

    @property
    def default_window(self) -> Window:
        """The window that a viewer starts with; the full range of the frame where the file has none."""
        if self.windows:
            return self.windows[0]
        if self.tables:
            return Window(
                self.tables[0].first + len(self.tables[0].entries) / 2, float(len(self.tables[0].entries))
            )
        # LINEAR_EXACT from lowest to highest (C.11.2.1.3.2).
        return Window((self.lowest + self.highest) / 2, self.highest - self.lowest, function="LINEAR_EXACT")

    def modality_values(self, stored: Array) -> Array:
        """Return what the numbers mean, for example Hounsfield units (C.11.1.1, C.11.1.1.2)."""
        if self.modality_table is not None:
            return self.modality_table.look_up(stored)
        values: Array = stored.astype(np.float64)
        values *= self.slope
        values += self.intercept
        return values

    def grey_levels(self, stored: Array, window: Window | None = None, *, invert: bool = False) -> GreyLevels:
        """Return 0 (black) to 255 (white) for stored numbers of any kind; window overrides the file's own."""
        values = self.modality_values(stored)
        if window is None and not self.windows and self.tables:
            table = self.tables[0]
            share = table.look_up(values) / table.highest
        else:
            whole = stored.dtype.kind != "f" and (
                self.modality_table is not None or float(self.slope).is_integer()
            )
            share = window_share(values, window or self.default_window, whole=whole)
        if self.inverted != invert:
            share = 1.0 - share
        # In place: a table of 65,536 is made for each look of an image. fmax also takes the place of what is no number.
        share = np.fmax(share, 0.0)
        np.minimum(share, 1.0, out=share)
        share *= WHITE
        return np.rint(share, out=share).astype(np.uint8)

    def table(self, window: Window | None = None, *, signed: bool, invert: bool = False) -> GreyLevels:
        """Return the grey levels of all 65,536 16-bit numbers, to be indexed with pixels seen as uint16."""
        numbers = np.arange(1 << 16, dtype=np.uint16)
        return self.grey_levels(numbers.view(np.int16) if signed else numbers, window, invert=invert)


def window_share(values: Array, window: Window, *, whole: bool = True) -> Array:
    """Return how white each value is, 0 to 1 (below and above are to be clipped).

    whole: the values are integers, which LINEAR is made for: it counts grey levels, not distances. Windows
    of width 1 and less over real numbers are meant as LINEAR_EXACT.
    """
    center, width = window.center, window.width
    if window.function == "SIGMOID" and width > 0:  # C.11.2.1.3.1
        return 1.0 / (1.0 + np.exp(np.clip(-4.0 * (values - center) / width, -700.0, 700.0)))
    if window.function == "LINEAR_EXACT" or width < 1 or (width == 1 and not whole):  # C.11.2.1.3.2
        return (values - center) / width + 0.5 if width > 0 else (values > center).astype(np.float64)
    if width == 1:  # C.11.2.1.2.1: nothing between black and white
        return (values > center - 0.5).astype(np.float64)
    share: Array = values - (center - 0.5)  # C.11.2.1.2.1
    share /= width - 1.0
    share += 0.5
    return share
