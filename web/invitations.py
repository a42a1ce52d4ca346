"""Shared Exams: every invitation, opened, changed, revoked, and seen as its guest sees it (R63, R67 to R78)."""

from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.errors import Invalid, PortalError
from app.rules.calendar import local_day
from app.rules.invitation import InvitationState
from app.sayings import (
    contents_line,
    expired_because,
    opened_line,
    opening_line,
    shared_title,
    status_word,
    usual_days,
)
from app.views.sharing import InvitationRow
from app.words import Words
from web.errors import status_of
from web.exams import shown
from web.security import Form, Sent
from web.stay import Person, Signed, Stay
from web.typed import chosen_day

router = APIRouter()

KINDS = {
    InvitationState.ACTIVE: ("good", "circle-check"),
    InvitationState.VIEWED: ("seen", "eye"),
    InvitationState.EXPIRED: ("wait", "clock"),
    InvitationState.REVOKED: ("stop", "ban"),
}
CHANGING = "invitation message exam"


@router.get("/shared")
def shared_exams(stay: Signed) -> Response:
    """Show everything that was ever shared (R63)."""
    rows = stay.acting.sharing.mine()
    several = len(stay.session.patients) > 1
    return stay.page(
        "shared_exams.html",
        nouns=CHANGING,
        changes_at=min((row.changes_at for row in rows if row.changes_at), default=None),
        rows=[(row, shared_title(stay.words, row), _status(stay.words, row)) for row in rows],
        several=several,
    )


@router.get("/invitations/{invitation_id}")
def see(stay: Signed, invitation_id: UUID, made: str = "") -> Response:
    """Show one invitation: Edit beside Shared Until, Revoke Access beside Status (R67, R68, R70)."""
    found = stay.acting.sharing.open(invitation_id)
    row = found.invitation
    return stay.page(
        "invitation.html",
        nouns=CHANGING,
        changes_at=row.changes_at,
        row=row,
        title=shared_title(stay.words, row),
        badge=_status(stay.words, row),
        because=expired_because(stay.words, row),
        contents=contents_line(stay.words, row.contents),
        opened=opened_line(stay.words, row),
        openings=[opening_line(stay.words, one, row.time_zone) for one in found.openings],
        is_new=made == "yes",
    )


@router.get("/invitations/{invitation_id}/until")
def ask_until(stay: Signed, invitation_id: UUID) -> Response:
    """Show which days there are to choose (R68, R69)."""
    return _until(stay, stay.acting.sharing.open(invitation_id).invitation, None)


@router.post("/invitations/{invitation_id}/until")
def change_until(form: Form, stay: Signed, invitation_id: UUID) -> Response:
    """Change Shared Until to a later or an earlier day (R69, D16)."""
    row = stay.acting.sharing.open(invitation_id).invitation
    stay.sending(form.request_id)
    try:
        day = chosen_day(form, row.first_day, row.last_day)
        stay.acting.sharing.change_shared_until(invitation_id, day)
    except Invalid as error:
        return _until(stay, row, form, error)
    return stay.at.go(f"/invitations/{invitation_id}")


@router.get("/invitations/{invitation_id}/revoke")
def ask_revoke(stay: Signed, invitation_id: UUID) -> Response:
    """Ask once more: it cannot be undone, and copies cannot be recalled (R76, D17)."""
    row = stay.acting.sharing.open(invitation_id).invitation
    return stay.page("revoke.html", row=row, title=shared_title(stay.words, row))


@router.post("/invitations/{invitation_id}/revoke")
def revoke(form: Form, stay: Signed, invitation_id: UUID) -> Response:
    """Stop it for good, also for whoever is looking now (R71)."""
    stay.sending(form.request_id)
    stay.acting.sharing.revoke(invitation_id)
    return stay.at.go(f"/invitations/{invitation_id}")


@router.post("/invitations/{invitation_id}/unlock")
def unlock(form: Form, stay: Signed, invitation_id: UUID) -> Response:
    """Take off the lock that wrong codes have brought (D14)."""
    stay.sending(form.request_id)
    stay.acting.sharing.unlock(invitation_id)
    return stay.at.go(f"/invitations/{invitation_id}")


@router.get("/invitations/{invitation_id}/preview")
def preview(stay: Signed, invitation_id: UUID) -> Response:
    """Show the exam as its guest sees it; that is no access (D13)."""
    row = stay.acting.sharing.open(invitation_id).invitation
    page = stay.acting.exams.open(row.exam_id)
    given = replace(
        page,
        may_see_report=row.contents != "images",
        may_see_images=page.may_see_images and row.contents != "report",
        may_download=row.may_download,
    )
    person = Person(page.exam.patient_id, page.exam.patient_name)
    return stay.page(
        "preview.html", person=person, nouns="exam report invitation", row=row, **shown(stay, given)
    )


def _status(words: Words, row: InvitationRow) -> tuple[str, str, str]:
    """Return the status as a word, with its colour and icon (R73 to R78)."""
    kind, icon_name = KINDS[row.state]
    return status_word(words, row.state), kind, icon_name


def _until(stay: Stay, row: InvitationRow, typed: Sent | None, error: PortalError | None = None) -> Response:
    rules = stay.at.clinic().rules
    day = row.shared_until.isoformat()
    today = local_day(stay.at.pages.portal.parts.clock(), row.time_zone)
    return stay.page(
        "shared_until.html",
        status_of(error) if error else 200,
        error,
        row=row,
        title=shared_title(stay.words, row),
        days=usual_days(stay.words, today, row.first_day, row.last_day, rules.share_days),
        first=row.first_day,
        last=row.last_day,
        typed=typed or Sent({"day": day, "other_day": day}, None),
    )
