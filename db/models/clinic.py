"""The clinic: its settings, sites and stations (D30)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class ClinicRecord(Base):
    """The clinic's settings: one row, one JSON document checked at the door."""

    __tablename__ = "clinic"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    document: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)


class Site(Base):
    """A clinic's place."""

    __tablename__ = "site"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str]  # lines, separated by newlines
    phone: Mapped[str]
    time_zone: Mapped[str]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class Station(Base):
    """An enrolled desk or kiosk."""

    __tablename__ = "station"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str]
    kind: Mapped[str]  # desk | kiosk | server
    key_digest: Mapped[bytes] = mapped_column(unique=True)
    enrolled_at: Mapped[datetime]
    printers: Mapped[str] = mapped_column(default="{}")  # JSON: document kind -> printer name
    paper: Mapped[str] = mapped_column(default="A4")
    usb_download: Mapped[bool] = mapped_column(default=False)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    last_seen_at: Mapped[datetime | None] = mapped_column(default=None)
