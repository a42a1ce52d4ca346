"""Reports: what is visible is decided here, in the query (D9 to D11, D28), as app/rules/report_release.py says it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, or_, select, true, update
from sqlalchemy.orm import Session, defer

from db.models import (
    AccessGrant,
    Account,
    AuditEvent,
    Exam,
    Invitation,
    Message,
    Report,
    ReportFile,
    Staff,
)
from db.queries.exams import Reach, ReachKind, reached, reached_later

REPORT_SHARED = ("report_and_images", "report")


def visible(now: Any) -> ColumnElement[bool]:
    """Tell, of a row of report joined with its exam, whether patient and guest may read it now (R29)."""
    return and_(
        Report.status != "preliminary",
        Report.withdrawn_at.is_(None),
        Report.withheld_at.is_(None),
        Exam.withheld_at.is_(None),
        Report.visible_from.is_not(None),
        Report.visible_from <= now,
    )


_OF_EXAMS = (
    select(Report, visible(bindparam("now")))
    .join(Exam, Exam.id == Report.exam_id)
    .where(Report.exam_id.in_(bindparam("exam_ids", expanding=True)))
    .order_by(Report.authored_at, Report.id)
    .options(defer(Report.text, raiseload=True))
)


def of_exams(session: Session, exam_ids: Iterable[UUID], now: datetime) -> Sequence[tuple[Report, bool]]:
    """Return the reports of exams without their text, oldest first, each with whether it is visible."""
    return session.execute(_OF_EXAMS, {"exam_ids": list(exam_ids), "now": now}).all()


def readable(session: Session, reach: Reach, now: datetime, report_id: UUID) -> tuple[Report, Exam] | None:
    """Return a report with its text where the caller may read it now, else None."""
    return session.execute(_readable(reach.kind), {"report_id": report_id, **reach.values(now)}).one_or_none()


@cache
def _readable(kind: ReachKind) -> Select[Report, Exam]:
    released = true() if kind.is_staff else visible(bindparam("now"))
    return (
        select(Report, Exam)
        .join(Exam, Exam.id == Report.exam_id)
        .where(Report.id == bindparam("report_id"), reached_later(kind, *REPORT_SHARED), released)
    )


def to_change(session: Session, reach: Reach, now: datetime, report_id: UUID) -> tuple[Report, Exam] | None:
    """Return a report in reach, locked until the transaction ends."""
    query = (
        select(Report, Exam)
        .join(Exam, Exam.id == Report.exam_id)
        .where(Report.id == report_id, reached(reach, now))
        .with_for_update(of=Report)
        .options(defer(Report.text, raiseload=True))
    )
    return session.execute(query).one_or_none()


def pages(session: Session, report_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many pages the reports that are PDFs have."""
    query = select(ReportFile.report_id, ReportFile.pages).where(ReportFile.report_id.in_(list(report_ids)))
    return dict(session.execute(query).all())


def pdf(session: Session, report_id: UUID) -> ReportFile | None:
    """Return the PDF of a report; ask readable() first."""
    return session.get(ReportFile, report_id)


def newest_sms(session: Session, report_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Return the newest "Report Complete" SMS of each report, and its state."""
    query = (
        select(Message.report_id, Message.id, Message.state)
        .where(Message.report_id.in_(list(report_ids)), Message.kind == "report_complete")
        .order_by(Message.created_at, Message.id)
    )
    return {report_id: (sms_id, state) for report_id, sms_id, state in session.execute(query) if report_id}


def set_complete(
    session: Session, report_id: UUID, complete_at: datetime, complete_by: str, visible_from: datetime
) -> bool:
    """Store, once, when "Report Complete" reached the patient and what follows; tell whether it was stored (D9).

    A report that was released early keeps its time.
    """
    done = session.execute(
        update(Report)
        .where(Report.id == report_id, Report.complete_at.is_(None))
        .values(
            complete_at=complete_at,
            complete_by=complete_by,
            visible_from=case((Report.visible_from.is_(None), visible_from), else_=Report.visible_from),
            version=Report.version + 1,
        )
        .returning(Report.id)
        .execution_options(synchronize_session="fetch")
    )
    return done.first() is not None


def report_and_exam(session: Session, report_id: UUID) -> tuple[Report, Exam] | None:
    """Return a report with its exam, for the program's own work."""
    query = (
        select(Report, Exam)
        .join(Exam, Exam.id == Report.exam_id)
        .where(Report.id == report_id)
        .options(defer(Report.text, raiseload=True))
    )
    return session.execute(query).one_or_none()


def owners(session: Session, patient_id: UUID, now: datetime) -> list[Account]:
    """Return the accounts that reach a patient now and can be written to (D28, D31)."""
    query = (
        select(Account)
        .join(AccessGrant, AccessGrant.account_id == Account.id)
        .where(
            AccessGrant.patient_id == patient_id,
            AccessGrant.ended_at.is_(None),
            AccessGrant.from_at <= now,
            AccessGrant.until_at.is_(None) | (AccessGrant.until_at > now),
            Account.deleted_at.is_(None),
            Account.activated_at.is_not(None),
            Account.email_proved_at.is_not(None),
            Account.email != "",
        )
        .order_by(Account.id)
        .distinct()
    )
    return list(session.scalars(query))


def openings(session: Session, patient_id: UUID, report_id: UUID) -> Sequence[tuple[AuditEvent, str | None]]:
    """Return who opened, printed or took away a report, oldest first, each with a name where there is one (D28)."""
    named = case(
        (AuditEvent.staff_id.is_not(None), Staff.full_name),
        (AuditEvent.invitation_id.is_not(None), Invitation.recipient_name),
        else_=Account.holder_name,
    )
    query = (
        select(AuditEvent, named)
        .outerjoin(Staff, Staff.id == AuditEvent.staff_id)
        .outerjoin(Invitation, Invitation.id == AuditEvent.invitation_id)
        .outerjoin(Account, Account.id == AuditEvent.account_id)
        .where(
            AuditEvent.patient_id == patient_id,
            AuditEvent.report_id == report_id,
            AuditEvent.verb.in_(("reports.read", "reports.take_away", "downloads.spend")),
            AuditEvent.outcome == "done",
        )
    )
    return session.execute(query.order_by(AuditEvent.number)).all()


def was_read(session: Session, patient_id: UUID, report_id: UUID, stay_id: UUID) -> bool:
    """Tell whether the audit trail holds a reading of this report in this session or visit."""
    query = select(AuditEvent.number).where(
        AuditEvent.patient_id == patient_id,
        AuditEvent.report_id == report_id,
        AuditEvent.verb == "reports.read",
        AuditEvent.outcome == "done",
        AuditEvent.session_id == stay_id,
    )
    return session.execute(query.limit(1)).first() is not None


def mailed_invitations(session: Session, exam_id: UUID) -> list[Invitation]:
    """Return the invitations that went out by e-mail with an exam's reports and are in force or were opened."""
    query = select(Invitation).where(
        Invitation.exam_id == exam_id,
        Invitation.contents.in_(REPORT_SHARED),
        Invitation.recipient_email != "",
        or_(Invitation.revoked_at.is_(None), Invitation.accesses > 0),
    )
    return list(session.scalars(query.order_by(Invitation.id)))


def stop_sms(session: Session, report_id: UUID) -> None:
    """Keep a "Report Complete" SMS that still waits from being sent."""
    session.execute(
        update(Message)
        .where(Message.report_id == report_id, Message.kind == "report_complete", Message.state == "queued")
        .values(state="failed", reason="report withdrawn", next_try_at=None, version=Message.version + 1)
    )
