"""Which tools a patient and which the staff are given, their words, icons and keys."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.words import Words
from ui.viewer.controls import Tool
from ui.viewer.source import DownloadKind, Window

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
    light = [
        Tool("darker", _("Darker"), "moon"),
        Tool("brighter", _("Brighter"), "sun"),
        Tool("stronger", _("More contrast"), "contrast"),
    ]
    play = [Tool("cine", _("Play"), "play", "C", can_stay_down=True)] if is_moving_picture else []
    reset = [Tool("reset", _("Start again"), "rotate-ccw", _("Space"))]
    if tools == "patient":
        return [*zoom, *light, *play, *reset]
    turn = [
        Tool("one_to_one", _("1:1"), "scan", "1"),
        Tool("invert", _("Invert"), "blend", "I", can_stay_down=True),
        Tool("turn", _("Rotate"), "rotate-cw-square", "R"),
        Tool("mirror", _("Flip"), "flip-horizontal-2", "H"),
        Tool("presets", _("Window"), "sliders-horizontal"),
    ]
    return [*zoom, *turn, *light, *play, *reset]


def presets_for(modality: str, words: Words) -> list[Window]:
    """Return the usual windows of a modality in its units (for CT, Hounsfield)."""
    _ = words
    if modality != "CT":
        return []
    return [
        Window(40, 400, name=_("Soft tissue")),
        Window(-600, 1500, name=_("Lung")),
        Window(480, 2500, name=_("Bone")),
        Window(40, 80, name=_("Brain")),
        Window(90, 150, name=_("Liver")),
    ]


def download_words(kind: DownloadKind, words: Words) -> tuple[str, str]:
    """Return the words and the icon of one entry of the Download button."""
    _ = words
    said: dict[DownloadKind, tuple[str, str]] = {
        "png": (_("This image, best quality (PNG)"), "image"),
        "jpeg": (_("This image, small file (JPEG)"), "image"),
        "zip": (_("All images (ZIP)"), "images"),
        "dicom": (_("All images for a doctor (DICOM)"), "stethoscope"),
        "phone": (_("All images to my phone"), "smartphone"),
        "usb": (_("All images to a USB stick"), "usb"),
        "print": (_("Print this image"), "printer"),
    }
    return said[kind]
