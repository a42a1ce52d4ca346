"""How light and how strong an image looks: from stored values to what the screen shows."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.imaging.grayscale import Grayscale, Window

OPAQUE: Final = 0xFF000000
STEP: Final = 0.1  # of the whole range, one press of brighter or darker
STRONGER: Final = 1.25  # one press of more contrast
FARTHEST: Final = 1.0
STRONGEST: Final = 40.0


@dataclass(frozen=True)
class Tone:
    """What a person changed from the look that the file asks for; it stays while they go from image to image."""

    window: Window | None = None  # a preset instead of the file's own window
    brightness: float = 0.0  # -1 to 1 of the screen's range
    contrast: float = 1.0
    is_inverted: bool = False

    def darker(self) -> "Tone":
        """Return this tone with everything a step darker."""
        return self.brighter(-STEP)

    def brighter(self, by: float = STEP) -> "Tone":
        """Return this tone with everything lighter; a negative step is darker."""
        return replace(self, brightness=max(-FARTHEST, min(FARTHEST, self.brightness + by)))

    def stronger(self, by: float = STRONGER) -> "Tone":
        """Return this tone with greys farther apart; a factor below 1 brings them nearer."""
        return replace(self, contrast=max(1 / STRONGEST, min(STRONGEST, self.contrast * by)))

    def inverted(self) -> "Tone":
        """Return this tone with black and white exchanged."""
        return replace(self, is_inverted=not self.is_inverted)

    def dragged(self, across: float, down: float) -> "Tone":
        """Return this tone after a window/level drag, in widths and heights of the view: right widens, up lightens."""
        return self.stronger(math.exp(-2.0 * across)).brighter(-down)

    def window_on(self, grayscale: Grayscale) -> Window:
        """Return the window in modality units that a grey image is seen through now."""
        own = self.window or grayscale.default_window
        width = own.width / self.contrast
        away = -1.0 if grayscale.inverted != self.is_inverted else 1.0
        return replace(own, center=own.center - away * self.brightness * width, width=width)


def grey_table(grayscale: Grayscale, tone: Tone, *, signed: bool) -> NDArray[np.uint32]:
    """Return the screen's colour (0xffRRGGBB) for each of the 65,536 stored numbers, seen as uint16."""
    if (
        tone.window is None and grayscale.tables and not grayscale.windows
    ):  # a curve, not a window: adjust its greys
        grey = colour_table(tone)[grayscale.table(signed=signed)]
    else:
        grey = grayscale.table(tone.window_on(grayscale), signed=signed, invert=tone.is_inverted)
    table: NDArray[np.uint32] = grey * np.uint32(0x010101) | np.uint32(OPAQUE)
    return table


def colour_table(tone: Tone) -> NDArray[np.uint8]:
    """Return what becomes of each of the 256 levels of a colour channel."""
    levels = np.arange(256) / 255.0
    turned = 1.0 - levels if tone.is_inverted else levels
    adjusted = np.clip((turned - 0.5) * tone.contrast + 0.5 + tone.brightness, 0.0, 1.0)
    table: NDArray[np.uint8] = np.rint(adjusted * 255.0).astype(np.uint8)
    return table
