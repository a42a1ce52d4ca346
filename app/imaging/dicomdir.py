"""Writes a DICOMDIR, the table of contents of a DICOM file-set (PS3.3 Annex F, PS3.10), from descriptions.

It needs no DICOM library: what it writes is small and always explicit VR little endian.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from app.imaging import tags
from app.imaging.description import FileDescription

_DIRECTORY_CLASS = "1.2.840.10008.1.3.10"
_EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
_LONG = frozenset(("OB", "SQ", "UT"))
_ITEM, _UNDEFINED = 0xFFFEE000, 0xFFFFFFFF
_IN_USE = 0xFFFF
_MAX_NAME = 64


@dataclass(frozen=True)
class Listed:
    """One image of the file-set: where it lies, in at most 8 parts of at most 8 characters, and what it is."""

    file_id: tuple[str, ...]
    description: FileDescription


@dataclass
class _Record:
    """A directory record and those below it."""

    kind: str
    keys: bytes
    below: list["_Record"] = field(default_factory=list)
    at: int = 0

    def bytes_of(self, following: "_Record | None") -> bytes:
        """Return the record as an item that points to the next of its level and to the first below it."""
        body = b"".join(
            (
                _element(
                    tags.OFFSET_OF_THE_NEXT_DIRECTORY_RECORD,
                    "UL",
                    struct.pack("<I", following.at if following else 0),
                ),
                _element(tags.RECORD_IN_USE_FLAG, "US", struct.pack("<H", _IN_USE)),
                _element(
                    tags.OFFSET_OF_REFERENCED_LOWER_LEVEL_DIRECTORY_ENTITY,
                    "UL",
                    struct.pack("<I", self.below[0].at if self.below else 0),
                ),
                _element(tags.DIRECTORY_RECORD_TYPE, "CS", self.kind.encode()),
                self.keys,
            )
        )
        return struct.pack("<HHI", _ITEM >> 16, _ITEM & 0xFFFF, len(body)) + body


def dicomdir(images: Sequence[Listed], instance_uid: str) -> bytes:
    """Return a DICOMDIR for images, grouped by patient, study and series; instance_uid: its own UID."""
    patients = _grouped(images)
    meta = _meta(instance_uid)
    before = _element(tags.FILE_SET_ID, "CS", b"PORTAL")
    # Each of the three offsets and the consistency flag has a fixed length, so the first item's place is known.
    first = len(meta) + len(before) + 3 * 12 - 2 + 12
    levels = list(_in_file_order(patients))
    at = first
    for record, _following in levels:
        record.at = at
        at += len(record.bytes_of(None))
    items = b"".join(record.bytes_of(following) for record, following in levels)
    head = before + b"".join(
        (
            _element(
                tags.OFFSET_OF_THE_FIRST_DIRECTORY_RECORD_OF_THE_ROOT_DIRECTORY_ENTITY,
                "UL",
                struct.pack("<I", patients[0].at if patients else 0),
            ),
            _element(
                tags.OFFSET_OF_THE_LAST_DIRECTORY_RECORD_OF_THE_ROOT_DIRECTORY_ENTITY,
                "UL",
                struct.pack("<I", patients[-1].at if patients else 0),
            ),
            _element(tags.FILE_SET_CONSISTENCY_FLAG, "US", struct.pack("<H", 0)),
        )
    )
    return meta + head + _element(tags.DIRECTORY_RECORD_SEQUENCE, "SQ", items)


def _grouped(images: Iterable[Listed]) -> list[_Record]:
    patients: dict[str, _Record] = {}
    studies: dict[tuple[str, str], _Record] = {}
    series: dict[tuple[str, str, str], _Record] = {}
    for image in images:
        what = image.description
        person = what.patient_id.value if what.patient_id else "UNKNOWN"
        if person not in patients:
            patients[person] = _Record("PATIENT", _patient_keys(what, person))
        study = (person, what.study_instance_uid)
        if study not in studies:
            studies[study] = _Record("STUDY", _study_keys(what))
            patients[person].below.append(studies[study])
        row = (*study, what.series_instance_uid)
        if row not in series:
            series[row] = _Record("SERIES", _series_keys(what))
            studies[study].below.append(series[row])
        series[row].below.append(_Record("IMAGE", _image_keys(image)))
    return list(patients.values())


def _in_file_order(records: list[_Record]) -> Iterator[tuple[_Record, _Record | None]]:
    for number, record in enumerate(records):
        yield record, records[number + 1] if number + 1 < len(records) else None
        yield from _in_file_order(record.below)


def _patient_keys(what: FileDescription, person: str) -> bytes:
    name = "^".join(part for part in (what.family_name, what.given_name) if part)
    return _charset() + _text(tags.PATIENT_NAME, "PN", name) + _text(tags.PATIENT_ID, "LO", person)


def _study_keys(what: FileDescription) -> bytes:
    day = what.study_date.strftime("%Y%m%d") if what.study_date else ""
    clock = what.study_time.strftime("%H%M%S") if what.study_time else ""
    return b"".join(
        (
            _charset(),
            _text(tags.STUDY_DATE, "DA", day),
            _text(tags.STUDY_TIME, "TM", clock),
            _text(tags.ACCESSION_NUMBER, "SH", what.accession_number[:16]),
            _text(tags.STUDY_DESCRIPTION, "LO", what.study_description),
            _text(tags.STUDY_INSTANCE_UID, "UI", what.study_instance_uid),
            _text(tags.STUDY_ID, "SH", what.accession_number[:16] or "1"),
        )
    )


def _series_keys(what: FileDescription) -> bytes:
    return b"".join(
        (
            _charset(),
            _text(tags.MODALITY, "CS", what.modality or "OT"),
            _text(tags.SERIES_DESCRIPTION, "LO", what.series_description),
            _text(tags.SERIES_INSTANCE_UID, "UI", what.series_instance_uid),
            _text(tags.SERIES_NUMBER, "IS", str(what.series_number or 0)),
        )
    )


def _image_keys(image: Listed) -> bytes:
    what = image.description
    return b"".join(
        (
            _text(tags.REFERENCED_FILE_ID, "CS", "\\".join(image.file_id)),
            _text(tags.REFERENCED_SOP_CLASS_UID_IN_FILE, "UI", what.sop_class_uid),
            _text(tags.REFERENCED_SOP_INSTANCE_UID_IN_FILE, "UI", what.sop_instance_uid),
            _text(
                tags.REFERENCED_TRANSFER_SYNTAX_UID_IN_FILE,
                "UI",
                what.transfer_syntax_uid or _EXPLICIT_LITTLE,
            ),
            _text(tags.INSTANCE_NUMBER, "IS", str(what.instance_number or 0)),
        )
    )


def _charset() -> bytes:
    return _text(tags.SPECIFIC_CHARACTER_SET, "CS", "ISO_IR 192")


def _meta(instance_uid: str) -> bytes:
    """Return the preamble and the file meta information (PS3.10 7.1)."""
    body = b"".join(
        (
            _element(tags.FILE_META_INFORMATION_VERSION, "OB", b"\0\1"),
            _text(tags.MEDIA_STORAGE_SOP_CLASS_UID, "UI", _DIRECTORY_CLASS),
            _text(tags.MEDIA_STORAGE_SOP_INSTANCE_UID, "UI", instance_uid),
            _text(tags.TRANSFER_SYNTAX_UID, "UI", _EXPLICIT_LITTLE),
            _text(tags.IMPLEMENTATION_CLASS_UID, "UI", "2.25.142934406482611512318049237812346001"),
        )
    )
    group = _element(tags.FILE_META_INFORMATION_GROUP_LENGTH, "UL", struct.pack("<I", len(body)))
    return bytes(128) + b"DICM" + group + body


def _text(tag: int, vr: str, text: str) -> bytes:
    raw = text.encode()
    while len(raw) > _MAX_NAME and vr in {"PN", "LO"}:
        text = text[:-1]
        raw = text.encode()
    return _element(tag, vr, raw)


def _element(tag: int, vr: str, value: bytes) -> bytes:
    """Return one element, its value padded to an even length (PS3.5 6.2, 7.1.2)."""
    if len(value) % 2:
        value += b"\0" if vr in {"UI", "OB"} else b" "
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr in _LONG:
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value
