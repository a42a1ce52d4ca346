"""Employees, their roles and sites (D26)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import ByteText


class Staff(Base):
    """An employee who can sign in."""

    __tablename__ = "staff"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_name: Mapped[str]
    user_name_key: Mapped[str] = mapped_column(ByteText, unique=True)
    full_name: Mapped[str]
    password_hash: Mapped[str]
    must_change_password: Mapped[bool]
    password_expires_at: Mapped[datetime | None] = mapped_column(default=None)  # of a one-time password
    may_search_other_sites: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)


class StaffRole(Base):
    """One role that somebody has."""

    __tablename__ = "staff_role"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class StaffSite(Base):
    """One site where somebody works."""

    __tablename__ = "staff_site"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), primary_key=True)


class PastRights(Base):
    """What an employee was allowed until it was changed. What holds now stands in the tables above."""

    __tablename__ = "past_rights"
    __table_args__ = (Index("ix_past_rights_of_staff", "staff_id", "until_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    until_at: Mapped[datetime]
    roles: Mapped[str]  # JSON
    site_ids: Mapped[str]  # JSON
    may_search_other_sites: Mapped[bool]
    must_change_password: Mapped[bool]
    is_disabled: Mapped[bool]
