"""What signing in is for patients and staff alike: the password is checked before the transaction, the try counted in it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from app.callers import Caller
from app.errors import N_, Refused
from app.ids import new_id
from app.parts import Parts
from app.rules.attempts import Guarded
from app.rules.sessions import SessionKind, session_limits
from app.throttles import must_wait
from app.use_case import Work
from db.database import Session
from db.models import SessionRecord
from db.queries import sessions as queries

LONGEST_PASSWORD = 128
TOKEN_BYTES = 32


@dataclass(frozen=True)
class CheckedPassword:
    """What a typed password proved, outside any transaction."""

    owner_id: UUID | None  # None: nobody has this user name
    is_right: bool
    old_hash: str = field(default="", repr=False)
    new_hash: str = field(default="", repr=False)  # where the parameters have changed since it was made (D5)

    def proves(self, owner_id: UUID, password_hash: str | None) -> bool:
        """Tell whether this was right, and still is: the password may have been changed meanwhile."""
        return self.is_right and self.owner_id == owner_id and self.old_hash == password_hash


class _Owner(Protocol):
    """A patient's account or an employee."""

    @property
    def id(self) -> UUID: ...
    @property
    def password_hash(self) -> str | None: ...


def check(
    parts: Parts, caller: Caller, account: str, find: Callable[[Session], _Owner | None], password: str
) -> CheckedPassword:
    """Check a password in the same time whether or not its owner exists.

    account: as count_try takes it. What comes from somebody who must wait is not looked at: hashing takes long, and
    the try is refused when it is counted.
    """
    short = password[:LONGEST_PASSWORD]
    with parts.database.reading() as session:
        found = find(session)
        owner_id, password_hash = (found.id, found.password_hash) if found else (None, None)
        if must_wait(session, Guarded.SIGN_IN, caller, parts.clock(), account=account):
            return CheckedPassword(owner_id, is_right=False)
    if owner_id is None or not password_hash:
        parts.passwords.verify_nothing(short)
        return CheckedPassword(owner_id, is_right=False)
    is_right = parts.passwords.verify(password_hash, short) and short == password
    renewed = parts.passwords.hash(short) if is_right and parts.passwords.needs_rehash(password_hash) else ""
    return CheckedPassword(owner_id, is_right, password_hash, renewed)


def begin_session(
    parts: Parts,
    work: Work[Any],
    kind: SessionKind,
    *,
    account_id: UUID | None = None,
    staff_id: UUID | None = None,
) -> str:
    """Begin a session and return its token, which leaves once; a kiosk has one patient at a time."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    if work.who.station_id is not None:
        if kind is SessionKind.KIOSK:
            queries.end_at_station(work.session, work.who.station_id, work.now, "next_sign_in")
        queries.seen_station(work.session, work.who.station_id, work.now)
    row = SessionRecord(
        id=new_id(),
        digest=parts.keys.digest("session", token),
        kind=kind.value,
        account_id=account_id,
        staff_id=staff_id,
        station_id=work.who.station_id,
        address=work.who.address,
        started_at=work.now,
        last_active_at=work.now,
        ends_at=work.now + session_limits(kind, work.clinic.rules).longest,
    )
    work.session.add(row)
    work.about(account_id=account_id, staff_id=staff_id, session_id=row.id)
    return token


def extended(now: datetime, ends_at: datetime, minutes: int) -> datetime:
    """Return how far a kiosk's patient may stay who asks for more time (D25)."""
    return max(ends_at, now + timedelta(minutes=minutes))


def wrong() -> Refused:
    """Return the one answer to a wrong user name, a wrong password and an account that is not there."""
    return Refused(
        "sign_in_wrong", N_("The user name or the password is not right. Please check both and try again.")
    )
