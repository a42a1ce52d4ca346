"""A page of a PDF as a column of strips, cut only where the paper is white, so that turning pages cuts no line of text."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

WHITE = 245  # of 255: paper, also in a scan that is not quite clean
LEAST = 48  # px of a strip, if the paper allows it
Rows = NDArray[np.uint8]


class PdfPages(QWidget):
    """Pages one below the other, as wide as they were drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def add_page(self, pixels: Rows) -> None:
        """Add a page, RGB (height, width, 3) or grey (height, width)."""
        for top, bottom in strips(pixels):
            self._column.addWidget(_Strip(pixels[top:bottom]))


class _Strip(QWidget):
    def __init__(self, pixels: Rows) -> None:
        super().__init__()
        tidy = np.ascontiguousarray(pixels)
        rows, columns = tidy.shape[:2]
        is_grey = tidy.ndim == 2  # noqa: PLR2004 - rows, columns
        kind = QImage.Format.Format_Grayscale8 if is_grey else QImage.Format.Format_RGB888
        self._image = QImage(tidy.data, columns, rows, tidy.strides[0], kind).copy()
        self.setFixedHeight(rows)
        self.setMinimumWidth(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's argument
        painter = QPainter(self)
        painter.drawImage((self.width() - self._image.width()) // 2, 0, self._image)
        painter.end()


def strips(pixels: Rows) -> list[tuple[int, int]]:
    """Return where to cut a page: between rows of white paper only, no strip thinner than it must be."""
    height = pixels.shape[0]
    is_white: NDArray[np.bool_] = pixels.reshape(height, -1).min(axis=1) >= WHITE
    cuts = [0]
    for at in range(1, height):
        if is_white[at] and is_white[at - 1] and at - cuts[-1] >= LEAST:
            cuts.append(at)
    if height - cuts[-1] < LEAST and len(cuts) > 1:
        cuts.pop()
    return list(zip(cuts, [*cuts[1:], height], strict=True))
