"""A changed e-mail address: asked to prove itself, and told to the old one without naming anybody (D7)."""

from datetime import timedelta
from typing import Any

from app.activation_codes import fresh_proof, send_button
from app.codes import digest_of_typed
from app.documents.links import confirmation_link
from app.errors import N_, Refused
from app.letterhead import letterhead
from app.messages import queue_mail
from app.parts import Parts
from app.use_case import Work
from db.models import Account
from db.queries import accounts as account_queries
from db.queries import activation_codes as code_queries
from db.queries import reset_links

_CONFIRM_WITHIN = timedelta(days=30)


def change_contact(
    parts: Parts,
    work: Work[Any],
    account: Account,
    email: str,
    mobile: str,
    *,
    old_email_is_unsafe: bool,
) -> None:
    """Give an account, locked by the caller, other contact data; email and mobile as read by app.contact."""
    account.mobile = mobile
    if email == account.email:
        return
    old = account.email
    account.email, account.email_proved_at = email, None
    # What was mailed to the old address must not work any more.
    reset_links.kill(work.session, account.id, work.now)
    reset_links.kill_confirmations(work.session, account.id, work.now)
    if old and not old_email_is_unsafe:
        queue_mail(
            parts,
            work,
            "email_changed",
            old,
            site_id=account.site_id,
            patient_id=account_queries.own_patient(work.session, account.id),
            account_id=account.id,
        )
    if email:
        ask_to_prove(parts, work, account)


def prove_address(parts: Parts, work: Work[Any], typed: str) -> None:
    """Note that whoever reads the address's mail used the button in it; doing so twice is no harm.

    Raises Refused when the button is of an older mail, or too old.
    """
    digest = digest_of_typed(parts.keys, "email", typed)
    found = reset_links.confirmation(work.session, digest)
    account = account_queries.locked(work.session, found.account_id) if found else None
    if (
        found is None
        or account is None
        or account.email != found.email
        or not reset_links.confirm(work.session, found.id, work.now)
    ):
        raise Refused(
            "link_unknown",
            N_(
                "This link is no longer valid. Please use the newest e-mail from us, or ask at the reception."
            ),
        )
    account.email_proved_at = account.email_proved_at or work.now
    work.about(account_id=account.id)
    work.changed("account", account.id, site_id=account.site_id, account_id=account.id)


def ask_to_prove(parts: Parts, work: Work[Any], account: Account) -> None:
    """Queue the mail whose button proves the address: "Activate Account" before activation, else a confirmation."""
    head = letterhead(work.session, work.clinic, account.site_id)
    if account.activated_at is None:
        for code in code_queries.live(work.session, [account.id]):
            send_button(parts, work, account, code, head)
        return
    queue_mail(
        parts,
        work,
        "confirm_email",
        account.email,
        site_id=account.site_id,
        patient_id=account_queries.own_patient(work.session, account.id),
        account_id=account.id,
        secret=True,
        url=confirmation_link(head, fresh_proof(parts, work, account, work.now + _CONFIRM_WITHIN)),
    )
