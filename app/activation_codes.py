"""Activation codes: issued on paper or sent, one living per account (R12, R13, D1, D2)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.account_rows import last_day
from app.codes import fresh_code
from app.documents.links import activation_mail_link
from app.errors import N_, Conflict, Invalid
from app.ids import new_id
from app.letterhead import letterhead
from app.messages import queue_mail, queue_sms
from app.parts import Parts
from app.rules.activation import activation_expires_at, activation_expires_on
from app.sites import zone_of
from app.tasks import finish_tasks
from app.typed import required
from app.use_case import Work
from app.views.paper import ActivationLetter, Letterhead
from app.views.people import CodeIssued
from db.models import Account, ActivationCode, EmailConfirmation, Patient
from db.queries import accounts as account_queries
from db.queries import activation_codes as queries
from db.queries import patients as patient_queries
from db.queries import reset_links

WAYS = ("paper", "post", "sms", "email")
_DIGITS = 4


def issue(parts: Parts, work: Work[Any], account: Account, identity_check: str, way: str) -> CodeIssued:
    """Make a new code in place of the old one, and send or return it; the account is locked by the caller.

    Where there is an e-mail address, the mail with the "Activate Account" button goes out too, without the code
    (R3, R5, R6). Raises Invalid for a way that the clinic does not allow or that lacks an address.
    """
    checked = required(identity_check, "identity_check", 200)
    patient = holder_of(work, account)
    _may_go(work, account, patient, way)
    finish_tasks(work, *(f"code_expiring:{old.id}" for old in queries.live(work.session, [account.id])))
    queries.kill(work.session, account.id, work.now, "replaced")
    work.session.flush()
    code = fresh_code(parts.keys, "activation", work.made.code)
    zone = zone_of(work.session, account.site_id)
    months = work.clinic.rules.activation_months
    row = ActivationCode(
        id=new_id(),
        account_id=account.id,
        digest=code.digest,
        made_at=work.now,
        expires_at=activation_expires_at(work.now, months, zone),
        way=way,
        identity_check=checked,
        made_by=work.who.staff_id,
    )
    work.session.add(row)
    work.about(way=way)
    expires_on = activation_expires_on(work.now, months, zone)
    head = letterhead(work.session, work.clinic, account.site_id)
    if account.email:
        send_button(parts, work, account, row, head)
    if way in {"sms", "email"}:
        _send_code(parts, work, account, patient.id if patient else None, way, code.grouped, expires_on)
    letter = None
    if way in {"paper", "post"}:
        letter = ActivationLetter(
            letterhead=head,
            account_id=str(account.id),
            recipient=account.holder_name,
            recipient_address=tuple(patient.postal_address.splitlines()) if patient else (),
            code=code.clear,
            expires_on=expires_on,
            made_at=work.now,
            asks_for_digits=asks_for_digits(patient),
            works_later=parts.outbox is not None,
        )
    return CodeIssued(account.id, expires_on, way, letter)


def _send_code(
    parts: Parts,
    work: Work[Any],
    account: Account,
    patient_id: UUID | None,
    way: str,
    code: str,
    expires_on: date,
) -> None:
    if way == "sms":
        queue_sms(
            parts,
            work,
            "activation_code",
            account.mobile,
            site_id=account.site_id,
            patient_id=patient_id,
            account_id=account.id,
            secret=True,
            code=code,
            expires_on=expires_on,
        )
        return
    queue_mail(
        parts,
        work,
        "activation_code",
        account.email,
        site_id=account.site_id,
        patient_id=patient_id,
        account_id=account.id,
        secret=True,
        code=code,
        expires_on=expires_on,
        url=f"{work.clinic.public_address}/activate",
    )


def send_button(
    parts: Parts, work: Work[Any], account: Account, code: ActivationCode, head: Letterhead
) -> None:
    """Queue the mail whose "Activate Account" button leads to the portal and proves the address; no code in it."""
    queue_mail(
        parts,
        work,
        "activation",
        account.email,
        site_id=account.site_id,
        patient_id=account_queries.own_patient(work.session, account.id),
        account_id=account.id,
        url=activation_mail_link(head, fresh_proof(parts, work, account, code.expires_at)),
        expires_on=last_day(code.expires_at, head.time_zone),
    )


def fresh_proof(parts: Parts, work: Work[Any], account: Account, expires_at: datetime) -> str:
    """Return what a button carries that proves the account's address; earlier buttons prove nothing any more."""
    proof = fresh_code(parts.keys, "email")
    reset_links.kill_confirmations(work.session, account.id, work.now)
    work.session.add(
        EmailConfirmation(
            id=new_id(),
            account_id=account.id,
            email=account.email,
            digest=proof.digest,
            made_at=work.now,
            expires_at=expires_at,
        )
    )
    return proof.clear


def asks_for_digits(patient: Patient | None) -> bool:
    """Tell whether activation also asks the last four digits of the MRN or mobile (D4)."""
    return patient is not None and patient.name_alert


def holder_of(work: Work[Any], account: Account) -> Patient | None:
    """Return the patient who holds the account, or None where the holder is no patient here."""
    for grant, patient in account_queries.grants(work.session, [account.id]):
        if grant.relation == "self" and grant.ended_at is None:
            return patient
    return None


def last_digits(work: Work[Any], account: Account, patient: Patient) -> set[str]:
    """Return what the last four digits may be: of the clinic's own identifiers and of the mobiles on file (D4)."""
    written = [
        identifier.value
        for identifier in patient_queries.identifiers(work.session, [patient.id])
        if identifier.issuer == work.clinic.name
    ]
    digits = ["".join(filter(str.isdecimal, text)) for text in (*written, patient.mobile, account.mobile)]
    return {text[-_DIGITS:] for text in digits if len(text) >= _DIGITS}


def _may_go(work: Work[Any], account: Account, patient: Patient | None, way: str) -> None:
    if way not in WAYS or (way != "paper" and way not in work.clinic.codes_may_go_by):
        raise Invalid(
            "way_not_allowed",
            N_("This clinic does not send codes that way. Print the letter instead."),
            field="way",
        )
    where = {
        "sms": account.mobile,
        "email": account.email,
        "post": patient.postal_address if patient else "",
    }
    if not where.get(way, "paper"):
        raise Invalid(
            "no_address_for_way",
            N_("There is no address or number on file for this. Add it first, or print the letter."),
            field="way",
        )
    if patient is not None and asks_for_digits(patient) and not last_digits(work, account, patient):
        raise Conflict(
            "needs_digits",
            N_(
                "Another patient has the same name and birth date. Add a patient number or a mobile number first:"
                " activation asks for its last four digits."
            ),
        )
