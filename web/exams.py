"""One exam of a signed-in patient: its reports, or why there is none yet, and its images (R23 to R36, D9, D11, D28)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from app.exam_rows import exam_unknown
from app.imaging.export import to_png
from app.portal import Acting
from app.rules.calendar import local_day
from app.rules.headings import is_heading
from app.rules.report_release import ReportNotice
from app.sayings import exam_title, notice_lines, report_name
from app.views.exams import ExamPage, ReportRow, ReportText
from web.marks import mark_of
from web.pages import At
from web.pictures import PAGE_DPI, saved_as
from web.stay import Person, Signed, Stay

router = APIRouter(prefix="/exams")


@dataclass(frozen=True)
class ReportCard:
    """A report as the page shows it: to be read, or a heading with the sentences that stand in its place."""

    name: str
    row: ReportRow | None = None
    lines: tuple[str, ...] = ()  # below the name
    paragraphs: tuple[tuple[bool, str], ...] = ()  # whether it is a heading, and its words
    pdf_pages: int = 0
    notice: tuple[str, ...] = ()


@router.get("/{exam_id}")
def see(stay: Signed, exam_id: UUID) -> Response:
    """Open an exam, which is written down (R23, R24, D24)."""
    page = stay.acting.exams.open(exam_id)
    return stay.page(
        "exam.html",
        person=Person(page.exam.patient_id, page.exam.patient_name),
        nouns="exam report",
        changes_at=page.exam.changes_at,
        check=f"/exams/{exam_id}/state",
        **shown(stay, page),
        state=mark_of(page),
    )


@router.get("/{exam_id}/state")
def state(at: At, exam_id: UUID) -> Response:
    """Say whether an open page still shows what is to be seen."""
    return JSONResponse({"state": mark_of(at.patient().exams.look(exam_id))})


@router.get("/{exam_id}/report/{report_id}.pdf")
def report_pdf(stay: Signed, exam_id: UUID, report_id: UUID) -> Response:
    """Return a report as a PDF (R25)."""
    page = _of_exam(stay.acting, exam_id, report_id)
    pdf = stay.acting.reports.document(report_id, large_print=stay.session.large_text, words=stay.words)
    return Response(pdf, media_type="application/pdf", headers=saved_as("report-{day}.pdf", page))


@router.get("/{exam_id}/report/{report_id}/{number}")
def report_page(at: At, exam_id: UUID, report_id: UUID, number: int) -> Response:
    """Return a page, from 1, of a report that came as a PDF."""
    patient = at.patient()
    _of_exam(patient, exam_id, report_id)
    return Response(to_png(patient.reports.page(report_id, number - 1, PAGE_DPI)), media_type="image/png")


def shown(stay: Stay, page: ExamPage) -> dict[str, Any]:
    """Return what the templates show of an exam."""
    return {
        "page": page,
        "exam": page.exam,
        "title": exam_title(stay.words, page.exam),
        "exam_day": local_day(page.exam.performed_at, page.exam.time_zone),
        "cards": report_cards(stay, page) if page.may_see_report else [],
        "base": f"/exams/{page.exam.id}",
    }


def report_cards(stay: Stay, page: ExamPage) -> list[ReportCard]:
    """Return the exam's reports as they are read; the same words are not said twice (D11)."""
    cards = [
        _readable(stay, page, row) if row.notice is None else _unavailable(stay, page, row)
        for row in page.reports
    ]
    if not cards:
        cards = [_unavailable(stay, page, None)]
    return list(dict.fromkeys(cards))


def _readable(stay: Stay, page: ExamPage, row: ReportRow) -> ReportCard:
    _ = stay.words
    text: ReportText = stay.acting.reports.read(row.id)
    day = row.authored_at.astimezone(ZoneInfo(page.exam.time_zone)).date()
    lines = [_("{author}, {day}", author=row.author, day=day)]
    if row.is_correction:
        lines.append(_("This report corrects an earlier one."))
    return ReportCard(
        report_name(_, row),
        row,
        tuple(lines),
        tuple((is_heading(words), words) for words in text.paragraphs),
        text.pdf_pages,
    )


def _unavailable(stay: Stay, page: ExamPage, row: ReportRow | None) -> ReportCard:
    _, zone = stay.words, page.exam.time_zone
    notice = (row.notice if row else None) or page.notice or ReportNotice.NOT_YET
    opens_at = row.visible_from if row else page.notice_opens_at
    opens = _.moment(opens_at, zone) if opens_at else ""
    withdrawn_at = row.withdrawn_at if row else None
    withdrawn = _.date(withdrawn_at.astimezone(ZoneInfo(zone)).date()) if withdrawn_at else ""
    is_withdrawn = notice is ReportNotice.WITHDRAWN
    lines = notice_lines(_, stay.at.clinic(), notice, opens, withdrawn)
    if not is_withdrawn and page.may_see_images and page.exam.image_count:
        lines.append(_("You can look at your images now."))
    return ReportCard(
        _("Report withdrawn") if is_withdrawn else _("Report is Unavailable"), notice=tuple(lines)
    )


def _of_exam(patient: Acting, exam_id: UUID, report_id: UUID) -> ExamPage:
    """Return the opened exam that a report belongs to; raises NotFound for a report of another one."""
    page = patient.exams.look(exam_id)
    if report_id not in {row.id for row in page.reports}:
        raise exam_unknown()
    return page
