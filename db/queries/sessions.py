"""Who is signed in, with what rights, at this instant."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from db.models import (
    AccessGrant,
    Account,
    Invitation,
    PastRights,
    SessionRecord,
    Staff,
    StaffRole,
    StaffSite,
    Station,
    Visit,
)

# Built once: they are asked at every request.
_SESSION = select(SessionRecord).where(SessionRecord.digest == bindparam("digest"))
_VISIT = select(Visit).where(Visit.digest == bindparam("digest"))
_ROLES_AND_SITES = (
    select(StaffRole.role, StaffSite.site_id)
    .select_from(Staff)
    .outerjoin(StaffRole, StaffRole.staff_id == Staff.id)
    .outerjoin(StaffSite, StaffSite.staff_id == Staff.id)
    .where(Staff.id == bindparam("staff_id"))
)
_REACHED = select(AccessGrant.patient_id).where(
    AccessGrant.account_id == bindparam("account_id"),
    AccessGrant.ended_at.is_(None),
    AccessGrant.from_at <= bindparam("now"),
    or_(AccessGrant.until_at.is_(None), AccessGrant.until_at > bindparam("now")),
)


@dataclass
class _AtOnce:
    """What was read for many callers together; it lives as long as the database session."""

    records: dict[bytes, SessionRecord]
    rows: list[Station | Staff]  # held, else the session would forget them and ask for each again
    roles: defaultdict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    sites: defaultdict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))


def read_at_once(session: Session, stations: Collection[UUID], digests: Collection[bytes]) -> None:
    """Read employees' sessions, stations and rights in five statements for all of these.

    by_digest, station, staff_member and staff_roles_and_sites are answered from it for as long as this session lives,
    so it is for a short transaction that only reads.
    """
    records = session.scalars(select(SessionRecord).where(SessionRecord.digest.in_(digests))).all()
    staff = {record.staff_id for record in records if record.staff_id is not None}
    rows = [
        *session.scalars(select(Station).where(Station.id.in_(stations))),
        *session.scalars(select(Staff).where(Staff.id.in_(staff))),
    ]
    read = session.info[_AtOnce] = _AtOnce({record.digest: record for record in records}, rows)
    for staff_id, role in session.execute(
        select(StaffRole.staff_id, StaffRole.role).where(StaffRole.staff_id.in_(staff))
    ):
        read.roles[staff_id].add(role)
    for staff_id, site_id in session.execute(
        select(StaffSite.staff_id, StaffSite.site_id).where(StaffSite.staff_id.in_(staff))
    ):
        read.sites[staff_id].add(site_id)


def _read_at_once(session: Session) -> _AtOnce | None:
    read: _AtOnce | None = session.info.get(_AtOnce)
    return read


def by_digest(session: Session, digest: bytes) -> SessionRecord | None:
    """Return the session that a token belongs to."""
    read = _read_at_once(session)
    if read is not None:
        return read.records.get(digest)
    return session.scalars(_SESSION, {"digest": digest}).one_or_none()


def session(session: Session, session_id: UUID) -> SessionRecord | None:
    """Return a session."""
    return session.get(SessionRecord, session_id)


def station_by_key(session: Session, digest: bytes) -> Station | None:
    """Return the station that a key belongs to."""
    return session.scalars(select(Station).where(Station.key_digest == digest)).one_or_none()


def station(session: Session, station_id: UUID) -> Station | None:
    """Return a station."""
    return session.get(Station, station_id)


def staff_member(session: Session, staff_id: UUID) -> Staff | None:
    """Return a staff member."""
    return session.get(Staff, staff_id)


def staff_roles_and_sites(session: Session, staff_id: UUID) -> tuple[frozenset[str], frozenset[UUID]]:
    """Return the roles and the sites of a staff member."""
    read = _read_at_once(session)
    if read is not None:
        return frozenset(read.roles[staff_id]), frozenset(read.sites[staff_id])
    found = session.execute(_ROLES_AND_SITES, {"staff_id": staff_id}).all()
    return frozenset(row.role for row in found if row.role), frozenset(
        row.site_id for row in found if row.site_id
    )


def rights_changed_after(session: Session, staff_id: UUID, at: datetime) -> PastRights | None:
    """Return what an employee was allowed at an instant, None where that is what they are allowed now."""
    return session.scalars(
        select(PastRights)
        .where(PastRights.staff_id == staff_id, PastRights.until_at > at)
        .order_by(PastRights.until_at, PastRights.id)
        .limit(1)
    ).one_or_none()


def account(session: Session, account_id: UUID) -> Account | None:
    """Return an account."""
    return session.get(Account, account_id)


def reached_patients(session: Session, account_id: UUID, now: datetime) -> frozenset[UUID]:
    """Return the patients that an account's grants reach now (D31)."""
    return frozenset(session.scalars(_REACHED, {"account_id": account_id, "now": now}))


def visit_by_digest(session: Session, digest: bytes) -> Visit | None:
    """Return the visit that a guest's token belongs to."""
    return session.scalars(_VISIT, {"digest": digest}).one_or_none()


def touch(session: Session, session_id: UUID, now: datetime, not_since: datetime) -> None:
    """Note that somebody is there; at most one write per interval (rows touched after not_since stay)."""
    session.execute(
        update(SessionRecord)
        .where(
            SessionRecord.id == session_id,
            SessionRecord.ended_at.is_(None),
            SessionRecord.last_active_at < not_since,
        )
        .values(last_active_at=now)
        .execution_options(synchronize_session=False)
    )


def touch_visit(session: Session, visit_id: UUID, now: datetime, not_since: datetime) -> None:
    """Note that a guest is there."""
    session.execute(
        update(Visit)
        .where(Visit.id == visit_id, Visit.ended_at.is_(None), Visit.last_active_at < not_since)
        .values(last_active_at=now)
        .execution_options(synchronize_session=False)
    )


def end(session: Session, session_id: UUID, now: datetime, reason: str) -> None:
    """End one session; one already ended keeps its end."""
    session.execute(
        update(SessionRecord)
        .where(SessionRecord.id == session_id, SessionRecord.ended_at.is_(None))
        .values(ended_at=now, ended_reason=reason)
    )


def end_of_account(
    session: Session, account_id: UUID, now: datetime, reason: str, *, but: UUID | None = None
) -> None:
    """End every session of an account, but one where it is named."""
    condition = and_(SessionRecord.account_id == account_id, SessionRecord.ended_at.is_(None))
    if but is not None:
        condition = and_(condition, SessionRecord.id != but)
    session.execute(update(SessionRecord).where(condition).values(ended_at=now, ended_reason=reason))


def end_of_staff(
    session: Session, staff_id: UUID, now: datetime, reason: str, *, but: UUID | None = None
) -> None:
    """End every session of a staff member, but one where it is named."""
    condition = and_(SessionRecord.staff_id == staff_id, SessionRecord.ended_at.is_(None))
    if but is not None:
        condition = and_(condition, SessionRecord.id != but)
    session.execute(update(SessionRecord).where(condition).values(ended_at=now, ended_reason=reason))


def lock(session: Session, session_id: UUID, now: datetime) -> None:
    """Lock a session's screen."""
    session.execute(
        update(SessionRecord)
        .where(SessionRecord.id == session_id, SessionRecord.locked_at.is_(None))
        .values(locked_at=now)
    )


def unlock(session: Session, session_id: UUID, now: datetime) -> None:
    """Unlock a session's screen: its person is there."""
    session.execute(
        update(SessionRecord).where(SessionRecord.id == session_id).values(locked_at=None, last_active_at=now)
    )


def end_at_station(session: Session, station_id: UUID, now: datetime, reason: str) -> None:
    """End whatever session is still open at a station: the next person sits there."""
    session.execute(
        update(SessionRecord)
        .where(SessionRecord.station_id == station_id, SessionRecord.ended_at.is_(None))
        .values(ended_at=now, ended_reason=reason)
    )


def seen_station(session: Session, station_id: UUID, now: datetime) -> None:
    """Note that a station was in use."""
    session.execute(update(Station).where(Station.id == station_id).values(last_seen_at=now))


def stays_over(session: Session, digests: frozenset[bytes], now: datetime) -> frozenset[bytes]:
    """Return which of these tokens' sessions and visits have been ended, by whatever: two questions for all of them.

    What only time without a sign of life ends is not among them.
    """
    sessions = (
        select(SessionRecord.digest)
        .outerjoin(Station, Station.id == SessionRecord.station_id)
        .outerjoin(Staff, Staff.id == SessionRecord.staff_id)
        .outerjoin(Account, Account.id == SessionRecord.account_id)
        .where(
            SessionRecord.digest.in_(digests),
            or_(
                SessionRecord.ended_at.is_not(None),
                SessionRecord.ends_at <= now,
                Station.revoked_at.is_not(None),
                Staff.disabled_at.is_not(None),
                Account.blocked_at.is_not(None),
                Account.deleted_at.is_not(None),
            ),
        )
    )
    visits = (
        select(Visit.digest)
        .join(Invitation, Invitation.id == Visit.invitation_id)
        .outerjoin(Station, Station.id == Visit.station_id)
        .where(
            Visit.digest.in_(digests),
            or_(
                Visit.ended_at.is_not(None),
                Visit.ends_at <= now,
                Station.revoked_at.is_not(None),
                Invitation.revoked_at.is_not(None),
            ),
        )
    )
    return frozenset(session.scalars(sessions)) | frozenset(session.scalars(visits))
