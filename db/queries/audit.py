"""Reading the audit trail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, aliased

from db.models import Account, AuditEvent, Invitation, Patient, Staff, Station


def of_patient(session: Session, patient_id: UUID, since: datetime, until: datetime) -> list[AuditEvent]:
    """Return what was done with a patient's data in a span of time, in order."""
    return list(
        session.scalars(
            select(AuditEvent)
            .where(AuditEvent.patient_id == patient_id, AuditEvent.at >= since, AuditEvent.at < until)
            .order_by(AuditEvent.number)
        )
    )


def search(
    session: Session,
    *,
    patient_id: UUID | None,
    staff_id: UUID | None,
    verb: str,
    since: datetime,
    until: datetime,
    before: int | None,
    limit: int,
) -> list[AuditEvent]:
    """Return audit events of a span of time, newest first, a page at a time (before: the last page's lowest number)."""
    query = select(AuditEvent).where(AuditEvent.at >= since, AuditEvent.at < until)
    if patient_id is not None:
        query = query.where(AuditEvent.patient_id == patient_id)
    if staff_id is not None:
        query = query.where(AuditEvent.staff_id == staff_id)
    if verb:
        query = query.where(AuditEvent.verb.startswith(verb, autoescape=True))
    if before is not None:
        earlier = aliased(AuditEvent)
        last_at = select(earlier.at).where(earlier.number == before).scalar_subquery()
        query = query.where(tuple_(AuditEvent.at, AuditEvent.number) < tuple_(last_at, before))
    # By time, which the index gives a span of; numbers follow it, so that events of one instant keep their order.
    return list(session.scalars(query.order_by(AuditEvent.at.desc(), AuditEvent.number.desc()).limit(limit)))


def staff_names(session: Session) -> dict[UUID, str]:
    """Return everybody's full name."""
    return {row.id: row.full_name for row in session.execute(select(Staff.id, Staff.full_name))}


def holder_names(session: Session, account_ids: set[UUID]) -> dict[UUID, str]:
    """Return the names of the holders of accounts."""
    query = select(Account.id, Account.holder_name).where(Account.id.in_(account_ids))
    return {row.id: row.holder_name for row in session.execute(query)}


def station_names(session: Session) -> dict[UUID, str]:
    """Return the names of stations."""
    return {row.id: row.name for row in session.execute(select(Station.id, Station.name))}


def recipient_names(session: Session, patient_id: UUID) -> dict[UUID, str]:
    """Return for whom a patient's invitations were made."""
    query = select(Invitation.id, Invitation.recipient_name).where(Invitation.patient_id == patient_id)
    return {row.id: row.recipient_name for row in session.execute(query)}


def patient(session: Session, patient_id: UUID) -> Patient | None:
    """Return a patient."""
    return session.get(Patient, patient_id)


def patient_names(session: Session, patient_ids: set[UUID]) -> dict[UUID, str]:
    """Return the names of patients."""
    query = select(Patient.id, Patient.given_names, Patient.family_name).where(Patient.id.in_(patient_ids))
    return {row.id: f"{row.given_names} {row.family_name}" for row in session.execute(query)}
