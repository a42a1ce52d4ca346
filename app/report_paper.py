"""A report as paragraphs, and as what is printed of it (R25)."""

import re
from typing import Any

from app.exam_rows import title_of
from app.letterhead import letterhead
from app.use_case import Work
from app.views.paper import PrintedReport
from db.models import Exam, Report
from db.queries import exams as exam_queries
from db.queries import reports as queries

_HEADING = re.compile(r"^(?P<heading>[^\n:]{1,39}:)[ \t]*\n", re.MULTILINE)


def paragraphs_of(text: str) -> tuple[str, ...]:
    """Return a report's paragraphs: parted by empty lines, and a heading that stands on a line of its own."""
    parted = _HEADING.sub(r"\g<heading>\n\n", text.replace("\r\n", "\n"))
    return tuple(paragraph.strip() for paragraph in re.split(r"\n\s*\n", parted) if paragraph.strip())


def printed_report(work: Work[Any], report: Report, exam: Exam) -> PrintedReport:
    """Return what is printed of a report whose text the caller may read."""
    patient = exam_queries.patient(work.session, exam.patient_id)
    assert patient is not None
    return PrintedReport(
        letterhead=letterhead(work.session, work.clinic, exam.site_id),
        patient_name=f"{patient.given_names} {patient.family_name}".strip(),
        birth_date=patient.birth_date,
        identifiers=tuple(
            f"{one.value} ({one.issuer})" if one.issuer else one.value
            for one in queries.identifiers(work.session, patient.id)
        ),
        exam_title=title_of(exam),
        performed_at=exam.performed_at,
        title=report.title,
        author=report.author,
        authored_at=report.authored_at,
        paragraphs=paragraphs_of(report.text),
    )
