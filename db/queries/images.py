"""The DICOM levels below an exam, for whoever reaches it."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, select, true
from sqlalchemy.orm import Session

from db.models import AuditEvent, Exam, Instance, Series, Study
from db.queries.exams import Reach, ReachKind, opening, reached_later

IMAGES_SHARED = ("report_and_images", "images")
# Documents and structured reports of a study may hold the radiologist's text: they are not images, and the
# 48 hours would mean nothing if they came with them.
PICTURES = ("image", "video")


def _shown(kind: ReachKind) -> ColumnElement[bool]:
    if kind.is_staff:
        return true()
    return and_(Exam.withheld_at.is_(None), Instance.kind.in_(PICTURES))


def of_exam(
    session: Session, reach: Reach, now: datetime, exam_id: UUID
) -> Sequence[tuple[Study, Series, Instance]]:
    """Return every instance of an exam that the caller may see, in the order they are looked at."""
    return session.execute(_of_exam(reach.kind), {"exam_id": exam_id, **reach.values(now)}).all()


@cache
def _of_exam(kind: ReachKind) -> Select[Study, Series, Instance]:
    return (
        select(Study, Series, Instance)
        .join(Series, Series.study_id == Study.id)
        .join(Instance, Instance.series_id == Series.id)
        .join(Exam, Exam.id == Study.exam_id)
        .where(Exam.id == bindparam("exam_id"), reached_later(kind, *IMAGES_SHARED), _shown(kind))
        .order_by(Study.id, Series.number, Series.id, Instance.number, Instance.id)
    )


def instance(
    session: Session, reach: Reach, now: datetime, instance_id: UUID
) -> tuple[Instance, Series, Exam] | None:
    """Return one instance that the caller may see."""
    found = looked_at(session, reach, now, instance_id, None)
    return found and found[:3]


def looked_at(
    session: Session, reach: Reach, now: datetime, instance_id: UUID, stay_id: UUID | None
) -> tuple[Instance, Series, Exam, bool] | None:
    """Return one instance that the caller may see, and whether its exam was opened in this session or visit (D24)."""
    values = {"instance_id": instance_id, "stay_id": stay_id, **reach.values(now)}
    return session.execute(_looked_at(reach.kind), values).one_or_none()


@cache
def _looked_at(kind: ReachKind) -> Select[Instance, Series, Exam, bool]:
    # Built once for each kind of reach: asked for every picture, building it took longer than the database does.
    return (
        select(Instance, Series, Exam, opening(Exam.patient_id, Exam.id, bindparam("stay_id")))
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .join(Exam, Exam.id == Study.exam_id)
        .where(Instance.id == bindparam("instance_id"), reached_later(kind, *IMAGES_SHARED), _shown(kind))
    )


def series_of_exam(session: Session, exam_id: UUID, series_id: UUID) -> bool:
    """Tell whether a series belongs to an exam."""
    query = (
        select(Series.id)
        .join(Study, Study.id == Series.study_id)
        .where(Series.id == series_id, Study.exam_id == exam_id)
    )
    return session.execute(query).first() is not None


def exam_versions(session: Session, exam_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the versions of exams, those that are gone left out."""
    found = session.execute(select(Exam.id, Exam.version).where(Exam.id.in_(exam_ids)))
    return {row.id: row.version for row in found}


def shown_before(
    session: Session, patient_id: UUID, exam_id: UUID, series_id: UUID, stay_id: UUID
) -> frozenset[int]:
    """Return the image numbers of a series that the audit trail holds for this session or visit already (D24)."""
    details = session.scalars(
        select(AuditEvent.detail).where(
            AuditEvent.patient_id == patient_id,
            AuditEvent.exam_id == exam_id,
            AuditEvent.verb == "images.shown",
            AuditEvent.session_id == stay_id,
        )
    )
    told = (json.loads(detail) for detail in details)
    return frozenset(
        number for one in told if one.get("series") == str(series_id) for number in one["numbers"]
    )
