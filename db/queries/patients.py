"""Patients: found, recognised, linked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, union_all, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db.models import (
    AuditEvent,
    Exam,
    Patient,
    PatientIdentifier,
    PatientLink,
    PatientNameWord,
)

_BIRTH_DATES = 1  # the first half of an advisory lock's key
_LOOKED_THROUGH = 30  # so many at least are found before they are sorted by name
_SHORT = 3  # letters; what begins with fewer fits a good part of the clinic
_LIKE_LETTERS = 8  # a birth date narrows a search about as much as a beginning of this many letters


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
    date); an empty reading is left out. Of more than a page those come whose word, identifier or number is the
    first: finding the first of them all by name would mean reading them all.
    """
    narrowest, *others = sorted(tokens, key=_narrowness, reverse=True)
    most = max(limit, _LOOKED_THROUGH)
    ids = union_all(*(_described(reading, others, site_ids, most) for reading in _readings(*narrowest)))
    # OFFSET keeps a database from going through everybody by name until enough of these few have come by.
    few = select(Patient).where(Patient.id.in_(select(ids.subquery().c.patient_id))).offset(0).subquery()
    found = aliased(Patient, few)
    return list(session.scalars(select(found).order_by(found.sort_key, found.id).limit(limit)))


def born_on(session: Session, birth_date: date, *, site_ids: frozenset[UUID] | None = None) -> list[Patient]:
    """Return the patients with this birth date; site_ids None means every site."""
    query = select(Patient).where(Patient.birth_date == birth_date)
    if site_ids is not None:
        query = query.where(_at_sites(site_ids))
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
    """Tell, of a row of patient, whether that is a patient of one of the sites: asked of each row, never of all."""
    has_exam = select(Exam.id).where(Exam.patient_id == Patient.id, Exam.site_id.in_(site_ids)).limit(1)
    return or_(Patient.site_id.in_(site_ids), has_exam.scalar_subquery().is_not(None))


def _narrowness(token: tuple[str, str, str, date | None]) -> int:
    """Return about how few patients a token describes: a birth date few, a long beginning fewer than a short one."""
    word, identifier, mobile, birth_date = token
    return _LIKE_LETTERS if birth_date and not identifier else len(word or identifier or mobile)


def _described(
    reading: "_Reading",
    others: Sequence[tuple[str, str, str, date | None]],
    site_ids: frozenset[UUID] | None,
    most: int,
) -> Select[UUID]:
    """Return the ids of the first patients whom one reading of a token and every other token describe."""
    query = select(reading.patient_id.label("patient_id")).where(reading.condition).order_by(*reading.order)
    for other in others:
        query = query.where(_is_described(reading.patient_id, other))
    if site_ids is None:
        query = query.limit(most)
    else:
        # OFFSET keeps a database from asking for the site, which costs most, before the other words.
        named = query.offset(0).subquery()
        there = select(Patient.id).where(Patient.id == named.c.patient_id, _at_sites(site_ids))
        query = select(named.c.patient_id).where(there.scalar_subquery().is_not(None)).limit(most)
    return select(query.subquery().c.patient_id)


def _is_described(
    patient_id: InstrumentedAttribute[UUID], token: tuple[str, str, str, date | None]
) -> ColumnElement[bool]:
    looked_up = [
        select(reading.patient_id).where(reading.patient_id == patient_id, reading.condition)
        for reading in _readings(*token)
    ]
    if len(looked_up) == 1 and _narrowness(token) >= _SHORT:
        return looked_up[0].exists()  # the database may as well compare two lists
    # Asked of one patient at a time, until enough are found: the whole list would be too long to read.
    return or_(*(one.limit(1).scalar_subquery().is_not(None) for one in looked_up))


@dataclass(frozen=True)
class _Reading:
    """One way to read a token: the rows of one table that fit it, in the order of their index."""

    patient_id: InstrumentedAttribute[UUID]
    condition: ColumnElement[bool]
    order: tuple[InstrumentedAttribute[Any], ...]


def _readings(word: str, identifier: str, mobile: str, birth_date: date | None) -> Iterable[_Reading]:
    if word:
        named = aliased(PatientNameWord)
        yield _Reading(named.patient_id, _begins(named.word, word), (named.word, named.patient_id))
    for typed in sorted({identifier, identifier.upper()} - {""}):
        called = aliased(PatientIdentifier)
        yield _Reading(called.patient_id, _begins(called.value, typed), (called.value, called.issuer))
    if mobile:
        person = aliased(Patient)
        yield _Reading(person.id, _begins(person.mobile, mobile), (person.mobile,))
    if birth_date is not None:
        person = aliased(Patient)
        yield _Reading(person.id, person.birth_date == birth_date, (person.birth_date,))


def _begins(column: InstrumentedAttribute[Any], text: str) -> ColumnElement[bool]:
    # A range, which an index serves on both databases; LIKE would not.
    return and_(column >= text, column < text + "\U0010ffff")
