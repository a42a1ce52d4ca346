"""Sharing an exam at the desk because the patient asked for it (D19)."""

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtWidgets import QWidget

from app import documents
from app.errors import N_, Conflict
from app.portal import Acting
from app.rules.access import Relation
from app.rules.account_life import AccountState
from app.sayings import exam_title
from app.views.desk import PatientPage
from app.views.people import AccountRow
from app.views.sharing import InvitationMade, NewInvitation
from ui.desk.drawer import Paper
from ui.desk.form_dialog import Ask, FormDialog
from ui.desk.form_fields import ChoiceField, ParagraphField, TickField
from ui.desk.questions import optional_date, paper_style
from ui.desk.seat import Seat
from ui.reception.account_forms import checks_of
from ui.widgets.date_field import DateField
from ui.widgets.field import TextField

Made = tuple[InvitationMade, Paper | None]


def ask_invite(seat: Seat, page: QWidget, patient: PatientPage, done: Callable[[Made], None]) -> FormDialog:
    """Ask whom to invite to what; the patient must have agreed."""
    _ = seat.words
    exams = [(exam.exam.id, exam_title(_, exam.exam)) for exam in patient.exams if exam.exam.can_share]
    exam: ChoiceField[UUID] = ChoiceField("exam_id", _("Exam"), exams)
    way: ChoiceField[str] = ChoiceField(
        "way", _("How"), [("paper", _("On paper, printed now")), ("email", _("By e-mail"))]
    )
    name = TextField("recipient_name", _("Name of the person invited"), longest=100)
    email = TextField("recipient_email", _("Their e-mail address"), _("Needed when it goes by e-mail"))
    until = DateField(
        _, "shared_until", _("Shared Until"), _("Empty means {days} days", days=seat.clinic.rules.share_days)
    )
    contents: ChoiceField[str] = ChoiceField(
        "contents",
        _("What is shared"),
        [
            ("report_and_images", _("Report and images")),
            ("report", _("Report only")),
            ("images", _("Images only")),
        ],
    )
    download = TickField("may_download", _("They may download"))
    download.tick()
    reason = ParagraphField("reason", _("Why do you do this for the patient?"), lines=2)
    agreed = TickField("patient_agreed", _("The patient is here or on the telephone and agreed"))
    warned = TickField(
        "understands_sensitive",
        _("The patient understands that this is sensitive medical information"),
        _("To be shared only with people they trust."),
    )

    def read() -> Ask:
        account = _holder(patient.accounts)
        new = NewInvitation(
            way=way.value(),
            recipient_name=name.text(),
            recipient_email=email.text(),
            shared_until=optional_date(until),
            contents=contents.value(),
            may_download=download.is_ticked(),
            understands_sensitive=warned.is_ticked(),
        )
        exam_id, why, is_agreed = exam.value(), reason.text(), agreed.is_ticked()

        def ask(acting: Acting) -> Made:
            made = acting.sharing.invite_on_behalf(exam_id, account.id, new, why, is_agreed)
            return made, _paper(seat, made, patient)

        return ask

    return FormDialog(
        seat,
        page,
        _("Invite somebody for {name}", name=patient.patient.full_name),
        _("The invitation belongs to the patient, who sees it under Shared Exams as created at reception."),
        action=_("Create the invitation"),
        fields=[exam, way, name, email, until, contents, download, reason, agreed, warned],
        read=read,
        done=done,
    )


def _holder(accounts: Sequence[AccountRow]) -> AccountRow:
    alive = [found for found in accounts if found.state in {AccountState.ACTIVE, AccountState.CREATED}]
    alive.sort(key=lambda found: found.relation is not Relation.SELF)
    if not alive:
        raise Conflict(
            "no_account", N_("This patient has no account that could hold the invitation. Create one first.")
        )
    return alive[0]


def _paper(seat: Seat, made: InvitationMade, patient: PatientPage) -> Paper | None:
    printed = made.printed
    if printed is None:
        return None
    pdf = documents.invitation(printed, paper_style(seat), seat.words)
    now = seat.surroundings.portal.parts.clock()
    checks = checks_of(patient.patient, seat.words)
    return Paper("invitation", made.invitation_id, pdf, now, patient.patient.full_name, checks)
