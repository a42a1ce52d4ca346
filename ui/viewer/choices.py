"""What the viewer's sheets offer: the series of the exam, the usual windows, the downloads."""

from collections.abc import Callable, Sequence
from functools import partial

from app.imaging.grayscale import Window
from app.words import Words
from ui.viewer.order import Order
from ui.viewer.sheet import Choice
from ui.viewer.source import Download, DownloadKind, Position


def series_choices(order: Order, current: str, go: Callable[[Position], None], words: Words) -> list[Choice]:
    """Return one choice for each series, with its number of images."""
    return [
        Choice(
            words.count(
                "{title}: {n} image", "{title}: {n} images", one.count, title=one.title or one.modality
            ),
            partial(go, Position(one.id, 0)),
            is_current=one.id == current,
        )
        for one in order.series
    ]


def window_choices(
    own: Sequence[Window], modality: str, choose: Callable[[Window], None], words: Words
) -> list[Choice]:
    """Return the file's own windows, then the usual ones of the modality."""
    _ = words
    named = [(window.explanation or _("As in the file"), window) for window in own]
    named += [(window.explanation, window) for window in usual_windows(modality, words)]
    return [Choice(name, partial(choose, window)) for name, window in named]


def usual_windows(modality: str, words: Words) -> list[Window]:
    """Return the usual windows of a modality in its units (for CT, Hounsfield)."""
    _ = words
    if modality != "CT":
        return []
    return [
        Window(40, 400, _("Soft tissue")),
        Window(-600, 1500, _("Lung")),
        Window(480, 2500, _("Bone")),
        Window(40, 80, _("Brain")),
        Window(90, 150, _("Liver")),
    ]


def download_choices(downloads: Sequence[Download], position: Position, words: Words) -> list[Choice]:
    """Return one choice for each way to save that was handed in, for the image at the position."""
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
    return [Choice(said[one.kind][0], partial(one.save, position), said[one.kind][1]) for one in downloads]
