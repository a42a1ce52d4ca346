"""What e-mails and SMS say: one text for each kind, in the words of the catalogue."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from types import MappingProxyType
from typing import Any

from app.errors import N_
from app.views.clinic import Clinic
from app.words import Words


@dataclass(frozen=True)
class MailText:
    """One kind of e-mail: message ids whose named fields are filled in; the button leads to the field url.

    A paragraph with an empty field is left out.
    """

    subject: str
    paragraphs: tuple[str, ...]
    button: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """An e-mail in the reader's language."""

    subject: str
    text: str
    html: str


_CONTACT = N_("Do you have a question? Write to {clinic_email}.")
_NOTE = N_("{shared_by} writes: {note}")
_NOT_YOU = N_("If this e-mail is not for you, please delete it and tell us at {clinic_email}.")

MAILS: Mapping[str, MailText] = MappingProxyType(
    {
        # R3, R5, R6, D1: the URL and the button, never the code
        "activation": MailText(
            N_("Your patient portal at {clinic}"),
            (
                N_(
                    "{clinic} has made an account for you. In the portal you can see your exams, reports and images."
                ),
                N_("1. Have your letter from our reception at hand. It shows your activation code."),
                N_("2. Press the button below. Type the code, then choose a user name and a password."),
                N_("3. Sign in with your new user name and password."),
                N_("The portal is at {portal}. Your activation code works until the end of {expires_on}."),
            ),
            N_("Activate Account"),
            (_CONTACT, _NOT_YOU),
        ),
        "activation_code": MailText(
            N_("Your activation code for {clinic}"),
            (
                N_("You asked us to send your activation code by e-mail. Your code is:"),
                N_("{code}"),
                N_("It works once, until the end of {expires_on}. Please do not pass it on."),
            ),
            N_("Activate Account"),
            (_CONTACT, _NOT_YOU),
        ),
        # R15, R16, D6
        "recovery": MailText(
            N_("Your user name and a new password for {clinic}"),
            (
                N_("Somebody asked for help with signing in at {clinic}. Was it you?"),
                N_("We never send passwords. Open the link beside your user name to choose a new password:"),
            ),
            "",
            (
                N_("Each link works once, for {minutes} minutes. You will be asked for your date of birth."),
                N_("If you did not ask for this, you need not do anything. Your password stays as it is."),
                _CONTACT,
            ),
        ),
        "confirm_email": MailText(
            N_("Please confirm your e-mail address for {clinic}"),
            (
                N_(
                    "The reception of {clinic} has noted this e-mail address for your portal account. Is it right?"
                ),
            ),
            N_("Confirm this address"),
            (_CONTACT, _NOT_YOU),
        ),
        # D7: to the old address, without naming anybody
        "email_changed": MailText(
            N_("An e-mail address was changed at {clinic}"),
            (
                N_(
                    "A portal account that used this e-mail address now uses another one. The change was made by our"
                    " reception. You will get no more e-mails about that account here."
                ),
                N_("If you do not expect this, please tell us at {clinic_email}."),
            ),
        ),
        # D18
        "account_expiring": MailText(
            N_("Your portal account at {clinic} will expire"),
            (
                N_(
                    "You have not used your portal account for a long time. It will expire at the end of {expires_on}."
                ),
                N_(
                    "To keep it, sign in once before that day. If it expires, our reception can reinstate it."
                ),
            ),
            N_("Open the portal"),
            (_CONTACT,),
        ),
        # R57, R58, D12
        "invitation": MailText(
            N_("{shared_by} shares an exam with you"),
            (
                N_("{shared_by} invites you to look at an exam at {clinic}."),
                _NOTE,
                N_("1. Press the button below."),
                N_("2. Type this verification code: {code}"),
                N_(
                    "The invitation works until the end of {shared_until} and can be opened {max_accesses} times."
                ),
            ),
            N_("Open the exam"),
            (N_("These are sensitive medical data. Please do not pass this e-mail on."), _NOT_YOU),
        ),
        "invitation_link": MailText(
            N_("{shared_by} shares an exam with you"),
            (
                N_("{shared_by} invites you to look at an exam at {clinic}."),
                _NOTE,
                N_("1. Ask {shared_by} for the verification code."),
                N_("2. Press the button below and type the code."),
                N_(
                    "The invitation works until the end of {shared_until} and can be opened {max_accesses} times."
                ),
            ),
            N_("Open the exam"),
            (N_("These are sensitive medical data. Please do not pass this e-mail on."), _NOT_YOU),
        ),
        # D24: for whoever keeps it where the server's owner cannot change it
        "audit_head": MailText(
            N_("The head of the audit trail of {clinic}"),
            (
                N_("Please keep this line where nobody at the server can change it:"),
                N_("{head}"),
                N_("With it, the check of the audit trail also finds out whether its end was cut."),
            ),
        ),
        # D28: without clinical content
        "report_withdrawn": MailText(
            N_("A report at {clinic} was withdrawn"),
            (
                N_(
                    "A report that you could see in the portal was withdrawn on {day}. Please do not rely on it."
                ),
                N_(
                    "If you have downloaded or printed it, please contact us before you use it: {clinic_email}."
                ),
            ),
        ),
    }
)

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        # R28, D9: no exam type and no link
        "report_complete": N_(
            "{clinic}: Report Complete. Your referring doctor has your report. You can read it in the patient portal"
            " {hours} hours from now. Please talk to your doctor about the results."
        ),
        "report_complete_without_doctor": N_(
            "{clinic}: Report Complete. You can read your report in the patient portal {hours} hours from now. Please"
            " talk to a doctor about the results."
        ),
        "activation_code": N_(
            "{clinic}: your activation code is {code}. It works until the end of {expires_on}. Do not pass it on."
        ),
    }
)


def mail(kind: str, words: Words, clinic: Clinic, fields: Mapping[str, Any]) -> Written:
    """Write an e-mail. fields may hold url (of the button) and links: pairs of a label and an address."""
    text = MAILS[kind]
    filled = {**fields, "clinic": clinic.name, "clinic_email": clinic.email, "portal": clinic.public_address}
    url, links = filled.pop("url", ""), filled.pop("links", ())

    def say(sentence: str) -> str:
        return words(sentence, **filled)

    before = [
        say(sentence)
        for sentence in text.paragraphs
        if all(filled[name] != "" for _, name, _, _ in Formatter().parse(sentence) if name)
    ]
    after = [say(sentence) for sentence in text.after]
    button = say(text.button) if text.button else ""
    plain = [*before, *(f"{label}\n{address}" for label, address in links)]
    if button:
        plain.append(f"{button}:\n{url}")
    return Written(
        say(text.subject), "\n\n".join([*plain, *after]) + "\n", _html(before, links, button, url, after)
    )


def sms(kind: str, words: Words, clinic: Clinic, fields: Mapping[str, Any]) -> str:
    """Write an SMS."""
    return words(TEXTS[kind], **{**fields, "clinic": clinic.name})


_P = '<p style="margin:0 0 16px">{}</p>'
_BUTTON = (
    '<p style="margin:24px 0"><a href="{}" style="background:#0B6E7F;color:#FFFFFF;text-decoration:none;'
    'padding:14px 24px;border-radius:12px;font-weight:bold;display:inline-block">{}</a></p>'
)
_PAGE = (
    '<!doctype html><html><body style="margin:0;background:#F6F8F9"><div style="max-width:560px;margin:24px auto;'
    "padding:32px;background:#FFFFFF;border-radius:12px;color:#13232B;font:18px/1.5 'Atkinson Hyperlegible',"
    'Verdana,sans-serif">{}</div></body></html>'
)


def _html(
    before: list[str], links: tuple[tuple[str, str], ...], button: str, url: str, after: list[str]
) -> str:
    parts = [_P.format(html.escape(paragraph)) for paragraph in before]
    parts += [
        _P.format(
            f'<strong>{html.escape(label)}</strong><br><a href="{html.escape(address)}">{html.escape(address)}</a>'
        )
        for label, address in links
    ]
    if button:
        parts.append(_BUTTON.format(html.escape(url), html.escape(button)))
    parts += [_P.format(html.escape(paragraph)) for paragraph in after]
    return _PAGE.format("".join(parts))
