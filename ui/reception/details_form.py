"""The patient's own details at the desk: how they are reached, and who they are (R18, D7, D30)."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from app.portal import Acting
from app.views.people import Identifier, PatientRow
from ui.desk.form_dialog import Ask, FormDialog
from ui.desk.form_fields import ParagraphField
from ui.desk.patient_field import PatientField
from ui.desk.questions import needed_date
from ui.desk.seat import Seat
from ui.reception.account_forms import unsafe_field
from ui.widgets.date_field import DateField
from ui.widgets.field import TextField

Done = Callable[[Any], None]


def ask_contact(seat: Seat, page: QWidget, patient: PatientRow, done: Done) -> FormDialog:
    """Change e-mail, mobile and postal address."""
    _ = seat.words
    email = TextField("email", _("E-mail address"))
    email.set_text(patient.email)
    mobile = TextField("mobile", _("Mobile number"), _("For the Report Complete SMS"))
    mobile.set_text(patient.mobile)
    address = ParagraphField("postal_address", _("Postal address"), lines=3)
    address.set_text("\n".join(patient.postal_address))
    unsafe = unsafe_field(_)

    def read() -> Ask:
        typed = (email.text(), mobile.text(), tuple(address.text().splitlines()), unsafe.is_ticked())
        return lambda acting: acting.patients.change_contact(patient.id, *typed)

    return FormDialog(
        seat,
        page,
        _("Contact details of {name}", name=patient.full_name),
        _("A new e-mail address is confirmed by a mail to it; the old one is told that it changed."),
        action=_("Save"),
        fields=[email, mobile, address, unsafe],
        read=read,
        done=done,
    )


def ask_correct(seat: Seat, page: QWidget, patient: PatientRow, done: Done) -> FormDialog:
    """Correct name, birth date and numbers."""
    _ = seat.words
    family = TextField("family_name", _("Family name"), longest=100)
    family.set_text(patient.family_name)
    given = TextField("given_names", _("Given names"), longest=100)
    given.set_text(patient.given_names)
    born = DateField(_, "birth_date", _("Date of birth"))
    born.set_date(patient.birth_date)
    numbers = ParagraphField(
        "identifiers",
        _("Patient numbers"),
        _("One a line. Behind a comma, whose number it is, if not the clinic's: 1234, North Hospital"),
        lines=3,
    )
    numbers.set_text("\n".join(_written(found, seat.clinic.name) for found in patient.identifiers))

    def read() -> Ask:
        day = needed_date(born)
        found = tuple(_read(line, seat.clinic.name) for line in numbers.text().splitlines() if line.strip())
        names = (family.text(), given.text())
        return lambda acting: acting.patients.correct(patient.id, *names, day, found)

    return FormDialog(
        seat,
        page,
        _("Correct who {name} is", name=patient.full_name),
        _("Ask for identification first. The patient's own account follows."),
        action=_("Save"),
        fields=[family, given, born, numbers],
        read=read,
        done=done,
    )


def ask_link(seat: Seat, page: QWidget, patient: PatientRow, done: Done) -> FormDialog:
    """Note that another record is the same person's."""
    _ = seat.words
    other = PatientField(seat, "other_id", _("The other record"))
    reason = ParagraphField("reason", _("How do you know?"), lines=2)

    def read() -> Ask:
        chosen, why = other.needed(), reason.text()
        return lambda acting: acting.patients.link(patient.id, chosen.id, why)

    return FormDialog(
        seat,
        page,
        _("Link {name} with another record", name=patient.full_name),
        _("Both records stay as they are, and each page shows the other."),
        action=_("Link"),
        fields=[other, reason],
        read=read,
        done=done,
    )


def ask_unlink(seat: Seat, page: QWidget, patient: PatientRow, other: PatientRow, done: Done) -> FormDialog:
    """Note that two records are two people's after all."""
    _ = seat.words
    reason = ParagraphField("reason", _("How do you know?"), lines=2)

    def read() -> Ask:
        why = reason.text()

        def ask(acting: Acting) -> None:
            acting.patients.unlink(patient.id, other.id, why)

        return ask

    return FormDialog(
        seat,
        page,
        _("Separate {name} from {other}", name=patient.full_name, other=other.full_name),
        _("They are two people."),
        action=_("Separate"),
        fields=[reason],
        read=read,
        done=done,
    )


def _written(identifier: Identifier, clinic: str) -> str:
    return identifier.value if identifier.issuer == clinic else f"{identifier.value}, {identifier.issuer}"


def _read(line: str, clinic: str) -> Identifier:
    value, _comma, issuer = line.partition(",")
    return Identifier(value.strip(), issuer.strip() or clinic)
