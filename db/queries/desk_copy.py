"""What a desk copies of the clinic, and how it is put into the desk's own file."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from db.models import (
    AccessGrant,
    Account,
    ActivationCode,
    Base,
    EmailConfirmation,
    Exam,
    Message,
    Patient,
    PatientIdentifier,
    PatientNameWord,
    Staff,
    StaffRole,
    StaffSite,
    Task,
)

MOST = 20_000
Row = TypeVar("Row", bound=Base)


def patients_around(session: Session, site_id: UUID, since: datetime, until: datetime) -> Sequence[Patient]:
    """Return who has an exam at the site between two instants, or was registered there in that time."""
    examined = session.scalars(
        select(Exam.patient_id)
        .where(Exam.performed_at >= since, Exam.performed_at <= until, Exam.site_id == site_id)
        .limit(MOST)
    )
    # Ids tell when they were made, so that only the newest rows are looked at.
    registered = session.scalars(
        select(Patient.id)
        .where(Patient.id >= _first_id_of(since), Patient.site_id == site_id, Patient.created_at >= since)
        .order_by(Patient.id.desc())
        .limit(MOST)
    )
    return _in_parts(
        session,
        sorted({*examined, *registered})[:MOST],
        lambda part: select(Patient).where(Patient.id.in_(part)),
    )


def _first_id_of(instant: datetime) -> UUID:
    """Return the least id that can have been made at an instant or after it (UUIDv7: 48 bits of milliseconds)."""
    return UUID(int=int(instant.timestamp() * 1000) << 80)


def grants_of(session: Session, patient_ids: Sequence[UUID]) -> Sequence[AccessGrant]:
    """Return the grants that reach patients and were not ended."""
    return _in_parts(
        session,
        patient_ids,
        lambda part: select(AccessGrant).where(
            AccessGrant.patient_id.in_(part), AccessGrant.ended_at.is_(None)
        ),
    )


def accounts_of(session: Session, account_ids: Sequence[UUID]) -> Sequence[Account]:
    """Return accounts that were not deleted."""
    return _in_parts(
        session,
        account_ids,
        lambda part: select(Account).where(Account.id.in_(part), Account.deleted_at.is_(None)),
    )


def staff_at(session: Session, site_id: UUID) -> Sequence[Staff]:
    """Return who works at a site and may sign in."""
    here = select(StaffSite.staff_id).where(StaffSite.site_id == site_id)
    return session.scalars(select(Staff).where(Staff.id.in_(here), Staff.disabled_at.is_(None))).all()


def put_in_place(session: Session, rows: Sequence[Base], staff_ids: Sequence[UUID], now: datetime) -> None:
    """Replace what was copied before; rows come in the order in which they refer to one another."""
    session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for table in (
        EmailConfirmation,
        Task,
        Message,
        ActivationCode,
        AccessGrant,
        Account,
        PatientIdentifier,
        PatientNameWord,
        Patient,
        StaffRole,
        StaffSite,
    ):
        session.execute(delete(table))
    session.execute(update(Staff).where(Staff.id.not_in(staff_ids)).values(disabled_at=now))
    for row in rows:
        session.merge(row)
    session.flush()


def _in_parts(
    session: Session, ids: Sequence[UUID], asked: Callable[[list[UUID]], Select[Row]]
) -> Sequence[Row]:
    found: list[Row] = []
    for start in range(0, len(ids), 500):
        found += session.scalars(asked(list(ids[start : start + 500])))
    return found
