"""What the desk asks before it does something to an account: one small form each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from app import documents
from app.errors import Invalid
from app.portal import Acting
from app.rules.access import Relation
from app.views.paper import ActivationLetter, ResetSlip
from app.views.people import AccountRow, CodeIssued, PatientRow
from app.words import Words
from ui.desk.drawer import Paper
from ui.desk.form_dialog import Ask, FormDialog
from ui.desk.form_fields import ChoiceField, TickField
from ui.desk.questions import needed_date, optional_date, paper_style
from ui.desk.seat import Seat
from ui.widgets.date_field import DateField
from ui.widgets.field import TextField

Checks = tuple[tuple[str, str], ...]
Issued = tuple[CodeIssued, Paper | None]


def checks_of(patient: PatientRow, words: Words) -> Checks:
    """Return what a patient may confirm before a paper is handed over."""
    number = patient.identifiers[0].value if patient.identifiers else ""
    found = [("name", patient.full_name), ("birth_date", words.date(patient.birth_date))]
    return (*found, *([("number", number)] if number else []), ("photo", ""))


def holder_checks(account: AccountRow, patient: PatientRow, words: Words) -> Checks:
    """Return what the account's holder may confirm, who need not be the patient."""
    if account.relation is Relation.SELF:
        return checks_of(patient, words)
    return (
        ("name", account.holder_name),
        ("birth_date", words.date(account.holder_birth_date)),
        ("photo", ""),
    )


def ask_create(seat: Seat, page: QWidget, patient: PatientRow, done: Callable[[Issued], None]) -> FormDialog:
    """Make the patient's account and the letter with its code (R1, R2, D1)."""
    _ = seat.words
    fields = _IssueFields(seat)
    mail = (
        _(
            "An e-mail with the Activate Account button goes to {email}. The code is not in it.",
            email=patient.email,
        )
        if patient.email
        else _("There is no e-mail address on file: the letter alone is enough to activate.")
    )
    return FormDialog(
        seat,
        page,
        _("Create account for {name}", name=patient.full_name),
        mail,
        action=_("Create account"),
        fields=fields.all,
        read=lambda: fields.read(
            lambda acting, check, way: acting.accounts.create(patient.id, check, way),
            checks_of(patient, _),
        ),
        done=done,
    )


def ask_reissue(
    seat: Seat, page: QWidget, account: AccountRow, checks: Checks, done: Callable[[Issued], None]
) -> FormDialog:
    """Make a new code in place of the old one (R13)."""
    _ = seat.words
    fields = _IssueFields(seat)
    return FormDialog(
        seat,
        page,
        _("New code for {name}", name=account.holder_name),
        _("The old code stops working at once."),
        action=_("Make a new code"),
        fields=fields.all,
        read=lambda: fields.read(
            lambda acting, check, way: acting.accounts.reissue(account.id, check, way), checks
        ),
        done=done,
    )


def ask_slip(
    seat: Seat, page: QWidget, account: AccountRow, checks: Checks, done: Callable[[Paper], None]
) -> FormDialog:
    """Make a slip with which the patient sets a new password (D6); for an expired account it reinstates (D18)."""
    _ = seat.words
    expired = account.state.value == "expired"
    check = identity_field(_)
    large = TickField("large_print", _("Large print"))

    def read() -> Ask:
        typed, is_large = check.text(), large.is_ticked()

        def ask(acting: Acting) -> Paper:
            make = acting.accounts.reinstate if expired else acting.accounts.reset_slip
            return slip_paper(seat, make(account.id, typed), checks, is_large=is_large)

        return ask

    return FormDialog(
        seat,
        page,
        _("Reinstate the account of {name}", name=account.holder_name)
        if expired
        else _("Password-reset slip for {name}", name=account.holder_name),
        _("The user name stays. The slip asks for a new password.")
        if expired
        else _(
            "The slip has a code for a new password. It works for a short time; the old password works until then."
        ),
        action=_("Reinstate and make the slip") if expired else _("Make the slip"),
        fields=[check, large],
        read=read,
        done=done,
    )


def ask_for_other(
    seat: Seat, page: QWidget, patient: PatientRow, done: Callable[[Issued], None]
) -> FormDialog:
    """Make an account for a parent, guardian or carer of the patient (D31)."""
    _ = seat.words
    name = TextField("holder_name", _("Name of the parent, guardian or carer"), longest=200)
    born = DateField(_, "holder_birth_date", _("Their date of birth"))
    email = TextField("email", _("Their e-mail address"), _("May be left empty"))
    mobile = TextField("mobile", _("Their mobile number"), _("May be left empty"))
    relation = relation_field(_)
    evidence = TextField("evidence", _("What shows this"), _("Such as: birth certificate seen"), longest=200)
    until = DateField(_, "until", _("Last day"), _("May be left empty"))
    check = identity_field(_)

    def read() -> Ask:
        values = (
            name.text(),
            needed_date(born),
            email.text(),
            mobile.text(),
            patient.id,
            relation.value(),
        )
        rest = (evidence.text(), optional_date(until), check.text())

        def ask(acting: Acting) -> Issued:
            issued = acting.accounts.create_for_other(*values, *rest)
            checks = (("name", values[0]), ("birth_date", _.date(values[1])), ("photo", ""))
            return issued, letter_paper(seat, issued, checks)

        return ask

    return FormDialog(
        seat,
        page,
        _("Account for a parent or carer of {name}", name=patient.full_name),
        _("They sign in with an account of their own and see the exams of {name}.", name=patient.full_name),
        action=_("Create account"),
        fields=[name, born, email, mobile, relation, evidence, until, check],
        read=read,
        done=done,
    )


def ask_contact(seat: Seat, page: QWidget, account: AccountRow, done: Callable[[Any], None]) -> FormDialog:
    """Correct the contact data of a parent's or carer's account (D7)."""
    _ = seat.words
    email = TextField("email", _("E-mail address"))
    email.set_text(account.email)
    mobile = TextField("mobile", _("Mobile number"))
    mobile.set_text(account.mobile)
    unsafe = unsafe_field(_)

    def read() -> Ask:
        typed = (account.id, email.text(), mobile.text(), unsafe.is_ticked())
        return lambda acting: acting.accounts.change_contact(*typed)

    return FormDialog(
        seat,
        page,
        _("Contact details of {name}", name=account.holder_name),
        _("A new e-mail address is confirmed by a mail to it; the old one is told that it changed."),
        action=_("Save"),
        fields=[email, mobile, unsafe],
        read=read,
        done=done,
    )


def identity_field(words: Words) -> ChoiceField[str]:
    """Return the question how identity was checked, which is recorded."""
    _ = words
    ways = (
        _("Passport"),
        _("Driver licence"),
        _("Other photo identification"),
        _("Name, birth date and address asked"),
        _("Telephone call back to the number on file"),
    )
    field: ChoiceField[str] = ChoiceField(
        "identity_check",
        _("How was identity checked?"),
        [(way, way) for way in ways],
        _("Choose or type. This is recorded."),
        may_type=True,
    )
    field.input.setCurrentIndex(-1)
    field.set_text("")
    return field


def relation_field(words: Words) -> ChoiceField[Relation]:
    """Return the question as what an account reaches a patient."""
    _ = words
    return ChoiceField(
        "relation",
        _("They are the patient's"),
        [
            (Relation.PARENT, _("parent")),
            (Relation.GUARDIAN, _("guardian")),
            (Relation.CARER, _("carer")),
        ],
    )


def unsafe_field(words: Words) -> TickField:
    """Return the tick that keeps the old e-mail address from being told anything."""
    _ = words
    return TickField(
        "old_email_is_unsafe",
        _("The old e-mail address is wrong or somebody else reads it"),
        _("Then nothing is sent to it."),
    )


def letter_paper(seat: Seat, issued: CodeIssued, checks: Checks, *, is_large: bool = False) -> Paper | None:
    """Return the letter of a new code ready for the printer, None when the code went another way."""
    if issued.letter is None:
        return None
    pdf = _letter_pdf(issued.letter, paper_style(seat, is_large=is_large), seat.words)
    account_id = UUID(issued.letter.account_id)
    return Paper("activation_letter", account_id, pdf, issued.letter.made_at, issued.letter.recipient, checks)


def slip_paper(seat: Seat, slip: ResetSlip, checks: Checks, *, is_large: bool) -> Paper:
    """Return a reset slip ready for the printer."""
    pdf = documents.reset_slip(slip, paper_style(seat, is_large=is_large), seat.words)
    now = seat.surroundings.portal.parts.clock()
    return Paper("reset_slip", UUID(slip.account_id), pdf, now, slip.recipient, checks)


def _letter_pdf(letter: ActivationLetter, style: documents.PaperStyle, words: Words) -> bytes:
    try:
        return documents.activation_letter(letter, style, words)
    except Invalid as error:
        if error.kind != "address_too_long":
            raise
        # The letter is handed over; an address that does not fit the window may be left out.
        return documents.activation_letter(replace(letter, recipient_address=()), style, words)


class _IssueFields:
    """How identity was checked, how the code travels, how large the letter is."""

    def __init__(self, seat: Seat) -> None:
        _ = seat.words
        self._seat = seat
        self.check = identity_field(_)
        ways = [("paper", _("On a letter, handed over now"))]
        named = {"post": _("By post, on a letter"), "sms": _("By SMS"), "email": _("By e-mail")}
        ways += [(way, named[way]) for way in seat.clinic.codes_may_go_by if way in named]
        self.way: ChoiceField[str] = ChoiceField("way", _("How does the code go to the patient?"), ways)
        self.large = TickField("large_print", _("Large print"))
        self.all: list[QWidget] = [self.check, *([self.way] if len(ways) > 1 else []), self.large]

    def read(self, ask: Callable[[Acting, str, str], CodeIssued], checks: Checks) -> Ask:
        """Return what to ask of the portal, and the letter made of its answer."""
        check, way, is_large = self.check.text(), self.way.value(), self.large.is_ticked()

        def done(acting: Acting) -> Issued:
            issued = ask(acting, check, way)
            return issued, letter_paper(self._seat, issued, checks, is_large=is_large)

        return done
