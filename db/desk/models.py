"""What a desk's own file holds besides its copy of the clinic's tables."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, MetaData, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db.types import UtcDateTime


class DeskBase(DeclarativeBase):
    """A row of the desk's own tables."""

    metadata = MetaData()
    type_annotation_map = {datetime: UtcDateTime(), date: Date(), UUID: Uuid(), str: Text()}  # noqa: RUF012 - SQLAlchemy's own declaration


class WaitingOperation(DeskBase):
    """An operation, from the moment it is acknowledged to the person until a week after the server has it."""

    __tablename__ = "desk_operation"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)  # the order of this desk
    id: Mapped[UUID] = mapped_column(unique=True)
    # waiting | confirm (was done there at once) | done | refused | held (depends on a refused one) | settled (by a person)
    state: Mapped[str]
    use_case: Mapped[str]
    version: Mapped[int]
    arguments: Mapped[str]
    ids: Mapped[str]  # JSON
    code: Mapped[str]  # wiped when the server has it
    sealed: Mapped[bytes]  # the code, in a form that only the server opens
    staff_id: Mapped[UUID | None]
    made_at: Mapped[datetime]
    contact_at: Mapped[datetime]
    about: Mapped[str]  # the name of whom it concerns, for the list of what needs attention
    born: Mapped[date | None]
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    error: Mapped[bytes | None] = mapped_column(default=None)  # as it travelled; why the server refused


class Contact(DeskBase):
    """The one row of what the desk knows of its server."""

    __tablename__ = "desk_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[UUID]
    epoch: Mapped[UUID | None]
    at: Mapped[datetime]  # by the server's clock
    ahead_s: Mapped[float]  # the server's clock before this machine's
    copied_at: Mapped[datetime | None]


class HandedOver(DeskBase):
    """The one row of how far the desk's own audit trail was gone through for what the server must know."""

    __tablename__ = "desk_handed_over"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]  # of the last event


class SignedInHere(DeskBase):
    """An employee who signed in at this desk, and how their password is known again here."""

    __tablename__ = "desk_signed_in"

    staff_id: Mapped[UUID] = mapped_column(primary_key=True)
    verifier: Mapped[str]  # argon2id, made here
    at: Mapped[datetime]
