"""Draws a small picture of pixels."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

QUIET = QColor("#B4C2C8")


def paint_pixels(painter: QPainter, pixels: NDArray[np.uint8], box: QRectF) -> None:
    """Draw grey or RGB pixels as large as they fit into the box, in its middle."""
    tidy = np.ascontiguousarray(pixels)
    rows, columns = tidy.shape[:2]
    is_grey = tidy.ndim == 2  # noqa: PLR2004 - rows, columns
    kind = QImage.Format.Format_Grayscale8 if is_grey else QImage.Format.Format_RGB888
    image = QImage(tidy.data, columns, rows, tidy.strides[0], kind)
    scale = min(box.width() / columns, box.height() / rows)
    target = QRectF(0, 0, columns * scale, rows * scale)
    target.moveCenter(box.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(target, image)
    painter.restore()
