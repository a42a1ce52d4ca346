"""Who is asking: made here only, from a session, a station key, a visit or the command line's own access."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from app.errors import N_, NotAllowed
from app.facts import invitation_facts
from app.ports import Keys
from app.rights import rights_at, rights_now
from app.rules.access import CallerKind, Role
from app.rules.invitation import visit_goes_on
from app.rules.sessions import SessionKind, session_limits, session_over
from app.views.clinic import Clinic
from db.database import Session
from db.models import SessionRecord
from db.queries import invitations as invitation_queries
from db.queries import sessions as queries

# Being there is written down at most this often; the idle limits are much longer.
TOUCH_EVERY = timedelta(seconds=5)


@dataclass(frozen=True)
class Held:
    """What a station shows at the clinic's server: its key and, in a stay, that stay's token."""

    station_key: str = field(repr=False)
    session: str = field(default="", repr=False)
    visit: str = field(default="", repr=False)


@dataclass(frozen=True)
class Caller:
    """Who is asking, as a claim that is checked anew at every use case."""

    kind: CallerKind
    station_id: UUID | None = None
    digest: bytes | None = field(default=None, repr=False)  # of the session's or visit's token
    address: str = ""
    station_kind: str = field(default="", compare=False)
    staff_id: UUID | None = None  # who did it, of an operation
    made_at: datetime | None = None  # when the desk did it, of an operation
    is_handed_in: bool = (
        False  # an operation of a desk that was switched off, which a manager lets be carried out
    )
    held: Held | None = field(default=None, repr=False, compare=False)  # where the database is at the server

    @property
    def name(self) -> str:
        """The claim as a key of stored answers; holds no secret, since the digest is keyed."""
        return f"{self.kind.value}:{self.station_id}:{self.digest.hex() if self.digest else self.address}"


@dataclass(frozen=True)
class Standing:
    """What a caller is at this instant, read from the database."""

    kind: CallerKind
    roles: frozenset[Role]
    station_id: UUID | None = None
    site_id: UUID | None = None  # the station's
    session_id: UUID | None = None
    staff_id: UUID | None = None
    site_ids: frozenset[UUID] = frozenset()
    may_search_other_sites: bool = False
    account_id: UUID | None = None
    patient_ids: frozenset[UUID] = frozenset()  # reached by the account's grants (D31)
    visit_id: UUID | None = None
    invitation_id: UUID | None = None
    address: str = ""
    is_locked: bool = False
    last_active_at: datetime | None = None
    ends_at: datetime | None = None  # of a guest's visit

    @property
    def stay_id(self) -> UUID:
        """The session or visit: what tells one stay from another in the audit trail."""
        stay = self.session_id or self.visit_id
        assert stay is not None
        return stay


class Callers:
    """Makes callers out of what a person or station holds."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def nobody(self, *, station: Caller | None = None, address: str = "") -> Caller:
        """Somebody who has not signed in, at a station or from an address."""
        if station is not None:
            return station
        return Caller(CallerKind.NOBODY, address=address)

    def station(self, session: Session, key: str, address: str = "") -> Caller:
        """The station that holds the key; raises NotAllowed for an unknown or revoked one."""
        found = queries.station_by_key(session, self._keys.digest("station", key))
        if found is None:
            raise station_unknown()
        if found.revoked_at is not None:
            raise station_revoked()
        return Caller(CallerKind.STATION, station_id=found.id, address=address, station_kind=found.kind)

    def leaving_station(self, session: Session, key: str, address: str = "") -> Caller:
        """The desk that holds the key and was switched off: it may hand in what it still has, and nothing else.

        Raises NotAllowed for an unknown key and for that of any other station.
        """
        found = queries.station_by_key(session, self._keys.digest("station", key))
        if found is None:
            raise station_unknown()
        if found.revoked_at is None or found.kind != "desk":
            raise NotAllowed(
                "station_in_use",
                N_("Only a desk that was switched off hands in what it did without the clinic's server."),
            )
        return self.left_station(found.id, address)

    def left_station(self, station_id: UUID, address: str = "") -> Caller:
        """A desk that was switched off, as whose operations a manager lets be carried out."""
        return Caller(
            CallerKind.STATION,
            station_id=station_id,
            address=address,
            station_kind="desk",
            is_handed_in=True,
        )

    def session(self, token: str, *, station: Caller | None = None, address: str = "") -> Caller:
        """Whoever signed in and got this token, at the same station."""
        return Caller(
            CallerKind.SESSION,
            station_id=station.station_id if station else None,
            station_kind=station.station_kind if station else "",
            digest=self._keys.digest("session", token),
            address=address or (station.address if station else ""),
        )

    def visit(self, token: str, *, station: Caller | None = None, address: str = "") -> Caller:
        """The guest who entered a code and got this token."""
        return Caller(
            CallerKind.VISIT,
            station_id=station.station_id if station else None,
            station_kind=station.station_kind if station else "",
            digest=self._keys.digest("visit", token),
            address=address or (station.address if station else ""),
        )

    def operation(self, station: Caller, staff_id: UUID, made_at: datetime) -> Caller:
        """The employee who did something at a desk while the server was away, vouched for by the desk's key."""
        return Caller(
            CallerKind.OPERATION,
            station_id=station.station_id,
            station_kind=station.station_kind,
            address=station.address,
            staff_id=staff_id,
            made_at=made_at,
            is_handed_in=station.is_handed_in,
        )

    def command_line(self) -> Caller:
        """The person at the server's own command line: whoever can read the database's file or password."""
        return Caller(CallerKind.COMMAND_LINE)


def station_unknown() -> NotAllowed:
    """Return the error of a computer that shows no station's key, or none that is still good."""
    return NotAllowed(
        "station_unknown",
        N_("This computer is not enrolled as a station. Ask the person who looks after your computers."),
    )


def station_revoked() -> NotAllowed:
    """Return the error of a station that the clinic has switched off."""
    return NotAllowed("station_revoked", N_("This station has been switched off by the clinic."))


def signed_out(kind: str = "signed_out") -> NotAllowed:
    """Return the error of a session that is over."""
    return NotAllowed(kind, N_("You have been signed out. Please sign in again."))


def standing(session: Session, caller: Caller, now: datetime, clinic: Clinic) -> Standing:
    """Return what the caller is now; raise NotAllowed when the session, visit or station is over."""
    if caller.kind is CallerKind.COMMAND_LINE:
        return Standing(caller.kind, frozenset({Role.COMMAND_LINE}))
    site_id = None
    station_roles: frozenset[Role] = frozenset({Role.NOBODY})
    if caller.station_id is not None:
        station = queries.station(session, caller.station_id)
        if station is None or (station.revoked_at is not None and not _may_go_on(caller)):
            raise station_revoked()
        site_id = station.site_id
        station_roles |= {Role.KIOSK} if station.kind == "kiosk" else {Role.DESK}
    if caller.kind in {CallerKind.NOBODY, CallerKind.STATION}:
        return Standing(caller.kind, station_roles, caller.station_id, site_id, address=caller.address)
    if caller.kind is CallerKind.OPERATION:
        return _of_operation(session, caller, site_id)
    assert caller.digest is not None
    if caller.kind is CallerKind.VISIT:
        return _visit(session, caller, caller.digest, site_id, now, clinic)
    record = queries.by_digest(session, caller.digest)
    if record is None or record.station_id != caller.station_id:
        raise signed_out()
    return _signed_in(session, caller, record, site_id, now, clinic)


def _may_go_on(caller: Caller) -> bool:
    return caller.kind is CallerKind.OPERATION and caller.is_handed_in


def _signed_in(
    session: Session,
    caller: Caller,
    record: SessionRecord,
    site_id: UUID | None,
    now: datetime,
    clinic: Clinic,
) -> Standing:
    if record.ended_at is not None:
        raise signed_out()
    limits = session_limits(SessionKind(record.kind), clinic.rules)
    over = session_over(record.started_at, record.last_active_at, limits, now, record.ends_at)
    if over == "over" or (over == "idle" and record.kind != "staff"):
        raise signed_out("session_over")
    if record.staff_id is not None:
        staff = queries.staff_member(session, record.staff_id)
        if staff is None or staff.disabled_at is not None:
            raise signed_out()
        rights = rights_now(session, staff)
        return Standing(
            caller.kind,
            rights.roles,
            caller.station_id,
            site_id,
            record.id,
            staff_id=staff.id,
            site_ids=rights.site_ids,
            may_search_other_sites=rights.may_search_other_sites,
            address=caller.address,
            is_locked=record.locked_at is not None or over == "idle",
            last_active_at=record.last_active_at,
        )
    assert record.account_id is not None
    account = queries.account(session, record.account_id)
    if account is None or account.blocked_at is not None or account.deleted_at is not None:
        raise signed_out()
    return Standing(
        caller.kind,
        frozenset({Role.PATIENT}),
        caller.station_id,
        site_id,
        record.id,
        account_id=account.id,
        patient_ids=queries.reached_patients(session, account.id, now),
        address=caller.address,
        last_active_at=record.last_active_at,
    )


def _of_operation(session: Session, caller: Caller, site_id: UUID | None) -> Standing:
    assert caller.staff_id is not None
    assert caller.made_at is not None
    staff = queries.staff_member(session, caller.staff_id)
    rights = rights_at(session, staff, caller.made_at) if staff is not None else None
    # Who was disabled afterwards was still allowed to do it then.
    if staff is None or rights is None or rights.is_disabled:
        raise NotAllowed(
            "not_allowed_then", N_("Whoever did this was not allowed to at that time. Ask a manager.")
        )
    return Standing(
        caller.kind,
        rights.roles,
        caller.station_id,
        site_id,
        staff_id=staff.id,
        site_ids=rights.site_ids,
        may_search_other_sites=rights.may_search_other_sites,
        address=caller.address,
    )


def _visit(
    session: Session, caller: Caller, digest: bytes, site_id: UUID | None, now: datetime, clinic: Clinic
) -> Standing:
    visit = queries.visit_by_digest(session, digest)
    if visit is None or visit.station_id != caller.station_id or visit.ended_at is not None:
        raise visit_over()
    idle = timedelta(minutes=clinic.rules.visit_idle_minutes)
    if now >= visit.ends_at or now - visit.last_active_at >= idle:
        raise visit_over()
    row = invitation_queries.shared(session, visit.invitation_id)
    # Revoked, past its date, or the account blocked: in force at the next request, in open visits too (D17, D27).
    if row is None or not visit_goes_on(invitation_facts(*row, now), now):
        raise visit_over()
    return Standing(
        caller.kind,
        frozenset({Role.GUEST}),
        caller.station_id,
        site_id,
        visit_id=visit.id,
        invitation_id=visit.invitation_id,
        address=caller.address,
        last_active_at=visit.last_active_at,
        ends_at=visit.ends_at,
    )


def visit_over() -> NotAllowed:
    """Return the error of a guest's visit that is over."""
    return NotAllowed("visit_over", N_("Your visit has ended. Enter the verification code again to go on."))
