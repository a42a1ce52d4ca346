"""Draws a made-up ultrasound film of a beating heart with coloured flow, as RGB frames."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
_Polar = NDArray[np.float32]

_HALF_ANGLE = 0.72  # radians to each side
_DEPTHS, _BEAMS = 360, 240


@dataclass(frozen=True)
class Heart:
    """A heart seen from its tip; one beat fills the film, which can be played in a circle."""

    rows: int = 480
    columns: int = 640
    frames: int = 30
    seed: int = 3

    @cached_property
    def _fan(self) -> tuple[NDArray[np.bool_], NDArray[np.intp], NDArray[np.intp]]:
        """For each pixel: whether it lies in the fan, and which depth and beam it shows."""
        down, across = np.mgrid[0 : self.rows, 0 : self.columns].astype(np.float32)
        down -= self.rows * 0.06
        across -= self.columns / 2
        far = np.hypot(down, across) / (self.rows * 0.86)
        angle = np.arctan2(across, down)
        inside = (far < 1) & (far > 0.03) & (np.abs(angle) < _HALF_ANGLE)  # noqa: PLR2004 - the probe's face
        depth = np.clip(far * (_DEPTHS - 1), 0, _DEPTHS - 1).astype(np.intp)
        beam = np.clip((angle / _HALF_ANGLE + 1) / 2 * (_BEAMS - 1), 0, _BEAMS - 1).astype(np.intp)
        return inside, depth, beam

    @cached_property
    def _speckle(self) -> _Polar:
        chance = np.random.default_rng(self.seed)
        real, imaginary = chance.standard_normal((2, _DEPTHS, _BEAMS)).astype(np.float32)
        soft = [
            part + np.roll(part, 1, 1) + np.roll(part, -1, 1) + np.roll(part, 1, 0)
            for part in (real, imaginary)
        ]
        speckle: _Polar = np.hypot(soft[0], soft[1]) / np.float32(2.5)
        return speckle

    def frame_at(self, number: int) -> Frame:
        """Return one frame, (rows, columns, 3)."""
        phase = 2 * np.pi * number / self.frames
        squeeze = 0.5 - 0.5 * np.cos(phase)
        depth, beam = np.mgrid[0:_DEPTHS, 0:_BEAMS].astype(np.float32)
        far = depth / _DEPTHS
        angle = (beam / _BEAMS * 2 - 1) * np.float32(_HALF_ANGLE)
        x, y = far * np.sin(angle), far * np.cos(angle)
        grey, chamber = self._tissue(x, y, far, squeeze)
        flow = self._flow(x, y, phase) * chamber
        inside, rows, beams = self._fan
        shown = np.where(inside, grey[rows, beams], 0)
        picture = np.repeat(shown[..., None], 3, -1)
        moving = np.where(inside, flow[rows, beams], 0)
        slow = 0.12  # what is slower is left grey
        towards, away = np.clip(moving, 0, 1)[..., None], np.clip(-moving, 0, 1)[..., None]
        picture = np.where(
            towards > slow, np.concatenate([90 + 165 * towards, 200 * towards**2, 0 * towards], -1), picture
        )
        picture = np.where(
            away > slow, np.concatenate([0 * away, 190 * away**2, 90 + 165 * away], -1), picture
        )
        return self._lettered(np.clip(picture, 0, 255).astype(np.uint8), number)

    def _tissue(self, x: _Polar, y: _Polar, far: _Polar, squeeze: float) -> tuple[_Polar, _Polar]:
        wall = 0.040 + 0.022 * squeeze
        bright = 0.13 + 0.05 * np.cos(y * 24 + x * 9)
        chamber = np.zeros_like(x)
        for cx, cy, across, down in (
            (-0.085, 0.44, 0.13, 0.25),
            (0.13, 0.45, 0.10, 0.21),
            (-0.10, 0.79, 0.13, 0.11),
            (0.12, 0.78, 0.11, 0.10),
        ):
            upper = cy < 0.6  # noqa: PLR2004 - the ventricles squeeze while the atria fill
            size = 1 - (0.24 * squeeze if upper else 0.16 * (1 - squeeze))
            around = np.hypot((x - cx) / (across * size), (y - cy) / (down * size))
            edge = (around - 1) * min(across, down)
            muscle = 0.72 * np.exp(-(((edge - wall * 0.45) / (wall * 0.62)) ** 2))
            bright = np.where(edge > 0, np.maximum(bright, muscle), bright)
            bright = np.where(edge <= 0, 0.035, bright)
            chamber = np.where(edge < -0.008, 1.0, chamber)  # noqa: PLR2004
        opened = 0.35 + 0.9 * (1 - squeeze)
        for cx in (-0.09, 0.12):
            leaf = np.abs((y - 0.66) - np.abs(x - cx) * -opened * 0.6)
            bright = np.where((leaf < 0.011) & (np.abs(x - cx) < 0.11), 0.9, bright)  # noqa: PLR2004
        bright = np.where(np.hypot(x, (y - 0.55) * 0.62) > 0.34, 0.5 * bright + 0.10, bright)  # noqa: PLR2004
        drift = self._drifted(6 * squeeze)
        echo = bright * drift * np.exp(-0.55 * far) * (1 + 0.5 * np.sin(far * 3))
        return (np.log1p(7 * echo) / np.log(8) * 225).astype(np.float32), chamber

    def _drifted(self, by: float) -> _Polar:
        """Return the speckle moved down by a part of a depth step, as the muscle carries it along."""
        whole = int(by)
        drifted: _Polar = np.roll(self._speckle, whole, 0) * np.float32(1 - by + whole)
        drifted += np.roll(self._speckle, whole + 1, 0) * np.float32(by - whole)
        return drifted

    def _flow(self, x: _Polar, y: _Polar, phase: float) -> _Polar:
        """Return the speed towards the probe (red) or away from it (blue) inside a box."""
        box = (np.abs(x + 0.08) < 0.15) & (y > 0.33) & (y < 0.88)  # noqa: PLR2004
        jet = np.exp(-(((x + 0.10) / 0.075) ** 2)) * np.exp(
            -(((y - 0.62 - 0.06 * np.sin(phase)) / 0.20) ** 2)
        )
        speed = jet * np.sin(phase + 1.2 + 2.0 * (y - 0.6)) * (0.8 + 0.35 * self._speckle)
        return np.where(box, speed, 0).astype(np.float32)

    def _lettered(self, picture: Frame, number: int) -> Frame:
        """Add what a device draws: depth marks, a colour bar, a heart trace with its cursor."""
        for mark in range(1, 9):
            row = int(self.rows * (0.06 + 0.86 * mark / 8)) - 1
            picture[row : row + 2, self.columns - 26 : self.columns - (14 if mark % 2 else 8)] = 200
        bar = np.linspace(1, -1, self.rows // 4)
        top = self.rows // 16
        picture[top : top + len(bar), 14:26, 0] = (np.clip(bar, 0, 1) * 235)[:, None]
        picture[top : top + len(bar), 14:26, 1] = (bar**2 * 170)[:, None]
        picture[top : top + len(bar), 14:26, 2] = (np.clip(-bar, 0, 1) * 235)[:, None]
        across = np.arange(self.columns // 8, self.columns * 7 // 8)
        beat = (across / self.columns * 8 / 6 * 2) % 1
        trace = 1.0 * np.exp(-(((beat - 0.30) / 0.018) ** 2)) - 0.25 * np.exp(-(((beat - 0.34) / 0.02) ** 2))
        trace += 0.16 * np.exp(-(((beat - 0.16) / 0.04) ** 2)) + 0.24 * np.exp(-(((beat - 0.58) / 0.06) ** 2))
        level = (self.rows * 0.975 - trace * self.rows * 0.05).astype(int)
        for step in (0, 1):
            picture[np.clip(level + step, 0, self.rows - 1), across] = (90, 220, 140)
        cursor = int(self.columns / 8 + number / self.frames * self.columns * 3 / 8)
        picture[int(self.rows * 0.92) : self.rows - 2, cursor : cursor + 2] = (230, 230, 120)
        return picture
