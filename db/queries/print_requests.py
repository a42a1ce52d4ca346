"""What kiosks asked a desk to print."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, update
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


def wipe(
    session: Session,
    *,
    over_at: datetime | None = None,
    account_id: UUID | None = None,
    reports_of: UUID | None = None,
) -> list[tuple[UUID, UUID]]:
    """Wipe what is over at an instant, what an account asked for, or the reports of a patient; return ids and sites."""
    which: list[ColumnElement[bool]] = []
    if over_at is not None:
        which.append(PrintRequest.expires_at <= over_at)
    if account_id is not None:
        which.append(PrintRequest.account_id == account_id)
    if reports_of is not None:
        which.append(and_(PrintRequest.kind == "report", PrintRequest.patient_id == reports_of))
    done = session.execute(
        update(PrintRequest)
        .where(PrintRequest.content.is_not(None), or_(false(), *which))
        .values(content=None)
        .returning(PrintRequest.id, PrintRequest.site_id)
    )
    return [(row.id, row.site_id) for row in done]
