"""Patients: found, recognised, linked."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from db.models import (
    AuditEvent,
    Patient,
    PatientIdentifier,
    PatientLink,
    PatientNameWord,
)
from db.queries.patient_search import at_sites

_BIRTH_DATES = 1  # the first half of an advisory lock's key
# Built once: it is asked with every list of patients.
_IDENTIFIERS = (
    select(PatientIdentifier)
    .where(PatientIdentifier.patient_id.in_(bindparam("patient_ids", expanding=True)))
    .order_by(PatientIdentifier.id)
)


def patient(session: Session, patient_id: UUID) -> Patient | None:
    """Return a patient."""
    return session.get(Patient, patient_id)


def patients(session: Session, patient_ids: Iterable[UUID]) -> list[Patient]:
    """Return patients by name."""
    return list(
        session.scalars(
            select(Patient).where(Patient.id.in_(list(patient_ids))).order_by(Patient.sort_key, Patient.id)
        )
    )


def locked(session: Session, patient_id: UUID) -> Patient | None:
    """Return a patient whose row nobody else changes until this transaction ends."""
    return session.scalars(
        select(Patient)
        .where(Patient.id == patient_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def lock_birth_dates(session: Session, *days: date) -> None:
    """Let nobody else register or correct people of these birth dates until this transaction ends.

    Two of one name at the same instant would otherwise not see each other. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        for day in sorted(set(days)):
            session.execute(select(func.pg_advisory_xact_lock(_BIRTH_DATES, day.toordinal())))


def is_at_sites(session: Session, patient_id: UUID, site_ids: frozenset[UUID]) -> bool:
    """Tell whether the patient is registered, or has an exam, at one of the sites."""
    found = session.scalar(
        select(exists().where(Patient.id == patient_id, at_sites(site_ids)))  # one query, either way
    )
    return bool(found)


def born_on(session: Session, birth_date: date, *, site_ids: frozenset[UUID] | None = None) -> list[Patient]:
    """Return the patients with this birth date; site_ids None means every site."""
    query = select(Patient).where(Patient.birth_date == birth_date)
    if site_ids is not None:
        query = query.where(at_sites(site_ids))
    return list(session.scalars(query.order_by(Patient.sort_key, Patient.id)))


def set_name_alert(session: Session, patient_ids: Iterable[UUID], *, alert: bool) -> list[tuple[UUID, UUID]]:
    """Set or clear name alerts; return the ids and sites of those that changed."""
    done = session.execute(
        update(Patient)
        .where(Patient.id.in_(list(patient_ids)), Patient.name_alert.is_not(alert))
        .values(name_alert=alert, version=Patient.version + 1)
        .returning(Patient.id, Patient.site_id)
    )
    return [(row.id, row.site_id) for row in done]


def identifiers(session: Session, patient_ids: Iterable[UUID]) -> list[PatientIdentifier]:
    """Return the identifiers of patients, in the order they were given."""
    return list(session.scalars(_IDENTIFIERS, {"patient_ids": list(patient_ids)}))


def owner_of(session: Session, value: str, issuer: str) -> UUID | None:
    """Return the patient whom an issuer calls by this identifier."""
    return session.scalar(
        select(PatientIdentifier.patient_id).where(
            PatientIdentifier.value == value, PatientIdentifier.issuer == issuer
        )
    )


def called(session: Session, value: str) -> list[Patient]:
    """Return the patients whom any issuer calls by exactly this identifier."""
    named = select(PatientIdentifier.patient_id).where(PatientIdentifier.value == value)
    return list(
        session.scalars(select(Patient).where(Patient.id.in_(named)).order_by(Patient.sort_key, Patient.id))
    )


def replace_identifiers(session: Session, patient_id: UUID, rows: Sequence[PatientIdentifier]) -> None:
    """Store a patient's identifiers in place of the former ones."""
    session.execute(delete(PatientIdentifier).where(PatientIdentifier.patient_id == patient_id))
    session.add_all(rows)


def replace_name_words(session: Session, patient_id: UUID, words: Iterable[str]) -> None:
    """Store the words by which a patient is found in place of the former ones."""
    session.execute(delete(PatientNameWord).where(PatientNameWord.patient_id == patient_id))
    session.add_all([PatientNameWord(word=word, patient_id=patient_id) for word in words])


def links(session: Session, patient_id: UUID) -> list[PatientLink]:
    """Return the links in force to other records of this person."""
    return list(
        session.scalars(
            select(PatientLink)
            .where(
                or_(PatientLink.patient_id == patient_id, PatientLink.other_patient_id == patient_id),
                PatientLink.unlinked_at.is_(None),
            )
            .order_by(PatientLink.id)
        )
    )


def was_opened(session: Session, session_id: UUID, patient_id: UUID) -> bool:
    """Tell whether the patient's page was opened in this session."""
    found = session.scalar(
        select(
            exists().where(
                AuditEvent.patient_id == patient_id,
                AuditEvent.session_id == session_id,
                AuditEvent.verb == "patients.open",
                AuditEvent.outcome == "done",
            )
        )
    )
    return bool(found)
