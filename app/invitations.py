"""Invitation rows as owners and staff see them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.facts import invitation_facts
from app.rules.calendar import local_day
from app.rules.invitation import can_edit, can_revoke, changes_at, is_locked, shared_until_bounds, state
from app.use_case import Work
from app.views.sharing import InvitationRow
from db.models import Message
from db.queries import invitations as queries
from db.queries import messages as message_queries

_TICK = timedelta(microseconds=1)


def invitation_rows(
    work: Work[Any], *, patient_id: UUID | None = None, account_id: UUID | None = None
) -> tuple[InvitationRow, ...]:
    """Return all that was ever shared of a patient or by an account, newest first (R63)."""
    if account_id is not None:
        found = queries.of_account(work.session, account_id)
    else:
        assert patient_id is not None
        found = queries.of_patient(work.session, patient_id)
    messages = message_queries.latest_of_invitations(work.session, [row[0].id for row in found])
    return tuple(_row(work, row, messages.get(row[0].id)) for row in found)


def invitation_row(work: Work[Any], row: queries.Row) -> InvitationRow:
    """Return one invitation with its computed status."""
    return _row(work, row, message_queries.latest_of_invitations(work.session, [row[0].id]).get(row[0].id))


def _row(work: Work[Any], row: queries.Row, message: Message | None) -> InvitationRow:
    invitation, account, exam, patient, site = row
    facts = invitation_facts(invitation, account, exam, work.now)
    status, reason = state(facts, work.now)
    months = work.clinic.rules.shared_until_max_months
    first_day, last_day = shared_until_bounds(invitation.created_at, work.now, site.time_zone, months)
    return InvitationRow(
        id=invitation.id,
        number=invitation.number,
        exam_id=exam.id,
        exam_title=exam.description,
        performed_at=exam.performed_at,
        patient_name=f"{patient.given_names} {patient.family_name}",
        recipient_name=invitation.recipient_name,
        recipient_email=invitation.recipient_email,
        way=invitation.way,
        contents=invitation.contents,
        may_download=invitation.may_download,
        created_at=invitation.created_at,
        created_at_reception=invitation.created_by is not None,
        # The stored instant is the end of the last day.
        shared_until=local_day(invitation.shared_until - _TICK, site.time_zone),
        state=status,
        reason=reason,
        accesses=invitation.accesses,
        max_accesses=invitation.max_accesses,
        last_opened_at=invitation.last_opened_at,
        is_locked=is_locked(facts, work.now),
        locked_until=invitation.locked_until,
        can_edit=can_edit(facts, work.now, site.time_zone, months),
        can_revoke=can_revoke(facts, work.now),
        first_day=first_day,
        last_day=last_day,
        message_state=message.state if message else "",
        time_zone=site.time_zone,
        changes_at=changes_at(facts, work.now),
    )
