"""Draws a made-up left hand as a radiograph: how much X-ray passes at each point, 0 to 1 (logarithmic)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Plate = NDArray[np.float32]

# Where the fingers begin at the wrist and where they end, and how thick they are, in shares of the plate's width.
_FINGERS = (
    # wrist x, y    tip x, y      radius, lengths of metacarpal and phalanges
    ((0.34, 0.86), (0.07, 0.55), 0.036, (0.40, 0.34, 0.26)),
    ((0.41, 0.83), (0.27, 0.17), 0.033, (0.40, 0.27, 0.19, 0.14)),
    ((0.47, 0.82), (0.47, 0.10), 0.034, (0.38, 0.28, 0.20, 0.14)),
    ((0.53, 0.83), (0.65, 0.16), 0.032, (0.38, 0.28, 0.20, 0.14)),
    ((0.58, 0.86), (0.83, 0.33), 0.028, (0.41, 0.27, 0.18, 0.14)),
)
_CARPALS = (
    (0.385, 0.905, 0.036, 0.033),
    (0.432, 0.897, 0.030, 0.029),
    (0.487, 0.900, 0.033, 0.041),
    (0.545, 0.905, 0.034, 0.035),
    (0.412, 0.957, 0.031, 0.039),
    (0.472, 0.960, 0.033, 0.030),
    (0.530, 0.957, 0.029, 0.030),
    (0.556, 0.945, 0.019, 0.020),
)


@dataclass(frozen=True)
class Hand:
    """A left hand on a plate, palm down."""

    rows: int = 2500
    columns: int = 2000
    seed: int = 2

    def exposure(self) -> Plate:
        """Return the logarithm of what reached the plate: 1 beside the hand, less behind bone."""
        chance = np.random.default_rng(self.seed)
        plate = _Plate(self.rows, self.columns)
        self._flesh(plate)
        self._bones(plate)
        texture = (
            _clouds(chance, (self.rows, self.columns), 9) * 0.10
            + _clouds(chance, (self.rows, self.columns), 40) * 0.05
        )
        bone = plate.bone * (1 + texture)
        marker = np.zeros_like(bone)
        unit = self.columns // 40
        marker[2 * unit : 6 * unit, 3 * unit : 3 * unit + unit // 2] = 1.0
        marker[6 * unit - unit // 2 : 6 * unit, 3 * unit : 5 * unit + unit // 2] = 1.0
        shade = np.linspace(0.02, -0.02, self.columns, dtype=np.float32)
        grain = chance.standard_normal((self.rows, self.columns), np.float32) * np.float32(0.0055)
        passed = 1.0 - 2.1 * plate.flesh - 6.6 * bone - 0.75 * marker
        exposure: Plate = np.clip(passed * 0.92 + 0.02 + shade + grain, 0, 1).astype(np.float32)
        return exposure

    def _flesh(self, plate: "_Plate") -> None:
        for wrist, tip, radius, _lengths in _FINGERS:
            start = _between(wrist, tip, 0.16)
            end = _between(wrist, tip, 1.03)
            plate.rod(start, end, radius * 1.75, radius * 1.30, flesh=True)
        plate.rod((0.455, 0.70), (0.475, 0.95), 0.175, 0.145, flesh=True)
        plate.rod((0.40, 0.74), (0.30, 0.80), 0.10, 0.09, flesh=True)
        plate.rod((0.475, 0.95), (0.485, 1.45), 0.140, 0.155, flesh=True)

    def _bones(self, plate: "_Plate") -> None:
        for wrist, tip, radius, lengths in _FINGERS:
            at = 0.0
            long = float(np.hypot(tip[0] - wrist[0], tip[1] - wrist[1]))
            for number, length in enumerate(lengths):
                thick = radius * (0.98 - 0.12 * number)
                gap = thick * 0.80 / long  # the round ends of two bones meet
                start, end = _between(wrist, tip, at + gap), _between(wrist, tip, at + length - gap)
                plate.bone_between(start, end, thick, tapered=number == len(lengths) - 1)
                at += length
        for x, y, across, down in _CARPALS:
            plate.pebble(x, y * 1.02, across, down)
        plate.bone_between((0.435, 1.055), (0.43, 1.50), 0.062, tapered=False)
        plate.bone_between((0.562, 1.050), (0.572, 1.50), 0.040, tapered=False)


class _Plate:
    """Thickness of flesh and bone at every point, in shares of the plate's width."""

    def __init__(self, rows: int, columns: int) -> None:
        self._columns = columns
        down, across = np.mgrid[0:rows, 0:columns].astype(np.float32)
        self._x, self._y = across / columns, down / columns
        self.flesh = np.zeros((rows, columns), np.float32)
        self.bone = np.zeros((rows, columns), np.float32)

    def rod(
        self, start: tuple[float, float], end: tuple[float, float], wide: float, narrow: float, *, flesh: bool
    ) -> None:
        """Lay a round rod; flesh grows together, bones lie over each other."""
        window, along, beside = self._along(start, end, wide)
        radius = wide + (narrow - wide) * np.clip(along, 0, 1)
        thick = 2 * np.sqrt(np.clip(radius * radius - beside * beside, 0, None))
        if flesh:
            squeezed = np.minimum(thick, 0.17 + 0.25 * (thick - 0.17).clip(0))
            self.flesh[window] = np.maximum(self.flesh[window], squeezed)
        else:
            self.bone[window] += thick * np.float32(0.9)

    def bone_between(
        self, start: tuple[float, float], end: tuple[float, float], radius: float, *, tapered: bool
    ) -> None:
        """Lay a long bone: wide ends of spongy bone, a narrow hollow shaft of hard bone."""
        window, along, beside = self._along(start, end, radius * 1.1)
        place = np.clip(along, 0, 1)
        waist = np.clip(np.sin(np.pi * place), 0, 1) ** 0.7
        outer = radius * (1 - 0.42 * waist) * (1 - 0.28 * place * tapered)
        hard = radius * (0.07 + 0.16 * waist)
        inner = np.clip(outer - hard, 0, None)
        shell = np.sqrt(np.clip(outer**2 - beside**2, 0, None)) - np.sqrt(
            np.clip(inner**2 - beside**2, 0, None)
        )
        core = np.sqrt(np.clip(inner**2 - beside**2, 0, None))
        self.bone[window] += (2 * shell + (1.05 - 0.55 * waist) * core) * np.float32(0.85)

    def pebble(self, x: float, y: float, across: float, down: float) -> None:
        """Lay a small round bone of the wrist."""
        window = self._window(x, y, max(across, down) * 1.1)
        far = np.hypot((self._x[window] - x) / across, (self._y[window] - y) / down)
        body = np.sqrt(np.clip(1 - far**2, 0, None))
        rim = np.clip(1 - np.abs(far - 0.93) / 0.09, 0, 1) * 0.35
        self.bone[window] += (body * 0.95 + rim) * min(across, down)

    def _along(
        self, start: tuple[float, float], end: tuple[float, float], radius: float
    ) -> tuple[tuple[slice, slice], Plate, Plate]:
        """Return a window around a line, how far along the line each point is (0 to 1), and how far beside it."""
        (x0, y0), (x1, y1) = start, end
        long = float(np.hypot(x1 - x0, y1 - y0))
        window = self._window((x0 + x1) / 2, (y0 + y1) / 2, long / 2 + radius)
        dx, dy = self._x[window] - x0, self._y[window] - y0
        along = (dx * (x1 - x0) + dy * (y1 - y0)) / (long * long)
        over = along - np.clip(along, 0, 1)
        beside = np.hypot((dx * (y1 - y0) - dy * (x1 - x0)) / long, over * long)
        return window, along.astype(np.float32), beside.astype(np.float32)

    def _window(self, x: float, y: float, reach: float) -> tuple[slice, slice]:
        left, top = (max(0, int((at - reach) * self._columns) - 1) for at in (x, y))
        right, bottom = (max(0, int((at + reach) * self._columns) + 2) for at in (x, y))
        return slice(top, bottom), slice(left, right)


def _between(start: tuple[float, float], end: tuple[float, float], share: float) -> tuple[float, float]:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _clouds(chance: np.random.Generator, shape: tuple[int, int], grain: int) -> Plate:
    """Return soft noise about zero with spots of some pixels."""
    small = chance.standard_normal((shape[0] // grain + 3, shape[1] // grain + 3)).astype(np.float32)
    rows = np.arange(shape[0], dtype=np.float32) / grain
    columns = np.arange(shape[1], dtype=np.float32) / grain
    top, left = rows.astype(int), columns.astype(int)
    down, right = (rows - top)[:, None], (columns - left)[None, :]
    upper = small[top][:, left] * (1 - right) + small[top][:, left + 1] * right
    lower = small[top + 1][:, left] * (1 - right) + small[top + 1][:, left + 1] * right
    clouds: Plate = upper * (1 - down) + lower * down
    return clouds
