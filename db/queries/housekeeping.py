"""What time alone has brought about."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, union
from sqlalchemy.orm import Session

from db.models import AccessGrant, Account, ActivationCode, Exam, Report, Site

_SELF = AccessGrant.relation == "self"
_HOUSEKEEPING = 2  # the first half of an advisory lock's key


def alone(session: Session) -> None:
    """Wait until no other server process keeps house; then see all that it did. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_HOUSEKEEPING, 0)))


def codes_expiring(
    session: Session, now: datetime, until: datetime
) -> list[tuple[ActivationCode, Account, UUID | None]]:
    """Return live activation codes that expire between now and then, with account and patient."""
    rows = session.execute(
        select(ActivationCode, Account, AccessGrant.patient_id)
        .join(Account, Account.id == ActivationCode.account_id)
        .outerjoin(AccessGrant, (AccessGrant.account_id == Account.id) & _SELF)
        .where(
            ActivationCode.used_at.is_(None),
            ActivationCode.killed_at.is_(None),
            ActivationCode.expires_at > now,
            ActivationCode.expires_at <= until,
            Account.deleted_at.is_(None),
        )
    )
    return list(rows)


def accounts_expiring(
    session: Session, now: datetime, until: datetime
) -> list[tuple[Account, UUID | None, str]]:
    """Return accounts that expire between now and then and whose patients were not told, with the site's zone."""
    rows = session.execute(
        select(Account, AccessGrant.patient_id, Site.time_zone)
        .join(Site, Site.id == Account.site_id)
        .outerjoin(AccessGrant, (AccessGrant.account_id == Account.id) & _SELF)
        .where(
            Account.expires_at > now,
            Account.expires_at <= until,
            Account.deleted_at.is_(None),
            Account.blocked_at.is_(None),
            or_(
                Account.expiry_notice_at.is_(None),
                Account.expiry_notice_at < Account.last_signed_in_at,
            ),
        )
    )
    return list(rows)


def overdue_reports(session: Session, now: datetime) -> list[tuple[Report, Exam]]:
    """Return reports whose time has come and which are still hidden."""
    # What keeps a report hidden is rare and has indexes of its own; that its time has come is true of nearly all.
    hidden = union(
        select(Report.id).where(Report.withheld_at.is_not(None)),
        select(Report.id).where(Report.status == "preliminary"),
        select(Report.id).join(Exam, Exam.id == Report.exam_id).where(Exam.withheld_at.is_not(None)),
    )
    rows = session.execute(
        select(Report, Exam)
        .join(Exam, Exam.id == Report.exam_id)
        .where(
            Report.id.in_(select(hidden.subquery().c.id)),
            Report.visible_from <= now,
            Report.withdrawn_at.is_(None),
        )
    )
    return list(rows)


def reviews_due(session: Session, now: datetime) -> list[tuple[Exam, Report | None]]:
    """Return withheld exams and reports whose review date has come."""
    exams = session.scalars(select(Exam).where(Exam.withheld_at.is_not(None), Exam.withheld_review_on <= now))
    reports = session.execute(
        select(Exam, Report)
        .join(Exam, Exam.id == Report.exam_id)
        .where(Report.withheld_at.is_not(None), Report.withheld_review_on <= now)
    )
    return [*((exam, None) for exam in exams), *((exam, report) for exam, report in reports)]
