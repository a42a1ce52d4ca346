"""The To do list of a site."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from db.models import Patient, Task


def add_unless_there(session: Session, row: Task) -> bool:
    """Store a task unless one with its key stands there; tell whether it was stored."""
    values = {column.key: getattr(row, column.key) for column in Task.__table__.columns}
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    done = session.execute(
        insert(Task).values(**values).on_conflict_do_nothing(index_elements=[Task.key]).returning(Task.id)
    )
    return done.first() is not None


def task(session: Session, task_id: UUID) -> Task | None:
    """Return a task."""
    return session.get(Task, task_id)


def open_tasks(session: Session, site_ids: frozenset[UUID]) -> list[tuple[Task, str, date | None]]:
    """Return what is open at these sites, oldest first, with the patient's name and birth date."""
    query = (
        select(Task, Patient)
        .outerjoin(Patient, Patient.id == Task.patient_id)
        .where(Task.site_id.in_(site_ids), Task.done_at.is_(None))
        .order_by(Task.created_at, Task.id)
    )
    rows: Iterable[tuple[Task, Patient | None]] = session.execute(query)
    return [
        (task, f"{patient.given_names} {patient.family_name}", patient.birth_date)
        if patient is not None
        else (task, "", None)
        for task, patient in rows
    ]


def open_by_key(session: Session, keys: Iterable[str]) -> list[Task]:
    """Return the open tasks with these keys."""
    return list(session.scalars(select(Task).where(Task.key.in_(list(keys)), Task.done_at.is_(None))))
