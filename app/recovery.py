"""Forgotten passwords and unproved addresses (R14 to R17, D6)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.account_rows import state_of
from app.choices import check_chosen_password
from app.codes import digest_of_typed, fresh_code
from app.documents.links import reset_link
from app.email_changes import prove_address
from app.errors import N_, Conflict, Refused
from app.ids import new_id
from app.letterhead import letterhead
from app.messages import queue_mail
from app.parts import Parts
from app.rules.access import Role
from app.rules.account_life import AccountState
from app.rules.attempts import Guarded, code_is_killed
from app.rules.passwords import user_name_key
from app.throttles import count_try, forgive
from app.typed import required
from app.use_case import Effect, Noun, Work, by_itself, use_case
from db.database import Session
from db.models import Account, RecoveryRequest, ResetLink
from db.queries import accounts as account_queries
from db.queries import reset_links as queries
from db.queries import sessions as session_queries

VISITORS = frozenset({Role.NOBODY, Role.KIOSK, Role.PATIENT})
PATIENT = frozenset({Role.PATIENT})

_LONGEST_TYPED = 254


@dataclass(frozen=True)
class _Prepared:
    digest: bytes
    password_hash: str = field(default="", repr=False)


class Recovery(Noun):
    """Forgotten passwords and unproved addresses (R14 to R17, D6)."""

    @use_case(VISITORS, Effect.WRITES)
    def forgot(self, work: Work[None], user_name_or_email: str) -> None:
        """Ask for the mail with the user name and a link to choose a new password (R14 to R16).

        The answer and the work are the same whatever was typed: who it is is looked up afterwards, by
        answer_requests.
        """
        typed = required(user_name_or_email, "user_name_or_email", _LONGEST_TYPED)
        count_try(work.session, Guarded.RESET, work.who, work.now, account=user_name_key(typed))
        work.session.add(
            RecoveryRequest(
                id=new_id(), typed=self.parts.keys.encrypt("recovery", typed.encode()), made_at=work.now
            )
        )

    @use_case(PATIENT, Effect.WRITES)
    def change_my_password(self, work: Work[None]) -> None:
        """Send the signed-in patient the same mail: changing a password starts with it (R14, D6)."""
        assert work.who.account_id is not None
        account = account_queries.locked(work.session, work.who.account_id)
        assert account is not None
        work.about(account_id=account.id)
        if not account.email or account.email_proved_at is None:
            raise Conflict(
                "no_proved_email",
                N_(
                    "We have no confirmed e-mail address of yours. Please ask at the reception desk: they will print"
                    " a slip with which you choose a new password."
                ),
            )
        count_try(work.session, Guarded.RESET, work.who, work.now, account=str(account.id))
        _mail(self.parts, work, [account])

    def _chosen(self, code: str, birth_date: date, new_password: str) -> _Prepared:  # noqa: ARG002 - prepare takes what the use case takes
        digest = digest_of_typed(self.parts.keys, "reset", code)
        with self.parts.database.reading() as session:
            clinic = self.parts.clinic(session)
            link = queries.by_digest(session, digest)
            account = account_queries.account(session, link.account_id) if link else None
            user_name = account.user_name or "" if account else ""
        check_chosen_password(self.parts, clinic, new_password, user_name)
        return _Prepared(digest, self.parts.passwords.hash(new_password) if user_name else "")

    @use_case(VISITORS, Effect.WRITES, prepare=_chosen)
    def reset(
        self,
        work: Work[_Prepared],
        code: str,  # noqa: ARG002 - read by prepare
        birth_date: date,
        new_password: str,  # noqa: ARG002 - hashed by prepare
    ) -> str:
        """Use up a mailed link or a slip for a new password; return the user name (D6).

        code: of the link or slip. Every other session of the account ends.
        """
        count_try(work.session, Guarded.RESET, work.who, work.now)
        link = queries.by_digest(work.session, work.prepared.digest)
        account = account_queries.locked(work.session, link.account_id) if link else None
        if link is None or account is None or not work.prepared.password_hash:
            raise _dead()
        work.about(account_id=account.id, patient_id=account_queries.own_patient(work.session, account.id))
        _check_answers(work, account, link, birth_date)
        if state_of(account, None, work.now) is not AccountState.ACTIVE or account.user_name is None:
            raise _dead()
        if not queries.use_up(work.session, link.id, work.now):
            raise _dead()
        account.password_hash = work.prepared.password_hash
        account.version += 1
        session_queries.end_of_account(work.session, account.id, work.now, "password_reset")
        work.changed("account", account.id, site_id=account.site_id, account_id=account.id)
        forgive(work.session, Guarded.RESET, work.who)
        return account.user_name

    @use_case(VISITORS, Effect.WRITES)
    def confirm_email(self, work: Work[None], token: str) -> None:
        """Note that the button of a confirmation mail was used, which proves the e-mail address (D7)."""
        count_try(work.session, Guarded.RESET, work.who, work.now)
        prove_address(self.parts, work, token)
        forgive(work.session, Guarded.RESET, work.who)


def answer_requests(parts: Parts, limit: int = 50) -> int:
    """Look up who asked for help with signing in, and queue their mails; return how many requests there were."""
    with parts.database.reading() as session:
        waiting = queries.requests(session, limit)
    for request_id in waiting:
        _answer(parts, request_id)
    return len(waiting)


def _answer(parts: Parts, request_id: UUID) -> None:
    with by_itself(parts, "recovery.answer") as work:
        encrypted = queries.take_request(work.session, request_id)
        if encrypted is None:
            return
        try:
            typed = parts.keys.decrypt("recovery", encrypted).decode()
        except ValueError:
            return  # of a key that is gone: dropped, so that it does not stand in the way of all mail
        found = _whose(work.session, typed)
        reachable = [
            account
            for account in found
            if account.email
            and account.email_proved_at is not None
            and state_of(account, None, work.now) is AccountState.ACTIVE
        ]
        if reachable:
            _mail(parts, work, reachable)


def _whose(session: Session, typed: str) -> list[Account]:
    named = account_queries.by_user_name(session, user_name_key(typed))
    found = [named] if named else account_queries.by_proved_email(session, typed.lower())
    locked = (account_queries.locked(session, account_id) for account_id in sorted(one.id for one in found))
    return [account for account in locked if account]


def _mail(parts: Parts, work: Work[Any], accounts: Sequence[Account]) -> None:
    # One mail for a shared family address: each user name with its own link.
    first = accounts[0]
    head = letterhead(work.session, work.clinic, first.site_id)
    minutes = work.clinic.rules.reset_minutes
    links = []
    for account in accounts:
        assert account.user_name is not None
        queries.kill(work.session, account.id, work.now)
        work.session.flush()
        code = fresh_code(parts.keys, "reset")
        work.session.add(
            ResetLink(
                id=new_id(),
                account_id=account.id,
                digest=code.digest,
                kind="link",
                made_at=work.now,
                expires_at=work.now + timedelta(minutes=minutes),
            )
        )
        links.append((account.user_name, reset_link(head, code.clear)))
    queue_mail(
        parts,
        work,
        "recovery",
        first.email,
        site_id=first.site_id,
        account_id=first.id,
        patient_id=account_queries.own_patient(work.session, first.id),
        secret=True,
        links=tuple(links),
        minutes=minutes,
    )


def _check_answers(work: Work[Any], account: Account, link: ResetLink, birth_date: date) -> None:
    if birth_date == account.holder_birth_date:
        return
    wrong = queries.count_wrong(work.session, link.id, work.clinic.rules.wrong_birth_dates_kill, work.now)
    if wrong is None or code_is_killed(wrong, work.clinic.rules):
        raise _dead()
    raise Refused(
        "answers_wrong",
        N_("This does not match what the clinic has on file. Please check it, or ask at the reception."),
    )


def _dead() -> Refused:
    return Refused(
        "link_dead",
        N_(
            "This link or code no longer works. Choose Forgot Password? to get a new one, or ask at the reception"
            " desk."
        ),
    )
