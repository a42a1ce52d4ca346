"""Employees, their roles and sites (D26)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from app import sign_in as signing
from app.choices import check_chosen_password, chosen_user_name, user_name_taken
from app.codes import FreshCode, fresh_code
from app.errors import N_, Conflict, Invalid, NotAllowed, NotFound, Refused
from app.ids import new_id
from app.rights import keep_rights
from app.rules.access import CLINIC_ROLES, Role
from app.rules.attempts import Guarded
from app.rules.passwords import user_name_key
from app.rules.sessions import SessionKind
from app.sign_in import CheckedPassword
from app.throttles import count_try, forgive
from app.typed import required
from app.use_case import Effect, Noun, Work, use_case
from app.views.people import OneTimePassword, SignedIn, StaffRow
from db.database import Session
from db.models import Staff
from db.queries import clinic as clinic_queries
from db.queries import sessions as session_queries
from db.queries import staff as queries

VISITORS = frozenset({Role.NOBODY, Role.DESK})
MANAGER = frozenset({Role.MANAGER})
OFFICE = frozenset({Role.MANAGER, Role.COMMAND_LINE})
SIGNED_IN = frozenset({Role.STAFF, Role.NEW_STAFF})


@dataclass(frozen=True)
class _OneTime:
    code: FreshCode
    password_hash: str = field(repr=False)


@dataclass(frozen=True)
class _NewPassword:
    old: CheckedPassword
    password_hash: str = field(repr=False)


class StaffMembers(Noun):
    """Employees, their roles and sites (D26)."""

    noun = "staff"

    # Their own stay

    def _checked(self, user_name: str, password: str) -> CheckedPassword:
        key = key_of(user_name)
        return signing.check(
            self.parts,
            self.caller,
            f"staff:{key}",
            lambda session: queries.by_user_name(session, key),
            password,
        )

    @use_case(VISITORS, Effect.WRITES, secret=True, prepare=_checked)
    def sign_in(self, work: Work[CheckedPassword], user_name: str, password: str) -> SignedIn:  # noqa: ARG002 - checked by prepare
        """Sign an employee in, at a desk; raises Refused, in the same words for every mistake."""
        if Role.KIOSK in work.who.roles:
            raise NotAllowed("not_here", N_("Staff sign in at a desk, not at a kiosk."))
        key = f"staff:{key_of(user_name)}"
        count_try(work.session, Guarded.SIGN_IN, work.who, work.now, account=key)
        checked = work.prepared
        staff = queries.locked(work.session, checked.owner_id) if checked.owner_id else None
        if staff is not None:
            work.about(staff_id=staff.id)
        if (
            staff is None
            or staff.disabled_at is not None
            or not checked.proves(staff.id, staff.password_hash)
        ):
            raise signing.wrong()
        if staff.password_expires_at is not None and work.now >= staff.password_expires_at:
            raise Refused(
                "password_expired",
                N_("This one-time password is too old. Ask a manager of the clinic for a new one."),
            )
        forgive(work.session, Guarded.SIGN_IN, work.who, account=key)
        staff.password_hash = checked.new_hash or staff.password_hash
        token = signing.begin_session(self.parts, work, SessionKind.STAFF, staff_id=staff.id)
        return SignedIn(token, SessionKind.STAFF.value, staff.full_name, staff.must_change_password)

    @use_case(SIGNED_IN, Effect.WRITES, while_locked=True, is_activity=False)
    def sign_out(self, work: Work[None]) -> None:
        """End the session."""
        assert work.who.session_id is not None
        session_queries.end(work.session, work.who.session_id, work.now, "signed_out")

    @use_case(SIGNED_IN, Effect.WRITES, while_locked=True, is_activity=False)
    def lock(self, work: Work[None]) -> None:
        """Lock the screen until the password is typed again."""
        assert work.who.session_id is not None
        session_queries.lock(work.session, work.who.session_id, work.now)

    def _own(self, password: str) -> CheckedPassword:
        with self.parts.database.reading() as session:
            record = session_queries.by_digest(session, self.caller.digest or b"")
            found = (
                session_queries.staff_member(session, record.staff_id) if record and record.staff_id else None
            )
            key = f"staff:{found.user_name_key}" if found else ""
        return signing.check(self.parts, self.caller, key, lambda _: found, password)

    @use_case(SIGNED_IN, Effect.WRITES, while_locked=True, is_activity=False, prepare=_own)
    def unlock(self, work: Work[CheckedPassword], password: str) -> None:  # noqa: ARG002 - checked by prepare
        """Unlock the screen; raises Refused for a wrong password."""
        staff = _me(work)
        self._count(work, staff)
        assert work.who.session_id is not None
        session_queries.unlock(work.session, work.who.session_id, work.now)

    @use_case(frozenset({Role.STAFF}), Effect.WRITES, while_locked=True, is_activity=False)
    def went_on(self, work: Work[None]) -> None:
        """Take a stay for alive that went on at a desk while the server was away; the desk locks it when it is idle."""
        assert work.who.session_id is not None
        record = session_queries.session(work.session, work.who.session_id)
        assert record is not None
        if record.station_id is None:
            raise NotAllowed("not_here", N_("Only a desk goes on without the server."))
        if record.locked_at is None:
            session_queries.unlock(work.session, record.id, work.now)

    @use_case(SIGNED_IN, is_activity=False, while_locked=True)
    def me(self, work: Work[None]) -> StaffRow:
        """Return whoever is signed in."""
        return staff_rows(work.session, [_me(work)])[0]

    def _new_password(self, old: str, new: str) -> _NewPassword:
        checked = self._own(old)
        with self.parts.database.reading() as session:
            clinic = self.parts.clinic(session)
            found = session_queries.staff_member(session, checked.owner_id) if checked.owner_id else None
            name = found.user_name if found else ""
        check_chosen_password(self.parts, clinic, new, name)
        if old == new:
            raise Invalid(
                "password_same", N_("Please choose another password than the old one."), field="new"
            )
        return _NewPassword(checked, self.parts.passwords.hash(new) if checked.is_right else "")

    @use_case(SIGNED_IN, Effect.WRITES, prepare=_new_password)
    def set_password(self, work: Work[_NewPassword], old: str, new: str) -> None:  # noqa: ARG002 - read by prepare
        """Set one's own password; every other session of the same person ends."""
        staff = _me(work)
        self._count(work, staff, work.prepared.old)
        staff.password_hash = work.prepared.password_hash
        keep_rights(work.session, staff, work.now)
        staff.must_change_password, staff.password_expires_at = False, None
        session_queries.end_of_staff(
            work.session, staff.id, work.now, "password_changed", but=work.who.session_id
        )

    def _count(self, work: Work[Any], staff: Staff, checked: CheckedPassword | None = None) -> None:
        key = f"staff:{staff.user_name_key}"
        count_try(work.session, Guarded.SIGN_IN, work.who, work.now, account=key)
        proof = checked or work.prepared
        if not proof.proves(staff.id, staff.password_hash):
            raise Refused("password_wrong", N_("This password is not right. Please try again."))
        forgive(work.session, Guarded.SIGN_IN, work.who, account=key)

    # The office

    @use_case(OFFICE)
    def all(self, work: Work[None]) -> tuple[StaffRow, ...]:
        """Return every employee, by user name."""
        return staff_rows(work.session, queries.everybody(work.session))

    def _one_time(self, *_args: Any, **_kwargs: Any) -> _OneTime:
        code = fresh_code(self.parts.keys, "one_time")
        return _OneTime(code, self.parts.passwords.hash(code.grouped))

    @use_case(OFFICE, Effect.WRITES, secret=True, prepare=_one_time)
    def add(
        self,
        work: Work[_OneTime],
        user_name: str,
        full_name: str,
        roles: tuple[Role, ...],
        site_ids: tuple[UUID, ...],
        may_search_other_sites: bool = False,  # noqa: FBT001, FBT002 - a tick on the form
    ) -> OneTimePassword:
        """Add an employee, who signs in first with a one-time password."""
        name = chosen_user_name(user_name, work.clinic)
        if queries.user_name_is_taken(work.session, user_name_key(name)):
            raise user_name_taken()
        staff = Staff(
            id=new_id(),
            user_name=name,
            user_name_key=user_name_key(name),
            full_name=required(full_name, "full_name", 120),
            password_hash="",
            must_change_password=True,
            may_search_other_sites=may_search_other_sites,
            created_at=work.now,
        )
        work.session.add(staff)
        work.session.flush()
        _place(work, staff, roles, site_ids)
        return _with_one_time_password(work, staff)

    @use_case(MANAGER, Effect.WRITES)
    def change(
        self,
        work: Work[None],
        staff_id: UUID,
        full_name: str,
        roles: tuple[Role, ...],
        site_ids: tuple[UUID, ...],
        may_search_other_sites: bool = False,  # noqa: FBT001, FBT002 - a tick on the form
    ) -> StaffRow:
        """Change an employee's name, roles, sites and rights; in force from their next request."""
        managers = queries.managers_locked(work.session)
        staff = _member(work, staff_id)
        if Role.MANAGER not in roles:
            _not_the_last(managers, staff)
        keep_rights(work.session, staff, work.now)
        staff.full_name = required(full_name, "full_name", 120)
        staff.may_search_other_sites = may_search_other_sites
        _place(work, staff, roles, site_ids)
        work.about(roles=sorted(role.value for role in roles), may_search_other_sites=may_search_other_sites)
        work.changed("staff", staff.id)
        work.session.flush()
        return staff_rows(work.session, [staff])[0]

    @use_case(OFFICE, Effect.WRITES, secret=True, prepare=_one_time)
    def reset_password(self, work: Work[_OneTime], staff_id: UUID) -> OneTimePassword:
        """Give an employee a one-time password; their sessions end."""
        staff = _member(work, staff_id)
        keep_rights(work.session, staff, work.now)
        staff.must_change_password = True
        session_queries.end_of_staff(work.session, staff.id, work.now, "password_reset")
        return _with_one_time_password(work, staff)

    @use_case(MANAGER, Effect.WRITES)
    def disable(self, work: Work[None], staff_id: UUID, reason: str) -> None:
        """Let an employee sign in no more; what they did stays on record."""
        managers = queries.managers_locked(work.session)
        staff = _member(work, staff_id)
        _not_the_last(managers, staff)
        work.about(reason=required(reason, "reason", 200))
        keep_rights(work.session, staff, work.now)
        staff.disabled_at = staff.disabled_at or work.now
        session_queries.end_of_staff(work.session, staff.id, work.now, "disabled")
        work.changed("staff", staff.id)

    @use_case(OFFICE, Effect.WRITES)
    def enable(self, work: Work[None], staff_id: UUID) -> None:
        """Let a disabled employee sign in again, with the password they had."""
        staff = _member(work, staff_id)
        keep_rights(work.session, staff, work.now)
        staff.disabled_at = None
        work.changed("staff", staff.id)


def key_of(user_name: str) -> str:
    """Return the key by which a typed user name is found."""
    return user_name_key(user_name[:200])


def _me(work: Work[Any]) -> Staff:
    assert work.who.staff_id is not None
    staff = session_queries.staff_member(work.session, work.who.staff_id)
    assert staff is not None
    return staff


def _member(work: Work[Any], staff_id: UUID) -> Staff:
    staff = queries.locked(work.session, staff_id)
    if staff is None:
        raise NotFound("staff_unknown", N_("There is no such employee."))
    work.about(member=staff_id)
    return staff


def _not_the_last(managers: set[UUID], staff: Staff) -> None:
    if managers <= {staff.id} and staff.id in managers:
        raise Conflict(
            "last_manager",
            N_("This is the only manager. Make somebody else a manager first."),
        )


def _place(work: Work[Any], staff: Staff, roles: Sequence[Role], site_ids: Sequence[UUID]) -> None:
    if not roles or not set(roles) <= set(CLINIC_ROLES):
        raise Invalid("roles_missing", N_("Please choose at least one role."), field="roles")
    if not site_ids or any(clinic_queries.site(work.session, site_id) is None for site_id in site_ids):
        raise Invalid("sites_missing", N_("Please choose at least one site."), field="site_ids")
    queries.replace_roles(work.session, staff.id, sorted({role.value for role in roles}))
    queries.replace_sites(work.session, staff.id, sorted(set(site_ids)))


def _with_one_time_password(work: Work[_OneTime], staff: Staff) -> OneTimePassword:
    hours = work.clinic.rules.one_time_password_hours
    expires_at = work.now + timedelta(hours=hours)
    staff.password_hash, staff.password_expires_at = work.prepared.password_hash, expires_at
    work.about(member=staff.id)
    work.changed("staff", staff.id)
    return OneTimePassword(staff.id, staff.user_name, work.prepared.code.grouped, expires_at)


def staff_rows(session: Session, members: Sequence[Staff]) -> tuple[StaffRow, ...]:
    """Return employees as screens see them."""
    ids = [staff.id for staff in members]
    roles, sites = queries.roles(session, ids), queries.sites(session, ids)
    return tuple(
        StaffRow(
            id=staff.id,
            user_name=staff.user_name,
            full_name=staff.full_name,
            roles=tuple(
                role
                for role in CLINIC_ROLES
                if (staff.id, role.value) in {(r.staff_id, r.role) for r in roles}
            ),
            site_ids=tuple(sorted(site.site_id for site in sites if site.staff_id == staff.id)),
            may_search_other_sites=staff.may_search_other_sites,
            is_disabled=staff.disabled_at is not None,
            must_change_password=staff.must_change_password,
            created_at=staff.created_at,
        )
        for staff in members
    )
