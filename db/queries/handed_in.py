"""What desks that were switched off handed in."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from db.models import HandedIn, Staff, Station

_UNDECIDED = HandedIn.decided_at.is_(None)


def is_known(session: Session, station_id: UUID, operation_id: UUID) -> bool:
    """Tell whether a desk handed an operation in, decided or not."""
    return bool(
        session.scalar(
            select(exists().where(HandedIn.station_id == station_id, HandedIn.operation_id == operation_id))
        )
    )


def count(session: Session, station_id: UUID) -> int:
    """Return how many of a desk's operations nobody has decided."""
    return session.scalars(
        select(func.count()).select_from(HandedIn).where(HandedIn.station_id == station_id, _UNDECIDED)
    ).one()


def counts(session: Session) -> Mapping[UUID, int]:
    """Return how many operations nobody has decided, for each desk that has such."""
    rows = session.execute(
        select(HandedIn.station_id, func.count()).where(_UNDECIDED).group_by(HandedIn.station_id)
    )
    return {row[0]: row[1] for row in rows}


def undecided(session: Session, station_id: UUID) -> list[tuple[HandedIn, str | None]]:
    """Return what nobody has decided of what a desk handed in, in its order, with who did it."""
    rows = session.execute(
        select(HandedIn, Staff.full_name)
        .outerjoin(Staff, Staff.id == HandedIn.staff_id)
        .where(HandedIn.station_id == station_id, _UNDECIDED)
        .order_by(HandedIn.id)
    )
    return [(row, name) for row, name in rows]


def with_station(session: Session, handed_in_id: UUID) -> tuple[HandedIn, Station] | None:
    """Return one that was handed in, and the desk."""
    row = session.execute(
        select(HandedIn, Station)
        .join(Station, Station.id == HandedIn.station_id)
        .where(HandedIn.id == handed_in_id)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def forget_decided(session: Session, before: datetime) -> None:
    """Delete what was decided before an instant."""
    session.execute(delete(HandedIn).where(HandedIn.decided_at < before))
