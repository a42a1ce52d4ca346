"""E-mail and SMS as rows, written with the fact they announce; delivery.py sends them afterwards."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from app import letters
from app.errors import N_, Conflict, NotFound
from app.ids import new_id
from app.parts import Parts
from app.rules.access import Role
from app.tasks import finish_tasks
from app.use_case import Effect, Noun, Work, use_case
from app.views.work import DeliveryRow, MessageRow
from app.words import Words
from db.models import Message
from db.queries import messages as queries
from db.queries import patients as patient_queries
from db.queries import reports as report_queries

DESK = frozenset({Role.RECEPTION, Role.MANAGER, Role.CLINICAL})

WHO_SEE_TO_IT = frozenset({Role.IT, Role.MANAGER})
RECENTLY = timedelta(days=7)

# Sending one of these again would need its code, which is kept nowhere: the use case that makes a new code does it.
WITH_CODE = frozenset({"activation_code", "recovery", "invitation", "confirm_email"})


def queue_mail(
    parts: Parts,
    work: Work[Any],
    kind: str,
    to: str,
    *,
    site_id: UUID,
    patient_id: UUID | None = None,
    account_id: UUID | None = None,
    report_id: UUID | None = None,
    invitation_id: UUID | None = None,
    secret: bool = False,
    **fields: Any,
) -> UUID:
    """Queue an e-mail in this transaction; return its id. fields fill in the text of its kind (app/letters.py)."""
    written = letters.mail(kind, Words(), work.clinic, fields)
    content = {"subject": written.subject, "text": written.text, "html": written.html}
    about = (patient_id, account_id, report_id, invitation_id)
    return _queue(parts, work, "email", kind, to, content, site_id, *about, secret=secret)


def queue_sms(
    parts: Parts,
    work: Work[Any],
    kind: str,
    to: str,
    *,
    site_id: UUID,
    patient_id: UUID | None = None,
    account_id: UUID | None = None,
    report_id: UUID | None = None,
    secret: bool = False,
    wording: str = "",
    **fields: Any,
) -> UUID:
    """Queue an SMS in this transaction; return its id. to is E.164; wording: another text than the kind's own."""
    content = {"text": letters.sms(wording or kind, Words(), work.clinic, fields)}
    about = (patient_id, account_id, report_id, None)
    return _queue(parts, work, "sms", kind, to, content, site_id, *about, secret=secret)


def _queue(
    parts: Parts,
    work: Work[Any],
    channel: str,
    kind: str,
    to: str,
    content: dict[str, str],
    site_id: UUID,
    patient_id: UUID | None,
    account_id: UUID | None,
    report_id: UUID | None,
    invitation_id: UUID | None,
    *,
    secret: bool,
) -> UUID:
    row = Message(
        id=new_id(),
        kind=kind,
        channel=channel,
        site_id=site_id,
        recipient=to,
        content=parts.keys.encrypt("message", json.dumps(content).encode()),
        has_secret=secret,
        state="queued",
        next_try_at=work.now,
        created_at=work.now,
        patient_id=patient_id,
        account_id=account_id,
        report_id=report_id,
        invitation_id=invitation_id,
    )
    work.session.add(row)
    work.changed("message", row.id, site_id=site_id, patient_id=patient_id, account_id=account_id)
    return row.id


def message_rows(work: Work[Any], patient_id: UUID) -> tuple[MessageRow, ...]:
    """Return the messages about a patient with their delivery state, newest first."""
    return tuple(_row(message) for message in queries.of_patient(work.session, patient_id))


def _row(message: Message) -> MessageRow:
    return MessageRow(
        id=message.id,
        kind=message.kind,
        channel=message.channel,
        recipient=message.recipient,
        state=message.state,
        reason=message.reason or "",
        created_at=message.created_at,
        sent_at=message.sent_at,
        delivered_at=message.delivered_at,
        can_resend=message.state in {"failed", "unclear", "sent", "delivered"} and _has_content(message),
        needs_new_code=message.kind in WITH_CODE and not _has_content(message),
    )


def _has_content(message: Message) -> bool:
    return message.content is not None


class Messages(Noun):
    """E-mail and SMS as rows, and what became of them."""

    @use_case(WHO_SEE_TO_IT, is_activity=False)
    def delivery(self, work: Work[None]) -> tuple[DeliveryRow, ...]:
        """Return how many messages wait, failed or are unclear at the caller's sites: no names, no addresses (D26)."""
        found = queries.counts(work.session, work.who.site_ids, work.now - RECENTLY)
        return tuple(DeliveryRow(**vars(row)) for row in found)

    @use_case(DESK, Effect.WRITES)
    def resend(self, work: Work[None], message_id: UUID) -> None:
        """Queue a message again; what held a code cannot be sent again (D2).

        It goes to the same address, but "Report Complete" to the mobile number that is on file now (D9).
        """
        message = queries.message(work.session, message_id)
        if message is None or message.site_id not in work.who.site_ids:
            raise NotFound("message_unknown", N_("This message does not exist any more."))
        work.about(patient_id=message.patient_id, kind=message.kind, channel=message.channel)
        if message.content is None:
            raise Conflict(
                "message_wiped",
                N_("This message held a code and is no longer kept. Issue a new code instead."),
            )
        if message.state in {"queued", "sending"}:
            raise Conflict("message_waiting", N_("This message is already on its way."))
        to = _announced_to(work, message) if message.kind == "report_complete" else message.recipient
        finish_tasks(work, f"message:{message.id}")
        again = Message(
            id=new_id(),
            kind=message.kind,
            channel=message.channel,
            site_id=message.site_id,
            recipient=to,
            content=message.content,
            has_secret=message.has_secret,
            state="queued",
            next_try_at=work.now,
            created_at=work.now,
            patient_id=message.patient_id,
            account_id=message.account_id,
            report_id=message.report_id,
            invitation_id=message.invitation_id,
        )
        work.session.add(again)
        work.changed("message", again.id, site_id=again.site_id, patient_id=again.patient_id)


def _announced_to(work: Work[Any], message: Message) -> str:
    """Return the number for "Report Complete"; raises Conflict where there is none or the message is not true any more."""
    assert message.report_id is not None
    assert message.patient_id is not None
    found = report_queries.report_and_exam(work.session, message.report_id)
    if found is None or found[0].withdrawn_at is not None or found[1].patient_id != message.patient_id:
        raise Conflict(
            "message_untrue", N_("This report was withdrawn or moved, so the message is not true any more.")
        )
    patient = patient_queries.patient(work.session, message.patient_id)
    assert patient is not None
    if not patient.mobile:
        raise Conflict(
            "no_mobile", N_("There is no mobile number on file. Add one, or tell the patient another way.")
        )
    return patient.mobile
