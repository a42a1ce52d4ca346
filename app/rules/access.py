"""Who there is to ask for something, and which patients an account reaches."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from app.rules.calendar import add_months, end_of_local_day


class Role(Enum):
    """What somebody may be at one instant; an employee can have several of the clinic's roles (D26)."""

    # The clinic's roles
    RECEPTION = "reception"
    CLINICAL = "clinical"  # hold, release, withdraw
    MANAGER = "manager"  # staff, settings, stations, unblock, month page
    PRIVACY = "privacy"  # audit only
    IT = "it"  # stations, printers, delivery, backup; no patient data

    # What follows from how somebody came
    STAFF = "staff"  # any employee who has signed in
    NEW_STAFF = "new_staff"  # signed in with a one-time password: may only set a new one
    PATIENT = "patient"
    GUEST = "guest"
    KIOSK = "kiosk"  # an enrolled kiosk, nobody signed in
    DESK = "desk"  # an enrolled desk, nobody signed in
    FEED = "feed"  # what PACS and RIS tell us
    NOBODY = "nobody"
    COMMAND_LINE = "command_line"


CLINIC_ROLES = (Role.RECEPTION, Role.CLINICAL, Role.MANAGER, Role.PRIVACY, Role.IT)


class CallerKind(Enum):
    """What somebody shows at the portal's door."""

    NOBODY = "nobody"
    STATION = "station"  # an enrolled station's key
    SESSION = "session"  # the token of a signed-in stay
    VISIT = "visit"  # the token of a guest's visit
    OPERATION = "operation"  # from a desk's outbox
    FEED = "feed"
    COMMAND_LINE = "command_line"


class Relation(Enum):
    """As what an account reaches a patient (D31)."""

    SELF = "self"
    PARENT = "parent"
    GUARDIAN = "guardian"
    CARER = "carer"


@dataclass(frozen=True)
class GrantFacts:
    """What is stored of an access grant's time: from, until (exclusive), and when the desk ended it."""

    starts_at: datetime
    ends_at: datetime | None = None
    ended_at: datetime | None = None


def grant_reaches(facts: GrantFacts, now: datetime) -> bool:
    """Tell whether the grant reaches its patient now (D31)."""
    ends = [at for at in (facts.ends_at, facts.ended_at) if at is not None]
    return facts.starts_at <= now and all(now < at for at in ends)


def changes_at(facts: GrantFacts, now: datetime) -> datetime | None:
    """Return the next instant at which the grant begins or ceases to reach by time alone, or None."""
    instants = (facts.starts_at, facts.ends_at, facts.ended_at)
    return min((at for at in instants if at is not None and at > now), default=None)


def grant_ends_at_majority(birth_date: date, years: int, zone: str) -> datetime:
    """Return the UTC instant at which a minor's access passes to the minor: the birthday's first moment (D29).

    Who was born on 29 February has it on 28 February in other years.
    """
    birthday = add_months(birth_date, 12 * years)
    return end_of_local_day(birthday - timedelta(days=1), zone)
