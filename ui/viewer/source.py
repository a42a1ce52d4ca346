"""What the viewer is given: images by series, a caption, and what may be downloaded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from app.imaging import Document, Grayscale, StoredFrame, Window

Pixels = NDArray[np.uint16] | NDArray[np.int16] | NDArray[np.uint8]
DownloadKind = Literal["png", "jpeg", "film", "zip", "dicom", "phone", "usb"]
DocumentKind = Literal["pdf", "report", "presentation", "key_images"]
PerPage = Literal[1, 2, 4]


@dataclass(frozen=True, order=True)
class Position:
    """Where one image stands in the exam; index from 0."""

    series_id: str
    index: int


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

    Grey: pixels are the stored numbers, uint16 or int16 (H, W), and grayscale says how they become grey levels.
    Colour: uint8 RGB (H, W, 3), grayscale is None.
    """

    pixels: Pixels
    rows: int  # of the whole image: a reduced one has fewer pixels
    columns: int
    grayscale: Grayscale | None = None
    pixel_aspect: float = 1.0  # height of a pixel / its width
    spacing_mm: tuple[float, float] | None = None  # between rows, between columns
    spacing_of: str = ""  # what that was measured on: patient, detector, geometry, fiducial, region, scanner
    lossy: bool = False
    has_overlays: bool = False
    notes: tuple[str, ...] = ()  # what is odd about it, kinds of app.imaging.problems


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


@dataclass(frozen=True)
class PrintWish:
    """Which images are wanted on paper, how many a page, and how they are seen now."""

    positions: tuple[Position, ...]
    per_page: PerPage
    window: Window | None = None
    is_inverted: bool = False


@dataclass(frozen=True)
class ViewedDocument:
    """What else belongs to an exam: a document to read, or a presentation state, which is only named."""

    id: str
    kind: DocumentKind
    title: str


@dataclass(frozen=True)
class Extras:
    """What takes a look into files to know: which images are marked, by series, and what documents call themselves."""

    key_images: Mapping[str, frozenset[int]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)


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


@runtime_checkable
class StaffSource(ImageSource, Protocol):
    """A source that has more for staff; its methods block as well."""

    @property
    def documents(self) -> Sequence[ViewedDocument]:
        """Return the documents of the exam; none for patients."""
        ...

    def extras(self) -> Extras:
        """Return what takes a look into the files. Raises PortalError."""
        ...

    def overlay(self, series_id: str, index: int) -> NDArray[np.uint8]:
        """Return the drawings over one image, white on black. Raises PortalError."""
        ...

    def document(self, document_id: str) -> Document:
        """Return a document. Raises PortalError."""
        ...

    def pages(self, document: Document) -> int:
        """Return how many pages a document that is a PDF has. Raises PortalError."""
        ...

    def page(self, document: Document, number: int) -> NDArray[np.uint8]:
        """Return one page, from 0, of a document that is a PDF. Raises PortalError."""
        ...


class NearImage(Protocol):
    """One image whose file is at this machine: nobody is asked for it any more. Its methods block."""

    @property
    def size(self) -> int:
        """Return how many bytes its file has."""
        ...

    def frame(self, *, reduced: bool) -> ViewedFrame:
        """Return it; reduced allows a smaller one that comes sooner. Raises PortalError."""
        ...

    def thumbnail(self) -> NDArray[np.uint8]:
        """Return a small picture. Raises PortalError."""
        ...

    def overlay(self) -> NDArray[np.uint8]:
        """Return the drawings over it, white on black. Raises PortalError."""
        ...


@runtime_checkable
class FarSource(ImageSource, Protocol):
    """A source whose files may have to come over a line."""

    @property
    def is_far(self) -> bool:
        """Tell whether they do."""
        ...

    def bring(self, series_id: str, index: int) -> NearImage:
        """Bring one image's file to this machine; blocks, and runs in the files lane. Raises PortalError."""
        ...


def viewed_frame(stored: StoredFrame) -> ViewedFrame:
    """Return a decoded frame as the viewer takes it."""
    return ViewedFrame(
        pixels=stored.pixels,
        rows=stored.rows,
        columns=stored.columns,
        grayscale=stored.grayscale,
        pixel_aspect=stored.aspect,
        spacing_mm=stored.pixel_spacing,
        spacing_of=stored.spacing_of,
        lossy=stored.lossy,
        has_overlays=stored.has_overlays,
        notes=stored.notes,
    )
