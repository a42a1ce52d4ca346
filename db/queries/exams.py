"""Exams, and who reaches them: every query here and in reports.py and images.py begins from a Reach."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, func, or_, select, true, update
from sqlalchemy.orm import Session, aliased

from db.models import Account, AuditEvent, Exam, Instance, Invitation, Patient, Report, Series, Site, Study

ExamRecord = tuple[Exam, Patient, Site]


@dataclass(frozen=True)
class Reach:
    """Which exams somebody reaches: by patient, by the invitation they opened, or by the sites they work at."""

    patient_ids: frozenset[UUID] = frozenset()
    invitation_id: UUID | None = None
    site_ids: frozenset[UUID] = frozenset()
    every_site: bool = False
    is_staff: bool = False  # sees what is withheld or not released yet

    @property
    def kind(self) -> "ReachKind":
        """Which ways it has, whatever they lead to."""
        ways = (bool(self.patient_ids), self.invitation_id is not None, bool(self.site_ids))
        return ReachKind(*ways, self.every_site, self.is_staff)

    def values(self, now: datetime) -> dict[str, Any]:
        """Return what reached_later leaves open."""
        return {
            "patient_ids": list(self.patient_ids),
            "invitation_id": self.invitation_id,
            "site_ids": list(self.site_ids),
            "now": now,
        }


class ReachKind(NamedTuple):
    """Which ways a reach has: statements are the same for all of one kind."""

    by_patients: bool
    by_invitation: bool
    by_sites: bool
    every_site: bool
    is_staff: bool


def reached(reach: Reach, now: datetime, *contents: str) -> ColumnElement[bool]:
    """Tell, of a row of exam, whether it is in reach; contents: what a guest must have been given of it."""
    return _ways(reach.kind, reach.patient_ids, reach.invitation_id, reach.site_ids, now, contents)


def reached_later(kind: ReachKind, *contents: str) -> ColumnElement[bool]:
    """Tell the same with the values left open, for a statement that is built once: see Reach.values."""
    return _ways(
        kind,
        bindparam("patient_ids", expanding=True),
        bindparam("invitation_id"),
        bindparam("site_ids", expanding=True),
        bindparam("now"),
        contents,
    )


def _ways(
    kind: ReachKind, patient_ids: Any, invitation_id: Any, site_ids: Any, now: Any, contents: tuple[str, ...]
) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if kind.by_patients:
        ways.append(Exam.patient_id.in_(patient_ids))
    if kind.by_invitation:
        ways.append(_shared(invitation_id, now, contents))
    if kind.every_site:
        ways.append(true())
    elif kind.by_sites:
        # Asked of each exam: as a list of every patient of the sites it would be read as a whole, each time.
        home = aliased(Patient)
        site_of_patient = select(home.site_id).where(home.id == Exam.patient_id).scalar_subquery()
        ways.append(or_(Exam.site_id.in_(site_ids), site_of_patient.in_(site_ids)))
    return or_(false(), *ways)


def _shared(invitation_id: Any, now: Any, contents: tuple[str, ...]) -> ColumnElement[bool]:
    """An open visit goes on for as long as this holds (D13, D17, D18, D27); a withheld exam is not shared (D10)."""
    gives = Invitation.contents.in_(contents) if contents else true()
    return and_(
        Exam.withheld_at.is_(None),
        exists().where(
            Invitation.id == invitation_id,
            Invitation.exam_id == Exam.id,
            Invitation.patient_id == Exam.patient_id,
            Invitation.revoked_at.is_(None),
            Invitation.shared_until > now,
            Account.id == Invitation.account_id,
            Account.blocked_at.is_(None),
            Account.deleted_at.is_(None),
            or_(Account.expires_at.is_(None), Account.expires_at > now),
            gives,
        ),
    )


def exams(
    session: Session,
    reach: Reach,
    now: datetime,
    *,
    patient_id: UUID | None = None,
    exam_id: UUID | None = None,
) -> Sequence[ExamRecord]:
    """Return the exams in reach with patient and site, newest first."""
    query = _exams(reach.kind, of_patient=patient_id is not None, by_id=exam_id is not None)
    return session.execute(query, {"patient_id": patient_id, "exam_id": exam_id, **reach.values(now)}).all()


# This and the other statements of an exam's page are built once for each kind of reach: that took half of their time.
@cache
def _exams(kind: ReachKind, *, of_patient: bool, by_id: bool) -> Select[Exam, Patient, Site]:
    query = (
        select(Exam, Patient, Site)
        .join(Patient, Patient.id == Exam.patient_id)
        .join(Site, Site.id == Exam.site_id)
        .where(reached_later(kind))
        .order_by(Exam.performed_at.desc(), Exam.id.desc())
    )
    if of_patient:
        query = query.where(Exam.patient_id == bindparam("patient_id"))
    if by_id:
        query = query.where(Exam.id == bindparam("exam_id"))
    return query


def to_change(session: Session, reach: Reach, now: datetime, exam_id: UUID) -> Exam | None:
    """Return an exam in reach, locked until the transaction ends."""
    query = select(Exam).where(Exam.id == exam_id, reached(reach, now)).with_for_update()
    return session.scalars(query).one_or_none()


_FRAME_COUNTS = (
    select(Study.exam_id, func.sum(Instance.frames))
    .join(Series, Series.study_id == Study.id)
    .join(Instance, Instance.series_id == Series.id)
    .where(Study.exam_id.in_(bindparam("exam_ids", expanding=True)), Instance.kind == "image")
    .group_by(Study.exam_id)
)


def frame_counts(session: Session, exam_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many images each exam has to swipe through."""
    found = session.execute(_FRAME_COUNTS, {"exam_ids": list(exam_ids)})
    return {exam_id: int(count) for exam_id, count in found}


def invitation(session: Session, invitation_id: UUID) -> Invitation | None:
    """Return what a guest was given."""
    return session.get(Invitation, invitation_id)


def live_invitations(session: Session, exam_id: UUID) -> list[Invitation]:
    """Return the invitations of an exam that were not revoked."""
    query = select(Invitation).where(Invitation.exam_id == exam_id, Invitation.revoked_at.is_(None))
    return list(session.scalars(query.order_by(Invitation.id)))


def opening(patient_id: Any, exam_id: Any, stay_id: Any) -> ColumnElement[bool]:
    """Tell, of values or of a statement's columns, whether an opening stands in the audit trail (D24)."""
    return exists().where(
        AuditEvent.patient_id == patient_id,
        AuditEvent.exam_id == exam_id,
        AuditEvent.verb == "exams.open",
        AuditEvent.outcome == "done",
        AuditEvent.session_id == stay_id,
    )


_WAS_OPENED = select(opening(bindparam("patient_id"), bindparam("exam_id"), bindparam("stay_id")))


def was_opened(session: Session, patient_id: UUID, exam_id: UUID, stay_id: UUID) -> bool:
    """Tell whether the audit trail holds an opening of this exam in this session or visit."""
    values = {"patient_id": patient_id, "exam_id": exam_id, "stay_id": stay_id}
    return session.scalars(_WAS_OPENED, values).one()


def unannounce(session: Session, exam_id: UUID) -> None:
    """Forget when "Report Complete" reached somebody: it was another patient than the exam's (D9)."""
    session.execute(
        update(Report)
        .where(Report.exam_id == exam_id)
        .values(
            complete_queued_at=None,
            complete_at=None,
            complete_by=None,
            visible_from=None,
            released_early_reason=None,
            version=Report.version + 1,
        )
    )
