"""What an invitation's status is, how long it lasts, and what a guest with the right code is told."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from app.rules.account_life import AccountState
from app.rules.calendar import add_months, local_day


class InvitationState(Enum):
    """The four names that Shared Exams shows, and no other (R78)."""

    ACTIVE = "Active"
    VIEWED = "Viewed"
    EXPIRED = "Expired"
    REVOKED = "Revoked"


class ExpiredBecause(Enum):
    """The reason shown beside Expired (D15)."""

    DATE = "date"
    USES = "uses"
    ACCOUNT_INACTIVE = "account_inactive"
    ACCOUNT_BLOCKED = "account_blocked"
    EXAM_UNAVAILABLE = "exam_unavailable"


class GuestAnswer(Enum):
    """What is said to a guest (D14); TRY_AGAIN is the one answer to a wrong, unknown or locked code."""

    OPEN = "open"
    TRY_AGAIN = "try_again"
    EXPIRED = "expired"
    USED_UP = "used_up"
    REVOKED = "revoked"
    UNAVAILABLE = "unavailable"


class SharedUntilFault(Enum):
    """Why a new Shared Until date is refused (D16)."""

    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    USES_SPENT = "uses_spent"
    REVOKED = "revoked"


@dataclass(frozen=True)
class InvitationFacts:
    """What is stored of an invitation, with the states of the account and exam it hangs on."""

    created_at: datetime
    shared_until: datetime  # the instant at which the printed day is over
    accesses: int = 0
    max_accesses: int = 10
    revoked_at: datetime | None = None
    locked_until: datetime | None = None
    is_stopped: bool = False  # locked until the owner or staff unlock it
    account: AccountState = AccountState.ACTIVE
    exam_is_available: bool = (
        True  # not withheld as a whole; a withdrawn report alone leaves its words in place (D28)
    )


def state(facts: InvitationFacts, now: datetime) -> tuple[InvitationState, ExpiredBecause | None]:
    """Return the status and, for Expired, its reason: Revoked > Expired > Viewed > Active (R73 to R76, D15)."""
    if facts.revoked_at is not None or facts.account is AccountState.DELETED:
        return InvitationState.REVOKED, None
    reason = _expired_because(facts, now)
    if reason is not None:
        return InvitationState.EXPIRED, reason
    return (InvitationState.VIEWED if facts.accesses else InvitationState.ACTIVE), None


def changes_at(facts: InvitationFacts, now: datetime) -> datetime | None:
    """Return the next instant at which status, reason or lock change by time alone, or None."""
    shared_until = facts.shared_until if can_revoke(facts, now) else None
    instants = (shared_until, facts.locked_until)
    return min((at for at in instants if at is not None and at > now), default=None)


def may_open(facts: InvitationFacts, now: datetime) -> GuestAnswer:
    """Return what a guest who typed the right code is answered (R66, R71, D13, D14)."""
    if is_locked(facts, now):
        return GuestAnswer.TRY_AGAIN
    status, reason = state(facts, now)
    if status is InvitationState.REVOKED:
        return GuestAnswer.REVOKED
    if reason is None:
        return GuestAnswer.OPEN
    # Whether the patient's account is blocked or has lapsed is none of a guest's business.
    return {
        ExpiredBecause.DATE: GuestAnswer.EXPIRED,
        ExpiredBecause.USES: GuestAnswer.USED_UP,
    }.get(reason, GuestAnswer.UNAVAILABLE)


def visit_goes_on(facts: InvitationFacts, now: datetime) -> bool:
    """Tell whether an open visit may make its next request: the last access works to its end (D13, D17)."""
    return state(facts, now)[0] is not InvitationState.REVOKED and _closed_because(facts, now) is None


def is_locked(facts: InvitationFacts, now: datetime) -> bool:
    """Tell whether wrong codes have locked the invitation, for a while or until it is unlocked (D14)."""
    return facts.is_stopped or (facts.locked_until is not None and now < facts.locked_until)


def default_shared_until(now: datetime, zone: str, days: int = 30) -> date:
    """Return the Shared Until day that a new invitation proposes (R64, D3)."""
    return local_day(now, zone) + timedelta(days=days)


def shared_until_bounds(
    created_at: datetime, now: datetime, zone: str, months: int = 12
) -> tuple[date, date]:
    """Return the first and last day to choose: today to 12 months after creation (D16); the first may be later."""
    return local_day(now, zone), add_months(local_day(created_at, zone), months)


def check_new_shared_until(
    facts: InvitationFacts, day: date, now: datetime, zone: str, months: int = 12
) -> SharedUntilFault | None:
    """Return why Shared Until cannot become that day, or None when it can (R69, D16)."""
    if state(facts, now)[0] is InvitationState.REVOKED:
        return SharedUntilFault.REVOKED
    if _uses_are_spent(facts):
        return SharedUntilFault.USES_SPENT
    first, last = shared_until_bounds(facts.created_at, now, zone, months)
    if day > last:
        return SharedUntilFault.TOO_LATE
    return SharedUntilFault.TOO_EARLY if day < first else None


def can_edit(facts: InvitationFacts, now: datetime, zone: str, months: int = 12) -> bool:
    """Tell whether Edit stands beside Shared Until: there is a day to choose that would count (R68, D16)."""
    return check_new_shared_until(facts, local_day(now, zone), now, zone, months) is None


def can_revoke(facts: InvitationFacts, now: datetime) -> bool:
    """Tell whether Revoke Access stands beside Status: always, until it is revoked (R70, R76)."""
    return state(facts, now)[0] is not InvitationState.REVOKED


def _expired_because(facts: InvitationFacts, now: datetime) -> ExpiredBecause | None:
    closed = _closed_because(facts, now)
    if closed is not ExpiredBecause.DATE and _uses_are_spent(facts):
        return ExpiredBecause.USES
    return closed


def _closed_because(facts: InvitationFacts, now: datetime) -> ExpiredBecause | None:
    if now >= facts.shared_until:
        return ExpiredBecause.DATE
    if facts.account is AccountState.EXPIRED:
        return ExpiredBecause.ACCOUNT_INACTIVE
    if facts.account is AccountState.BLOCKED:
        return ExpiredBecause.ACCOUNT_BLOCKED
    return None if facts.exam_is_available else ExpiredBecause.EXAM_UNAVAILABLE


def _uses_are_spent(facts: InvitationFacts) -> bool:
    return facts.accesses >= facts.max_accesses
