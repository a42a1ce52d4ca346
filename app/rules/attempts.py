"""How wrong guesses are slowed down and stopped."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType

from app.rules.limits import ClinicRules


@dataclass(frozen=True)
class Lock:
    """What a wrong code brings upon an invitation; neither field set means nothing yet."""

    until: datetime | None = None
    is_stopped: bool = False  # until the owner or staff unlock it


class Guarded(Enum):
    """What is guarded against guessing."""

    SIGN_IN = "sign_in"
    ACTIVATION = "activation"
    RESET = "reset"
    CODE = "code"  # an invitation's verification code
    ENROLMENT = "enrolment"  # a new station's one-time code


class CountedBy(Enum):
    """Whose tries are added up."""

    ACCOUNT = "account"  # or the invitation, for its code
    PLACE = "place"  # the station, or the network address
    OVERALL = "overall"


@dataclass(frozen=True)
class Throttle:
    """So many tries in a window; the window opens with the first try and the count starts anew after it."""

    limit: int
    window: timedelta


# Wrong tries count, and for resets every request. A kiosk serves many people and a clinic's guests may share an address,
# so a place may err more often than one account; overall limits only stop a spread attack.
THROTTLES = MappingProxyType(
    {
        (Guarded.SIGN_IN, CountedBy.ACCOUNT): Throttle(5, timedelta(minutes=15)),
        (Guarded.SIGN_IN, CountedBy.PLACE): Throttle(30, timedelta(minutes=15)),
        (Guarded.SIGN_IN, CountedBy.OVERALL): Throttle(1000, timedelta(minutes=15)),
        (Guarded.ACTIVATION, CountedBy.ACCOUNT): Throttle(5, timedelta(minutes=15)),
        (Guarded.ACTIVATION, CountedBy.PLACE): Throttle(20, timedelta(minutes=15)),
        (Guarded.ACTIVATION, CountedBy.OVERALL): Throttle(500, timedelta(minutes=15)),
        (Guarded.RESET, CountedBy.ACCOUNT): Throttle(3, timedelta(hours=1)),
        (Guarded.RESET, CountedBy.PLACE): Throttle(20, timedelta(hours=1)),
        (Guarded.RESET, CountedBy.OVERALL): Throttle(500, timedelta(hours=1)),
        (Guarded.CODE, CountedBy.PLACE): Throttle(20, timedelta(minutes=15)),
        (Guarded.CODE, CountedBy.OVERALL): Throttle(1000, timedelta(minutes=15)),
        (Guarded.ENROLMENT, CountedBy.PLACE): Throttle(20, timedelta(minutes=15)),
        (Guarded.ENROLMENT, CountedBy.OVERALL): Throttle(200, timedelta(minutes=15)),
    }
)


def after_wrong_code(wrong_codes: int, now: datetime, rules: ClinicRules) -> Lock:
    """Return the lock that an invitation's nth wrong code brings: every fifth 15 minutes, from the 15th on for good (D14).

    Codes typed while it is locked are refused unread and do not count.
    """
    if wrong_codes >= rules.wrong_codes_stop:
        return Lock(is_stopped=True)
    if wrong_codes and wrong_codes % rules.wrong_codes_lock == 0:
        return Lock(until=now + timedelta(minutes=rules.lock_minutes))
    return Lock()


def code_is_killed(wrong_birth_dates: int, rules: ClinicRules) -> bool:
    """Tell whether wrong birth dates with the right activation code have killed it: "ask the desk" (D4)."""
    return wrong_birth_dates >= rules.wrong_birth_dates_kill
