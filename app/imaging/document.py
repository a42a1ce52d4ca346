"""Takes the document out of a file: an encapsulated PDF or a structured report (PS3.3 A.45.1, C.17.3)."""

from app.imaging import tags
from app.imaging.description import Document, DocumentLine
from app.imaging.dicom_file import DicomFile
from app.imaging.elements import Elements
from app.imaging.problems import Damaged

_MAX_LINES = 5_000
_MAX_DEPTH = 20
_MAX_TEXT = 4_000


def document_of(file: DicomFile) -> Document:
    """Return the document of a file; raises Damaged when there is none."""
    elements = file.elements
    pdf = elements.raw(tags.ENCAPSULATED_DOCUMENT)
    start = pdf.find(b"%PDF-", 0, 1024)
    if start >= 0:
        return Document(elements.text(tags.DOCUMENT_TITLE), pdf=pdf[start:])
    lines: list[DocumentLine] = []
    _read(elements, 0, lines)
    if not lines:
        raise Damaged("document_unreadable")
    return Document(
        _meaning(elements, tags.CONCEPT_NAME_CODE_SEQUENCE) or elements.text(tags.STUDY_DESCRIPTION),
        tuple(lines),
    )


def _read(elements: Elements, depth: int, lines: list[DocumentLine]) -> None:
    for item in elements.items(tags.CONTENT_SEQUENCE):
        if len(lines) >= _MAX_LINES:
            return
        lines.append(
            DocumentLine(depth, _meaning(item, tags.CONCEPT_NAME_CODE_SEQUENCE), _value(item)[:_MAX_TEXT])
        )
        if depth < _MAX_DEPTH:
            _read(item, depth + 1, lines)


def _value(item: Elements) -> str:
    """Return a content item's value as text (C.17.3.2.1)."""
    kind = item.text(tags.VALUE_TYPE).upper()
    if kind == "CODE":
        return _meaning(item, tags.CONCEPT_CODE_SEQUENCE)
    if kind == "NUM":
        measured = item.items(tags.MEASURED_VALUE_SEQUENCE)[:1]
        return " ".join(
            part
            for one in measured
            for part in (one.text(tags.NUMERIC_VALUE), _meaning(one, tags.MEASUREMENT_UNITS_CODE_SEQUENCE))
            if part
        )
    plain = {
        "TEXT": tags.TEXT_VALUE,
        "PNAME": tags.PERSON_NAME,
        "DATE": tags.DATE,
        "TIME": tags.TIME,
        "DATETIME": tags.DATE_TIME,
        "UIDREF": tags.UID,
    }
    text = item.text(plain[kind]) if kind in plain else ""
    return text.replace("^", " ").strip() if kind == "PNAME" else text


def _meaning(elements: Elements, tag: int) -> str:
    """Return the meaning of a coded entry (8.8)."""
    return next((code.text(tags.CODE_MEANING) for code in elements.items(tag)[:1]), "")
