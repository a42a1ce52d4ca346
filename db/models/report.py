"""The radiologist's text, and when the patient may see it (D9 to D11, D28)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, only_of


class Report(Base):
    """One report. visible_from is computed once, when "Report Complete" is known."""

    __tablename__ = "report"
    __table_args__ = (
        only_of("ix_report_withheld", "withheld_review_on", where="withheld_at IS NOT NULL"),
        only_of("ix_report_preliminary", "visible_from", where="status = 'preliminary'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id"), index=True)
    status: Mapped[str]  # preliminary | final | addendum
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("report.id"), default=None)
    title: Mapped[str]
    author: Mapped[str]
    authored_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(default="")  # empty where the report is a PDF
    attached_at: Mapped[datetime]
    attached_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), default=None)
    # Sent to the referring doctor: whom, how, when; or why there is no referrer.
    referrer_name: Mapped[str | None] = mapped_column(default=None)
    referrer_way: Mapped[str | None] = mapped_column(default=None)
    referrer_sent_at: Mapped[datetime | None] = mapped_column(default=None)
    no_referrer_reason: Mapped[str | None] = mapped_column(default=None)
    complete_queued_at: Mapped[datetime | None] = mapped_column(default=None)
    complete_at: Mapped[datetime | None] = mapped_column(default=None)  # the instant the 48 h count from
    complete_by: Mapped[str | None] = mapped_column(default=None)  # receipt | gateway | staff | ris
    visible_from: Mapped[datetime | None] = mapped_column(default=None, index=True)
    released_early_reason: Mapped[str | None] = mapped_column(default=None)
    withheld_at: Mapped[datetime | None] = mapped_column(default=None)
    withheld_ground: Mapped[str | None] = mapped_column(default=None)
    withheld_review_on: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_reason: Mapped[str | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)


class ReportFile(Base):
    """The PDF of a report that came as one."""

    __tablename__ = "report_file"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), primary_key=True)
    pdf: Mapped[bytes]
    pages: Mapped[int]
