"""The activation code typed, a user name and a password made (R8 to R11)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.activation_codes import asks_for_digits, holder_of, last_digits
from app.choices import check_chosen_password, chosen_user_name, user_name_taken
from app.codes import digest_of_typed
from app.email_changes import prove_address
from app.errors import N_, Conflict, Refused
from app.rules.access import Role
from app.rules.account_life import account_expires_at
from app.rules.attempts import Guarded, code_is_killed
from app.rules.passwords import user_name_key
from app.sites import zone_of
from app.tasks import finish_tasks
from app.throttles import count_try, forgive
from app.use_case import Effect, Noun, Work, use_case
from app.views.people import ActivationStart
from db.models import Account, ActivationCode
from db.queries import accounts as account_queries
from db.queries import activation_codes as queries

VISITORS = frozenset({Role.NOBODY, Role.KIOSK})


@dataclass(frozen=True)
class _Prepared:
    digest: bytes
    password_hash: str = field(default="", repr=False)


class Activation(Noun):
    """The activation code typed, a user name and a password made (R8 to R11)."""

    def _typed(self, code: str) -> _Prepared:
        return _Prepared(digest_of_typed(self.parts.keys, "activation", code))

    def _chosen(
        self,
        code: str,
        birth_date: date,  # noqa: ARG002 - prepare takes what the use case takes
        user_name: str,
        password: str,
        notice_version: str,  # noqa: ARG002 - the same
        digits: str = "",  # noqa: ARG002 - the same
    ) -> _Prepared:
        digest = digest_of_typed(self.parts.keys, "activation", code)
        with self.parts.database.reading() as session:
            clinic = self.parts.clinic(session)
            is_known = queries.by_digest(session, digest) is not None
        check_chosen_password(self.parts, clinic, password, chosen_user_name(user_name, clinic))
        # Guessing codes must not keep the machine busy with slow hashes.
        return _Prepared(digest, self.parts.passwords.hash(password) if is_known else "")

    @use_case(VISITORS, Effect.WRITES, prepare=_typed)
    def start(self, work: Work[_Prepared], code: str) -> ActivationStart:  # noqa: ARG002 - read by prepare
        """Take the code of the letter and say what else is asked (R8); raises Refused when it does not work."""
        account, _code = self._account(work)
        forgive(work.session, Guarded.ACTIVATION, work.who)
        return ActivationStart(asks_for_digits(holder_of(work, account)), account.user_name)

    @use_case(VISITORS, Effect.WRITES, prepare=_chosen)
    def finish(
        self,
        work: Work[_Prepared],
        code: str,  # noqa: ARG002 - read by prepare
        birth_date: date,
        user_name: str,
        password: str,  # noqa: ARG002 - hashed by prepare
        notice_version: str,
        digits: str = "",
    ) -> str:
        """Use the code up and give the account its user name and password; return the user name (R9 to R11, D4, D29).

        Signing in comes after it. A wrong birth date, or wrong last digits, counts against the code.
        """
        account, row = self._account(work)
        if not work.prepared.password_hash:
            raise _unknown()
        self._check_answers(work, account, row, birth_date, digits)
        if notice_version != work.clinic.notice_version:
            raise Conflict(
                "notice_changed", N_("Our privacy notice has changed. Please read it again and go on.")
            )
        name = chosen_user_name(user_name, work.clinic)
        if account_queries.user_name_is_taken(work.session, user_name_key(name)):
            raise user_name_taken()
        if not queries.use_up(work.session, row.id, work.now):
            raise _dead()
        finish_tasks(work, f"code_expiring:{row.id}")
        account.user_name, account.user_name_key = name, user_name_key(name)
        account.password_hash = work.prepared.password_hash
        account.activated_at = work.now
        account.notice_version, account.notice_agreed_at = notice_version, work.now
        account.expires_at = account_expires_at(
            work.now, work.clinic.rules.account_months, zone_of(work.session, account.site_id)
        )
        account.version += 1
        work.about(notice_version=notice_version)
        work.changed(
            "account",
            account.id,
            site_id=account.site_id,
            patient_id=work.entry.patient_id,
            account_id=account.id,
        )
        forgive(work.session, Guarded.ACTIVATION, work.who)
        return name

    @use_case(VISITORS | {Role.PATIENT}, Effect.WRITES)
    def open_mail_link(self, work: Work[None], token: str) -> None:
        """Note that the "Activate Account" button was used, which proves the e-mail address (R6, R7, D6)."""
        count_try(work.session, Guarded.ACTIVATION, work.who, work.now)
        prove_address(self.parts, work, token)
        forgive(work.session, Guarded.ACTIVATION, work.who)

    def _account(self, work: Work[_Prepared]) -> tuple[Account, ActivationCode]:
        count_try(work.session, Guarded.ACTIVATION, work.who, work.now)
        found = queries.by_digest(work.session, work.prepared.digest)
        if found is None:
            raise _unknown()
        account = account_queries.locked(work.session, found.account_id)
        assert account is not None
        patient_id = account_queries.own_patient(work.session, account.id)
        work.about(account_id=account.id, patient_id=patient_id, site_id=account.site_id)
        work.session.refresh(found)
        _check_code(work, account, found)
        return account, found

    def _check_answers(
        self, work: Work[Any], account: Account, code: ActivationCode, birth_date: date, digits: str
    ) -> None:
        patient = holder_of(work, account)
        is_right = birth_date == account.holder_birth_date
        if patient is not None and asks_for_digits(patient):
            is_right = is_right and digits.strip() in last_digits(work, account, patient)
        if is_right:
            return
        limit = work.clinic.rules.wrong_birth_dates_kill
        wrong = queries.count_wrong(work.session, code.id, limit, work.now)
        if wrong is None or code_is_killed(wrong, work.clinic.rules):
            raise _dead()
        raise Refused(
            "answers_wrong",
            N_("This does not match what the clinic has on file. Please check it, or ask at the reception."),
        )


def _check_code(work: Work[Any], account: Account, code: ActivationCode) -> None:
    if code.used_at is not None and account.activated_at is not None:
        raise Refused(
            "code_used", N_("This code has been used already. Sign in with the user name that you chose.")
        )
    if account.blocked_at is not None or code.killed_at is not None or code.used_at is not None:
        raise _dead()
    if work.now >= code.expires_at:
        raise Refused(
            "code_expired",
            N_("This code has expired. Please write to {email} or ask at the reception for a new one."),
            email=work.clinic.email,
        )


def _unknown() -> Refused:
    return Refused("code_unknown", N_("We do not know this code. Please check it against your letter."))


def _dead() -> Refused:
    return Refused(
        "code_dead", N_("This code no longer works. Please ask at the reception desk for a new one.")
    )
