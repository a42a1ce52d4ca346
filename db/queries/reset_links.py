"""Ways to set a new password, and to prove an address: each is used once (D6, D7)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from db.models import EmailConfirmation, RecoveryRequest, ResetLink

_LIVE = (ResetLink.used_at.is_(None), ResetLink.killed_at.is_(None))


def by_digest(session: Session, digest: bytes) -> ResetLink | None:
    """Return the link or slip whose code somebody brought."""
    return session.scalars(select(ResetLink).where(ResetLink.digest == digest)).one_or_none()


def kill(session: Session, account_id: UUID, now: datetime) -> None:
    """Kill the account's live link."""
    session.execute(update(ResetLink).where(ResetLink.account_id == account_id, *_LIVE).values(killed_at=now))


def use_up(session: Session, link_id: UUID, now: datetime) -> bool:
    """Use a link up unless it is used, dead or expired; of sixteen at once, one is told True."""
    done = session.execute(
        update(ResetLink)
        .where(ResetLink.id == link_id, *_LIVE, ResetLink.expires_at > now)
        .values(used_at=now)
        .returning(ResetLink.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


def count_wrong(session: Session, link_id: UUID, limit: int, now: datetime) -> int | None:
    """Count a wrong answer against a live link, the last of them kills it; return how many, None when it is dead."""
    row = session.execute(
        update(ResetLink)
        .where(ResetLink.id == link_id, *_LIVE)
        .values(
            wrong_birth_dates=ResetLink.wrong_birth_dates + 1,
            killed_at=case((ResetLink.wrong_birth_dates + 1 >= limit, now), else_=None),
        )
        .returning(ResetLink.wrong_birth_dates)
        .execution_options(synchronize_session=False)
    ).first()
    return row.wrong_birth_dates if row else None


def confirmation(session: Session, digest: bytes) -> EmailConfirmation | None:
    """Return what a mail's button stands for."""
    return session.scalars(select(EmailConfirmation).where(EmailConfirmation.digest == digest)).one_or_none()


def confirm(session: Session, confirmation_id: UUID, now: datetime) -> bool:
    """Note that the button was used unless it is dead or expired; tell whether it counts. Twice is no harm."""
    done = session.execute(
        update(EmailConfirmation)
        .where(
            EmailConfirmation.id == confirmation_id,
            EmailConfirmation.killed_at.is_(None),
            EmailConfirmation.expires_at > now,
        )
        .values(
            confirmed_at=case(
                (EmailConfirmation.confirmed_at.is_(None), now), else_=EmailConfirmation.confirmed_at
            )
        )
        .returning(EmailConfirmation.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


def kill_confirmations(session: Session, account_id: UUID, now: datetime) -> None:
    """Let no button in an earlier mail prove an address any more."""
    session.execute(
        update(EmailConfirmation)
        .where(EmailConfirmation.account_id == account_id, EmailConfirmation.killed_at.is_(None))
        .values(killed_at=now)
    )


def forget_confirmations(session: Session, account_id: UUID) -> None:
    """Delete every address that an account was asked to prove (D8)."""
    session.execute(delete(EmailConfirmation).where(EmailConfirmation.account_id == account_id))


def requests(session: Session, limit: int) -> list[UUID]:
    """Return the ids of requests for help with signing in that nobody has looked into, oldest first."""
    return list(session.scalars(select(RecoveryRequest.id).order_by(RecoveryRequest.id).limit(limit)))


def take_request(session: Session, request_id: UUID) -> bytes | None:
    """Take a request off the list; return what was typed, encrypted, or None when somebody else has taken it."""
    return session.scalar(
        delete(RecoveryRequest).where(RecoveryRequest.id == request_id).returning(RecoveryRequest.typed)
    )
