"""How long a session lasts, untouched and at most (D25)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Literal

from app.rules.limits import ClinicRules


class SessionKind(Enum):
    """Where somebody is signed in, or what an invitation opened."""

    KIOSK = "kiosk"
    WEB = "web"
    STAFF = "staff"
    VISIT = "visit"


@dataclass(frozen=True)
class SessionLimits:
    """The times of one kind of session."""

    idle: timedelta  # untouched so long, it warns or is over
    longest: timedelta
    warning: timedelta = timedelta()  # between the idle warning and the end


def session_limits(kind: SessionKind, rules: ClinicRules) -> SessionLimits:
    """Return the clinic's times for one kind of session (D13, D25)."""
    match kind:
        case SessionKind.KIOSK:
            return SessionLimits(
                idle=timedelta(seconds=rules.kiosk_idle_seconds),
                longest=timedelta(minutes=rules.kiosk_minutes),
                warning=timedelta(seconds=rules.kiosk_warning_seconds),
            )
        case SessionKind.WEB:
            return SessionLimits(timedelta(minutes=rules.web_idle_minutes), timedelta(hours=rules.web_hours))
        case SessionKind.STAFF:
            return SessionLimits(
                timedelta(minutes=rules.staff_idle_minutes), timedelta(hours=rules.staff_hours)
            )
        case SessionKind.VISIT:
            return SessionLimits(
                timedelta(minutes=rules.visit_idle_minutes), timedelta(hours=rules.visit_hours)
            )


def warns_at(last_active: datetime, limits: SessionLimits) -> datetime:
    """Return when an untouched session warns; without a warning this is its end."""
    return last_active + limits.idle


def ends_at(
    started: datetime, last_active: datetime, limits: SessionLimits, extended_until: datetime | None = None
) -> datetime:
    """Return when the session is over if nobody touches it again."""
    return min(_idle_at(last_active, limits), _over_at(started, limits, extended_until))


def session_over(
    started: datetime,
    last_active: datetime,
    limits: SessionLimits,
    now: datetime,
    extended_until: datetime | None = None,
) -> Literal["idle", "over"] | None:
    """Return why the session has ended, or None while it lasts; staff's "idle" locks the screen (D25).

    extended_until: how far the patient has extended the longest time at the kiosk.
    """
    if now >= _over_at(started, limits, extended_until):
        return "over"
    return "idle" if now >= _idle_at(last_active, limits) else None


def _idle_at(last_active: datetime, limits: SessionLimits) -> datetime:
    return last_active + limits.idle + limits.warning


def _over_at(started: datetime, limits: SessionLimits, extended_until: datetime | None) -> datetime:
    longest = started + limits.longest
    return longest if extended_until is None else max(longest, extended_until)
