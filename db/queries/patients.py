"""Patients: found, recognised, linked."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import (
    AuditEvent,
    Exam,
    Patient,
    PatientIdentifier,
    PatientLink,
    PatientNameWord,
)

_BIRTH_DATES = 1  # the first half of an advisory lock's key


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
        select(exists().where(Patient.id == patient_id, _at_sites(site_ids)))  # one query, either way
    )
    return bool(found)


def find(
    session: Session,
    tokens: Sequence[tuple[str, str, str, date | None]],
    *,
    site_ids: frozenset[UUID] | None,
    limit: int,
) -> list[Patient]:
    """Return patients, by name, whom every token describes by one of its readings; site_ids None means every site.

    A token is (beginning of a word of the name, beginning of an identifier, beginning of an E.164 number, birth
    date); an empty reading is left out.
    """
    query = select(Patient)
    for word, identifier, mobile, birth_date in tokens:
        query = query.where(or_(*_readings(word, identifier, mobile, birth_date)))
    if site_ids is not None:
        query = query.where(_at_sites(site_ids))
    return list(session.scalars(query.order_by(Patient.sort_key, Patient.id).limit(limit)))


def born_on(session: Session, birth_date: date, *, site_ids: frozenset[UUID] | None = None) -> list[Patient]:
    """Return the patients with this birth date; site_ids None means every site."""
    query = select(Patient).where(Patient.birth_date == birth_date)
    if site_ids is not None:
        query = query.where(_at_sites(site_ids))
    return list(session.scalars(query.order_by(Patient.sort_key, Patient.id)))


def set_name_alert(session: Session, patient_ids: Iterable[UUID], *, alert: bool) -> list[UUID]:
    """Set or clear name alerts; return the ids of those that changed."""
    return list(
        session.scalars(
            update(Patient)
            .where(Patient.id.in_(list(patient_ids)), Patient.name_alert.is_not(alert))
            .values(name_alert=alert, version=Patient.version + 1)
            .returning(Patient.id)
        )
    )


def identifiers(session: Session, patient_ids: Iterable[UUID]) -> list[PatientIdentifier]:
    """Return the identifiers of patients, in the order they were given."""
    return list(
        session.scalars(
            select(PatientIdentifier)
            .where(PatientIdentifier.patient_id.in_(list(patient_ids)))
            .order_by(PatientIdentifier.id)
        )
    )


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


def _at_sites(site_ids: frozenset[UUID]) -> ColumnElement[bool]:
    has_exam = exists().where(Exam.patient_id == Patient.id, Exam.site_id.in_(site_ids))
    return or_(Patient.site_id.in_(site_ids), has_exam)


def _readings(
    word: str, identifier: str, mobile: str, birth_date: date | None
) -> Iterable[ColumnElement[bool]]:
    if word:
        named = select(PatientNameWord.patient_id).where(_begins(PatientNameWord.word, word))
        yield Patient.id.in_(named)
    if identifier:
        called = select(PatientIdentifier.patient_id).where(
            or_(*(_begins(PatientIdentifier.value, typed) for typed in {identifier, identifier.upper()}))
        )
        yield Patient.id.in_(called)
    if mobile:
        yield _begins(Patient.mobile, mobile)
    if birth_date is not None:
        yield Patient.birth_date == birth_date


def _begins(column: InstrumentedAttribute[Any], text: str) -> ColumnElement[bool]:
    # A range, which an index serves on both databases; LIKE would not.
    return and_(column >= text, column < text + "\U0010ffff")
