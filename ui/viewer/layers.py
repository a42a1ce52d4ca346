"""One image at several resolutions, so that only what the screen can show is ever coloured."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ui.viewer.source import Pixels, ViewedFrame

SMALLEST_SIDE = 512  # pixels: below this a further level saves nothing


@dataclass(frozen=True, eq=False)
class Layers:
    """A frame and its halves, quarters…; made in the images lane, drawn in the window."""

    frame: ViewedFrame
    levels: tuple[Pixels, ...]
    extremes: tuple[int, int]  # the lowest and highest stored value, where no window says what to show

    @property
    def is_colour(self) -> bool:
        """Tell whether this is RGB."""
        return self.levels[0].ndim == 3  # noqa: PLR2004 - rows, columns, channels

    @property
    def is_reduced(self) -> bool:
        """Tell whether the source gave fewer pixels than the image has."""
        return bool(self.levels[0].shape[0] < self.frame.rows)

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height in image units: a unit is the width of one pixel of the whole image."""
        return float(self.frame.columns), self.frame.rows * self.frame.pixel_aspect

    @property
    def bytes(self) -> int:
        """Return what this takes in memory."""
        look = 0 if self.frame.look is None else self.frame.look.nbytes
        return look + sum(level.nbytes for level in self.levels)

    def level_for(self, scale: float) -> Pixels:
        """Return the smallest level that still has a pixel for each screen pixel; scale: screen pixels per unit."""
        for level in reversed(self.levels):
            if level.shape[1] >= self.frame.columns * scale:
                return level
        return self.levels[0]


def make_layers(frame: ViewedFrame) -> Layers:
    """Return the frame with its smaller levels, each the mean of two by two pixels of the one before."""
    levels: list[Pixels] = [frame.pixels]
    while max(levels[-1].shape[:2]) > SMALLEST_SIDE:
        levels.append(_halved(levels[-1]))
    needs_extremes = frame.pixels.ndim == 2 and not frame.windows  # noqa: PLR2004
    extremes = (int(frame.pixels.min()), int(frame.pixels.max())) if needs_extremes else (0, 0)
    return Layers(frame, tuple(levels), extremes)


def _halved(pixels: NDArray[Any]) -> Pixels:
    rows, columns = pixels.shape[0] // 2 * 2 or 1, pixels.shape[1] // 2 * 2 or 1
    even = pixels[:rows, :columns]
    total = even[::2, ::2].astype(np.uint32)
    quarters = (even[1::2, ::2], even[::2, 1::2], even[1::2, 1::2])
    if min(rows, columns) == 1:  # a line of pixels: take every other one
        return np.ascontiguousarray(even[::2, ::2])
    for quarter in quarters:
        total += quarter
    total >>= 2
    halved: Pixels = total.astype(pixels.dtype)
    return halved
