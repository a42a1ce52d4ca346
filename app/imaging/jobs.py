"""What a worker can be asked to do; each is a small value that crosses to the worker's process."""

from dataclasses import dataclass
from pathlib import Path

from app.imaging.grayscale import Window

Given = Path | bytes  # a file, or the bytes of one


@dataclass(frozen=True)
class Describe:
    """Read what a file says of itself."""

    given: Given


@dataclass(frozen=True)
class Render:
    """Make a picture of one frame."""

    given: Given
    frame: int
    window: Window | None = None
    invert: bool = False
    overlays: bool = False
    max_side: int | None = None
    quick: bool = False  # detail that would not be seen at max_side may be left out


@dataclass(frozen=True)
class Store:
    """Decode one frame and leave the windowing to the viewer."""

    given: Given
    frame: int
    max_side: int | None = None


@dataclass(frozen=True)
class DrawOverlays:
    """Draw the overlays of one frame alone."""

    given: Given
    frame: int


@dataclass(frozen=True)
class ReadDocument:
    """Take the PDF or the structured report out of a file."""

    given: Given


@dataclass(frozen=True)
class FindVideo:
    """Find where the film of an MPEG instance lies."""

    given: Given


@dataclass(frozen=True)
class CountPages:
    """Count the pages of a PDF."""

    pdf: bytes


@dataclass(frozen=True)
class RenderPage:
    """Make a picture of one page of a PDF."""

    pdf: bytes
    page: int
    dpi: int


@dataclass(frozen=True)
class ReadText:
    """Copy the words out of a PDF."""

    pdf: bytes


Job = Describe | Render | Store | DrawOverlays | ReadDocument | FindVideo | CountPages | RenderPage | ReadText
