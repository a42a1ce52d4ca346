"""Which words stand over an image: whose it is, which one, how it is seen, and what it is not for."""

from dataclasses import dataclass, replace

from app.words import Words
from ui.viewer.layers import Layers
from ui.viewer.source import Caption, Position, ViewedSeries
from ui.viewer.tone import Tone


@dataclass(frozen=True)
class Sayings:
    """Lines for three corners; the first line of `whose` is bold."""

    whose: tuple[str, ...] = ()  # top left
    seen: tuple[str, ...] = ()  # bottom left
    warning: tuple[str, ...] = ()  # bottom right


def sayings_of(
    caption: Caption, series: ViewedSeries | None, place: Position | None, words: Words
) -> Sayings:
    """Return what is said whatever is shown: the name, the exam, the image's number, "Not for diagnosis"."""
    _ = words
    whose = [caption.name, caption.identity, caption.exam]
    if series is not None and place is not None:
        whose += [_("Image {n} of {count}", n=place.index + 1, count=series.count), series.title]
    return Sayings(tuple(line for line in whose if line), (), (_("Not for diagnosis"),))


def with_image(sayings: Sayings, layers: Layers, zoom: float, tone: Tone | None, words: Words) -> Sayings:
    """Return the sayings with how an image is seen; zoom: screen pixels for each of its own; tone: for staff."""
    _ = words
    seen, warning = _("Zoom {percent} %", percent=round(100 * zoom)), sayings.warning
    if tone is not None and layers.frame.grayscale is not None:
        window = tone.window_on(layers.frame.grayscale)
        seen = _(
            "Zoom {percent} %, window {width} at {center}",
            percent=round(100 * zoom),
            width=round(window.width),
            center=round(window.center),
        )
    if layers.frame.lossy:
        warning = (_("Compressed: fine detail may be lost. Not for diagnosis"),)
    return replace(sayings, seen=(seen,), warning=warning)
