"""What the viewer is given: images by series, a caption, and what may be downloaded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint16] | NDArray[np.uint8]
WindowFunction = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]
DownloadKind = Literal["png", "jpeg", "zip", "dicom", "phone", "usb", "print"]


@dataclass(frozen=True, order=True)
class Position:
    """Where one image stands in the exam; index from 0."""

    series_id: str
    index: int


@dataclass(frozen=True)
class Window:
    """A VOI window in modality units (PS3.3 C.11.2.1.2)."""

    center: float
    width: float
    function: WindowFunction = "LINEAR"
    name: str = ""  # Window Center & Width Explanation, or the name of a preset


@dataclass(frozen=True)
class ViewedSeries:
    """One series as the viewer lists it."""

    id: str
    title: str
    modality: str
    count: int
    key_images: frozenset[int] = frozenset()  # indexes from 0, marked by the radiologist
    frame_time_ms: float | None = None  # Frame Time (0018,1063), or what Cine Rate says


@dataclass(frozen=True, eq=False)
class ViewedFrame:
    """One image ready to be looked at.

    Grey: pixels is uint16 (H, W), and `slope * pixel + intercept` is the value in modality units; signs, offsets
    and more than 16 bits are folded into those two. Colour: uint8 (H, W, 3), RGB.
    """

    pixels: Pixels
    rows: int  # of the whole image: a reduced one has fewer pixels
    columns: int
    slope: float = 1.0
    intercept: float = 0.0
    windows: tuple[
        Window, ...
    ] = ()  # the first is the file's own look; none: from the darkest to the lightest
    look: NDArray[np.uint8] | None = (
        None  # 65,536 greys by pixel value, where a table makes the look, not a window
    )
    lowest_is_white: bool = False  # MONOCHROME1; `look` has it worked in already
    pixel_aspect: float = 1.0  # height of a pixel / its width
    spacing_mm: tuple[float, float] | None = None  # between rows, between columns
    lossy: bool = False


@dataclass(frozen=True)
class Caption:
    """Whose images these are, in words that are always in sight."""

    name: str
    exam: str  # "CT of the head, 12 March 2026, Northside"
    identity: str = ""  # a second identifier, for staff


@dataclass(frozen=True)
class Download:
    """One entry of the Download button: what is saved, and who does it when it is chosen."""

    kind: DownloadKind
    save: Callable[[Position], None]


class ImageSource(Protocol):
    """The images of one exam for one person in one session; its methods block and run in the images lane."""

    @property
    def series(self) -> Sequence[ViewedSeries]:
        """Return the series in the order they are looked at."""
        ...

    def frame(self, series_id: str, index: int, *, reduced: bool) -> ViewedFrame:
        """Return one image; reduced allows a smaller one that comes sooner. Raises PortalError."""
        ...

    def thumbnail(self, series_id: str, index: int) -> NDArray[np.uint8]:
        """Return a small picture, (H, W) grey or (H, W, 3) RGB. Raises PortalError."""
        ...

    def shown(self, series_id: str, indexes: Sequence[int]) -> None:
        """Be told which images a person has seen, for the audit (D24)."""
        ...
