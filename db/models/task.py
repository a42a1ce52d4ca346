"""What a person at a site must do (D32), and what waits for a printer or a phone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, only_of


class Task(Base):
    """One thing to do. The key keeps the same thing from standing on the list twice."""

    __tablename__ = "task"
    __table_args__ = (Index("ix_task_open", "site_id", "done_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    created_at: Mapped[datetime]
    detail: Mapped[str] = mapped_column(default="{}")  # JSON without names
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id"), default=None)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), default=None)
    exam_id: Mapped[UUID | None] = mapped_column(ForeignKey("exam.id"), default=None)
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("report.id"), default=None)
    invitation_id: Mapped[UUID | None] = mapped_column(ForeignKey("invitation.id"), default=None)
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"), default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), default=None)
    done_note: Mapped[str | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)


class UnmatchedExam(Base):
    """Imported files whose patient is not certain; they wait for a person (D32)."""

    __tablename__ = "unmatched_exam"
    __table_args__ = (only_of("ix_unmatched_exam_waiting", "site_id", where="matched_at IS NULL"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    arrived_at: Mapped[datetime]
    described: Mapped[bytes]  # encrypted JSON: what the files say of patient, exam and where they wait
    matched_at: Mapped[datetime | None] = mapped_column(default=None)
    exam_id: Mapped[UUID | None] = mapped_column(ForeignKey("exam.id"), default=None)


class Download(Base):
    """A kiosk's QR code to the patient's phone: 10 minutes, spent by POST (D21)."""

    __tablename__ = "download"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    what: Mapped[str]  # JSON: report or images, by our ids
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), default=None, index=True)
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visit.id"), default=None)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None] = mapped_column(default=None)
    browser_digest: Mapped[bytes | None] = mapped_column(default=None)  # who spent it may resume


class PrintRequest(Base):
    """What a kiosk without its own printer asks the desk to print (D19)."""

    __tablename__ = "print_request"
    __table_args__ = (only_of("ix_print_request_kept", "expires_at", where="content IS NOT NULL"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]  # invitation | report | who_opened
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    content: Mapped[bytes | None]  # encrypted PDF, wiped when handed over or over
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    printed_at: Mapped[datetime | None] = mapped_column(default=None)
    handed_over_at: Mapped[datetime | None] = mapped_column(default=None)
