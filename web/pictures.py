"""An exam's images in a browser: seen, played and taken home; for guests under /visit and for patients under /exams.

One implementation for both: who looks is read from the address, what they may see is up to the use cases.
"""

from collections.abc import Generator
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.background import BackgroundTask

from app.callers import Caller
from app.image_files import ZIPS, PlayedVideo
from app.images import PictureForm
from app.portal import Acting
from app.renditions import Made
from app.rules.calendar import local_day
from app.sayings import image_notes, image_warning
from app.views.exams import ExamPage
from web.errors import NO_PAGE
from web.gallery import SIDES, THUMBNAIL_SIDE, listing, places_of, told
from web.marks import guests_mark, mark_of
from web.pages import At, Here
from web.ranges import asked_range
from web.shown import EVERY_FRAME
from web.stay import Person, Stay

PAGE_DPI = 150  # of a report that came as a PDF
USUAL_SIDE = 2048  # of an image that is opened by its plain link

router = APIRouter()

Kind = Literal["image_png", "image_jpeg", "all_zip", "dicom_zip"]
_FILES: dict[Kind, tuple[str, str]] = {
    "image_png": ("image-{day}.png", "image/png"),
    "image_jpeg": ("image-{day}.jpg", "image/jpeg"),
    "all_zip": ("images-{day}.zip", "application/zip"),
    "dicom_zip": ("dicom-{day}.zip", "application/zip"),
}


_CONTAINERS = {"mp4": "video/mp4", "ts": "video/mp2t", "mpeg": "video/mpeg"}


class Looking:
    """Whoever looks at the images of an exam: a guest, or the patient where the address names the exam."""

    def __init__(self, at: Here, exam_id: UUID | None) -> None:
        self.at = at
        self.exam_id = exam_id  # None for a guest, whose visit is about one exam
        self.base = f"/exams/{exam_id}" if exam_id else "/visit"  # below the site's own folder

    @cached_property
    def caller(self) -> Caller:
        """Who it is; raises NotAllowed when this browser holds neither visit nor session."""
        return self.at.patient_caller if self.exam_id else self.at.guest_caller

    @cached_property
    def acting(self) -> Acting:
        """The portal as they see it; raises NotAllowed as caller does."""
        return self.at.pages.portal.acting(self.caller)

    def exam(self) -> UUID:
        """Return which exam it is about."""
        return self.exam_id or self.acting.visits.mine().exam_id


async def looking(at: At) -> Looking:
    """Return who looks, from the address alone; raises NotFound where that names no exam."""
    named = at.request.path_params.get("exam_id")
    try:
        return Looking(at, UUID(named) if named else None)
    except ValueError:
        raise NO_PAGE from None


Who = Annotated[Looking, Depends(looking)]


# Looking


@router.get("/thumbnail/{instance_id}/{frame}")
async def thumbnail(at: At, who: Who, instance_id: UUID, frame: int) -> Response:
    """Return a small picture of an image (R37)."""
    form, media_type = _form(at)

    def made() -> Made:
        images = who.acting.images
        return images.picture(instance_id, frame, THUMBNAIL_SIDE, form, quick=True, exam_id=who.exam_id)

    return Response((await at.pages.pictures.run(made)).content, media_type=media_type)


@router.get("/image/{instance_id}/{frame}")
async def image(at: At, who: Who, instance_id: UUID, frame: int, side: int = USUAL_SIDE) -> Response:
    """Return an image for the screen, and note that it was shown (R38, D24).

    side: how many pixels the longer side needs; the next larger of a few sizes comes. Whoever opens the address itself,
    as a browser without scripts does, gets a page with the image on it.
    """
    if "text/html" in at.request.headers.get("accept", ""):
        return await at.pages.pictures.run(lambda: _one_image_page(at, who, instance_id, frame))
    picture = await at.pages.pictures.run(lambda: _drawn(at, who, instance_id, frame, side))
    at.pages.shown.note(who.caller, who.exam_id, instance_id, frame)
    return Response(picture.content, media_type=_form(at)[1], headers={"Vary": "Accept"})


@router.get("/notes/{instance_id}/{frame}")
async def notes(at: At, who: Who, instance_id: UUID, frame: int, side: int = USUAL_SIDE) -> Response:
    """Say what is odd about an image, for the gallery's script; side: as the image was asked for."""
    picture = await at.pages.pictures.run(lambda: _drawn(at, who, instance_id, frame, side))
    return JSONResponse(_notes(at, picture))


@router.get("/film/{instance_id}")
async def film(at: At, who: Who, instance_id: UUID) -> Response:
    """Return the frames of an instance as a picture that moves."""
    played = await at.pages.files.run(lambda: who.acting.images.film(instance_id, exam_id=who.exam_id))
    at.pages.shown.note(who.caller, who.exam_id, instance_id, EVERY_FRAME)
    return Response(played, media_type="image/webp")


@router.get("/video/{instance_id}")
async def video(at: At, who: Who, instance_id: UUID) -> Response:
    """Return a film as it was stored, or the part of it that a player asks for (RFC 9110, "Range Requests")."""
    asked = at.request.headers.get("range", "")
    images = who.acting.images

    def opened() -> PlayedVideo:
        is_continued = bool(asked) and not asked.startswith("bytes=0-")
        return images.video(instance_id, is_continued=is_continued, exam_id=who.exam_id)

    film = await at.pages.files.run(opened)
    headers = {"Accept-Ranges": "bytes"}
    try:
        part = asked_range(asked, film.size)
    except ValueError:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{film.size}"})
    start, end = part or (0, film.size)
    headers["Content-Length"] = str(end - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{film.size}"
    pieces = film.pieces(start, end)
    return StreamingResponse(
        at.pages.files.stream(pieces, pieces.close),
        status_code=206 if part else 200,
        media_type=_CONTAINERS[film.video.container],
        headers=headers,
    )


@router.get("/images.json")
def every_image(who: Who) -> Response:
    """Return all images of the exam in their order, for the gallery's script."""
    return JSONResponse(told(who.acting.exams.look(who.exam())))


@router.get("/images")
def more_images(at: At, who: Who, series: UUID, page: int = 1) -> Response:
    """Show some thumbnails of a series, for a browser without scripts."""
    exam = who.acting.exams.look(who.exam())
    shown = next((one for one in exam.series if one.id == series), None)
    listed = listing(shown, page) if shown else None
    if shown is None or listed is None or not listed.places:
        raise NO_PAGE
    return _page(at, who, "images.html", exam, series=shown, listing=listed)


def _drawn(at: At, who: Looking, instance_id: UUID, frame: int, side: int) -> Made:
    level = next((level for level in SIDES if level >= side), SIDES[-1])
    return who.acting.images.picture(instance_id, frame, level, _form(at)[0], exam_id=who.exam_id)


def _notes(at: At, picture: Made) -> dict[str, Any]:
    warning = image_warning(at.words, lossy=picture.lossy)
    return {"warning": warning, "notes": image_notes(at.words, picture.notes)}


def _one_image_page(at: At, who: Looking, instance_id: UUID, frame: int) -> Response:
    """Show an image on a page of its own, for a browser without scripts (R38, R44)."""
    exam = who.acting.exams.look(who.exam())
    for series in exam.series:
        places = tuple(places_of(series))
        for index, place in enumerate(places):
            if (place.instance.id, place.frame) == (instance_id, frame):
                beside = {
                    "before": places[index - 1] if index else None,
                    "after": places[index + 1] if index + 1 < len(places) else None,
                }
                picture = _drawn(at, who, instance_id, frame, USUAL_SIDE)
                said = _notes(at, picture) | {"size": picture.size}
                return _page(at, who, "image.html", exam, series=series, place=place, **beside, **said)
    raise NO_PAGE


def _page(at: At, who: Looking, name: str, exam: ExamPage, **more: Any) -> Response:
    context: dict[str, Any] = {"exam": exam.exam, "base": who.base, **more}
    if who.exam_id is None:
        return at.page(name, layout="visiting.html", state=guests_mark(exam), **context)
    return Stay(at).page(
        name,
        person=Person(exam.exam.patient_id, exam.exam.patient_name),
        nouns="exam",
        check=f"{who.base}/state",
        layout="signed.html",
        state=mark_of(exam),
        **context,
    )


# Taking home


@router.get("/download/{kind}")
async def download(at: At, who: Who, kind: Kind, instance: UUID | None = None, frame: int = 0) -> Response:
    """Return one image, all images or the DICOM files (R41, D21)."""
    if kind in ZIPS:
        return await _zip(at, who, kind)
    return await at.pages.files.run(lambda: _one_image(at, who, kind, instance, frame))


async def _zip(at: At, who: Looking, kind: Kind) -> Response:
    """Send a ZIP while it is made: no disk and no memory holds the whole of it."""

    def begun() -> tuple[ExamPage, bytes, Generator[bytes]]:
        exam_id = who.exam()
        page = who.acting.exams.look(exam_id)
        pieces = who.acting.images.stream(exam_id, kind)
        # The first piece is made before the answer begins: what cannot be made at all is said on a page.
        return page, next(pieces, b""), pieces

    page, first, pieces = await at.pages.files.run(begun)
    return StreamingResponse(
        at.pages.files.stream(chain([first], pieces), pieces.close),
        media_type="application/zip",
        headers=saved_as(_FILES[kind][0], page),
    )


def _one_image(at: At, who: Looking, kind: Kind, instance_id: UUID | None, frame: int) -> Response:
    exam_id = who.exam()
    page = who.acting.exams.look(exam_id)
    name, media_type = _FILES[kind]
    with at.pages.large_file_folder() as folder:
        path = Path(folder.name) / "file"
        who.acting.images.download(exam_id, kind, path, instance_id=instance_id, frame=frame)
        return FileResponse(
            path,
            media_type=media_type,
            headers=saved_as(name, page),
            background=BackgroundTask(folder.cleanup),
        )


def saved_as(name: str, page: ExamPage) -> dict[str, str]:
    """Return the header that names a file to be saved; {day} in it becomes the exam's day."""
    day = local_day(page.exam.performed_at, page.exam.time_zone).isoformat()
    return {"Content-Disposition": f'attachment; filename="{name.format(day=day)}"'}


def _form(at: At) -> tuple[PictureForm, str]:
    """Return the form of picture that the browser takes best."""
    takes_webp = "image/webp" in at.request.headers.get("accept", "")
    return ("webp", "image/webp") if takes_webp else ("jpeg", "image/jpeg")
