"""What kiosks asked a desk to print."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import Patient, PrintRequest


def waiting(session: Session, site_ids: frozenset[UUID], now: datetime) -> list[tuple[PrintRequest, Patient]]:
    """Return what waits at these sites, oldest first."""
    rows = session.execute(
        select(PrintRequest, Patient)
        .join(Patient, Patient.id == PrintRequest.patient_id)
        .where(
            PrintRequest.site_id.in_(site_ids),
            PrintRequest.handed_over_at.is_(None),
            PrintRequest.expires_at > now,
            PrintRequest.content.is_not(None),
        )
        .order_by(PrintRequest.made_at, PrintRequest.id)
    )
    return list(rows)


def by_id(session: Session, request_id: UUID) -> PrintRequest | None:
    """Return one request."""
    return session.get(PrintRequest, request_id)


def wipe_expired(session: Session, now: datetime) -> list[tuple[UUID, UUID]]:
    """Wipe what nobody fetched in time; return ids and sites."""
    done = session.execute(
        update(PrintRequest)
        .where(PrintRequest.expires_at <= now, PrintRequest.content.is_not(None))
        .values(content=None)
        .returning(PrintRequest.id, PrintRequest.site_id)
    )
    return [(row.id, row.site_id) for row in done]
