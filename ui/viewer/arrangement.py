"""Where the parts of the viewer stand: thumbnails at an edge, buttons in the corners, the bar at the foot."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFontMetrics

from app.words import Words
from ui.viewer.canvas import ImageCanvas
from ui.viewer.controls import GAP, ControlBar, usual_height
from ui.viewer.corners import Corners
from ui.viewer.overlay import MARGIN
from ui.viewer.placement import Insets
from ui.viewer.strip import ThumbnailStrip, edges
from ui.viewer.tool_button import Tool, size_of_button


def lay_out(
    view: QRect,
    strip: ThumbnailStrip | None,
    bar: ControlBar,
    corners: Corners,
    canvases: Sequence[ImageCanvas],
) -> QRect:
    """Place everything, one image or two side by side; return the room of the images."""
    room = strip.take_edge(view) if strip is not None else view
    foot = _foot(canvases[0])
    size = bar.arrange(room.width() - 2 * GAP)
    corner = QPoint(room.center().x() - size.width() // 2, room.bottom() + 1 - foot - size.height())
    bar.setGeometry(QRect(corner, size))
    left, right, height = corners.place(room)
    first, *others = canvases
    halves = [(first, QRect(room), left, right)]
    if others:
        beside, second = QRect(room), QRect(room)
        beside.setWidth((room.width() - GAP) // 2)
        second.setLeft(beside.right() + 1 + GAP)
        halves = [(first, beside, left, 0.0), (others[0], second, 0.0, right)]
    _place(halves, math.ceil(height), foot + size.height() + GAP)
    return room


def lay_out_alone(
    view: QRect, canvas: ImageCanvas, target: int, thumbnails: int, tools: Sequence[Tool], words: Words
) -> None:
    """Place the image where it will be when the controls are there, so that it does not jump when they come.

    thumbnails: side of the small pictures, 0 where there are none.
    """
    _, room, metrics = words, QRect(view), QFontMetrics(canvas.font())
    if thumbnails:
        room = edges(view, thumbnails)[1]
    usual = [tool for tool in tools if tool.name != "drawings"]
    width = room.width() - 2 * GAP
    bar = usual_height(usual, width, target, metrics, has_walk=bool(thumbnails))
    back = size_of_button(_("Back"), target, "beside", metrics, has_icon=True)
    _place([(canvas, room, back.width() + 2 * MARGIN, MARGIN)], back.height(), _foot(canvas) + bar + GAP)


def _place(halves: Sequence[tuple[ImageCanvas, QRect, float, float]], height: int, bottom: int) -> None:
    tops = []
    for canvas, place, left, right in halves:
        canvas.setGeometry(place)
        tops.append(canvas.overlay.make_room(left, right, height))
        canvas.overlay.foot = bottom
    for canvas, *_ in halves:
        canvas.set_insets(Insets(max(tops), bottom))


def _foot(canvas: ImageCanvas) -> int:
    return round(canvas.fontMetrics().lineSpacing() * 1.25 + MARGIN)
