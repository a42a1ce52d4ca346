"""A guest's visit: the report, the images and what may be taken home (R36 to R41, R47, D13, D17, D28)."""

import contextlib
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from app.errors import PortalError
from app.imaging.export import to_png
from app.rules.calendar import local_day
from web.guest import LOOKING
from web.marks import guests_mark
from web.pages import At
from web.pictures import PAGE_DPI, saved_as
from web.security import Form, drop_cookie

router = APIRouter(prefix="/visit")


@router.api_route("", methods=LOOKING)
def see(at: At) -> Response:
    """Show the exam that the visit is about."""
    guest = at.guest()
    visit = guest.visits.mine()
    page = guest.exams.open(visit.exam_id)
    reports = [(row, None if row.notice else guest.reports.read(row.id)) for row in page.reports]
    return at.page(
        "visit.html",
        visit=visit,
        page=page,
        exam=page.exam,
        exam_day=local_day(page.exam.performed_at, page.exam.time_zone),
        reports=reports,
        state=guests_mark(page),
    )


@router.get("/state/{exam_id}")
def state(at: At, exam_id: UUID) -> Response:
    """Say whether an open page still shows what is to be seen; being asked is no sign that somebody is there (D17)."""
    return JSONResponse({"state": guests_mark(at.guest().exams.look(exam_id))})


@router.post("/leave")
def leave(at: At, form: Form) -> Response:  # noqa: ARG001 - read, so that it is our own page that asks
    """End the visit."""
    at.pages.shown.write(at.guest_caller)
    with contextlib.suppress(PortalError):  # it was over already
        at.guest().visits.leave()
    response = at.go("/left")
    drop_cookie(response, at.request, "visit")
    return response


# Reports


@router.get("/report/{report_id}/{number}")
def report_page(at: At, report_id: UUID, number: int) -> Response:
    """Return a page, from 1, of a report that came as a PDF."""
    return Response(to_png(at.guest().reports.page(report_id, number - 1, PAGE_DPI)), media_type="image/png")


@router.get("/report/{report_id}.pdf")
def report_pdf(at: At, report_id: UUID) -> Response:
    """Return a report as a PDF (R25)."""
    guest = at.guest()
    page = guest.exams.look(guest.visits.mine().exam_id)
    pdf = guest.reports.document(report_id, words=at.words)
    return Response(pdf, media_type="application/pdf", headers=saved_as("report-{day}.pdf", page))
