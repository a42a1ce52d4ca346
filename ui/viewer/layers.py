"""One image at several resolutions, so that only what the screen can show is ever coloured."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ui.viewer.source import ViewedFrame

MOST_STRETCHED = 50.0  # a pixel this much taller than wide, or wider than tall, is a slip of the pen
SMALLEST_SIDE = 512  # pixels: below this a further level saves nothing


@dataclass(frozen=True, eq=False)
class Layers:
    """A frame and its halves, quarters…; made in the images lane, drawn in the window.

    Grey levels hold stored numbers, colour ones the screen's 0xffRRGGBB.
    """

    frame: ViewedFrame  # its pixels are the first level
    levels: tuple[NDArray[Any], ...]
    overlay: tuple[NDArray[np.uint8], ...] = ()  # drawings over the image, at the same sizes: 1 where one is

    @property
    def is_colour(self) -> bool:
        """Tell whether this is RGB."""
        return self.frame.grayscale is None

    @property
    def is_reduced(self) -> bool:
        """Tell whether the source gave fewer pixels than the image has."""
        return bool(self.levels[0].shape[0] < self.frame.rows)

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height in image units: a unit is the width of one pixel of the whole image."""
        aspect = self.frame.pixel_aspect
        believable = aspect if 1 / MOST_STRETCHED <= aspect <= MOST_STRETCHED else 1.0
        return float(self.frame.columns), self.frame.rows * believable

    @property
    def bytes(self) -> int:
        """Return what this takes in memory."""
        return sum(level.nbytes for level in (*self.levels, *self.overlay))

    def level_for(self, scale: float) -> int:
        """Return the smallest level that still has a pixel for each screen pixel; scale: screen pixels per unit."""
        for number in range(len(self.levels) - 1, 0, -1):
            if self.levels[number].shape[1] >= self.frame.columns * scale:
                return number
        return 0


def make_layers(frame: ViewedFrame, drawings: NDArray[np.uint8] | None = None) -> Layers:
    """Return the frame with its smaller levels, each the mean of two by two pixels of the one before.

    drawings: what lies over it, white on black; left out where it has another size. Raises ValueError when
    there is no pixel.
    """
    if not frame.pixels.size or frame.rows < 1 or frame.columns < 1:
        raise ValueError
    levels: list[NDArray[Any]] = [frame.pixels]
    while max(levels[-1].shape[:2]) > SMALLEST_SIDE:
        levels.append(_halved(levels[-1]))
    if frame.grayscale is None:
        levels = [_packed(level) for level in levels]
    overlay: list[NDArray[np.uint8]] = []
    if drawings is not None and drawings.shape == levels[0].shape[:2] and drawings.any():
        overlay.append((drawings > 0).view(np.uint8))
        while len(overlay) < len(levels):
            overlay.append(_thickened(overlay[-1], levels[len(overlay)].shape[:2]))
    return Layers(replace(frame, pixels=levels[0]), tuple(levels), tuple(overlay))


def _thickened(drawn: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Halve drawings so that the thinnest line stays."""
    if min(drawn.shape) < 2:  # noqa: PLR2004 - a line of pixels: as the image is halved
        return np.ascontiguousarray(drawn[::2, ::2])
    even = drawn[: shape[0] * 2, : shape[1] * 2]
    halved: NDArray[np.uint8] = even[::2, ::2] | even[1::2, ::2] | even[::2, 1::2] | even[1::2, 1::2]
    return halved


def _halved(pixels: NDArray[Any]) -> NDArray[Any]:
    rows, columns = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    if not rows or not columns:  # a line of pixels: take every other one
        return np.ascontiguousarray(pixels[::2, ::2])
    even = pixels[:rows, :columns]
    total = even[::2, ::2].astype(np.int32)
    for quarter in (even[1::2, ::2], even[::2, 1::2], even[1::2, 1::2]):
        total += quarter
    halved: NDArray[Any] = (total >> 2).astype(pixels.dtype)
    return halved


def _packed(rgb: NDArray[Any]) -> NDArray[np.uint32]:
    packed = np.full(rgb.shape[:2], 0xFF000000, np.uint32)
    for channel, shift in enumerate((16, 8, 0)):
        packed |= rgb[..., channel].astype(np.uint32) << np.uint32(shift)
    return packed
