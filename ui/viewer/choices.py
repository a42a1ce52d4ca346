"""What the viewer's sheets offer: series, windows, downloads, paper, documents."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.imaging.grayscale import Grayscale, Window
from app.words import Words
from ui.viewer.layers import Layers
from ui.viewer.order import Order
from ui.viewer.sheet import Choice
from ui.viewer.source import (
    DocumentKind,
    Download,
    DownloadKind,
    PerPage,
    Position,
    ViewedDocument,
    ViewedSeries,
)

TWO: Final = 2
DOCUMENT_ICONS: Final[dict[DocumentKind, str]] = {
    "pdf": "file-text",
    "report": "file-text",
    "presentation": "pen-line",
    "key_images": "star",
}


def series_choices(
    order: Order,
    current: str,
    go: Callable[[ViewedSeries], None],
    thumbnail: Callable[[Position], NDArray[np.uint8] | None],
    words: Words,
) -> list[Choice]:
    """Return one choice for each series, with a picture from its middle and its number of images."""
    return [
        Choice(
            one.title or one.modality,
            partial(go, one),
            is_current=one.id == current,
            more=words.count("{n} image", "{n} images", one.count),
            picture=partial(thumbnail, middle_of(one)),
        )
        for one in order.series
    ]


def middle_of(series: ViewedSeries) -> Position:
    """Return the image that shows best what a series is of."""
    return Position(series.id, series.count // 2)


def window_choices(
    layers: Layers, modality: str, choose: Callable[[Window], None], words: Words
) -> list[Choice]:
    """Return the file's own windows, the usual ones of the modality, and two that follow the image."""
    grayscale = layers.frame.grayscale
    if grayscale is None:
        return []
    _ = words
    named = [(window.explanation or _("As in the file"), window) for window in grayscale.windows]
    named += [(window.explanation, window) for window in usual_windows(modality, words)]
    named += [(window.explanation, window) for window in windows_of_image(layers, grayscale, words)]
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
        Window(70, 200, _("Subdural")),
        Window(90, 150, _("Liver")),
        Window(300, 700, _("Vessels")),
    ]


def windows_of_image(layers: Layers, grayscale: Grayscale, words: Words) -> list[Window]:
    """Return windows over all of an image's values, and over all but the few darkest and brightest."""
    _, values = words, grayscale.modality_values(layers.levels[-1])
    low, high = float(values.min()), float(values.max())
    least, most = (float(found) for found in np.percentile(values, (1, 99)))
    return [
        Window((low + high) / 2, max(high - low, 1.0), _("Everything"), "LINEAR_EXACT"),
        Window((least + most) / 2, max(most - least, 1.0), _("Most of it"), "LINEAR_EXACT"),
    ]


def download_choices(
    downloads: Sequence[Download], position: Position, words: Words, *, is_moving_picture: bool
) -> list[Choice]:
    """Return one choice for each way to save that was handed in, for the image at the position."""
    _ = words
    said: dict[DownloadKind, tuple[str, str]] = {
        "png": (_("This image, best quality (PNG)"), "image"),
        "jpeg": (_("This image, small file (JPEG)"), "image"),
        "film": (_("This series as a film (WebP)"), "film"),
        "zip": (_("All images (ZIP)"), "images"),
        "dicom": (_("All images for a doctor (DICOM)"), "stethoscope"),
        "phone": (_("All images to my phone"), "smartphone"),
        "usb": (_("All images to a USB stick"), "usb"),
    }
    return [
        Choice(said[one.kind][0], partial(one.save, position), said[one.kind][1])
        for one in downloads
        if one.kind != "film" or is_moving_picture
    ]


def paper_choices(
    order: Order,
    position: Position,
    beside: Position | None,
    wish: Callable[[Sequence[Position], PerPage], None],
    words: Words,
) -> list[Choice]:
    """Return what can be put on paper: this image, it and those after it, the two side by side, the marked ones."""
    _, series = words, order.of(position)
    rest = [Position(series.id, index) for index in range(position.index, series.count)]
    marked = [Position(series.id, index) for index in sorted(series.key_images)]
    choices = [Choice(_("This image"), partial(wish, rest[:1], 1), "square")]
    if beside is not None:
        choices.append(
            Choice(_("Both images, on one page"), partial(wish, [position, beside], 2), "columns-2")
        )
    if len(rest) >= TWO:
        choices.append(
            Choice(_("This image and the next, on one page"), partial(wish, rest[:2], 2), "rows-2")
        )
    if len(rest) > TWO:
        choices.append(Choice(_("Four images from this one on"), partial(wish, rest[:4], 4), "grid-2x2"))
    if marked:
        choices.append(Choice(_("The key images, four a page"), partial(wish, marked, 4), "star"))
    return choices


def compare_choices(
    series: Sequence[Choice],
    *,
    is_linked: bool,
    link: Callable[[], None],
    close: Callable[[], None],
    words: Words,
) -> list[Choice]:
    """Return the series to put beside, and what can be done with the one that is there."""
    _ = words
    return [
        *series,
        Choice(_("Scroll and zoom together"), link, "link-2", is_current=is_linked),
        Choice(_("One image only"), close, "square"),
    ]


def document_choices(
    documents: Sequence[ViewedDocument],
    titles: Mapping[str, str],
    read: Callable[[ViewedDocument], None],
    words: Words,
) -> list[Choice]:
    """Return one choice for each document; presentation states and selections of key images are named."""
    return [
        Choice(
            document_name(one.kind, titles.get(one.id) or one.title, words),
            partial(read, one),
            DOCUMENT_ICONS[one.kind],
        )
        for one in documents
    ]


def document_name(kind: DocumentKind, title: str, words: Words) -> str:
    """Return what a document is called in the list."""
    _ = words
    match kind:
        case "presentation":
            return _("Presentation state: {title}", title=title)
        case "key_images":
            return _("Key images: {title}", title=title)
        case _:
            return title or _("Document")
