"""The audit chain, the change feed, replays and throttles: all that every use case passes through."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, bindparam, case, delete, not_, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from db.models import AuditEvent, Base, Change, Journal, Replay, Site, Throttle

CHANGES_AT_ONCE = 500

# Built once, and of the table rather than of its entity, because everybody who writes waits for these.
_COUNTERS = cast("Table", Journal.__table__)
_RESERVE = (
    update(_COUNTERS)
    .values(
        change_number=_COUNTERS.c.change_number + bindparam("changes"),
        audit_number=_COUNTERS.c.audit_number + bindparam("audits"),
    )
    .returning(_COUNTERS.c.change_number, _COUNTERS.c.audit_number, _COUNTERS.c.audit_hash)
)
_SET_HEAD = update(_COUNTERS).values(audit_hash=bindparam("head"))
_HEAD = select(Journal.epoch, Journal.change_number, Journal.audit_number, Journal.audit_hash)

# Whose request, to which use case, under which id.
RequestKey = tuple[str, str, UUID]


def reserve(session: Session, *, changes: int, audits: int) -> tuple[int, int, bytes]:
    """Lock the counter row and take numbers; return the last change and audit numbers before, and the head hash.

    Must be the last lock a transaction takes: it serialises everybody who writes.
    """
    session.flush()
    row = session.execute(_RESERVE, {"changes": changes, "audits": audits}).one()
    return row.change_number - changes, row.audit_number - audits, row.audit_hash


def set_head(session: Session, head: bytes) -> None:
    """Store the hash of the newest audit event, while the counter row is ours."""
    session.execute(_SET_HEAD, {"head": head})


def add_all(session: Session, rows: list[Base]) -> None:
    """Add finished rows."""
    session.add_all(rows)


def head(session: Session) -> tuple[UUID, int, int, bytes]:
    """Return epoch, last change number, last audit number and the head hash."""
    row = session.execute(_HEAD).one()
    return row.epoch, row.change_number, row.audit_number, row.audit_hash


@dataclass(frozen=True)
class Scope:
    """Which changes somebody may know of.

    Staff (site_ids given) know of their sites and of what carries none; a patient of the account and its patients;
    a guest of the invitation.
    """

    site_ids: frozenset[UUID] | None = None
    account_id: UUID | None = None
    patient_ids: frozenset[UUID] = frozenset()
    invitation_id: UUID | None = None

    def holds(self, change: Change) -> bool:
        """Tell whether a change is in it: what changes_after asks of the database."""
        if self.site_ids is not None:
            return change.site_id is None or change.site_id in self.site_ids
        if self.account_id is not None:
            return change.account_id == self.account_id or change.patient_id in self.patient_ids
        return self.invitation_id is not None and change.invitation_id == self.invitation_id


def changes_after(session: Session, number: int, scope: Scope | None) -> list[Change]:
    """Return the changes after a number that are in a scope, or all of them; at most CHANGES_AT_ONCE."""
    query = select(Change).where(Change.number > number)
    if scope is not None:
        query = query.where(_in(scope))
    return list(session.scalars(query.order_by(Change.number).limit(CHANGES_AT_ONCE)))


def _in(scope: Scope) -> ColumnElement[bool]:
    if scope.site_ids is not None:
        return or_(Change.site_id.is_(None), Change.site_id.in_(scope.site_ids))
    if scope.account_id is not None:
        return or_(Change.account_id == scope.account_id, Change.patient_id.in_(scope.patient_ids))
    return Change.invitation_id == scope.invitation_id


def newest_event_at(session: Session) -> datetime | None:
    """Return when the newest audit event was written, by the clock of whoever wrote it."""
    return session.scalar(select(AuditEvent.at).order_by(AuditEvent.number.desc()).limit(1))


def audit_events(session: Session, after: int, limit: int) -> list[AuditEvent]:
    """Return audit events in order, after a number."""
    return list(
        session.scalars(
            select(AuditEvent).where(AuditEvent.number > after).order_by(AuditEvent.number).limit(limit)
        )
    )


def find_replay(session: Session, key: RequestKey) -> Replay | None:
    """Return what a request was answered, if it was carried out."""
    return session.get(Replay, key)


def begin_replay(session: Session, key: RequestKey, arguments: bytes, at: datetime) -> bool:
    """Note a request unless another run of it was first, which is waited for; tell whether it was noted."""
    caller, use_case, request_id = key
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    done = session.execute(
        insert(Replay)
        .values(caller=caller, use_case=use_case, request_id=request_id, arguments=arguments, at=at)
        .on_conflict_do_nothing()
        .returning(Replay.request_id)
    )
    return done.first() is not None


def end_replay(session: Session, key: RequestKey, answer: bytes, secret_until: datetime | None) -> None:
    """Store what a request was answered."""
    session.execute(
        update(Replay)
        .where(_is_request(key))
        .values(answer=answer, secret_until=secret_until)
        .execution_options(synchronize_session=False)
    )


def forget_replay(session: Session, key: RequestKey) -> None:
    """Delete the note of a request that was not carried out."""
    session.execute(delete(Replay).where(_is_request(key)).execution_options(synchronize_session=False))


def _is_request(key: RequestKey) -> ColumnElement[bool]:
    caller, use_case, request_id = key
    return and_(Replay.caller == caller, Replay.use_case == use_case, Replay.request_id == request_id)


def erase_replay_secrets(session: Session, now: datetime) -> None:
    """Erase stored answers whose secret has been kept long enough."""
    session.execute(update(Replay).where(Replay.secret_until <= now).values(answer=None, secret_until=None))


def forget_replays(session: Session, before: datetime, desks_before: datetime) -> None:
    """Delete answers older than they need be kept; that a desk's work was done is known longer, without the answer."""
    of_a_desk = or_(Replay.caller.startswith("operation:"), Replay.caller.startswith("opening:"))
    session.execute(delete(Replay).where(Replay.at < before, not_(of_a_desk)))
    session.execute(
        update(Replay).where(Replay.at < before, of_a_desk, Replay.answer.is_not(None)).values(answer=None)
    )
    session.execute(delete(Replay).where(Replay.at < desks_before))


def count_try(
    session: Session, key: str, *, limit: int, now: datetime, window_ends_at: datetime
) -> datetime | None:
    """Count one try of a key. Return None when it is within the limit, else when the window ends.

    One statement: sixteen processes at once never get more than the limit between them.
    """
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    fresh = insert(Throttle).values(key=key, window_ends_at=window_ends_at, tries=1)
    over = Throttle.window_ends_at <= now
    row = session.execute(
        fresh.on_conflict_do_update(
            index_elements=[Throttle.key],
            set_={
                "tries": case((over, 1), else_=Throttle.tries + 1),
                "window_ends_at": case((over, window_ends_at), else_=Throttle.window_ends_at),
            },
        ).returning(Throttle.tries, Throttle.window_ends_at)
    ).one()
    return None if row.tries <= limit else row.window_ends_at


def tries(session: Session, keys: Collection[str], now: datetime) -> dict[str, int]:
    """Return how often each key was tried in its window that is open."""
    found = select(Throttle.key, Throttle.tries).where(Throttle.key.in_(keys), Throttle.window_ends_at > now)
    return {row.key: row.tries for row in session.execute(found)}


def forgive(session: Session, key: str) -> None:
    """Start a key's count anew, after a success."""
    session.execute(delete(Throttle).where(Throttle.key == key))


def audit_hash(session: Session, number: int) -> str | None:
    """Return the hash of one audit event in hex."""
    found = session.scalars(select(AuditEvent.hash).where(AuditEvent.number == number)).one_or_none()
    return found.hex() if found is not None else None


def first_zone(session: Session) -> str:
    """Return the time zone of the clinic's oldest site."""
    return session.scalars(select(Site.time_zone).order_by(Site.id).limit(1)).one()


def forget_throttles(session: Session, now: datetime) -> None:
    """Delete counts whose window is over."""
    session.execute(delete(Throttle).where(Throttle.window_ends_at <= now))


def uncount(session: Session, key: str) -> None:
    """Take one try back, after a success."""
    session.execute(
        update(Throttle).where(Throttle.key == key, Throttle.tries > 0).values(tries=Throttle.tries - 1)
    )
