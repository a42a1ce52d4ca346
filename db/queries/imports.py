"""What an import asks: what is there already, whose it is, and what waits for a person."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Exam, Instance, Patient, PatientIdentifier, Series, Study, UnmatchedExam

_AT_ONCE = 500


def owners_of_instances(session: Session, sop_instance_uids: Iterable[str]) -> dict[str, UUID]:
    """Return those of the instances that are stored, each with the patient whose exam has it."""
    found: dict[str, UUID] = {}
    for some in _batches(sop_instance_uids):
        query = (
            select(Instance.sop_instance_uid, Exam.patient_id)
            .join(Series, Series.id == Instance.series_id)
            .join(Study, Study.id == Series.study_id)
            .join(Exam, Exam.id == Study.exam_id)
            .where(Instance.sop_instance_uid.in_(some))
        )
        found |= dict(session.execute(query).all())
    return found


def stored_keys(session: Session, archive_keys: Iterable[str]) -> set[str]:
    """Return those of the archive's keys that an instance has."""
    found: set[str] = set()
    for some in _batches(archive_keys):
        found |= set(session.scalars(select(Instance.archive_key).where(Instance.archive_key.in_(some))))
    return found


def study(session: Session, study_instance_uid: str) -> tuple[Study, Exam] | None:
    """Return a stored study with its exam."""
    query = (
        select(Study, Exam)
        .join(Exam, Exam.id == Study.exam_id)
        .where(Study.study_instance_uid == study_instance_uid)
    )
    return session.execute(query).one_or_none()


def series(session: Session, series_instance_uids: Iterable[str]) -> dict[str, Series]:
    """Return those of the series that are stored."""
    found: dict[str, Series] = {}
    for some in _batches(series_instance_uids):
        rows = session.scalars(select(Series).where(Series.series_instance_uid.in_(some)))
        found |= {row.series_instance_uid: row for row in rows}
    return found


def exam_by_accession(session: Session, accession_number: str, patient_id: UUID) -> Exam | None:
    """Return a patient's exam with an accession number, whoever issued it; the oldest where there are several."""
    query = select(Exam).where(Exam.accession_number == accession_number, Exam.patient_id == patient_id)
    return session.scalars(query.order_by(Exam.id).limit(1)).one_or_none()


def accession_is_taken(session: Session, accession_number: str, issuer: str) -> bool:
    """Tell whether an exam has this accession number of this issuer."""
    query = select(Exam.id).where(Exam.accession_number == accession_number, Exam.issuer == issuer)
    return session.execute(query.limit(1)).first() is not None


def patients_called(
    session: Session, identifiers: Iterable[tuple[str, str]], birth_date: date
) -> Sequence[UUID]:
    """Return the patients born that day who have one of the identifiers; an empty issuer matches any."""
    found: set[UUID] = set()
    for value, issuer in identifiers:
        query = (
            select(Patient.id)
            .join(PatientIdentifier, PatientIdentifier.patient_id == Patient.id)
            .where(PatientIdentifier.value == value, Patient.birth_date == birth_date)
        )
        if issuer:
            query = query.where(PatientIdentifier.issuer.in_((issuer, "")))
        found |= set(session.scalars(query))
    return sorted(found)


def waiting(session: Session, site_ids: frozenset[UUID] | None = None) -> Sequence[UnmatchedExam]:
    """Return imported studies whose patient is not certain, oldest first; site_ids None means every site."""
    query = select(UnmatchedExam).where(UnmatchedExam.matched_at.is_(None)).order_by(UnmatchedExam.id)
    if site_ids is not None:
        query = query.where(UnmatchedExam.site_id.in_(site_ids))
    return session.scalars(query).all()


def to_match(session: Session, unmatched_id: UUID) -> UnmatchedExam | None:
    """Return one of them, held until the transaction ends."""
    query = select(UnmatchedExam).where(UnmatchedExam.id == unmatched_id).with_for_update()
    return session.scalars(query).one_or_none()


def _batches(items: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(items)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
