"""Which tools a patient and which the staff are given, their words, icons and keys."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.words import Words
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
    return [*zoom, *turn, *play, *reset]
