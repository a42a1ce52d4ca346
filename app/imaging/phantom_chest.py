"""Draws a made-up chest, slice by slice, in Hounsfield units: nobody's, but believable at first sight."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Slice = NDArray[np.float32]

_AIR, _LUNG, _FAT, _MUSCLE, _BLOOD, _MARROW, _BONE, _LIVER = -1000, -860, -95, 48, 165, 230, 820, 105
_SIDE_MM = 400.0
_LENGTH_MM = 320.0


@dataclass(frozen=True)
class _Vessel:
    """A piece of a lung vessel, from (x, y, z) to (x, y, z), in mm."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    radius: float


@dataclass(frozen=True)
class Chest:
    """The chest of one made-up person; seed decides on the branching of the vessels and the noise."""

    side: int = 512
    seed: int = 1

    @cached_property
    def _grid(self) -> tuple[Slice, Slice]:
        steps = (np.arange(self.side, dtype=np.float32) + 0.5) / self.side * _SIDE_MM - _SIDE_MM / 2
        return np.meshgrid(steps, steps)

    @cached_property
    def _vessels(self) -> tuple[_Vessel, ...]:
        """Trees that branch from both lung roots outward, thinner with each fork."""
        chance = np.random.default_rng(self.seed)
        found: list[_Vessel] = []
        for side in (-1.0, 1.0):
            tips = [(np.array([side * 38.0, 5.0, 150.0]), np.array([side, 0.0, 0.0]), 6.5)] * 9
            for _ in range(6):
                grown = []
                for start, heading, radius in tips:
                    turned = heading + chance.normal(0, 0.75, 3) * np.array([0.55, 0.8, 1.1])
                    turned /= np.linalg.norm(turned)
                    end = start + turned * (9 + 3.4 * radius)
                    found.append(_Vessel(start, end, radius * 0.62))
                    grown += [(end, turned, radius * chance.uniform(0.62, 0.82)) for _ in range(2)]
                tips = grown
        return tuple(found)

    def slice_at(self, share: float) -> Slice:
        """Return the slice at a share of the way from the top (0) to the bottom (1) of the scan."""
        z = share * _LENGTH_MM
        drawing = _Drawing(*self._grid, _SIDE_MM / self.side)
        shoulders = max(0.0, 1 - share * 4)
        width, depth = 158 + 14 * np.sin(share * 2.4) + 22 * shoulders, 122 + 6 * share - 8 * shoulders
        drawing.ellipse(0, 0, width, depth, _FAT)
        drawing.ellipse(0, 1, width - 13 - 8 * share, depth - 13, _MUSCLE)
        self._fat_between_muscles(drawing, width, depth)
        self._lungs(drawing, share, z)
        self._middle(drawing, share)
        self._belly(drawing, share)
        self._bones(drawing, share, z, width, depth)
        drawing.line(-175, 128, 175, 128, 3.0, -350)
        drawing.line(-175, 134, 175, 134, 1.2, 120)
        return drawing.image + self._noise(share)

    def _fat_between_muscles(self, drawing: "_Drawing", width: float, depth: float) -> None:
        for side in (-1.0, 1.0):
            drawing.ellipse(side * 32, depth - 22, 25, 9, _MUSCLE + 14, turn=-side * 0.12)
            drawing.ellipse(side * 58, depth - 33, 7, 2.2, _FAT, turn=-side * 0.45)
            drawing.ellipse(side * 7, depth - 17, 1.6, 8, _FAT)
            for angle in (-0.9, -0.3, 0.25):
                x, y = side * np.cos(angle) * (width - 33), np.sin(angle) * (depth - 30)
                drawing.ellipse(
                    x, y, 12, 1.5, _FAT, turn=float(np.arctan2(np.cos(angle), -side * np.sin(angle)))
                )

    def _lungs(self, drawing: "_Drawing", share: float, z: float) -> None:
        size = np.sqrt(np.clip(share * 3.2, 0, 1)) * np.clip((1.06 - share) * 4.5, 0, 1)
        if size <= 0.05:  # noqa: PLR2004 - too small to see
            return
        for side in (-1.0, 1.0):
            drawing.ellipse(side * 74, 2, 56 * size, 88 * size, _LUNG, turn=side * 0.10)
        for vessel in self._vessels:
            low, high = sorted((vessel.start[2], vessel.end[2]))
            if low - vessel.radius <= z <= high + vessel.radius:
                self._vessel(drawing, vessel, z, size)

    def _vessel(self, drawing: "_Drawing", vessel: _Vessel, z: float, size: float) -> None:
        rise = vessel.end[2] - vessel.start[2]
        along = np.clip((z - vessel.start[2]) / rise if abs(rise) > 1 else 0.5, 0, 1)
        at = vessel.start + (vessel.end - vessel.start) * along
        inside = ((abs(at[0]) - 74) / 52) ** 2 + ((at[1] - 2) / 84) ** 2 < size * size
        if inside:
            stretch = min(3.0, np.hypot(*(vessel.end - vessel.start)[:2]) / (abs(rise) + 1e-6) + 1)
            turn = np.arctan2(vessel.end[1] - vessel.start[1], vessel.end[0] - vessel.start[0])
            drawing.ellipse(at[0], at[1], vessel.radius * stretch, vessel.radius, 30, turn=float(turn))

    def _middle(self, drawing: "_Drawing", share: float) -> None:
        """Windpipe, great vessels, heart."""
        drawing.ellipse(0, -8, 33, 62 - 20 * share, _MUSCLE - 20)
        heart = np.clip(1 - ((share - 0.66) / 0.26) ** 2, 0, 1) ** 0.5
        if heart > 0:
            drawing.ellipse(20, -38, 62 * heart, 46 * heart, _MUSCLE, turn=0.5)
            drawing.ellipse(36, -34, 30 * heart, 24 * heart, _BLOOD, turn=0.6)
            drawing.ellipse(-6, -50, 25 * heart, 22 * heart, _BLOOD - 10, turn=0.3)
        if share > 0.30:  # noqa: PLR2004 - below the arch of the aorta
            drawing.ellipse(20, 38, 12.5, 12.5, _BLOOD + 25)
        else:
            drawing.ellipse(8, 6, 15, 30, _BLOOD + 25, turn=-0.35)
        if share < 0.62:  # noqa: PLR2004
            drawing.ellipse(-14, -46, 13, 12, _BLOOD + 10)
        apart = max(0.0, (share - 0.40) * 170)
        if apart < 30:  # noqa: PLR2004 - the windpipe forks, then both branches are in the lungs
            for side in (-1.0, 1.0):
                drawing.ellipse(side * apart, 14, 9.0 - apart / 12, 10.0 - apart / 12, _MUSCLE)
                drawing.ellipse(side * apart, 14, 7.5 - apart / 12, 8.5 - apart / 12, _AIR)

    def _belly(self, drawing: "_Drawing", share: float) -> None:
        """Domes of liver, spleen and stomach that rise into the lungs."""
        if share > 0.66:  # noqa: PLR2004
            grown = np.clip((share - 0.66) * 4.2, 0, 1) ** 0.5
            drawing.ellipse(-66, -2, 70 * grown, 84 * grown, _LIVER)
            for x, y, r in ((-80, -20, 4.5), (-58, 8, 5.5), (-40, -28, 3.5)):
                drawing.ellipse(x * grown, y * grown, r * grown, r * grown * 1.7, _BLOOD, turn=0.6)
        if share > 0.74:  # noqa: PLR2004
            grown = np.clip((share - 0.74) * 5, 0, 1) ** 0.5
            drawing.ellipse(84, 40, 44 * grown, 38 * grown, _LIVER + 15, turn=0.7)
            drawing.ellipse(58, -42, 48 * grown, 34 * grown, 22)
            drawing.ellipse(56, -62, 30 * grown, 11 * grown, _AIR)

    def _bones(self, drawing: "_Drawing", share: float, z: float, width: float, depth: float) -> None:
        disc = np.cos(z / 25.0 * 2 * np.pi) > 0.75  # noqa: PLR2004 - between two vertebrae
        drawing.ellipse(0, 68, 21, 18, 90 if disc else _BONE * 0.75)
        drawing.ellipse(0, 68, 18.5, 15.5, 85 if disc else _MARROW)
        drawing.ellipse(0, 89, 13, 11, _BONE * 0.8)
        drawing.ellipse(0, 89, 9.5, 8, 20)
        drawing.ellipse(0, 100 + 2 * np.sin(z / 6), 3.5, 9, _BONE * 0.7)
        for side in (-1.0, 1.0):
            drawing.ellipse(side * 22, 88, 16, 5, _BONE * 0.75, turn=side * 0.2)
        if share < 0.72:  # noqa: PLR2004
            drawing.ellipse(0, -depth + 17, 19, 6.5, _BONE * 0.7)
            drawing.ellipse(0, -depth + 17, 16, 4.0, _MARROW * 0.8)
        for rib in range(-2, 14):
            falls = (z - rib * 25.0) / 62.0  # each rib falls from the spine to the front
            if 0 <= falls <= 1:
                self._rib(drawing, falls, width, depth)
        if share < 0.2:  # noqa: PLR2004
            for side in (-1.0, 1.0):
                drawing.ellipse(side * (112 + 60 * share), 48, 5.5, 38, _BONE * 0.7, turn=side * 0.9)
                drawing.ellipse(side * 64, -depth + 40, 46, 6, _BONE * 0.8, turn=side * 0.25)

    def _rib(self, drawing: "_Drawing", falls: float, width: float, depth: float) -> None:
        angle = np.pi / 2 - 0.22 - falls * 2.6
        for side in (-1.0, 1.0):
            x, y = side * np.cos(angle) * (width - 27), np.sin(angle) * (depth - 24)
            turn = np.arctan2(np.cos(angle) * (depth - 24), -side * np.sin(angle) * (width - 27))
            drawing.ellipse(x, y, 15, 5.2, _BONE, turn=float(turn))
            drawing.ellipse(x, y, 12.5, 2.8, _MARROW, turn=float(turn))

    @cached_property
    def _grain(self) -> Slice:
        grain = np.random.default_rng(self.seed).standard_normal((self.side, self.side), np.float32)
        smooth = grain + np.roll(grain, 1, 0) + np.roll(grain, 1, 1) + np.roll(grain, (1, 1), (0, 1))
        return smooth * np.float32(7.5)

    def _noise(self, share: float) -> Slice:
        """Return noise that no two neighbouring slices share: one field, wrapped round from elsewhere."""
        places = np.random.default_rng([self.seed, int(share * 1e6)]).integers(0, self.side, 2)
        return np.roll(self._grain, places, (0, 1))


class _Drawing:
    """A slice in the making; shapes are laid over each other with soft edges."""

    def __init__(self, x: Slice, y: Slice, pixel: float) -> None:
        self._x, self._y, self._pixel = x, y, pixel
        self.image = np.full_like(x, _AIR)

    def ellipse(
        self, x: float, y: float, across: float, down: float, value: float, turn: float = 0.0
    ) -> None:
        """Lay an ellipse of one value; all lengths in mm, turn in radians."""
        if across <= 0 or down <= 0:
            return
        window = self._window(x, y, max(across, down) + 2 * self._pixel)
        dx, dy = self._x[window] - np.float32(x), self._y[window] - np.float32(y)
        cosine, sine = np.float32(np.cos(turn)), np.float32(np.sin(turn))
        far = np.hypot(
            (dx * cosine + dy * sine) / np.float32(across), (dy * cosine - dx * sine) / np.float32(down)
        )
        self._blend(window, (1 - far) * np.float32(min(across, down)), value)

    def line(self, x0: float, y0: float, x1: float, _y1: float, thick: float, value: float) -> None:
        """Lay a level line."""
        window = self._window((x0 + x1) / 2, y0, abs(x1 - x0) / 2 + thick)
        inside = np.minimum(
            np.minimum(self._x[window] - x0, x1 - self._x[window]), thick / 2 - np.abs(self._y[window] - y0)
        )
        self._blend(window, inside.astype(np.float32), value)

    def _window(self, x: float, y: float, reach: float) -> tuple[slice, slice]:
        side = self.image.shape[0]
        left, top = (int((at - reach) / self._pixel + side / 2) for at in (x, y))
        size = int(2 * reach / self._pixel) + 2
        return slice(max(0, top), max(0, top + size)), slice(max(0, left), max(0, left + size))

    def _blend(self, window: tuple[slice, slice], inside: Slice, value: float) -> None:
        weight = np.clip(inside / np.float32(self._pixel) + np.float32(0.5), 0, 1)
        self.image[window] += weight * (np.float32(value) - self.image[window])
