"""Codes of activation letters: one lives per account, each is used once (D2)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from db.models import ActivationCode

_LIVE = (ActivationCode.used_at.is_(None), ActivationCode.killed_at.is_(None))


def by_digest(session: Session, digest: bytes) -> ActivationCode | None:
    """Return the code that somebody typed."""
    return session.scalars(select(ActivationCode).where(ActivationCode.digest == digest)).one_or_none()


def live(session: Session, account_ids: Iterable[UUID]) -> list[ActivationCode]:
    """Return the codes of accounts that are neither used nor dead; they may have expired."""
    return list(
        session.scalars(
            select(ActivationCode).where(ActivationCode.account_id.in_(list(account_ids)), *_LIVE)
        )
    )


def last(session: Session, account_id: UUID) -> ActivationCode | None:
    """Return an account's newest code, whatever became of it."""
    return session.scalars(
        select(ActivationCode)
        .where(ActivationCode.account_id == account_id)
        .order_by(ActivationCode.made_at.desc(), ActivationCode.id.desc())
        .limit(1)
    ).one_or_none()


def kill(session: Session, account_id: UUID, now: datetime, reason: str) -> bool:
    """Kill the account's live code; tell whether there was one."""
    done = session.execute(
        update(ActivationCode)
        .where(ActivationCode.account_id == account_id, *_LIVE)
        .values(killed_at=now, killed_reason=reason)
        .returning(ActivationCode.id)
    )
    return done.first() is not None


def use_up(session: Session, code_id: UUID, now: datetime) -> bool:
    """Use a code up unless it is used, dead or expired; of sixteen at once, one is told True."""
    done = session.execute(
        update(ActivationCode)
        .where(ActivationCode.id == code_id, *_LIVE, ActivationCode.expires_at > now)
        .values(used_at=now)
        .returning(ActivationCode.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


def count_wrong(session: Session, code_id: UUID, limit: int, now: datetime) -> int | None:
    """Count a wrong answer against a live code, the last of them kills it; return how many, None when it is dead."""
    is_last = ActivationCode.wrong_birth_dates + 1 >= limit
    row = session.execute(
        update(ActivationCode)
        .where(ActivationCode.id == code_id, *_LIVE)
        .values(
            wrong_birth_dates=ActivationCode.wrong_birth_dates + 1,
            killed_at=case((is_last, now), else_=None),
            killed_reason=case((is_last, "wrong_birth_dates"), else_=None),
        )
        .returning(ActivationCode.wrong_birth_dates)
        .execution_options(synchronize_session=False)
    ).first()
    return row.wrong_birth_dates if row else None
