"""A kiosk's QR codes to phones: offered, spent once, fetched by whoever spent them (D21)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from db.models import Account, Download, Exam, Patient, Site, Visit


def by_digest(session: Session, digest: bytes) -> tuple[Download, Exam, Patient, Site] | None:
    """Return the download that a token belongs to, with its exam."""
    query = (
        select(Download, Exam, Patient, Site)
        .join(Exam, Exam.id == Download.exam_id)
        .join(Patient, Patient.id == Exam.patient_id)
        .join(Site, Site.id == Exam.site_id)
        .where(Download.digest == digest)
    )
    return session.execute(query).one_or_none()


def spend(session: Session, download_id: UUID, browser_digest: bytes, now: datetime) -> bool:
    """Spend a download for one browser; tell whether it is that browser's now. One conditional UPDATE."""
    done = session.execute(
        update(Download)
        .where(
            Download.id == download_id,
            Download.expires_at > now,
            or_(Download.spent_at.is_(None), Download.browser_digest == browser_digest),
        )
        .values(spent_at=now, browser_digest=browser_digest)
        .returning(Download.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


def invitation_of(session: Session, row: Download) -> UUID | None:
    """Return the invitation with whose visit a download was offered."""
    return session.scalars(select(Visit.invitation_id).where(Visit.id == row.visit_id)).one_or_none()


def account_in_force(session: Session, account_id: UUID, now: datetime) -> bool:
    """Tell whether an account may still fetch what it was offered."""
    query = select(Account.id).where(
        Account.id == account_id,
        Account.blocked_at.is_(None),
        Account.deleted_at.is_(None),
        or_(Account.expires_at.is_(None), Account.expires_at > now),
    )
    return session.execute(query).first() is not None


def forget_of_account(session: Session, account_id: UUID) -> None:
    """Forget what an account was offered: no phone fetches it any more."""
    session.execute(delete(Download).where(Download.account_id == account_id))


def spent_after(session: Session, download_ids: Iterable[UUID], since: datetime) -> set[UUID]:
    """Return those of the downloads that were spent after an instant."""
    query = select(Download.id).where(Download.id.in_(list(download_ids)), Download.spent_at > since)
    return set(session.scalars(query))
