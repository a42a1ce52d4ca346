"""One share of one exam, and every access made with it (D12 to D17)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import ByteText


class Invitation(Base):
    """One share. A trigger of the first migration keeps revoked_at from ever being taken back."""

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint("accesses >= 0 AND accesses <= max_accesses", name="accesses_within"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(ByteText, unique=True)
    code_digest: Mapped[bytes]
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id"), index=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)  # the owner
    created_at: Mapped[datetime] = mapped_column(index=True)
    created_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff.id"), default=None
    )  # at reception (D19)
    created_reason: Mapped[str | None] = mapped_column(default=None)
    way: Mapped[str]  # email | paper
    recipient_name: Mapped[str]
    recipient_email: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")  # the owner's message to the recipient
    contents: Mapped[str]  # report_and_images | report | images
    may_download: Mapped[bool]
    shared_until: Mapped[datetime]  # the instant the last day has ended
    max_accesses: Mapped[int]
    accesses: Mapped[int] = mapped_column(default=0)
    wrong_codes: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(default=None)
    stopped_at: Mapped[datetime | None] = mapped_column(
        default=None
    )  # locked until somebody unlocks it (D14)
    first_opened_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    last_opened_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_why: Mapped[str | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)


class Visit(Base):
    """One access: what one correct entry of the code opened, bound to its browser or station (D13)."""

    __tablename__ = "visit"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitation.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    opened_at: Mapped[datetime]
    last_active_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    station_id: Mapped[UUID | None] = mapped_column(ForeignKey("station.id"), default=None)
    address: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
