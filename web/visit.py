"""A guest's visit: the report, the images and what may be taken home (R36 to R41, R47, D13, D17, D28)."""

import contextlib
import hashlib
from pathlib import Path
from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.background import BackgroundTask

from app.errors import PortalError
from app.imaging.export import to_jpeg, to_png
from app.rules.calendar import local_day
from app.views.exams import ExamPage
from web.guest import LOOKING
from web.pages import At
from web.security import Form, cookie_name

router = APIRouter(prefix="/visit")

THUMBNAIL_SIDE = 256
IMAGE_SIDE = 2048  # the longer side of an image on a page, in pixels
PAGE_DPI = 150
FIRST_SHOWN = 12  # thumbnails of a series before "Show all"

Kind = Literal["image_png", "image_jpeg", "all_zip", "dicom_zip"]
_FILES: dict[Kind, tuple[str, str]] = {
    "image_png": ("image-{day}.png", "image/png"),
    "image_jpeg": ("image-{day}.jpg", "image/jpeg"),
    "all_zip": ("images-{day}.zip", "application/zip"),
    "dicom_zip": ("dicom-{day}.zip", "application/zip"),
}


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
        can_download_images=visit.may_download and page.exam.image_count > 0,
        state=_state(page),
        image_side=IMAGE_SIDE,
        first_shown=FIRST_SHOWN,
    )


@router.get("/state/{exam_id}")
def state(at: At, exam_id: UUID) -> Response:
    """Say whether an open page still shows what is to be seen; being asked is no sign that somebody is there (D17)."""
    return JSONResponse({"state": _state(at.guest().exams.look(exam_id))})


@router.post("/leave")
def leave(at: At, form: Form) -> Response:  # noqa: ARG001 - read, so that it is our own page that asks
    """End the visit."""
    at.pages.shown.write(at.visit_token)
    with contextlib.suppress(PortalError):  # it was over already
        at.guest().visits.leave()
    response = at.go("/left")
    response.delete_cookie(
        cookie_name(at.request, "visit"),
        path="/",
        secure=at.request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


# Looking


@router.get("/thumbnail/{instance_id}/{frame}")
def thumbnail(at: At, instance_id: UUID, frame: int) -> Response:
    """Return a small picture of an image (R37)."""
    picture = at.guest().images.thumbnail(instance_id, frame, THUMBNAIL_SIDE)
    return Response(to_jpeg(picture), media_type="image/jpeg")


@router.get("/image/{instance_id}/{frame}")
def image(at: At, instance_id: UUID, frame: int) -> Response:
    """Return an image for the screen, and note that it was shown (R38, D24)."""
    picture = at.guest().images.picture(instance_id, frame, IMAGE_SIDE)
    at.pages.shown.note(at.visit_token, at.address, instance_id, frame)
    return Response(picture, media_type="image/jpeg")


@router.get("/report/{report_id}/{number}")
def report_page(at: At, report_id: UUID, number: int) -> Response:
    """Return a page, from 1, of a report that came as a PDF."""
    return Response(to_png(at.guest().reports.page(report_id, number - 1, PAGE_DPI)), media_type="image/png")


# Taking home


@router.get("/report/{report_id}.pdf")
def report_pdf(at: At, report_id: UUID) -> Response:
    """Return a report as a PDF (R25)."""
    guest = at.guest()
    day = _exam_day(guest.exams.look(guest.visits.mine().exam_id))
    pdf = guest.reports.document(report_id, words=at.words)
    return Response(pdf, media_type="application/pdf", headers=_saved_as(f"report-{day}.pdf"))


@router.get("/download/{kind}")
def download(at: At, kind: Kind, instance: UUID | None = None, frame: int = 0) -> Response:
    """Return one image, all images or the DICOM files (R41, D21)."""
    guest = at.guest()
    exam_id = guest.visits.mine().exam_id
    page = guest.exams.look(exam_id)
    name, media_type = _FILES[kind]
    with at.pages.large_file_folder() as folder:
        path = Path(folder.name) / "file"
        guest.images.download(exam_id, kind, path, instance_id=instance, frame=frame)
        return FileResponse(
            path,
            media_type=media_type,
            headers=_saved_as(name.format(day=_exam_day(page))),
            background=BackgroundTask(folder.cleanup),
        )


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _exam_day(page: ExamPage) -> str:
    return local_day(page.exam.performed_at, page.exam.time_zone).isoformat()


def _state(page: ExamPage) -> str:
    """Return a short mark that changes when the page would look different."""
    seen = (
        page.may_see_report,
        page.may_see_images,
        page.may_download,
        page.notice,
        [(report.id, report.title, report.state, report.notice, report.pages) for report in page.reports],
        [instance.id for series in page.series for instance in series.instances],
    )
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]
