"""A person's way into the portal, as the desk gives it, blocks it and takes it back."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app import activation_codes, reach
from app.account_rows import state_of
from app.codes import fresh_code
from app.contact import read_email, read_mobile
from app.email_changes import ask_to_prove, change_contact
from app.errors import N_, Conflict, Invalid, NotFound
from app.family import new_grant, revoke_all
from app.ids import new_id
from app.incidents import openings_by
from app.letterhead import letterhead
from app.print_requests import take_back_prints
from app.rules.access import Relation, Role
from app.rules.account_life import AccountState, account_expires_at
from app.rules.calendar import local_day
from app.sites import zone_of
from app.tasks import make_task
from app.typed import born, required
from app.use_case import Effect, Noun, Work, use_case
from app.views.paper import ResetSlip
from app.views.people import CodeIssued, Incident
from db.models import AccessGrant, Account, ResetLink
from db.queries import accounts as queries
from db.queries import activation_codes as code_queries
from db.queries import downloads as download_queries
from db.queries import patients as patient_queries
from db.queries import reset_links
from db.queries import sessions as session_queries

DESK = frozenset({Role.RECEPTION, Role.MANAGER})
MANAGER = frozenset({Role.MANAGER})

_IDENTIFIERS_TO_CONFIRM = 2


class Accounts(Noun):
    """A person's way into the portal, as the desk gives it, blocks it and takes it back."""

    @use_case(DESK, Effect.WRITES, secret=True, may_wait=True)
    def create(
        self, work: Work[None], patient_id: UUID, identity_check: str, way: str = "paper"
    ) -> CodeIssued:
        """Make the patient's own account and its first activation code (R1 to R3, D1).

        way: paper, or where the clinic allows it post, sms or email. identity_check: how identity was checked.
        """
        patient = reach.patient(work, patient_id)
        patient_queries.locked(work.session, patient_id)
        if queries.own(work.session, patient_id):
            raise Conflict("account_exists", N_("This patient has an account already. It is on this page."))
        account = Account(
            id=work.made.id("account"),
            site_id=work.who.site_id or patient.site_id,
            holder_name=f"{patient.given_names} {patient.family_name}".strip(),
            holder_birth_date=patient.birth_date,
            email=patient.email,
            mobile=patient.mobile,
            created_at=work.now,
            created_by=work.who.staff_id,
        )
        grant = AccessGrant(
            id=new_id(),
            account_id=account.id,
            patient_id=patient_id,
            relation=Relation.SELF.value,
            evidence=required(identity_check, "identity_check", 200),
            from_at=work.now,
            granted_by=work.who.staff_id,
        )
        return self._begun(work, account, grant, identity_check, way)

    @use_case(DESK, Effect.WRITES, secret=True, may_wait=True)
    def create_for_other(
        self,
        work: Work[None],
        holder_name: str,
        holder_birth_date: date,
        email: str,
        mobile: str,
        patient_id: UUID,
        relation: Relation,
        evidence: str,
        until: date | None,
        identity_check: str,
    ) -> CodeIssued:
        """Make an account for a parent, guardian or carer who is to reach the patient (D31)."""
        patient = reach.patient(work, patient_id)
        account = Account(
            id=work.made.id("account"),
            site_id=work.who.site_id or patient.site_id,
            holder_name=required(holder_name, "holder_name", 200),
            holder_birth_date=born(
                holder_birth_date,
                local_day(work.now, zone_of(work.session, patient.site_id)),
                "holder_birth_date",
            ),
            email=read_email(email),
            mobile=read_mobile(mobile, work.clinic.country),
            created_at=work.now,
            created_by=work.who.staff_id,
        )
        grant = new_grant(work, account, patient, relation, evidence, until)
        return self._begun(work, account, grant, identity_check, "paper")

    @use_case(DESK, Effect.WRITES, secret=True, may_wait=True)
    def reissue(
        self, work: Work[None], account_id: UUID, identity_check: str, way: str = "paper", reason: str = ""
    ) -> CodeIssued:
        """Make a new activation code; the old one is dead from now on (R13, D2)."""
        account = reach.account(work, account_id)
        if _state(work, account) not in {AccountState.CREATED, AccountState.CODE_EXPIRED}:
            raise _not_now(_state(work, account))
        work.about(reason=reason.strip()[:200])
        return self._issued(work, account, identity_check, way)

    @use_case(DESK, Effect.WRITES, may_wait=True)
    def handed_over(self, work: Work[None], account_id: UUID, identifiers_confirmed: tuple[str, ...]) -> None:
        """Record that the letter was handed over after two identifiers were confirmed."""
        account = reach.account(work, account_id)
        confirmed = sorted({name.strip()[:40] for name in identifiers_confirmed if name.strip()})
        if len(confirmed) < _IDENTIFIERS_TO_CONFIRM:
            raise Invalid(
                "two_identifiers",
                N_("Please confirm two identifiers, such as the name and the date of birth, first."),
                field="identifiers_confirmed",
            )
        code = code_queries.last(work.session, account.id)
        if code is None or code.killed_at is not None:
            raise _no_code()
        # It may have been used already: some patients activate before the desk has pressed the button.
        code.handed_over_at = code.handed_over_at or work.now
        work.about(confirmed=confirmed)
        _changed(work, account)

    @use_case(DESK, Effect.WRITES)
    def void_letter(self, work: Work[None], account_id: UUID, reason: str) -> None:
        """Kill the code of a misprinted or lost letter; a new one has to be issued."""
        account = reach.account(work, account_id)
        work.about(reason=required(reason, "reason", 200))
        if not code_queries.kill(work.session, account.id, work.now, "letter_void"):
            raise _no_code()
        reset_links.kill_confirmations(work.session, account.id, work.now)
        _changed(work, account)

    @use_case(DESK, Effect.WRITES)
    def send_activation_mail(self, work: Work[None], account_id: UUID) -> None:
        """Send the mail with the "Activate Account" button again (R5, R6).

        Where the account is active and its address not proved yet, the mail asks to confirm the address (D6).
        """
        account = reach.account(work, account_id)
        state = _state(work, account)
        if state in {AccountState.CREATED, AccountState.CODE_EXPIRED}:
            _must_have_code(work, account)
        elif state is not AccountState.ACTIVE:
            raise _not_now(state)
        elif account.email_proved_at is not None:
            raise Conflict("email_proved", N_("This e-mail address has been confirmed already."))
        if not account.email:
            raise Conflict("no_email", N_("There is no e-mail address on file. Add one first."))
        ask_to_prove(self.parts, work, account)
        _changed(work, account)

    @use_case(DESK, Effect.WRITES, secret=True)
    def given_to_wrong_person(self, work: Work[None], account_id: UUID, what_happened: str) -> Incident:
        """Take back a letter that went to the wrong person, and issue a new one (D27).

        The code, sessions and whatever user name and password were made with it are dead, what was shared with them
        is revoked, and what was opened meanwhile is listed. A manager finds the incident on the To do list.
        """
        account = reach.account(work, account_id)
        work.about(incident=required(what_happened, "what_happened", 500))
        if account.deleted_at is not None or account.blocked_at is not None:
            raise _not_now(_state(work, account))
        code = code_queries.last(work.session, account.id)
        if code is None:
            raise _no_code()
        since = code.handed_over_at or code.made_at
        opened = openings_by(work, account, since)
        shut(work, account, "wrong_person")
        revoke_all(work, account, "wrong_person", since=since)
        account.user_name = account.user_name_key = account.password_hash = None
        account.activated_at = account.expires_at = account.email_proved_at = None
        account.notice_version = account.notice_agreed_at = None
        make_task(
            work,
            "wrong_person",
            f"wrong_person:{code.id}",
            site_id=account.site_id,
            patient_id=work.entry.patient_id,
            account_id=account.id,
        )
        issued = self._issued(work, account, code.identity_check, "paper")
        return Incident(account.id, opened, issued)

    @use_case(DESK, Effect.WRITES, secret=True)
    def reset_slip(self, work: Work[None], account_id: UUID, identity_check: str) -> ResetSlip:
        """Make a slip with a code for a new password, for a patient without a proved e-mail address (D6)."""
        account = reach.account(work, account_id)
        if _state(work, account) is not AccountState.ACTIVE:
            raise _not_now(_state(work, account))
        return self._slip(work, account, identity_check)

    @use_case(DESK, Effect.WRITES, secret=True)
    def reinstate(self, work: Work[None], account_id: UUID, identity_check: str) -> ResetSlip:
        """Let an expired account live again under its user name; the slip asks for a new password (R51, D18)."""
        account = reach.account(work, account_id)
        if _state(work, account) is not AccountState.EXPIRED:
            raise Conflict(
                "not_expired", N_("This account has not expired, so there is nothing to reinstate.")
            )
        account.password_hash = None
        account.expires_at = account_expires_at(
            work.now, work.clinic.rules.account_months, zone_of(work.session, account.site_id)
        )
        account.expiry_notice_at = None
        return self._slip(work, account, identity_check)

    @use_case(DESK, Effect.WRITES, may_wait=True)
    def change_contact(
        self,
        work: Work[None],
        account_id: UUID,
        email: str,
        mobile: str,
        old_email_is_unsafe: bool = False,  # noqa: FBT001, FBT002 - a tick on the form
    ) -> None:
        """Correct the contact data of a parent's, guardian's or carer's account (D7)."""
        account = reach.account(work, account_id)
        if activation_codes.holder_of(work, account) is not None:
            raise Conflict(
                "contact_of_patient", N_("This account is the patient's own. Change the patient's details.")
            )
        change_contact(
            self.parts,
            work,
            account,
            read_email(email),
            read_mobile(mobile, work.clinic.country),
            old_email_is_unsafe=old_email_is_unsafe,
        )
        _changed(work, account)

    @use_case(DESK, Effect.WRITES, may_wait=True)
    def block(self, work: Work[None], account_id: UUID, reason: str) -> None:
        """Block an account at once: codes dead, sessions ended, invitations suspended (D27)."""
        account = reach.account(work, account_id)
        work.about(reason=required(reason, "reason", 200))
        if account.deleted_at is not None:
            raise _not_now(AccountState.DELETED)
        if account.blocked_at is None:
            account.blocked_at, account.blocked_reason = work.now, reason.strip()
        shut(work, account, "blocked")
        _changed(work, account)

    @use_case(MANAGER, Effect.WRITES)
    def unblock(self, work: Work[None], account_id: UUID, reason: str) -> None:
        """Lift a block; what was killed stays dead, invitations work again (D27)."""
        account = reach.account(work, account_id)
        work.about(reason=required(reason, "reason", 200))
        if account.blocked_at is None:
            raise Conflict("not_blocked", N_("This account is not blocked."))
        account.blocked_at = account.blocked_reason = None
        _changed(work, account)

    @use_case(DESK, Effect.WRITES)
    def delete(self, work: Work[None], account_id: UUID, reason: str) -> None:
        """Delete an account: credentials, sessions and contact data go, invitations become Revoked (R20, D8).

        Exams, reports, the audit trail and the record of what was sent where stay.
        """
        account = reach.account(work, account_id)
        work.about(reason=required(reason, "reason", 200))
        if account.deleted_at is not None:
            raise Conflict("already_deleted", N_("This account has been deleted already."))
        shut(work, account, "deleted")
        revoke_all(work, account, "account_deleted")
        queries.end_grants(work.session, account.id, work.now, work.who.staff_id)
        queries.drop_waiting_messages(work.session, account.id, "account deleted")
        reset_links.forget_confirmations(work.session, account.id)
        account.user_name = account.user_name_key = account.password_hash = None
        account.email = account.mobile = ""
        account.email_proved_at = None
        account.deleted_at, account.deleted_reason = work.now, reason.strip()
        _changed(work, account)

    def _begun(
        self, work: Work[Any], account: Account, grant: AccessGrant, identity_check: str, way: str
    ) -> CodeIssued:
        work.session.add(account)
        work.session.flush()
        work.session.add(grant)
        work.session.flush()
        work.about(account_id=account.id, relation=grant.relation)
        return self._issued(work, account, identity_check, way)

    def _issued(self, work: Work[Any], account: Account, identity_check: str, way: str) -> CodeIssued:
        issued = activation_codes.issue(self.parts, work, account, identity_check, way)
        _changed(work, account)
        return issued

    def _slip(self, work: Work[Any], account: Account, identity_check: str) -> ResetSlip:
        work.about(identity_check=required(identity_check, "identity_check", 200))
        assert account.user_name is not None
        reset_links.kill(work.session, account.id, work.now)
        work.session.flush()
        code = fresh_code(self.parts.keys, "reset")
        expires_at = work.now + timedelta(minutes=work.clinic.rules.reset_minutes)
        work.session.add(
            ResetLink(
                id=new_id(),
                account_id=account.id,
                digest=code.digest,
                kind="slip",
                made_at=work.now,
                expires_at=expires_at,
            )
        )
        _changed(work, account)
        return ResetSlip(
            letterhead=letterhead(work.session, work.clinic, account.site_id),
            account_id=str(account.id),
            recipient=account.holder_name,
            user_name=account.user_name,
            code=code.clear,
            expires_at=expires_at,
        )


def shut(work: Work[Any], account: Account, reason: str) -> None:
    """Kill every code and link of an account, end its sessions, downloads, prints and the visits to what it shares."""
    code_queries.kill(work.session, account.id, work.now, reason)
    reset_links.kill(work.session, account.id, work.now)
    reset_links.kill_confirmations(work.session, account.id, work.now)
    session_queries.end_of_account(work.session, account.id, work.now, reason)
    queries.end_visits(work.session, account.id, work.now)
    download_queries.forget_of_account(work.session, account.id)
    take_back_prints(work, account_id=account.id)


def _state(work: Work[Any], account: Account) -> AccountState:
    codes = code_queries.live(work.session, [account.id])
    return state_of(account, codes[0] if codes else None, work.now)


def _must_have_code(work: Work[Any], account: Account) -> None:
    codes = code_queries.live(work.session, [account.id])
    if not codes or work.now >= codes[0].expires_at:
        raise _no_code()


def _no_code() -> NotFound:
    return NotFound("no_live_code", N_("There is no activation code that works. Issue a new one."))


def _not_now(state: AccountState) -> Conflict:
    return {
        AccountState.CREATED: Conflict(
            "not_activated", N_("This account has not been activated yet. Issue an activation code instead.")
        ),
        AccountState.CODE_EXPIRED: Conflict(
            "not_activated", N_("This account has not been activated yet. Issue an activation code instead.")
        ),
        AccountState.ACTIVE: Conflict(
            "already_activated",
            N_("This account is active. For a forgotten password, print a reset slip instead."),
        ),
        AccountState.EXPIRED: Conflict(
            "account_expired", N_("This account has expired. Reinstate it instead.")
        ),
        AccountState.BLOCKED: Conflict(
            "account_blocked", N_("This account is blocked. A manager can unblock it.")
        ),
        AccountState.DELETED: Conflict("already_deleted", N_("This account has been deleted.")),
    }[state]


def _changed(work: Work[Any], account: Account) -> None:
    account.version += 1
    work.changed(
        "account",
        account.id,
        site_id=account.site_id,
        patient_id=queries.own_patient(work.session, account.id),
        account_id=account.id,
    )
