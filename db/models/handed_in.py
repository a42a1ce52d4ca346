"""What desks that were switched off had not handed over: kept until a manager decides."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, only_of


class HandedIn(Base):
    """One operation, not carried out. Once decided, what it said is wiped and only that it was there stays."""

    __tablename__ = "handed_in"
    __table_args__ = (
        UniqueConstraint("station_id", "operation_id"),
        only_of("ix_handed_in_undecided", "station_id", where="decided_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)  # in the order of each desk
    station_id: Mapped[UUID] = mapped_column(ForeignKey("station.id"))
    operation_id: Mapped[UUID]
    use_case: Mapped[str]
    form: Mapped[int]  # the version of what the operation says
    arguments: Mapped[str]
    ids: Mapped[str]  # JSON
    sealed: Mapped[bytes]  # the code on the letter that was printed there, encrypted
    staff_id: Mapped[UUID | None] = mapped_column(default=None)  # as the desk says; perhaps nobody any more
    made_at: Mapped[datetime]
    contact_at: Mapped[datetime]
    name: Mapped[str]  # whom it concerns
    birth_date: Mapped[date | None] = mapped_column(default=None)
    handed_in_at: Mapped[datetime]
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decision: Mapped[str | None] = mapped_column(default=None)  # carried_out | discarded
