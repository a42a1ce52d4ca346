"""What time alone has brought about."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.models import AccessGrant, Account, ActivationCode, Exam, Report, Site

_SELF = AccessGrant.relation == "self"


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
    rows = session.execute(
        select(Report, Exam)
        .join(Exam, Exam.id == Report.exam_id)
        .where(
            Report.visible_from <= now,
            Report.withdrawn_at.is_(None),
            or_(
                Report.withheld_at.is_not(None), Exam.withheld_at.is_not(None), Report.status == "preliminary"
            ),
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
