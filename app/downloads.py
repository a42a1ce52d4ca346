"""A kiosk's QR code to the patient's phone (D21)."""

import json
import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, cast
from uuid import UUID

from app.errors import N_, Conflict, NotFound
from app.exam_rows import must_be_given_downloads, reach_of, title_of
from app.ids import new_id
from app.image_files import DownloadKind
from app.images import Images, images_to_take
from app.imaging.problems import error_of
from app.outside.durable import make_folder, write_whole
from app.parts import Parts
from app.report_paper import pdf_of, report_unavailable, taken_report
from app.rules.access import Role
from app.rules.calendar import local_day
from app.use_case import Effect, Noun, Work, use_case
from app.views.exams import DownloadClaim, DownloadFile, DownloadOffer, DownloadWhat, StoredImage
from app.words import Words
from db.models import Download, Exam, Patient, Site
from db.queries import downloads as queries
from db.queries import reports as report_queries
from db.queries import sessions as session_queries
from db.queries.exams import Reach

AT_THE_KIOSK = frozenset({Role.PATIENT, Role.GUEST})
ANYBODY = frozenset({Role.NOBODY, Role.KIOSK, Role.DESK, Role.PATIENT, Role.GUEST, Role.STAFF})
# A phone may lose its connection over and over; after this the file is gone.
RESUMABLE_FOR = timedelta(hours=1)

What = Literal["report", "image_png", "image_jpeg", "film", "all_zip", "dicom_zip"]
_ENDINGS = {
    "report": ("report", "pdf", "application/pdf"),
    "image_png": ("image", "png", "image/png"),
    "image_jpeg": ("image", "jpg", "image/jpeg"),
    "film": ("film", "webp", "image/webp"),
    "all_zip": ("images", "zip", "application/zip"),
    "dicom_zip": ("dicom", "zip", "application/zip"),
}
_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_Row = tuple[Download, Exam, Patient, Site]


class Downloads(Noun):
    """A kiosk's QR code to the patient's phone (D21)."""

    def _new_token(self, *_: Any, **__: Any) -> str:
        return secrets.token_urlsafe(24)

    @use_case(AT_THE_KIOSK, Effect.WRITES, secret=True, prepare=_new_token)
    def offer(
        self,
        work: Work[str],
        exam_id: UUID,
        what: What,
        report_id: UUID | None = None,
        instance_id: UUID | None = None,
        frame: int = 0,
    ) -> DownloadOffer:
        """Offer a report or images to the phone that opens the address first (D21)."""
        asked = {
            "what": what,
            "report_id": str(report_id) if report_id else None,
            "instance_id": str(instance_id) if instance_id else None,
            "frame": frame,
        }
        self._check(work, reach_of(work.who), exam_id, asked)
        row = Download(
            id=new_id(),
            digest=self.parts.keys.digest("download", work.prepared),
            what=json.dumps(asked),
            exam_id=exam_id,
            account_id=work.who.account_id,
            visit_id=work.who.visit_id,
            made_at=work.now,
            expires_at=work.now + timedelta(minutes=work.clinic.rules.download_minutes),
        )
        work.session.add(row)
        work.session.flush()
        found = queries.by_digest(work.session, row.digest)
        assert found is not None
        work.about(exam_id=exam_id, report_id=report_id, patient_id=found[2].id, what=what)
        return DownloadOffer(f"{work.clinic.public_address}/d#{work.prepared}", row.expires_at)

    @use_case(ANYBODY, is_activity=False)
    def look(self, work: Work[None], token: str) -> DownloadWhat:
        """Say what a download holds, without spending it."""
        row, exam, _, site = self._row(work, token)
        if work.now >= row.expires_at and row.spent_at is None:
            raise _over()
        asked = json.loads(row.what)
        return DownloadWhat(
            title=title_of(exam),
            file_name=_file_name(asked["what"], exam, site),
            expires_at=row.expires_at,
            is_spent=row.spent_at is not None,
        )

    @use_case(ANYBODY, Effect.WRITES, is_activity=False)
    def spend(self, work: Work[None], token: str, browser: str) -> None:
        """Give the download to this browser, which may fetch it for an hour; no other may (D21).

        browser: what this browser alone knows, such as a cookie made for it.
        """
        row, exam, patient, _ = self._row(work, token)
        own = self._browser(row, browser)
        if row.spent_at is not None and row.browser_digest != own:
            raise _of_another_phone()
        if not queries.spend(work.session, row.id, own, work.now):
            raise _over()
        asked = json.loads(row.what)
        work.about(
            exam_id=exam.id,
            patient_id=patient.id,
            report_id=UUID(asked["report_id"]) if asked["report_id"] else None,
            account_id=row.account_id,
            invitation_id=queries.invitation_of(work.session, row),
            what=asked["what"],
        )

    @use_case(ANYBODY, is_activity=False)
    def claim(self, work: Work[None], token: str, browser: str) -> DownloadClaim:
        """Return what the browser that spent a download may fetch, as far as it may still be seen."""
        row, exam, _, site = self._row(work, token)
        if row.spent_at is None or work.now >= row.spent_at + RESUMABLE_FOR:
            raise _over()
        if row.browser_digest != self._browser(row, browser):
            raise _of_another_phone()
        asked = json.loads(row.what)
        images, report = self._check(work, self._reach(work, row), exam.id, asked)
        return DownloadClaim(
            id=row.id,
            what=asked["what"],
            file_name=_file_name(asked["what"], exam, site),
            media_type=_ENDINGS[asked["what"]][2],
            frame=asked["frame"],
            images=images,
            report=taken_report(work, *report) if report else None,
        )

    def fetch(self, token: str, browser: str, words: Words | None = None) -> DownloadFile:
        """Return the file for the browser that spent the download; made once, then sent as often as it takes."""
        claim = self.claim(token, browser)
        folder = _folder(self.parts)
        make_folder(folder)
        path = folder / str(claim.id)
        if not path.exists():
            if claim.report is None:
                kind = cast("DownloadKind", claim.what)
                self.beside(Images).write(claim.images, kind, path, frame=claim.frame)
            else:
                try:
                    write_whole(path, pdf_of(claim.report, "A4", words or Words()))
                except OSError:
                    raise error_of("disk_full") from None
        return DownloadFile(path, claim.file_name, claim.media_type)

    def _check(
        self, work: Work[Any], reach: Reach, exam_id: UUID, asked: dict[str, Any]
    ) -> tuple[tuple[StoredImage, ...], Any]:
        """Return the images or the report that were asked for; raises NotFound or NotAllowed."""
        if asked["what"] == "report":
            report_id = UUID(asked["report_id"]) if asked["report_id"] else None
            found = report_queries.readable(work.session, reach, work.now, report_id) if report_id else None
            must_be_given_downloads(work, reach)
            if found is None or found[1].id != exam_id:
                raise report_unavailable()
            return (), found
        instance_id = UUID(asked["instance_id"]) if asked["instance_id"] else None
        return images_to_take(work, reach, exam_id, asked["what"], instance_id), None

    def _reach(self, work: Work[Any], row: Download) -> Reach:
        """Return what whoever made the offer reaches now: a block or a revocation holds here too."""
        if row.account_id is not None:
            if not queries.account_in_force(work.session, row.account_id, work.now):
                raise _over()
            reached = session_queries.reached_patients(work.session, row.account_id, work.now)
            return Reach(patient_ids=reached)
        return Reach(invitation_id=queries.invitation_of(work.session, row))

    def _row(self, work: Work[Any], token: str) -> _Row:
        found = queries.by_digest(work.session, self.parts.keys.digest("download", token))
        if found is None:
            raise _over()
        return found

    def _browser(self, row: Download, browser: str) -> bytes:
        return self.parts.keys.digest("browser", f"{row.id}:{browser}")


def forget_downloads(parts: Parts) -> None:
    """Delete the files of downloads that are over; part of housekeeping."""
    folder = _folder(parts)
    files = {file.name: file for file in folder.iterdir()} if folder.is_dir() else {}
    made = {UUID(name): file for name, file in files.items() if _NAME.fullmatch(name)}
    with parts.database.reading() as session:
        going_on = queries.spent_after(session, made, parts.clock() - RESUMABLE_FOR)
    for download_id in made.keys() - going_on:
        made[download_id].unlink(missing_ok=True)


def _folder(parts: Parts) -> Path:
    return parts.settings.data_folder / "downloads"


def _file_name(what: str, exam: Exam, site: Site) -> str:
    """Return a name that says what and when, and nothing of whom."""
    name, ending, _ = _ENDINGS[what]
    return f"{name}-{local_day(exam.performed_at, site.time_zone).isoformat()}.{ending}"


def _over() -> NotFound:
    return NotFound("download_over", N_("This download is over. Go back to the kiosk and start a new one."))


def _of_another_phone() -> Conflict:
    return Conflict(
        "download_spent", N_("This download was opened on another phone. Go back to the kiosk for a new one.")
    )
