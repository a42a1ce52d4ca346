"""Frames, thumbnails and downloads of an exam's images (R35 to R47, D21)."""

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from app.documents import ImageSheet, PaperStyle, SheetPicture, image_sheet
from app.errors import N_, NotFound
from app.exam_rows import must_be_given_downloads, reach_of, title_of
from app.exams import not_opened
from app.image_files import DownloadKind, PlayedVideo, film_of, find_video, write_files, zip_pieces
from app.imaging import Document, FileDescription, Picture, StoredFrame, Window
from app.imaging.export import Progress, to_png, to_screen_jpeg, to_webp
from app.imaging.problems import error_of
from app.letterhead import letterhead
from app.renditions import Made, Rendition
from app.rules.access import Role
from app.tickets import opened
from app.typed import required
from app.use_case import Effect, Noun, Work, use_case
from app.views.exams import ArchiveKey, ImagesForPaper, StoredImage
from app.words import Words
from db.models import Exam, Instance, Series
from db.queries import exams as exam_queries
from db.queries import images as queries
from db.queries.exams import Reach

LOOKERS = frozenset({Role.PATIENT, Role.GUEST, Role.CLINICAL, Role.RECEPTION})

STAFF = frozenset({Role.CLINICAL, Role.RECEPTION})

PictureForm = Literal["png", "jpeg", "webp"]
ONE_IMAGE = ("image_png", "image_jpeg")
PAPER_SIDE = 2000  # pixels: 250 for each inch of a page
REDUCED_SIDE = 1024
DOCUMENTS = ("document_pdf", "structured_report")
LONGEST = 500  # characters of a reason
_MOST_NUMBERS = 20_000
_ENCODERS: dict[PictureForm, Callable[[Picture], bytes]] = {
    "png": to_png,
    "jpeg": to_screen_jpeg,
    "webp": to_webp,
}


class Images(Noun):
    """Frames, thumbnails and downloads of an exam's images (R35 to R47, D21).

    Each look is authorised in a short transaction and decoded after it, by a worker.
    """

    # Looking

    @use_case(LOOKERS)
    def find(self, work: Work[None], instance_id: UUID) -> StoredImage:
        """Return where an instance lies, if the caller may see it and has opened its exam in this session (D24)."""
        return _looked_at(work, instance_id)

    @property
    def is_far(self) -> bool:
        """Tell whether files come over a line, from the clinic's server."""
        return self.parts.server is not None

    def bring(self, instance_id: UUID, *, cancelled: threading.Event) -> tuple[StoredImage, int]:
        """Bring an instance's file to this machine; return where it lies, for a look within seconds, and its bytes.

        Raises what looking raises, and Unavailable where it was cancelled before the file set out.
        """
        found = self.find(instance_id)
        if cancelled.is_set():
            raise error_of("image_cancelled")
        with self.parts.archive.local_path(found.archive_key) as path:
            return found, path.stat().st_size

    def frame(
        self,
        instance: UUID | StoredImage,
        frame: int,
        *,
        reduced: bool = False,
        cancelled: threading.Event | None = None,
    ) -> StoredFrame:
        """Return one frame, from 0, for a viewer that windows it itself; reduced: it may come smaller and sooner.

        instance: which one, or what bring() has just found of it.
        """
        side = REDUCED_SIDE if reduced else None
        with self._file(instance) as path:
            return self.parts.imaging.stored(path, frame, max_side=side, cancelled=cancelled)

    def picture(
        self,
        instance_id: UUID,
        frame: int,
        max_side: int | None = None,
        form: PictureForm = "jpeg",
        *,
        quick: bool = False,
        exam_id: UUID | None = None,
    ) -> Made:
        """Return one frame, from 0, as a picture file for a browser, with what is odd about it.

        quick: detail that would not be seen at max_side may be left out, as in a thumbnail. exam_id: of this exam and
        no other. Whoever asks is checked first; then a picture that was made a moment ago is given again.
        """
        found = self._of_exam(instance_id, exam_id)

        def made() -> Made:
            with self.parts.archive.local_path(found.archive_key) as path:
                picture = (
                    self.parts.imaging.thumbnail(path, frame, side=max_side)
                    if quick and max_side is not None
                    else self.parts.imaging.render(path, frame, overlays=True, max_side=max_side)
                )
            return Made(_ENCODERS[form](picture), picture.square_size, picture.lossy, picture.notes)

        wanted = _rendition(found, frame, max_side, f"{form}, quick" if quick else form)
        return self.parts.renditions.get(wanted, made)

    def film(self, instance_id: UUID, *, exam_id: UUID | None = None) -> bytes:
        """Return an instance of several frames as an animated WebP, for a browser; exam_id: as in picture."""
        found = self._of_exam(instance_id, exam_id)
        if found.kind != "image" or found.frames < 2:  # noqa: PLR2004 - one picture does not move
            raise _unknown()
        wanted = _rendition(found, -1, None, "film")
        return self.parts.renditions.get(wanted, lambda: Made(film_of(self.parts, [found]))).content

    def thumbnail(
        self,
        instance: UUID | StoredImage,
        frame: int = 0,
        side: int = 256,
        *,
        cancelled: threading.Event | None = None,
    ) -> Picture:
        """Return a small picture of one frame (R37); instance: as in frame."""
        with self._file(instance) as path:
            return self.parts.imaging.thumbnail(path, frame, side=side, cancelled=cancelled)

    def described(self, instance_id: UUID) -> FileDescription:
        """Return what a file says of itself: spacing, windows, whether it is lossy."""
        with self._file(instance_id) as path:
            return self.parts.imaging.describe(path)

    def overlays(
        self, instance: UUID | StoredImage, frame: int = 0, *, cancelled: threading.Event | None = None
    ) -> Picture:
        """Return the drawings that lie over one frame, white on black; instance: as in frame."""
        with self._file(instance) as path:
            return self.parts.imaging.overlays(path, frame, cancelled=cancelled)

    @use_case(STAFF, Effect.OPENS)
    def open_document(self, work: Work[None], instance_id: UUID, because: str = "") -> StoredImage:
        """Return where a document lies; it may hold the radiologist's text, so reception says why (D26)."""
        found = queries.instance(work.session, reach_of(work.who), work.now, instance_id)
        if found is None or found[0].kind not in DOCUMENTS:
            raise _unknown()
        instance, series, exam = found
        work.about(exam_id=exam.id, patient_id=exam.patient_id, instance=instance.id)
        if Role.CLINICAL not in work.who.roles:
            work.about(because=required(because, "because", LONGEST))
        return _stored(instance, series, exam)

    def document(self, instance_id: UUID, because: str = "") -> Document:
        """Return the PDF or structured report in an instance; patients and guests reach none."""
        with self.parts.archive.local_path(self.open_document(instance_id, because).archive_key) as path:
            return self.parts.imaging.document(path)

    def document_pages(self, document: Document) -> int:
        """Return how many pages the PDF of a document has."""
        return self.parts.imaging.pdf_pages(document.pdf)

    def document_page(self, document: Document, page: int, dpi: int = 110) -> Picture:
        """Return one page, from 0, of a document that is a PDF; a decode worker draws it."""
        return self.parts.imaging.pdf_page(document.pdf, page, dpi)

    @use_case(LOOKERS, stream=True, is_activity=False)
    def fetch(self, work: Work[None], ticket: str) -> ArchiveKey:
        """Return where the file lies that a station was given a ticket for, if its holder may still see it."""
        meant = opened(self.parts.keys, self.caller, ticket, work.now)
        if queries.instance(work.session, reach_of(work.who), work.now, meant.instance_id) is None:
            raise _unknown()
        return meant.archive_key

    @use_case(LOOKERS, Effect.OPENS)
    def open_video(self, work: Work[None], exam_id: UUID | None, instance_id: UUID) -> StoredImage:
        """Return where a film lies that somebody plays or saves from its beginning, and write that down (D24)."""
        found = _looked_at(work, instance_id, exam_id)
        work.about(exam_id=found.exam_id, patient_id=found.patient_id, instance=found.id)
        return found

    def video(self, instance_id: UUID, *, is_continued: bool, exam_id: UUID | None = None) -> PlayedVideo:
        """Return a film to be sent; is_continued: more of one that was opened. exam_id: as in picture."""
        file = self._of_exam(instance_id, exam_id) if is_continued else self.open_video(exam_id, instance_id)
        if file.kind != "video":
            raise _unknown()
        return PlayedVideo(self.parts, file, find_video(self.parts, file))

    @use_case(LOOKERS, Effect.OPENS)
    def shown(self, work: Work[None], exam_id: UUID, series_id: UUID, numbers: tuple[int, ...]) -> None:
        """Write down which images of a series, from 1, were looked at: once for each session (D24)."""
        exam = self._exam(work, exam_id)
        if not queries.series_of_exam(work.session, exam.id, series_id):
            raise _unknown()
        before = queries.shown_before(work.session, exam.patient_id, exam.id, series_id, work.who.stay_id)
        new = sorted({number for number in numbers[:_MOST_NUMBERS] if number >= 1} - before)
        work.about(exam_id=exam.id, patient_id=exam.patient_id, series=series_id, numbers=new)
        if not new:
            work.entry.outcome = "repeated"

    # Taking away

    @use_case(LOOKERS, Effect.OPENS)
    def take_away(
        self,
        work: Work[None],
        exam_id: UUID,
        kind: DownloadKind,
        instance_id: UUID | None = None,
        frame: int = 0,
    ) -> tuple[StoredImage, ...]:
        """Return the files that a download is made of, and write it down (R41, D24)."""
        files = images_to_take(work, reach_of(work.who), exam_id, kind, instance_id)
        work.about(exam_id=exam_id, patient_id=files[0].patient_id, kind=kind, files=len(files))
        if kind in ONE_IMAGE:
            work.about(number=files[0].number, frame=frame + 1)
        return files

    @use_case(STAFF, Effect.OPENS)
    def for_paper(self, work: Work[None], exam_id: UUID, instance_ids: tuple[UUID, ...]) -> ImagesForPaper:
        """Return what a sheet of images says and which files it shows, and write down that it is printed (D24)."""
        found = exam_queries.exams(work.session, reach_of(work.who), work.now, exam_id=exam_id)
        every = images_to_take(work, reach_of(work.who), exam_id, "all_zip", None)
        files = {file.id: file for file in every}
        if not found or not instance_ids or not set(instance_ids) <= set(files):
            raise _unknown()
        exam, patient, site = found[0]
        chosen = tuple(files[instance_id] for instance_id in instance_ids)
        work.about(exam_id=exam.id, patient_id=patient.id, numbers=[file.number for file in chosen])
        return ImagesForPaper(
            letterhead=letterhead(work.session, work.clinic, site.id),
            patient_name=f"{patient.given_names} {patient.family_name}".strip(),
            birth_date=patient.birth_date,
            exam_title=title_of(exam),
            performed_at=exam.performed_at,
            files=chosen,
        )

    def sheet(
        self,
        exam_id: UUID,
        images: Sequence[tuple[UUID, int]],
        per_page: Literal[1, 2, 4],
        style: PaperStyle,
        words: Words,
        *,
        window: Window | None = None,
        invert: bool = False,
    ) -> bytes:
        """Return images, each an instance and its frame from 0, as a PDF to print; window: how they were looked at."""
        _ = words
        facts = self.for_paper(exam_id, tuple(instance_id for instance_id, _frame in images))
        pictures = []
        for file, (_instance, frame) in zip(facts.files, images, strict=True):
            with self.parts.archive.local_path(file.archive_key) as path:
                shown = self.parts.imaging.render(
                    path, frame, window=window, invert=invert, overlays=True, max_side=PAPER_SIDE
                )
            number = file.number if file.frames == 1 else frame + 1
            pictures.append(SheetPicture(shown.pixels, _("Image {n}", n=number), shown.aspect))
        printed = ImageSheet(
            facts.letterhead,
            facts.patient_name,
            facts.birth_date,
            _(facts.exam_title),
            facts.performed_at,
            pictures,
        )
        return image_sheet(printed, style, words, per_page=per_page)

    def download(
        self,
        exam_id: UUID,
        kind: DownloadKind,
        target: Path,
        *,
        instance_id: UUID | None = None,
        frame: int = 0,
        progress: Progress | None = None,
        cancelled: threading.Event | None = None,
    ) -> None:
        """Write this image, its series as a film, all images or the DICOM files to target, whole or not at all (D21).

        Raises Unavailable when cancelled or the disk is full.
        """
        files = self.take_away(exam_id, kind, instance_id, frame)
        self.write(files, kind, target, frame=frame, progress=progress, cancelled=cancelled)

    def write(
        self,
        files: Sequence[StoredImage],
        kind: DownloadKind,
        target: Path,
        *,
        frame: int = 0,
        progress: Progress | None = None,
        cancelled: threading.Event | None = None,
    ) -> None:
        """Write what take_away returned to target."""
        write_files(self.parts, files, kind, target, frame=frame, progress=progress, cancelled=cancelled)

    def stream(self, exam_id: UUID, kind: DownloadKind) -> Generator[bytes]:
        """Return all_zip or dicom_zip piece by piece while it is made; close it where it is not gone through (D21)."""
        return zip_pieces(self.parts, self.take_away(exam_id, kind), kind)

    # What they have in common

    def _file(self, instance: UUID | StoredImage) -> AbstractContextManager[Path]:
        found = instance if isinstance(instance, StoredImage) else self.find(instance)
        return self.parts.archive.local_path(found.archive_key)

    def _of_exam(self, instance_id: UUID, exam_id: UUID | None) -> StoredImage:
        found = self.find(instance_id)
        if exam_id not in {None, found.exam_id}:
            raise _unknown()
        return found

    def _exam(self, work: Work[Any], exam_id: UUID) -> Exam:
        found = exam_queries.exams(work.session, reach_of(work.who), work.now, exam_id=exam_id)
        if not found:
            raise _unknown()
        return found[0][0]


def images_to_take(
    work: Work[Any], reach: Reach, exam_id: UUID, kind: DownloadKind, instance_id: UUID | None
) -> tuple[StoredImage, ...]:
    """Return the files that a download is made of; raises NotFound when there are none, NotAllowed for a guest."""
    found = exam_queries.exams(work.session, reach, work.now, exam_id=exam_id)
    if not found:
        raise _unknown()
    must_be_given_downloads(work, reach)
    levels = queries.of_exam(work.session, reach, work.now, exam_id)
    files = tuple(_stored(instance, series, found[0][0]) for _, series, instance in levels)
    if kind in ONE_IMAGE:
        files = tuple(file for file in files if file.id == instance_id)
    if kind == "film":
        wanted = {file.series_id for file in files if file.id == instance_id}
        files = tuple(file for file in files if file.series_id in wanted)
    if kind != "dicom_zip":
        files = tuple(file for file in files if file.kind == "image" and file.frames)
    elif Role.CLINICAL not in work.who.roles:
        # Reports' texts are opened one by one, with a reason (D26), and never handed on before their time (R29).
        files = tuple(file for file in files if file.kind not in DOCUMENTS)
    if not files:
        raise _unknown()
    return files


def _stored(instance: Instance, series: Series, exam: Exam) -> StoredImage:
    return StoredImage(
        id=instance.id,
        exam_id=exam.id,
        series_id=series.id,
        patient_id=exam.patient_id,
        number=instance.number,
        kind=instance.kind,
        frames=instance.frames,
        archive_key=ArchiveKey(instance.archive_key),
        sha256=instance.sha256,
        exam_version=exam.version,
    )


def _looked_at(work: Work[Any], instance_id: UUID, exam_id: UUID | None = None) -> StoredImage:
    """Return an instance of an exam that was opened in this stay; raises NotFound, or Conflict before that (D24)."""
    found = queries.looked_at(work.session, reach_of(work.who), work.now, instance_id, work.who.stay_id)
    if found is None or exam_id not in {None, found[2].id}:
        raise _unknown()
    instance, series, exam, is_opened = found
    if not is_opened:
        raise not_opened()
    return _stored(instance, series, exam)


def _rendition(image: StoredImage, frame: int, side: int | None, form: str) -> Rendition:
    return Rendition(image.exam_id, image.exam_version, image.id, image.sha256, frame, side, form)


def _unknown() -> NotFound:
    return NotFound("image_unknown", N_("This image is not available."))
