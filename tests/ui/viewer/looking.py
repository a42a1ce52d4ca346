"""What a person sees of a viewer: where it is, how grey its middle is, its thumbnails."""

from PySide6.QtGui import QColor

from ui.viewer.source import Position
from ui.viewer.strip import ThumbnailStrip
from ui.viewer.viewer import Viewer


def at(index: int, series: int = 0) -> Position:
    return Position(f"s{series}", index)


def painted_grey(viewer: Viewer) -> int:
    """The grey in the middle of the canvas, as a stored number of the exam (the window is 0 to 1000)."""
    middle = viewer.canvas.placement.centre.toPoint()
    return round(QColor(viewer.canvas.grab().toImage().pixel(middle)).red() * 1000 / 255)


def strip(viewer: Viewer) -> ThumbnailStrip:
    found = viewer.findChild(ThumbnailStrip)
    assert isinstance(found, ThumbnailStrip)
    return found
