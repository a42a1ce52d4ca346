"""Which tools a patient and which the staff are given, their words, icons and keys."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.words import Words
from ui.viewer.canvas import ZOOM_STEP, ImageCanvas
from ui.viewer.tool_button import Tool

ToolSet = Literal["patient", "staff"]

KEYS = {
    Qt.Key.Key_Right: "next",
    Qt.Key.Key_Down: "next",
    Qt.Key.Key_Left: "previous",
    Qt.Key.Key_Up: "previous",
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_End: "last",
    Qt.Key.Key_PageDown: "next_series",
    Qt.Key.Key_PageUp: "previous_series",
    Qt.Key.Key_Plus: "zoom_in",
    Qt.Key.Key_Minus: "zoom_out",
    Qt.Key.Key_Equal: "fit",
    Qt.Key.Key_Space: "reset",
    Qt.Key.Key_1: "one_to_one",
    Qt.Key.Key_I: "invert",
    Qt.Key.Key_C: "cine",
    Qt.Key.Key_R: "turn",
    Qt.Key.Key_H: "mirror",
    Qt.Key.Key_B: "compare",
    Qt.Key.Key_O: "drawings",
    Qt.Key.Key_K: "next_key_image",
    Qt.Key.Key_F: "full_screen",
    Qt.Key.Key_Escape: "back",
}


def tool_of_key(event: QKeyEvent) -> str | None:
    """Return the tool that a key stands for: the keys radiologists know from OHIF."""
    if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return None
    return KEYS.get(Qt.Key(event.key()))


def tools_for(tools: ToolSet, words: Words, *, is_moving_picture: bool) -> list[Tool]:
    """Return the tools under the image, in the order they stand."""
    _ = words
    zoom = [
        Tool("zoom_out", _("Smaller"), "zoom-out", "-"),
        Tool("zoom_in", _("Larger"), "zoom-in", "+"),
        Tool("fit", _("Whole image"), "maximize", "="),
    ]
    play = [Tool("cine", _("Play"), "play", "C", can_stay_down=True)] if is_moving_picture else []
    reset = [Tool("reset", _("Start again"), "rotate-ccw", _("Space"))]
    if tools == "patient":
        light = [
            Tool("darker", _("Darker"), "moon"),
            Tool("brighter", _("Brighter"), "sun"),
            Tool("stronger", _("More contrast"), "contrast"),
        ]
        return [*zoom, *light, *play, *reset]
    turn = [
        Tool("presets", _("Window"), "contrast"),
        Tool("one_to_one", _("1:1"), "scan", "1"),
        Tool("invert", _("Invert"), "blend", "I", can_stay_down=True),
        Tool("turn", _("Rotate"), "rotate-cw-square", "R"),
        Tool("mirror", _("Flip"), "flip-horizontal-2", "H"),
    ]
    more = [
        Tool("drawings", _("Drawings"), "pen-line", "O", can_stay_down=True),
        Tool("compare", _("Side by side"), "columns-2", "B", can_stay_down=True),
        Tool("full_screen", _("Full screen"), "fullscreen", "F", can_stay_down=True),
    ]
    return [*zoom, *turn, *more, *play, *reset]


def canvas_actions(canvas: ImageCanvas) -> dict[str, Callable[[], None]]:
    """Return what the tools do that change how the image is seen."""
    return {
        "zoom_in": lambda: canvas.zoom(ZOOM_STEP),
        "zoom_out": lambda: canvas.zoom(1 / ZOOM_STEP),
        "fit": canvas.fit,
        "reset": canvas.reset,
        "brighter": lambda: canvas.set_tone(canvas.tone.brighter()),
        "darker": lambda: canvas.set_tone(canvas.tone.darker()),
        "stronger": lambda: canvas.set_tone(canvas.tone.stronger()),
        "one_to_one": canvas.one_to_one,
        "invert": lambda: canvas.set_tone(canvas.tone.inverted()),
        "turn": canvas.turn,
        "mirror": canvas.mirror,
    }
