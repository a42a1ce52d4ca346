"""What state an account is in, and when it expires for want of use."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from app.rules.calendar import add_months, end_of_local_day, local_day


class AccountState(Enum):
    """Where an account stands in its life."""

    CREATED = "created"  # waits for its activation
    CODE_EXPIRED = "code_expired"  # waits, and has no code that works
    ACTIVE = "active"
    EXPIRED = "expired"
    BLOCKED = "blocked"
    DELETED = "deleted"


@dataclass(frozen=True)
class AccountFacts:
    """What is stored of an account's life."""

    code_expires_at: datetime | None = None  # None: no live activation code
    activated_at: datetime | None = None
    expires_at: datetime | None = None  # from activation on
    blocked_at: datetime | None = None
    deleted_at: datetime | None = None


def account_expires_at(last_sign_in_or_activation: datetime, months: int, zone: str) -> datetime:
    """Return the UTC instant at which an account not signed in to any more expires (R50, D3, D18)."""
    return end_of_local_day(add_months(local_day(last_sign_in_or_activation, zone), months), zone)


def notice_due_at(expires_at: datetime, days: int = 30) -> datetime:
    """Return when the patient is told by e-mail that the account will expire (D18)."""
    return expires_at - timedelta(days=days)


def account_state(facts: AccountFacts, now: datetime) -> AccountState:
    """Return the state: Deleted > Blocked > Expired > Active, and before activation by the code (R12, D8, D18, D27)."""
    if facts.deleted_at is not None:
        return AccountState.DELETED
    if facts.blocked_at is not None:
        return AccountState.BLOCKED
    if facts.activated_at is None:
        code_works = facts.code_expires_at is not None and now < facts.code_expires_at
        return AccountState.CREATED if code_works else AccountState.CODE_EXPIRED
    has_expired = facts.expires_at is not None and now >= facts.expires_at
    return AccountState.EXPIRED if has_expired else AccountState.ACTIVE


def changes_at(facts: AccountFacts, now: datetime) -> datetime | None:
    """Return the next instant at which the state changes by time alone, or None."""
    if facts.deleted_at is not None or facts.blocked_at is not None:
        return None
    next_end = facts.code_expires_at if facts.activated_at is None else facts.expires_at
    return next_end if next_end is not None and next_end > now else None
