"""What a file says of itself: facts for import, lists, overlays and scale bars. No DICOM library needed."""

from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from app.imaging.grayscale import Window

Kind = Literal[
    "image",
    "document_pdf",
    "structured_report",
    "key_objects",
    "presentation_state",
    "video",
    "directory",
    "other",
]


@dataclass(frozen=True)
class Identifier:
    """A patient identifier and who gave it (0010,0020), (0010,0021)."""

    value: str
    issuer: str = ""


@dataclass(frozen=True)
class KeyReference:
    """An image that a key object selection marks; frames from 0, empty when all are meant."""

    sop_instance_uid: str
    frames: tuple[int, ...] = ()


@dataclass(frozen=True)
class FileDescription:
    """One file's own words, unchecked: text is plain, bounded and without control characters."""

    kind: Kind
    family_name: str = ""
    given_name: str = ""
    birth_date: date | None = None
    patient_id: Identifier | None = None
    other_ids: tuple[Identifier, ...] = ()
    sex: str = ""
    accession_number: str = ""
    study_instance_uid: str = ""
    series_instance_uid: str = ""
    sop_instance_uid: str = ""
    sop_class_uid: str = ""
    transfer_syntax_uid: str = ""
    modality: str = ""
    study_description: str = ""
    series_description: str = ""
    body_part: str = ""
    study_date: date | None = None  # of the series, the acquisition or the content where the study has none
    study_time: time | None = None  # as on the device's clock
    utc_offset_minutes: int | None = None  # (0008,0201), where the device says it
    series_number: int | None = None
    instance_number: int | None = None
    frame_count: int = 0
    rows: int = 0
    columns: int = 0
    windows: tuple[Window, ...] = ()
    pixel_aspect: float = 1.0  # height over width
    pixel_spacing: tuple[float, float] | None = None  # mm between rows, mm between columns
    spacing_of: str = ""  # patient, detector, geometry, fiducial, region, scanner; "" without spacing
    frame_time_ms: float | None = None
    lossy: bool = False
    has_overlays: bool = False
    document_title: str = ""
    key_references: tuple[KeyReference, ...] = ()
    referenced_files: tuple[tuple[str, ...], ...] = ()  # DICOMDIR: safe path components
    problem: str | None = None  # why no image can be shown: a kind of app.imaging.problems
    notes: tuple[str, ...] = ()  # what is odd about an image that can be shown, kinds of app.imaging.problems


@dataclass(frozen=True)
class Video:
    """The film of an MPEG instance: what it comes in, and where its pieces lie in the file."""

    container: Literal["mp4", "ts", "mpeg"]
    pieces: tuple[tuple[int, int], ...]  # first byte and length


@dataclass(frozen=True)
class DocumentLine:
    """One line of a structured report: how deep it stands, its label and its text."""

    depth: int
    label: str
    text: str


@dataclass(frozen=True)
class Document:
    """A document inside a DICOM file: a PDF, or the lines of a structured report."""

    title: str
    lines: tuple[DocumentLine, ...] = ()
    pdf: bytes = b""
