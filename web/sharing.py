"""Share Exam on the web: the form, and what became of it (R52 to R60, D12)."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app import documents
from app.documents import PaperStyle
from app.documents.links import invitation_link
from app.errors import N_, Conflict, Invalid, PortalError
from app.ids import new_id
from app.rules.calendar import local_day
from app.rules.invitation import default_shared_until, shared_until_bounds
from app.sayings import contents_line, exam_title, usual_days
from app.views.exams import ExamRow
from app.views.sharing import InvitationMade, NewInvitation
from web.errors import status_of
from web.qr import qr_code
from web.security import Form, Sent
from web.stay import Person, Signed, Stay
from web.typed import chosen_day

router = APIRouter(prefix="/exams/{exam_id}/share")

_DEFAULTS = {"way": "email", "contents": "report_and_images", "may_download": "yes"}


@router.get("")
def ask(stay: Signed, exam_id: UUID) -> Response:
    """Show the form; an exam without a visible report has none (R61, R62)."""
    return _form(stay, _exam(stay, exam_id), None)


@router.post("")
def share(form: Form, stay: Signed, exam_id: UUID) -> Response:
    """Make the invitation; the same form sent again, as for its PDF, makes no other one (D2)."""
    exam = _exam(stay, exam_id)
    request_id = form.request_id or new_id()
    stay.sending(request_id)
    try:
        new = _typed(stay, exam, form)
        made = stay.acting.sharing.invite(exam_id, new)
    except Invalid as error:
        return _form(stay, exam, form, error)
    if made.printed is not None and form.text("as") == "pdf":
        return _pdf(stay, made)
    if made.printed is None and made.code_to_pass_on is None:
        return stay.at.go(f"/invitations/{made.invitation_id}?made=yes")
    return _done(stay, exam, new, made, dict(form.fields), request_id)


def _exam(stay: Stay, exam_id: UUID) -> ExamRow:
    exam = stay.acting.exams.look(exam_id).exam
    if not exam.can_share:
        raise Conflict(
            "cannot_share",
            N_("An exam can be shared once its report appears in the portal. Please wait until then."),
        )
    return exam


def _typed(stay: Stay, exam: ExamRow, form: Sent) -> NewInvitation:
    return NewInvitation(
        way=form.text("way"),
        recipient_name=form.text("recipient_name"),
        recipient_email=form.text("recipient_email") if form.text("way") == "email" else "",
        shared_until=chosen_day(form, *_bounds(stay, exam)),
        note=form.text("note").replace("\r\n", "\n"),  # as browsers send lines
        contents=form.text("contents"),
        may_download=form.text("may_download") == "yes",
        understands_sensitive=form.text("understands_sensitive") == "yes",
    )


def _bounds(stay: Stay, exam: ExamRow) -> tuple[date, date]:
    now = stay.at.pages.portal.parts.clock()
    months = stay.at.clinic().rules.shared_until_max_months
    return shared_until_bounds(now, now, exam.time_zone, months)


def _form(stay: Stay, exam: ExamRow, typed: Sent | None, error: PortalError | None = None) -> Response:
    rules = stay.at.clinic().rules
    now = stay.at.pages.portal.parts.clock()
    first, last = _bounds(stay, exam)
    default = default_shared_until(now, exam.time_zone, rules.share_days)
    offered = ("report_and_images", "report", "images") if exam.image_count else ("report",)
    return stay.page(
        "share.html",
        status_of(error) if error else 200,
        error,
        person=_person(exam),
        exam=exam,
        title=exam_title(stay.words, exam),
        typed=typed or Sent(_DEFAULTS | {"day": default.isoformat()}, None),
        days=usual_days(stay.words, local_day(now, exam.time_zone), first, last, rules.share_days),
        first=first,
        last=last,
        contents=[(name, contents_line(stay.words, name)) for name in offered],
    )


def _done(
    stay: Stay,
    exam: ExamRow,
    new: NewInvitation,
    made: InvitationMade,
    fields: dict[str, str],
    request_id: UUID,
) -> Response:
    qr = ""
    if made.printed is not None:
        head, number = made.printed.letterhead, made.printed.number
        qr = qr_code(invitation_link(head, number, made.printed.verification_code))
    assert new.shared_until is not None
    # The same day, whatever day it is when the PDF is asked for.
    sent = fields | {"day": "other", "other_day": new.shared_until.isoformat(), "as": "pdf"}
    return stay.page(
        "share_done.html",
        person=_person(exam),
        exam=exam,
        made=made,
        recipient_name=new.recipient_name.strip(),
        qr=qr,
        sent=sent,
        sent_id=request_id,
    )


def _pdf(stay: Stay, made: InvitationMade) -> Response:
    assert made.printed is not None
    style = PaperStyle(large_print=stay.session.large_text, latin_letters=True)
    pdf = documents.invitation(made.printed, style, stay.words)
    name = {"Content-Disposition": 'attachment; filename="invitation.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=name)


def _person(exam: ExamRow) -> Person:
    return Person(exam.patient_id, exam.patient_name)
