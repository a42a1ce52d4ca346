"""How light and how strong an image looks: from stored values to what the screen shows."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ui.viewer.source import ViewedFrame, Window

LEVELS: Final = 65_536
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

    def window_on(self, frame: ViewedFrame, extremes: tuple[int, int]) -> Window:
        """Return the window in modality units that a grey image is seen through now."""
        own = self.window or _own_window(frame, extremes)
        width = own.width / self.contrast
        away = -1.0 if frame.lowest_is_white != self.is_inverted else 1.0
        return replace(own, center=own.center - away * self.brightness * width, width=width)


def grey_table(frame: ViewedFrame, tone: Tone, extremes: tuple[int, int]) -> NDArray[np.uint32]:
    """Return the screen's colour (0xffRRGGBB) for each of the 65,536 stored values of a grey image."""
    if frame.look is not None and tone.window is None:
        grey = _adjusted(frame.look.astype(np.float32) / 255.0, tone)
    else:
        values = np.arange(LEVELS, dtype=np.float32) * np.float32(frame.slope) + np.float32(frame.intercept)
        grey = apply_window(values, tone.window_on(frame, extremes))
        if frame.lowest_is_white != tone.is_inverted:
            grey = 1.0 - grey
    level = np.rint(grey * 255.0).astype(np.uint32)
    table: NDArray[np.uint32] = level * np.uint32(0x010101) | np.uint32(OPAQUE)
    return table


def colour_table(tone: Tone) -> NDArray[np.uint8]:
    """Return what becomes of each of the 256 levels of a colour channel."""
    levels = np.arange(256, dtype=np.float32) / np.float32(255.0)
    table: NDArray[np.uint8] = np.rint(_adjusted(levels, tone) * 255.0).astype(np.uint8)
    return table


def apply_window(values: NDArray[np.float32], window: Window) -> NDArray[np.float32]:
    """Return values in modality units as 0 (black) to 1 (white) (PS3.3 C.11.2.1.2.1, C.11.2.1.3.1, C.11.2.1.3.2)."""
    center, width = np.float32(window.center), np.float32(window.width)
    if window.function == "SIGMOID":
        steps = np.clip(-4.0 * (values - center) / max(width, np.float32(1e-6)), -80.0, 80.0)
        curve: NDArray[np.float32] = (1.0 / (1.0 + np.exp(steps))).astype(np.float32)
        return curve
    if window.function == "LINEAR":
        center, width = center - np.float32(0.5), width - np.float32(1.0)
    if width <= 0:
        grey = (values > center).astype(np.float32)
    else:
        grey = np.clip((values - center) / width + np.float32(0.5), 0.0, 1.0)
    return grey


def _own_window(frame: ViewedFrame, extremes: tuple[int, int]) -> Window:
    if frame.windows:
        return frame.windows[0]
    low, high = (frame.slope * edge + frame.intercept for edge in extremes)
    return Window((low + high) / 2, max(abs(high - low), 1e-6), "LINEAR_EXACT")


def _adjusted(grey: NDArray[np.float32], tone: Tone) -> NDArray[np.float32]:
    turned = 1.0 - grey if tone.is_inverted else grey
    adjusted: NDArray[np.float32] = np.clip((turned - 0.5) * tone.contrast + 0.5 + tone.brightness, 0.0, 1.0)
    return adjusted
