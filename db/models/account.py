"""A person's way into the portal, and whom it reaches."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, only_of
from db.types import ByteText


class Account(Base):
    """A person's way into the portal. States are computed from these facts (app/rules/account_life.py)."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    holder_name: Mapped[str]
    holder_birth_date: Mapped[date]
    email: Mapped[str] = mapped_column(default="", index=True)
    email_proved_at: Mapped[datetime | None] = mapped_column(default=None)
    mobile: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(index=True)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), default=None)
    user_name: Mapped[str | None] = mapped_column(default=None)
    user_name_key: Mapped[str | None] = mapped_column(ByteText, unique=True, default=None)
    password_hash: Mapped[str | None] = mapped_column(default=None)
    activated_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    notice_version: Mapped[str | None] = mapped_column(default=None)  # the collection notice agreed to (D29)
    notice_agreed_at: Mapped[datetime | None] = mapped_column(default=None)
    last_signed_in_at: Mapped[datetime | None] = mapped_column(default=None)
    expires_at: Mapped[datetime | None] = mapped_column(
        default=None, index=True
    )  # from the last sign-in (D18)
    expiry_notice_at: Mapped[datetime | None] = mapped_column(
        default=None
    )  # when the mail ahead of it was queued
    blocked_at: Mapped[datetime | None] = mapped_column(default=None)
    blocked_reason: Mapped[str | None] = mapped_column(default=None)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)
    deleted_reason: Mapped[str | None] = mapped_column(default=None)
    large_text: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class AccessGrant(Base):
    """An account reaches a patient, as what, on which evidence, from when until when (D31)."""

    __tablename__ = "access_grant"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    relation: Mapped[str]  # self | parent | guardian | carer
    evidence: Mapped[str]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None] = mapped_column(default=None)
    granted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), default=None)


_LIVE = text("used_at IS NULL AND killed_at IS NULL")


class ActivationCode(Base):
    """A code of an activation letter, hashed; at most one lives per account (D2)."""

    __tablename__ = "activation_code"
    __table_args__ = (
        Index(
            "uq_activation_code_live", "account_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    way: Mapped[str]  # paper | post | sms | email
    identity_check: Mapped[str]  # how identity was checked (D1)
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), default=None)
    handed_over_at: Mapped[datetime | None] = mapped_column(default=None)  # two identifiers confirmed
    wrong_birth_dates: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    killed_at: Mapped[datetime | None] = mapped_column(default=None)
    killed_reason: Mapped[str | None] = mapped_column(default=None)


class ResetLink(Base):
    """A way to set a new password, mailed as a link or printed as a slip; at most one lives per account (D6)."""

    __tablename__ = "reset_link"
    __table_args__ = (
        Index("uq_reset_link_live", "account_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    kind: Mapped[str]  # link | slip
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    wrong_birth_dates: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    killed_at: Mapped[datetime | None] = mapped_column(default=None)


class RecoveryRequest(Base):
    """Somebody asked for help with signing in: looked into afterwards, so that every answer takes the same time (D6)."""

    __tablename__ = "recovery_request"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    typed: Mapped[bytes]  # encrypted: a user name or an address
    made_at: Mapped[datetime]


class EmailConfirmation(Base):
    """A mail that proves an address when its button is used (D1, D7)."""

    __tablename__ = "email_confirmation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    email: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    killed_at: Mapped[datetime | None] = mapped_column(default=None)


class SessionRecord(Base):
    """One signed-in stay of staff or patient, anywhere (D25)."""

    __tablename__ = "session"
    __table_args__ = (only_of("ix_session_open_at_station", "station_id", where="ended_at IS NULL"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    kind: Mapped[str]  # staff | kiosk | web
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), default=None, index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), default=None, index=True)
    station_id: Mapped[UUID | None] = mapped_column(ForeignKey("station.id"), default=None)
    address: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime]
    last_active_at: Mapped[datetime]
    ends_at: Mapped[datetime]  # the longest stay; a kiosk's patient can extend it
    locked_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_reason: Mapped[str | None] = mapped_column(default=None)
