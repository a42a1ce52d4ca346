"""A bar of a round length beside the image, and what that length was measured on (PS3.3 10.7)."""

import math
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from app.words import Words
from ui.viewer.halo import HALO, INK

LONGEST: Final = 200.0  # pixels
TICK: Final = 5.0
MM_IN_CM: Final = 10


def round_length(mm_per_pixel: float) -> float:
    """Return the longest of 1, 2, 5, 10, 20, 50… mm (or tenths) that is no longer than 200 pixels."""
    most = LONGEST * mm_per_pixel
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1, 2, 5) if step * power <= most)


def length_words(mm: float, spacing_of: str, words: Words) -> str:
    """Return "5 cm", and on what it was measured where that is not the patient."""
    _ = words
    length = _("{n} cm", n=f"{mm / MM_IN_CM:g}") if mm >= MM_IN_CM else _("{n} mm", n=f"{mm:g}")
    match spacing_of:
        case "detector":
            return _("{length} at the detector", length=length)
        case "scanner":
            return _("{length} on the film", length=length)
        case "geometry" | "fiducial":
            return _("{length}, corrected for enlargement", length=length)
        case _:
            return length


def paint_bar(painter: QPainter, left: float, bottom: float, length: float) -> None:
    """Draw the bar with a tick at either end, light on a dark edge."""
    painter.save()
    ends = [QPointF(left, bottom), QPointF(left + length, bottom)]
    for colour, width in ((HALO, 6.0), (INK, 2.0)):
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
        painter.drawLine(*ends)
        for end in ends:
            painter.drawLine(end, end - QPointF(0, TICK))
    painter.restore()
