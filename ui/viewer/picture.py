"""Draws the visible part of one image, coloured through a table into buffers that are used again."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter

from app.imaging.grayscale import Grayscale
from ui.viewer.halo import INK
from ui.viewer.layers import Layers
from ui.viewer.placement import Placement
from ui.viewer.tone import Tone, colour_table, grey_table

COARSE = 0.5  # of the resolution is enough while something moves
LARGE = 3_000_000  # screen pixels: smooth scaling of more takes too long while something moves
MARGIN = 2  # pixels of the level beyond the edge of the view, for smooth scaling


class Picture:
    """What was coloured last is kept: a repaint that changes nothing but the controls costs one draw."""

    def __init__(self) -> None:
        self._buffer = np.empty(0, np.uint32)
        self._coloured: tuple[Layers, Tone, int, QRect] | None = None
        self._image = QImage()
        self._table: tuple[tuple[Grayscale, Tone, bool], NDArray[np.uint32]] | None = None

    def clear(self) -> None:
        """Forget the image, and wipe what was coloured of it."""
        self._image = QImage()
        self._coloured = self._table = None
        self._buffer = np.empty(0, np.uint32)

    def shows(self, layers: Layers) -> bool:
        """Tell whether it was this image that was coloured last."""
        return self._coloured is not None and self._coloured[0] is layers

    def prepare(
        self,
        layers: Layers,
        placement: Placement,
        tone: Tone,
        view: QRectF,
        density: float,
        *,
        is_smooth: bool,
    ) -> tuple[int, QRect] | None:
        """Colour what the view shows of the image, unless that is done; return the level and the part, if any.

        density: pixels of the screen for each point.
        """
        size = QSizeF(*layers.size)
        inverse, is_possible = placement.transform(size).inverted()
        needed = placement.scale * density
        number = layers.level_for(needed if is_smooth else needed * COARSE)
        level = layers.levels[number]
        rows, columns = level.shape[:2]
        across, down = columns / size.width(), rows / size.height()
        seen = inverse.mapRect(view).intersected(QRectF(0, 0, size.width(), size.height()))
        if not is_possible or seen.isEmpty():
            return None
        left, top = max(0, int(seen.left() * across) - MARGIN), max(0, int(seen.top() * down) - MARGIN)
        right = min(columns, math.ceil(seen.right() * across) + MARGIN)
        bottom = min(rows, math.ceil(seen.bottom() * down) + MARGIN)
        part = QRect(left, top, right - left, bottom - top)
        if self._coloured != (layers, tone, number, part):
            self._colour(layers, tone, level[top:bottom, left:right])
            self._coloured = (layers, tone, number, part)
        return number, part

    def paint(
        self,
        painter: QPainter,
        layers: Layers,
        placement: Placement,
        tone: Tone,
        view: QRectF,
        *,
        is_smooth: bool,
        has_drawings: bool = True,
    ) -> None:
        """Draw the image where it is placed, as much of it as the view shows, and what is drawn over it."""
        density = painter.device().devicePixelRatioF()
        found = self.prepare(layers, placement, tone, view, density, is_smooth=is_smooth)
        if found is None:
            return
        number, part = found
        size, way = QSizeF(*layers.size), placement.transform(QSizeF(*layers.size))
        rows, columns = layers.levels[number].shape[:2]
        across, down = columns / size.width(), rows / size.height()
        target = QRectF(part.x() / across, part.y() / down, part.width() / across, part.height() / down)
        painter.save()
        painter.setTransform(way, combine=True)
        on_screen = way.mapRect(target).intersected(view)
        is_quick = on_screen.width() * on_screen.height() * density**2 < LARGE
        is_pixel_by_pixel = number == 0 and placement.scale * density == across
        is_smooth = (is_smooth or is_quick) and not is_pixel_by_pixel
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
        painter.drawImage(target, self._image)
        if has_drawings and layers.overlay:
            drawn = layers.overlay[number][
                part.top() : part.top() + part.height(), part.left() : part.left() + part.width()
            ]
            painter.drawImage(target, _drawings(drawn))
        painter.restore()

    def _colour(self, layers: Layers, tone: Tone, part: NDArray[Any]) -> None:
        rows, columns = part.shape[:2]
        if self._buffer.size < rows * columns:
            self._image = QImage()
            self._buffer = np.empty(rows * columns, np.uint32)
        out = self._buffer[: rows * columns].reshape(rows, columns)
        grayscale = layers.frame.grayscale
        if grayscale is None:
            out[...] = part
            if tone != Tone():  # the fourth byte is changed too: the format does not look at it
                np.take(colour_table(tone), out.view(np.uint8), out=out.view(np.uint8), mode="clip")
        else:
            table = self._grey_table(grayscale, tone, signed=part.dtype.kind == "i")
            np.take(table, part.view(np.uint16), out=out, mode="clip")
        self._image = QImage(out.data, columns, rows, columns * 4, QImage.Format.Format_RGB32)

    def _grey_table(self, grayscale: Grayscale, tone: Tone, *, signed: bool) -> NDArray[np.uint32]:
        key = (grayscale, tone, signed)
        if self._table is None or self._table[0] != key:
            self._table = (key, grey_table(grayscale, tone, signed=signed))
        return self._table[1]


def _drawings(part: NDArray[np.uint8]) -> QImage:
    """Return drawings as an image that is transparent where nothing is drawn."""
    tidy = np.ascontiguousarray(part)
    rows, columns = tidy.shape
    image = QImage(tidy.data, columns, rows, columns, QImage.Format.Format_Indexed8)
    image.setColorTable([0, INK.rgba()])
    return image.copy()  # Qt does not keep the array
