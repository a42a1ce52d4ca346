"""Slows guessing down: tries are counted by account, by station or address, and overall, in the database."""

import hashlib
from datetime import datetime
from ipaddress import IPv6Address, IPv6Network, ip_address

from app.callers import Caller, Standing
from app.errors import N_, Refused
from app.rules.attempts import THROTTLES, CountedBy, Guarded
from db.database import Session
from db.queries import journal as queries


def must_wait(
    session: Session, guarded: Guarded, who: Standing | Caller, now: datetime, *, account: str = ""
) -> bool:
    """Tell whether count_try would refuse one try more; counts nothing."""
    limits = {
        key: throttle.limit
        for key, counted_by in _keys(guarded, who, account)
        if (throttle := THROTTLES.get((guarded, counted_by)))
    }
    tries = queries.tries(session, limits, now)
    return any(tries.get(key, 0) >= limit for key, limit in limits.items())


def count_try(session: Session, guarded: Guarded, who: Standing, now: datetime, *, account: str = "") -> None:
    """Count one try; raise Refused, with the time to try again, when there were too many.

    account: what identifies whose secret is tried (a user name's key, an invitation number); only its hash is
    stored. Call forgive() when the try was good.
    """
    for key, counted_by in _keys(guarded, who, account):
        throttle = THROTTLES.get((guarded, counted_by))
        until = throttle and queries.count_try(
            session, key, limit=throttle.limit, now=now, window_ends_at=now + throttle.window
        )
        # Not counted further: whoever must wait here locks no account, and shuts nobody else out.
        if until:
            raise Refused(
                "too_many_tries",
                N_("There were too many tries. Please wait {minutes} minutes, or ask at the reception desk."),
                minutes=max(1, -int(-(until - now).total_seconds() // 60)),
            )


def forgive(session: Session, guarded: Guarded, who: Standing, *, account: str = "") -> None:
    """Forget the tries of this account and take this one back from place and overall: only wrong ones stay counted.

    Whoever has an account of their own cannot start a place's count anew with it.
    """
    for key, counted_by in _keys(guarded, who, account):
        if counted_by is CountedBy.ACCOUNT:
            queries.forgive(session, key)
        else:
            queries.uncount(session, key)


def _keys(guarded: Guarded, who: Standing | Caller, account: str) -> list[tuple[str, CountedBy]]:
    place = str(who.station_id) if who.station_id else _network(who.address)
    keys = [(f"{guarded.value}:place:{_digest(place)}", CountedBy.PLACE)]
    if account:
        keys.append((f"{guarded.value}:account:{_digest(account)}", CountedBy.ACCOUNT))
    if not who.station_id:
        # A spread attack comes from outside, and must not close the clinic's own desks and kiosks.
        keys.append((f"{guarded.value}:overall", CountedBy.OVERALL))
    return keys


def _network(address: str) -> str:
    """Return the place of a network address: an IPv6 subscriber has at least a /64 to take addresses from."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or IPv6Network((int(found), 64), strict=False))


def _digest(piece: str) -> str:
    """Return a short stable key, because keys of throttles must not hold names."""
    return hashlib.sha256(piece.encode()).hexdigest()[:40]
