"""Reads what a file says of itself. Runs in a worker; every field is optional, any may be nonsense."""

from datetime import date, time

from app.imaging import tags
from app.imaging.description import FileDescription, Identifier, KeyReference, Kind
from app.imaging.dicom_file import DicomFile
from app.imaging.elements import Elements
from app.imaging.frames import Frames
from app.imaging.measures import aspect_of, is_lossy, spacing_in
from app.imaging.overlays import has_overlays
from app.imaging.problems import Damaged
from app.imaging.voi import frame_groups, windows_of

_DIRECTORY = "1.2.840.10008.1.3.10"
_PDF = "1.2.840.10008.5.1.4.1.1.104.1"
_KEY_OBJECTS = "1.2.840.10008.5.1.4.1.1.88.59"
_REPORT = "1.2.840.10008.5.1.4.1.1.88."
_PRESENTATION = "1.2.840.10008.5.1.4.1.1.11."
_WHEN = (
    (tags.STUDY_DATE, tags.STUDY_TIME),
    (tags.SERIES_DATE, tags.SERIES_TIME),
    (tags.ACQUISITION_DATE, tags.ACQUISITION_TIME),
    (tags.CONTENT_DATE, tags.CONTENT_TIME),
)
_FIRST_X_RAY = 1895
_MAX_TEXT = 256
_MAX_LISTED = 100_000


def describe(file: DicomFile) -> FileDescription:
    """Return everything a file says of itself that the portal uses."""
    elements = file.elements
    kind = _kind(file)
    family, given = _name(elements.text(tags.PATIENT_NAME))
    frames = Frames(file)
    count, problem = _frames(frames, kind)
    notes = tuple(file.notes) if kind == "image" and problem is None else ()
    spacing, spacing_of = spacing_in(file, 0)
    day, at = _performed(elements)
    voi = frame_groups(file, 0, tags.FRAME_VOI_LUT_SEQUENCE)[:1] or (elements,)
    return FileDescription(
        kind=kind,
        family_name=family,
        given_name=given,
        birth_date=_date(elements, tags.PATIENT_BIRTH_DATE),
        patient_id=_identifier(elements),
        other_ids=_other_ids(elements),
        sex=_line(elements, tags.PATIENT_SEX),
        accession_number=_line(elements, tags.ACCESSION_NUMBER),
        study_instance_uid=_line(elements, tags.STUDY_INSTANCE_UID),
        series_instance_uid=_line(elements, tags.SERIES_INSTANCE_UID),
        sop_instance_uid=_line(elements, tags.SOP_INSTANCE_UID),
        sop_class_uid=file.sop_class[:64],
        transfer_syntax_uid=file.transfer_syntax[:64],
        modality=_line(elements, tags.MODALITY).upper(),
        study_description=_line(elements, tags.STUDY_DESCRIPTION),
        series_description=_line(elements, tags.SERIES_DESCRIPTION),
        body_part=_line(elements, tags.BODY_PART_EXAMINED),
        study_date=day,
        study_time=at,
        utc_offset_minutes=_offset(elements.text(tags.TIMEZONE_OFFSET_FROM_UTC)),
        series_number=_integer(elements, tags.SERIES_NUMBER),
        instance_number=_integer(elements, tags.INSTANCE_NUMBER),
        frame_count=count,
        rows=max(0, elements.integer(tags.ROWS, 0)),
        columns=max(0, elements.integer(tags.COLUMNS, 0)),
        windows=windows_of(voi[0]) or windows_of(elements),
        pixel_aspect=aspect_of(file, 0),
        pixel_spacing=spacing,
        spacing_of=spacing_of,
        frame_time_ms=_frame_time(elements),
        lossy=is_lossy(file),
        has_overlays=has_overlays(file),
        document_title=_title(elements, kind),
        key_references=_key_references(elements) if kind == "key_objects" else (),
        referenced_files=_referenced_files(elements) if kind == "directory" else (),
        problem=problem,
        notes=notes,
    )


def _kind(file: DicomFile) -> Kind:
    sop_class = file.sop_class
    by_class: dict[str, Kind] = {_DIRECTORY: "directory", _PDF: "document_pdf", _KEY_OBJECTS: "key_objects"}
    if sop_class in by_class:
        return by_class[sop_class]
    if tags.DIRECTORY_RECORD_SEQUENCE in file.elements:
        return "directory"
    if sop_class.startswith(_REPORT):
        return "structured_report"
    if sop_class.startswith(_PRESENTATION):
        return "presentation_state"
    if file.pixels is not None:
        return "video" if file.is_video else "image"
    return "image" if tags.ROWS in file.elements else "other"


def _frames(frames: Frames, kind: Kind) -> tuple[int, str | None]:
    """Return how many frames can be shown, and what is wrong where none can."""
    if kind != "image":
        return 0, "image_is_video" if kind == "video" else None
    try:
        return frames.count, None
    except Damaged as damage:
        return 0, damage.kind


def _title(elements: Elements, kind: Kind) -> str:
    """Return what a document calls itself: its title, or the label of a presentation state (C.12.1.1.9)."""
    if kind == "presentation_state":
        return _line(elements, tags.CONTENT_DESCRIPTION) or _line(elements, tags.CONTENT_LABEL)
    named = elements.items(tags.CONCEPT_NAME_CODE_SEQUENCE)[:1]
    return _line(elements, tags.DOCUMENT_TITLE) or next((_line(one, tags.CODE_MEANING) for one in named), "")


def _line(elements: Elements, tag: int) -> str:
    return " ".join(elements.text(tag).split())[:_MAX_TEXT]


def _name(text: str) -> tuple[str, str]:
    """Return family and given name: the alphabetic group, or else the first that is filled (PS3.5 6.2.1)."""
    group = next((part for part in text.split("=") if part.strip(" ^")), "")
    parts = [" ".join(part.split())[:_MAX_TEXT] for part in group.split("^")]
    given = " ".join(part for part in parts[1:3] if part)
    return parts[0], given


def _identifier(elements: Elements) -> Identifier | None:
    value = _line(elements, tags.PATIENT_ID)
    return Identifier(value, _line(elements, tags.ISSUER_OF_PATIENT_ID)) if value else None


def _other_ids(elements: Elements) -> tuple[Identifier, ...]:
    found = [_identifier(item) for item in elements.items(tags.OTHER_PATIENT_IDS_SEQUENCE)[:100]]
    found += [
        Identifier(value[:_MAX_TEXT]) for value in elements.texts(tags.OTHER_PATIENT_IDS)[:100] if value
    ]
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _performed(elements: Elements) -> tuple[date | None, time | None]:
    """Return when the study was made, as far as the file says: Study Date may be empty (type 2, PS3.3 C.7.2.1)."""
    for day_tag, time_tag in _WHEN:
        day = _date(elements, day_tag)
        if day is not None and day.year >= _FIRST_X_RAY:
            return day, _time(elements, time_tag)
    return None, None


def _date(elements: Elements, tag: int) -> date | None:
    digits = "".join(c for c in elements.text(tag)[:10] if c.isdigit())
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _time(elements: Elements, tag: int) -> time | None:
    digits = elements.text(tag).replace(":", "")
    whole, _, fraction = digits.partition(".")
    try:
        return time(
            int(whole[:2]),
            int(whole[2:4] or 0),
            min(int(whole[4:6] or 0), 59),
            int(fraction[:6].ljust(6, "0") or 0),
        )
    except ValueError:
        return None


def _offset(text: str) -> int | None:
    """Return (0008,0201) Timezone Offset From UTC in minutes."""
    if len(text) != 5 or text[0] not in "+-" or not text[1:].isdigit():  # noqa: PLR2004 - &ZZXX
        return None
    minutes = int(text[1:3]) * 60 + int(text[3:5])
    return -minutes if text[0] == "-" else minutes


def _integer(elements: Elements, tag: int) -> int | None:
    value = elements.number(tag)
    return int(value) if value is not None and abs(value) < 1 << 53 else None


def _frame_time(elements: Elements) -> float | None:
    """Return milliseconds a frame: Frame Time, the mean of the vector, or the rate (C.7.6.5)."""
    vector = elements.numbers(tags.FRAME_TIME_VECTOR)[1:]
    rate = elements.number(tags.CINE_RATE) or elements.number(tags.RECOMMENDED_DISPLAY_FRAME_RATE)
    for milliseconds in (
        elements.number(tags.FRAME_TIME),
        sum(vector) / len(vector) if vector else None,
        1000 / rate if rate else None,
    ):
        if milliseconds is not None and 1 <= milliseconds <= 60_000:  # noqa: PLR2004 - a film, not a slip of the pen
            return milliseconds
    return None


def _key_references(elements: Elements) -> tuple[KeyReference, ...]:
    found: list[KeyReference] = []
    waiting = list(elements.items(tags.CONTENT_SEQUENCE))
    while waiting and len(found) < _MAX_LISTED:
        item = waiting.pop(0)
        waiting.extend(item.items(tags.CONTENT_SEQUENCE))
        for reference in item.items(tags.REFERENCED_SOP_SEQUENCE):
            frames = tuple(
                int(number) - 1 for number in reference.numbers(tags.REFERENCED_FRAME_NUMBER) if number >= 1
            )
            found.append(KeyReference(_line(reference, tags.REFERENCED_SOP_INSTANCE_UID), frames))
    return tuple(found)


def _referenced_files(elements: Elements) -> tuple[tuple[str, ...], ...]:
    """Return the files a DICOMDIR lists (F.3.2.2), without any that would lead out of its folder."""
    found = (
        record.texts(tags.REFERENCED_FILE_ID)
        for record in elements.items(tags.DIRECTORY_RECORD_SEQUENCE)[:_MAX_LISTED]
    )
    return tuple(parts for parts in found if parts and all(_is_file_name(part) for part in parts))


def _is_file_name(part: str) -> bool:
    return part not in {"", ".", ".."} and not set(part) & set('/\\:*?"<>|') and part.isprintable()
