"""Which words stand over an image: whose it is, which one, how it is seen, and what it is not for."""

from dataclasses import dataclass, replace
from typing import Final

from app.sayings import image_notes, image_warning
from app.words import Words
from ui.viewer.layers import Layers
from ui.viewer.scale_bar import length_words, round_length
from ui.viewer.source import Caption, Position, ViewedSeries
from ui.viewer.tone import Tone

SMALLEST_MM: Final = 1e-5  # that a point of the screen can stand for
LARGEST_MM: Final = 1e4


@dataclass(frozen=True)
class Sayings:
    """Lines at the top left, the first in bold, and three phrases along the foot."""

    whose: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what is odd about the image, under whose it is
    which: str = ""
    seen: str = ""
    warning: str = ""
    scale: str = ""  # what a bar of scale_length pixels stands for
    scale_length: float = 0.0


def sayings_of(
    caption: Caption, series: ViewedSeries | None, place: Position | None, words: Words
) -> Sayings:
    """Return what is said whatever is shown: the name, the exam, the image's number, "Not for diagnosis"."""
    _ = words
    whose = tuple(line for line in (caption.name, caption.identity, caption.exam) if line)
    which = ""
    if series is not None and place is not None:
        n, count, title = place.index + 1, series.count, series.title
        which = _("Image {n} of {count}", n=n, count=count)
        if title:
            which = _("Image {n} of {count}, {title}", n=n, count=count, title=title)
    return Sayings(whose, which=which, warning=image_warning(words, lossy=False))


def with_image(
    sayings: Sayings, layers: Layers, scale: float, density: float, tone: Tone | None, words: Words
) -> Sayings:
    """Return the sayings with how an image is seen.

    scale: points for each unit of the image; density: pixels of the screen for each point; tone: for staff.
    """
    _, zoom = words, scale * density
    seen = _("Zoom {percent} %", percent=round(100 * zoom))
    if tone is not None and layers.frame.grayscale is not None:
        window = tone.window_on(layers.frame.grayscale)
        seen = _(
            "Zoom {percent} %, window {width} at {center}",
            percent=round(100 * zoom),
            width=f"{window.width:.0f}",
            center=f"{window.center:.0f}",
        )
    notes = image_notes(words, layers.frame.notes)
    warning = image_warning(words, lossy=layers.frame.lossy)
    found = replace(sayings, notes=notes, seen=seen, warning=warning)
    if layers.frame.spacing_mm is None:
        return found
    mm_per_point = layers.frame.spacing_mm[1] / scale
    if not SMALLEST_MM < mm_per_point < LARGEST_MM:
        return found  # a file can say anything
    length = round_length(mm_per_point)
    text = length_words(length, layers.frame.spacing_of, words)
    return replace(found, scale=text, scale_length=length / mm_per_point)
