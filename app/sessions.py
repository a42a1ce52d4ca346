"""One signed-in stay of staff or patient (D25)."""

from typing import Any

from app import sign_in as signing
from app.account_rows import state_of
from app.errors import N_, NotAllowed, Refused
from app.rules.access import Relation, Role
from app.rules.account_life import AccountState, account_expires_at
from app.rules.attempts import Guarded
from app.rules.passwords import normal_user_name, user_name_key
from app.rules.sessions import SessionKind, ends_at, session_limits, warns_at
from app.sign_in import CheckedPassword
from app.sites import zone_of
from app.tasks import finish_tasks
from app.throttles import count_try, forgive
from app.use_case import Effect, Noun, Work, use_case
from app.views.people import SessionRow, SignedIn
from db.models import SessionRecord
from db.queries import accounts as account_queries
from db.queries import sessions as queries

VISITORS = frozenset({Role.NOBODY, Role.KIOSK})
PATIENT = frozenset({Role.PATIENT})
SIGNED_IN = frozenset({Role.PATIENT, Role.STAFF, Role.NEW_STAFF})


class Sessions(Noun):
    """One signed-in stay of staff or patient (D25)."""

    def _checked(self, user_name: str, password: str) -> CheckedPassword:
        key = _key(user_name)
        return signing.check(
            self.parts,
            self.caller,
            f"patient:{key}",
            lambda session: account_queries.by_user_name(session, key),
            password,
        )

    @use_case(VISITORS, Effect.WRITES, secret=True, prepare=_checked)
    def sign_in(self, work: Work[CheckedPassword], user_name: str, password: str) -> SignedIn:  # noqa: ARG002 - checked by prepare
        """Sign a patient in, at a kiosk or on the web (R11, R50); raises Refused, in the same words for every mistake."""
        if Role.DESK in work.who.roles:
            raise NotAllowed("not_here", N_("Patients sign in at a kiosk or on the web, not at the desk."))
        key = _key(user_name)
        count_try(work.session, Guarded.SIGN_IN, work.who, work.now, account=f"patient:{key}")
        checked = work.prepared
        account = account_queries.locked(work.session, checked.owner_id) if checked.owner_id else None
        if account is not None:
            work.about(account_id=account.id)
        if account is None or not checked.proves(account.id, account.password_hash):
            raise signing.wrong()
        _check_state(state_of(account, None, work.now), work.clinic.email)
        forgive(work.session, Guarded.SIGN_IN, work.who, account=f"patient:{key}")
        if account.expires_at is not None:
            finish_tasks(work, f"account_expiring:{account.id}:{account.expires_at.date()}")
        account.password_hash = checked.new_hash or account.password_hash
        account.last_signed_in_at = work.now
        account.expires_at = account_expires_at(
            work.now, work.clinic.rules.account_months, zone_of(work.session, account.site_id)
        )
        account.expiry_notice_at = None
        kind = SessionKind.KIOSK if Role.KIOSK in work.who.roles else SessionKind.WEB
        token = signing.begin_session(self.parts, work, kind, account_id=account.id)
        work.changed("account", account.id, site_id=account.site_id, account_id=account.id)
        return SignedIn(token, kind.value, account.holder_name)

    @use_case(SIGNED_IN, is_activity=False, while_locked=True)
    def mine(self, work: Work[None]) -> SessionRow:
        """Say how long the session will last if nobody touches it, and whose exams can be seen (D25, D31)."""
        return _row(work)

    @use_case(SIGNED_IN)
    def touch(self, work: Work[None]) -> SessionRow:
        """Note that the person is there; return what mine returns."""
        return _row(work)

    @use_case(PATIENT, Effect.WRITES)
    def extend(self, work: Work[None]) -> SessionRow:
        """Give a kiosk's patient as much time again as at sign-in (D25)."""
        record = _record(work)
        if record.kind == SessionKind.KIOSK.value:
            record.ends_at = signing.extended(work.now, record.ends_at, work.clinic.rules.kiosk_minutes)
        return _row(work)

    @use_case(SIGNED_IN, Effect.WRITES, while_locked=True, is_activity=False)
    def sign_out(self, work: Work[None]) -> None:
        """End the session."""
        assert work.who.session_id is not None
        queries.end(work.session, work.who.session_id, work.now, "signed_out")

    @use_case(PATIENT, Effect.WRITES, is_activity=False)
    def sign_out_everywhere(self, work: Work[None]) -> None:
        """End every session of the patient's account, this one too: a device may be lost (D25)."""
        assert work.who.account_id is not None
        queries.end_of_account(work.session, work.who.account_id, work.now, "signed_out_everywhere")
        work.about(account_id=work.who.account_id)

    @use_case(PATIENT, Effect.WRITES)
    def set_large_text(self, work: Work[None], on: bool) -> None:  # noqa: FBT001 - a switch
        """Remember whether the patient reads large text."""
        assert work.who.account_id is not None
        account = account_queries.locked(work.session, work.who.account_id)
        assert account is not None
        account.large_text = on


def _key(user_name: str) -> str:
    # No longer than any that was accepted: what is longer belongs to nobody.
    return user_name_key(normal_user_name(user_name[:200]))


def _record(work: Work[Any]) -> SessionRecord:
    assert work.who.session_id is not None
    record = queries.session(work.session, work.who.session_id)
    assert record is not None
    return record


def _row(work: Work[Any]) -> SessionRow:
    record = _record(work)
    limits = session_limits(SessionKind(record.kind), work.clinic.rules)
    name, large_text = "", False
    patients: tuple[tuple[Any, str, Relation], ...] = ()
    if record.account_id is not None:
        account = account_queries.account(work.session, record.account_id)
        assert account is not None
        name, large_text = account.holder_name, account.large_text
        patients = tuple(
            (patient.id, f"{patient.given_names} {patient.family_name}".strip(), Relation(grant.relation))
            for grant, patient in account_queries.reached(work.session, record.account_id, work.now)
        )
    elif record.staff_id is not None and (staff := queries.staff_member(work.session, record.staff_id)):
        name = staff.full_name
    return SessionRow(
        kind=record.kind,
        name=name,
        started_at=record.started_at,
        warns_at=min(warns_at(record.last_active_at, limits), record.ends_at - limits.warning),
        ends_at=ends_at(record.started_at, record.last_active_at, limits, record.ends_at),
        is_locked=work.who.is_locked,
        patients=patients,
        large_text=large_text,
    )


def _check_state(state: AccountState, email: str) -> None:
    if state is AccountState.BLOCKED:
        raise Refused(
            "account_blocked",
            N_("This account is blocked. Please write to {email} or ask at the reception desk."),
            email=email,
        )
    if state is not AccountState.ACTIVE:
        raise Refused(
            "account_expired",
            N_(
                "This account has expired because it was not used for a long time. Please write to {email} or ask at the"
                " reception desk: they can reinstate it."
            ),
            email=email,
        )
