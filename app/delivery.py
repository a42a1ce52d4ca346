"""Sends what waits: claims a message, hands it over outside any transaction, and records what really happened."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit
from uuid import UUID

from app import reports
from app.ids import new_id
from app.outside.logs import report_bug
from app.parts import Parts
from app.ports import DeliveryDelayed, DeliveryFailed, DeliveryUnclear, Mail
from app.rules.report_release import receipt_missing_at
from app.rules.retry import next_try_at
from app.tasks import make_task
from app.use_case import Work, by_itself
from db.models import Message
from db.queries import messages as queries

# Much longer than the longest time-out of a mail server or gateway. Where a process dies between the server's OK
# and our commit, the message is sent once more: with the same Message-ID or key, and a lost one would be worse.
LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class _Claimed:
    id: UUID
    lease: UUID
    channel: str
    kind: str
    recipient: str
    content: dict[str, str] | None  # None: of a key that is gone
    public_address: str


def deliver_due(parts: Parts, limit: int = 20) -> int:
    """Send what is due; return how many messages were taken in hand."""
    now = parts.clock()
    with parts.database.reading() as session:
        waiting = queries.due(session, now, limit)
    sent = 0
    for message_id in waiting:
        claimed = _claim(parts, message_id)
        if claimed is not None:
            _send(parts, claimed)
            sent += 1
    return sent


def ask_receipts(parts: Parts, limit: int = 50) -> int:
    """Ask the gateway what became of SMS it accepted; return how many are now known or unclear."""
    if not parts.texts.gives_receipts:
        return 0
    with parts.database.reading() as session:
        waiting = [(m.id, m.reference or "", m.sent_at) for m in queries.awaiting_receipt(session, limit)]
        hours = parts.clinic(session).rules.receipt_hours
    known = 0
    for message_id, reference, sent_at in waiting:
        try:
            receipt = parts.texts.receipt(reference)
        except DeliveryDelayed:
            receipt = None
        except DeliveryFailed as failure:
            _record(parts, message_id, "failed", failure.reason)
            known += 1
            continue
        if receipt is not None and receipt.delivered_at is not None:
            _record(parts, message_id, "delivered", "", delivered_at=receipt.delivered_at)
            known += 1
        elif sent_at is not None and parts.clock() >= receipt_missing_at(sent_at, hours):
            _record(parts, message_id, "unclear", "no receipt")
            known += 1
    return known


def _claim(parts: Parts, message_id: UUID) -> _Claimed | None:
    now, lease = parts.clock(), new_id()
    with parts.database.writing() as session:
        if not queries.claim(session, message_id, lease, now, now + LEASE):
            return None
        message = queries.message(session, message_id)
        assert message is not None
        if message.content is None:  # wiped while it waited
            return None
        return _Claimed(
            message.id,
            lease,
            message.channel,
            message.kind,
            message.recipient,
            _content(parts, message.content),
            parts.clinic(session).public_address,
        )


def _content(parts: Parts, encrypted: bytes) -> dict[str, str] | None:
    try:
        content: dict[str, str] = json.loads(parts.keys.decrypt("message", encrypted))
    except ValueError:
        return None
    return content


def _send(parts: Parts, claimed: _Claimed) -> None:
    if claimed.content is None:
        _record(parts, claimed.id, "failed", "encrypted with a key that is gone", lease=claimed.lease)
        return
    reference = None
    try:
        if claimed.channel == "email":
            parts.mailer.send(
                Mail(
                    _message_id(claimed),
                    claimed.recipient,
                    claimed.content["subject"],
                    claimed.content["text"],
                    claimed.content["html"],
                )
            )
        else:
            reference = parts.texts.send(
                str(claimed.id), claimed.recipient, claimed.content["text"]
            ).reference
    except DeliveryDelayed as delay:
        _postpone(parts, claimed, delay.reason)
    except DeliveryUnclear as doubt:
        _record(parts, claimed.id, "unclear", doubt.reason, lease=claimed.lease)
    except DeliveryFailed as failure:
        _record(parts, claimed.id, "failed", failure.reason, lease=claimed.lease)
    except Exception as error:  # noqa: BLE001 - one message must not hold the others up
        report_bug(error)
        _record(parts, claimed.id, "unclear", "unexpected error", lease=claimed.lease)
    else:
        _record(parts, claimed.id, "sent", "", reference=reference, lease=claimed.lease)


def _message_id(claimed: _Claimed) -> str:
    host = urlsplit(claimed.public_address).hostname or parseaddr(claimed.recipient)[1].partition("@")[2]
    return f"<{claimed.id}@{host}>"


def _postpone(parts: Parts, claimed: _Claimed, reason: str) -> None:
    now = parts.clock()
    with parts.database.writing() as session:
        message = queries.message(session, claimed.id)
        if message is None or message.lease != claimed.lease:
            return
        again = next_try_at(message.tries, now)
        if again is not None:
            message.state, message.next_try_at, message.reason = "queued", again, reason
            message.lease = message.lease_until = None
            message.version += 1
            return
    _record(parts, claimed.id, "failed", reason, lease=claimed.lease)


def _record(
    parts: Parts,
    message_id: UUID,
    state: str,
    reason: str,
    *,
    reference: str | None = None,
    delivered_at: datetime | None = None,
    lease: UUID | None = None,
) -> None:
    """Write down what became of a message, with what follows from it, in one transaction."""
    with by_itself(parts, f"messages.{state}") as work:
        message = queries.message(work.session, message_id)
        if message is None or (lease is not None and message.lease != lease):
            return
        message.state, message.reason = state, reason or None
        message.lease = message.lease_until = message.next_try_at = None
        message.version += 1
        if state == "sent":
            message.sent_at, message.reference = work.now, reference
        if state == "delivered":
            message.delivered_at = delivered_at
        if message.has_secret and state in {"sent", "delivered"}:
            message.content, message.wiped_at = None, work.now
        work.about(patient_id=message.patient_id, report_id=message.report_id, kind=message.kind)
        work.changed("message", message.id, site_id=message.site_id, patient_id=message.patient_id)
        _follow(parts, work, message)


def _follow(parts: Parts, work: Work[None], message: Message) -> None:
    if message.kind == "report_complete":
        reports.on_sms_state(parts, work, message)
    elif message.state in {"failed", "unclear"}:
        make_task(
            work,
            f"message_{message.state}",
            f"message:{message.id}",
            site_id=message.site_id,
            patient_id=message.patient_id,
            account_id=message.account_id,
            invitation_id=message.invitation_id,
            message_id=message.id,
        )
