"""One DICOM file as it lies there: its elements, how it is written, and where its pixel data is (PS3.10)."""

import io
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from app.imaging import tags
from app.imaging.elements import EXPLICIT_LITTLE, UNDEFINED, Coding, Element, Elements, Source, coding_at
from app.imaging.problems import Damaged

DEFLATED = "1.2.840.10008.1.2.1.99"
ENCAPSULATED_PLAIN = "1.2.840.10008.1.2.1.98"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
GE_BIG_ENDIAN_PIXELS = "1.2.840.113619.5.2"  # implicit little endian, pixel data big endian
_NATIVE = frozenset(("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", DEFLATED, BIG_ENDIAN, GE_BIG_ENDIAN_PIXELS))
_VIDEO = frozenset(str(number) for number in range(100, 109))
_MAX_INFLATED = 300 << 20
_PREAMBLE = 128


@dataclass
class DicomFile:
    """An open file: elements before the pixel data, the pixel data's place, and what was odd about it."""

    source: Source
    meta: Elements | None
    elements: Elements
    transfer_syntax: str
    notes: list[str] = field(default_factory=list)

    @property
    def pixels(self) -> Element | None:
        """Where the pixel data is, if there is any."""
        return self.elements.pixels

    @property
    def coding(self) -> Coding:
        """How the data set is written."""
        return self.elements.coding

    @property
    def says_encapsulated(self) -> bool:
        """Tell whether the file's transfer syntax is one of compressed pixel data."""
        return bool(self.transfer_syntax) and self.transfer_syntax not in _NATIVE

    @property
    def says_uncompressed(self) -> bool:
        """Tell whether the file's transfer syntax has no codec, though the pixel data may be in fragments."""
        return self.transfer_syntax in _NATIVE or self.transfer_syntax == ENCAPSULATED_PLAIN

    @property
    def is_video(self) -> bool:
        """Tell whether the pixel data is MPEG-2, MPEG-4 or HEVC (PS3.5 A.4.5 to A.4.9): .4.100 to .4.108."""
        last = self.transfer_syntax.removeprefix("1.2.840.10008.1.2.4.").split(".")[0]
        in_fragments = self.pixels is not None and self.pixels.length == UNDEFINED
        return in_fragments and last in _VIDEO

    @property
    def sop_class(self) -> str:
        """The SOP class of the object, from the data set or else from the file meta information."""
        return self.elements.text(tags.SOP_CLASS_UID) or (
            self.meta.text(tags.MEDIA_STORAGE_SOP_CLASS_UID) if self.meta else ""
        )

    def note(self, kind: str) -> None:
        """Remember something odd that a person may want to know."""
        if kind not in self.notes:
            self.notes.append(kind)


def open_file(given: Path | bytes) -> DicomFile:
    """Open a file or the bytes of one; raises Damaged when it is no DICOM file at all."""
    if isinstance(given, bytes):
        source = Source(io.BytesIO(given), len(given))
    else:
        if given.is_dir():
            raise Damaged("file_is_folder")
        if not given.is_file():  # a pipe or a device would never end
            raise Damaged("file_missing")
        try:
            stream = given.open("rb")
        except OSError:
            raise Damaged("file_missing") from None
        source = Source(stream, given.stat().st_size)
    return _read(source)


def _read(source: Source) -> DicomFile:
    start, marked = _start(source)
    meta = None
    transfer_syntax = ""
    if source.read(start, 2) == b"\x02\x00":
        # The group length (0002,0000) is often wrong; the group number is not.
        meta = Elements(source, start, source.size, coding_at(source, start), only_group=2)
        transfer_syntax = meta.text(tags.TRANSFER_SYNTAX_UID)
        start = meta.end
    if transfer_syntax == DEFLATED:
        source, start = _inflate(source, start), 0
    coding = coding_at(source, start)
    elements = Elements(source, start, source.size, coding)
    if not marked and meta is None and not _plausible(elements):
        raise Damaged("not_dicom")
    file = DicomFile(source, meta, elements, transfer_syntax)
    if elements.damaged:
        file.note("header_damaged")
    if transfer_syntax in _NATIVE - {DEFLATED, GE_BIG_ENDIAN_PIXELS} and coding != _declared(transfer_syntax):
        file.note("coding_guessed")
    return file


def _start(source: Source) -> tuple[int, bool]:
    """Return where the first element is and whether the mark "DICM" stands before it."""
    head = source.read(0, 1024)
    if not head:
        raise Damaged("not_dicom")
    if head[_PREAMBLE : _PREAMBLE + 4] == b"DICM":
        return _PREAMBLE + 4, True
    at = head.find(b"DICM\x02\x00")
    if at >= 0:
        return at + 4, True
    return (_PREAMBLE, False) if len(head) > _PREAMBLE + 8 and not any(head[:_PREAMBLE]) else (0, False)


def _plausible(elements: Elements) -> bool:
    return (
        tags.SOP_CLASS_UID in elements
        or tags.ROWS in elements
        or tags.STUDY_INSTANCE_UID in elements
        or tags.MODALITY in elements
    )


def _declared(transfer_syntax: str) -> Coding:
    if transfer_syntax == BIG_ENDIAN:
        return Coding(implicit=False, little=False)
    return Coding(implicit=True, little=True) if transfer_syntax == "1.2.840.10008.1.2" else EXPLICIT_LITTLE


def _inflate(source: Source, start: int) -> Source:
    """Return the deflated data set (PS3.5 A.5) inflated, up to a limit: 1 MB of zeros deflates to 1 KB."""
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    inflated = bytearray()
    try:
        for at in range(start, source.size, 1 << 16):
            chunk = source.read(at, 1 << 16)
            while chunk and not machine.eof:
                inflated += machine.decompress(chunk, 1 << 20)
                if len(inflated) > _MAX_INFLATED:
                    raise Damaged("image_too_large")
                chunk = machine.unconsumed_tail
    except zlib.error:
        if not inflated:
            raise Damaged("image_unreadable") from None
    return Source(io.BytesIO(bytes(inflated)), len(inflated))
