"""Who did what, and what stations refresh on: both numbered from one row, locked last in a transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, only_of
from db.types import ByteText

_Number = BigInteger().with_variant(Integer, "sqlite")


class Journal(Base):
    """The one counter row: gap-free numbers in commit order on both databases."""

    __tablename__ = "journal"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    epoch: Mapped[UUID]  # new after each restore: an unknown epoch means reload everything
    change_number: Mapped[int] = mapped_column(BigInteger, default=0)
    audit_number: Mapped[int] = mapped_column(BigInteger, default=0)
    audit_hash: Mapped[bytes]


class Change(Base):
    """One row changed: noun, id, version and scope; no personal data."""

    __tablename__ = "change"

    number: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=False)
    noun: Mapped[str]
    row_id: Mapped[UUID]
    site_id: Mapped[UUID | None] = mapped_column(default=None)
    patient_id: Mapped[UUID | None] = mapped_column(default=None)
    account_id: Mapped[UUID | None] = mapped_column(default=None)
    invitation_id: Mapped[UUID | None] = mapped_column(default=None)


class AuditEvent(Base):
    """Who did what to whose data; each row's hash covers the row before it. Triggers refuse change."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_of_patient", "patient_id", "number"),
        Index("ix_audit_event_at", "at"),
        only_of("ix_audit_event_of_staff", "staff_id", "at", where="staff_id IS NOT NULL"),
        only_of("ix_audit_event_of_account", "account_id", "at", where="account_id IS NOT NULL"),
        only_of("ix_audit_event_of_invitation", "invitation_id", where="invitation_id IS NOT NULL"),
    )

    number: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    verb: Mapped[str]  # noun.method
    outcome: Mapped[str]  # done | refused | denied
    caller: Mapped[str]  # staff | patient | guest | station | nobody | command_line
    staff_id: Mapped[UUID | None] = mapped_column(default=None)
    account_id: Mapped[UUID | None] = mapped_column(default=None)
    station_id: Mapped[UUID | None] = mapped_column(default=None)
    site_id: Mapped[UUID | None] = mapped_column(default=None)
    session_id: Mapped[UUID | None] = mapped_column(default=None)  # or a guest's visit
    address: Mapped[str] = mapped_column(default="")
    patient_id: Mapped[UUID | None] = mapped_column(default=None)
    exam_id: Mapped[UUID | None] = mapped_column(default=None)
    report_id: Mapped[UUID | None] = mapped_column(default=None)
    invitation_id: Mapped[UUID | None] = mapped_column(default=None)
    detail: Mapped[str] = mapped_column(default="{}")  # JSON: reasons, counts, image numbers; never secrets
    hash: Mapped[bytes]


class Replay(Base):
    """What a use case answered to one request, so that the same request is never carried out twice."""

    __tablename__ = "replay"
    __table_args__ = (only_of("ix_replay_secret", "secret_until", where="secret_until IS NOT NULL"),)

    caller: Mapped[str] = mapped_column(ByteText, primary_key=True)
    use_case: Mapped[str] = mapped_column(ByteText, primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    arguments: Mapped[bytes]  # hash
    answer: Mapped[bytes | None]  # JSON, encrypted where it holds a secret; erased with it
    secret_until: Mapped[datetime | None] = mapped_column(default=None)
    at: Mapped[datetime] = mapped_column(index=True)


class Throttle(Base):
    """How often one key was tried in its present window."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(ByteText, primary_key=True)
    window_ends_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int]
