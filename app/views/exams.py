"""Exams, reports and images as screens and pages see them."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NewType
from uuid import UUID

from app.rules.report_release import ReportNotice, ReportState
from app.views.paper import Letterhead, PrintedReport

# Where a file lies in the archive. A station is told a ticket in its place (app/tickets.py).
ArchiveKey = NewType("ArchiveKey", str)


@dataclass(frozen=True)
class ExamRow:
    """One exam in a list."""

    id: UUID
    patient_id: UUID
    patient_name: str
    title: str  # "CT of the head": the description, or the modality in plain words
    modality: str
    performed_at: datetime
    site_name: str
    time_zone: str
    image_count: int  # frames that can be shown
    has_visible_report: bool
    is_withheld: bool
    can_share: bool  # "Share Exam" appears only where this is so (R62)
    changes_at: datetime | None


@dataclass(frozen=True)
class ReportRow:
    """One report of an exam: to be read, or what stands in its place."""

    id: UUID
    exam_id: UUID
    title: str
    author: str
    authored_at: datetime
    status: str  # preliminary | final | addendum
    state: ReportState
    notice: ReportNotice | None  # None: it can be read
    visible_from: datetime | None
    complete_at: datetime | None
    withdrawn_at: datetime | None
    is_pdf: bool
    pages: int
    is_correction: bool = False  # it takes the place of an earlier report (D28)
    # For staff only, empty for others
    referrer_name: str = ""
    referrer_way: str = ""
    referrer_sent_at: datetime | None = None
    no_referrer_reason: str = ""
    message_id: UUID | None = None  # the newest "Report Complete" SMS
    message_state: str = ""
    withheld_ground: str = ""


@dataclass(frozen=True)
class InstanceRow:
    """One stored instance: an image with its frames, or a document."""

    id: UUID
    number: int
    kind: str
    frames: int
    rows: int
    columns: int
    problem: str | None  # why it cannot be shown
    uid: str = ""  # by which key object selections name it
    size: int = 0  # of the file, in bytes


@dataclass(frozen=True)
class SeriesRow:
    """One series with its instances in order."""

    id: UUID
    title: str
    modality: str
    number: int
    instances: tuple[InstanceRow, ...]
    frame_time_ms: float | None

    @property
    def frame_count(self) -> int:
        """How many images there are to swipe through."""
        return sum(instance.frames for instance in self.instances if instance.kind == "image")


@dataclass(frozen=True)
class ExamPage:
    """One exam, opened."""

    exam: ExamRow
    reports: tuple[ReportRow, ...]
    notice: ReportNotice | None  # for an exam without any visible report
    notice_opens_at: datetime | None
    series: tuple[SeriesRow, ...]
    may_see_report: bool  # a guest may have been given images only
    may_see_images: bool
    may_download: bool


@dataclass(frozen=True)
class ReportText:
    """A report, opened: its paragraphs, or the number of pages of its PDF."""

    report: ReportRow
    paragraphs: tuple[str, ...]
    pdf_pages: int


@dataclass(frozen=True)
class ReportTaken:
    """A report to take away: what is to be printed, or the PDF as it came."""

    printed: PrintedReport | None
    pdf: bytes = b""


@dataclass(frozen=True)
class ReportOpener:
    """Somebody who opened a report, when and how (D28)."""

    at: datetime
    who: str
    took_away: bool  # printed or downloaded it


@dataclass(frozen=True)
class StoredImage:
    """Where one instance lies in the archive, told to those who may look at it."""

    id: UUID
    exam_id: UUID
    series_id: UUID
    patient_id: UUID
    number: int
    kind: str
    frames: int
    archive_key: ArchiveKey
    sha256: str = ""
    exam_version: int = 0  # another one: the exam is not as it was


@dataclass(frozen=True)
class ImagesForPaper:
    """What a sheet of images says of itself, and the files it shows."""

    letterhead: Letterhead
    patient_name: str
    birth_date: date
    exam_title: str
    performed_at: datetime
    files: tuple[StoredImage, ...]


@dataclass(frozen=True)
class DownloadOffer:
    """A kiosk's QR code to the patient's phone (D21)."""

    url: str
    expires_at: datetime


@dataclass(frozen=True)
class DownloadWhat:
    """What a download holds, said before it is spent."""

    title: str
    file_name: str
    expires_at: datetime
    is_spent: bool


@dataclass(frozen=True)
class DownloadClaim:
    """What the phone that spent a download may fetch, checked anew each time."""

    id: UUID
    what: str  # report, or a kind of image download
    file_name: str
    media_type: str
    frame: int
    images: tuple[StoredImage, ...]
    report: ReportTaken | None


@dataclass(frozen=True)
class DownloadFile:
    """A file that is ready; bytes of it may be asked for again and again until the download is over."""

    path: Path
    name: str
    media_type: str


@dataclass(frozen=True)
class SurveyedStudy:
    """One study found among files to import."""

    study_instance_uid: str
    accession_number: str
    description: str
    modality: str
    performed_at: datetime
    patient_name: str  # as in the files
    birth_date: str
    identifiers: tuple[str, ...]
    files: int
    images: int
    differs: tuple[str, ...]  # what contradicts the chosen patient: "name", "birth_date", "identifier"
    is_dated: bool = True  # the files say when; otherwise performed_at is the day of the import


@dataclass(frozen=True)
class BrokenFile:
    """A file that was left out, and why."""

    name: str
    problem: str


@dataclass(frozen=True)
class Survey:
    """What an import would bring; nothing is stored yet."""

    id: UUID
    studies: tuple[SurveyedStudy, ...]
    broken: tuple[BrokenFile, ...]
    matches_patient: bool


@dataclass(frozen=True)
class WaitingExam:
    """An imported study whose patient is not certain (D32)."""

    id: UUID
    arrived_at: datetime
    study: SurveyedStudy


@dataclass(frozen=True)
class Imported:
    """What an import brought."""

    exam_ids: tuple[UUID, ...]
    files: int
    already_there: int
    broken: tuple[BrokenFile, ...]
    unmatched: int  # studies that wait on the To do list
