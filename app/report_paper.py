"""A report as paragraphs, and as what is printed of it (R25)."""

from typing import Any

from app import documents
from app.errors import N_, NotFound
from app.exam_rows import title_of
from app.letterhead import letterhead
from app.rules.headings import paragraphs
from app.use_case import Work
from app.views.exams import ReportTaken
from app.views.paper import PrintedReport
from app.words import Words
from db.models import Exam, Report
from db.queries import patients as patient_queries
from db.queries import reports as queries


def printed_report(work: Work[Any], report: Report, exam: Exam) -> PrintedReport:
    """Return what is printed of a report whose text the caller may read."""
    patient = patient_queries.patient(work.session, exam.patient_id)
    assert patient is not None
    return PrintedReport(
        letterhead=letterhead(work.session, work.clinic, exam.site_id),
        patient_name=f"{patient.given_names} {patient.family_name}".strip(),
        birth_date=patient.birth_date,
        identifiers=tuple(
            f"{one.value} ({one.issuer})" if one.issuer else one.value
            for one in patient_queries.identifiers(work.session, [patient.id])
        ),
        exam_title=title_of(exam),
        performed_at=exam.performed_at,
        title=report.title,
        author=report.author,
        authored_at=report.authored_at,
        paragraphs=paragraphs(report.text),
    )


def taken_report(work: Work[Any], report: Report, exam: Exam) -> ReportTaken:
    """Return what is needed to print or download a report that the caller may read."""
    file = queries.pdf(work.session, report.id)
    return ReportTaken(None, file.pdf) if file else ReportTaken(printed_report(work, report, exam))


def pdf_of(taken: ReportTaken, paper: str, words: Words, *, large_print: bool = False) -> bytes:
    """Return a report as a PDF; one that came as a PDF stays as it is. Holds no transaction."""
    if taken.printed is None:
        return taken.pdf
    style = documents.PaperStyle("Letter" if paper == "Letter" else "A4", large_print, latin_letters=True)
    return documents.report(taken.printed, style, words)


def report_unavailable() -> NotFound:
    """Return the error of a report that the caller may not read, or not yet (R27)."""
    return NotFound("report_unavailable", N_("Report is Unavailable"))
