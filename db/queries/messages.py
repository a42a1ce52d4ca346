"""E-mail and SMS: what is due, who sends it, what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from db.models import Message, Site

_STATES_COUNTED = ("queued", "sending", "failed", "unclear")


@dataclass(frozen=True)
class Counts:
    """How a site's messages of one channel stand."""

    site_name: str
    channel: str
    waiting: int
    waiting_since: datetime | None  # the oldest
    failed: int
    unclear: int
    last_sent_at: datetime | None


def message(session: Session, message_id: UUID) -> Message | None:
    """Return a message."""
    return session.get(Message, message_id)


def of_patient(session: Session, patient_id: UUID, limit: int = 100) -> list[Message]:
    """Return the messages about one patient, newest first."""
    return list(
        session.scalars(
            select(Message)
            .where(Message.patient_id == patient_id)
            .order_by(Message.created_at.desc(), Message.id.desc())
            .limit(limit)
        )
    )


def latest_of_invitations(session: Session, invitation_ids: Collection[UUID]) -> dict[UUID, Message]:
    """Return the newest e-mail that carries each invitation, where there is one."""
    found = session.scalars(
        select(Message)
        .where(Message.invitation_id.in_(invitation_ids), Message.kind.in_(("invitation", "invitation_link")))
        .order_by(Message.created_at, Message.id)
    )
    return {message.invitation_id: message for message in found if message.invitation_id}


def counts(session: Session, site_ids: Collection[UUID], since: datetime) -> list[Counts]:
    """Count what waits at the sites, and what failed or is unclear of what was written since an instant.

    A channel by which a site has sent nothing, and where nothing waits or failed, is left out.
    """
    names = {
        row.id: row.name for row in session.execute(select(Site.id, Site.name).where(Site.id.in_(site_ids)))
    }
    waits = Message.state.in_(("queued", "sending"))
    failed = and_(Message.state.in_(("failed", "unclear")), Message.created_at >= since)
    # Two questions, each with an index for it: of all that was ever sent, only the newest is looked at.
    query = (
        select(
            Message.site_id,
            Message.channel,
            Message.state,
            func.count(Message.id),
            func.min(Message.created_at),
        )
        .where(Message.site_id.in_(site_ids), or_(waits, failed))
        .group_by(Message.site_id, Message.channel, Message.state)
    )
    standing = {
        (site, channel, state): (n, oldest) for site, channel, state, n, oldest in session.execute(query)
    }
    found = []
    for site_id, channel in sorted(product(names, ("email", "sms")), key=lambda one: (names[one[0]], one[1])):
        last = _last_sent_at(session, site_id, channel)
        here = {state: standing.get((site_id, channel, state), (0, None)) for state in _STATES_COUNTED}
        if last is None and not any(n for n, _ in here.values()):
            continue
        waiting = [here["queued"], here["sending"]]
        found.append(
            Counts(
                site_name=names[site_id],
                channel=channel,
                waiting=sum(n for n, _ in waiting),
                waiting_since=min((oldest for _, oldest in waiting if oldest is not None), default=None),
                failed=here["failed"][0],
                unclear=here["unclear"][0],
                last_sent_at=last,
            )
        )
    return found


def _last_sent_at(session: Session, site_id: UUID, channel: str) -> datetime | None:
    query = (
        select(Message.sent_at)
        .where(Message.site_id == site_id, Message.channel == channel, Message.sent_at.is_not(None))
        .order_by(Message.sent_at.desc())
        .limit(1)
    )
    return session.scalar(query)


def was_queued_since(session: Session, kind: str, since: datetime) -> bool:
    """Tell whether a message of a kind was queued after an instant."""
    query = select(Message.id).where(Message.kind == kind, Message.created_at > since).limit(1)
    return session.scalar(query) is not None


def due(session: Session, now: datetime, limit: int) -> list[UUID]:
    """Return the ids of messages to send now: queued and due, or left in sending by a process that died."""
    return list(
        session.scalars(
            select(Message.id)
            .where(
                or_(
                    and_(Message.state == "queued", Message.next_try_at <= now),
                    and_(Message.state == "sending", Message.lease_until <= now),
                )
            )
            .order_by(Message.created_at, Message.id)
            .limit(limit)
        )
    )


def claim(session: Session, message_id: UUID, lease: UUID, now: datetime, until: datetime) -> bool:
    """Take one message for sending unless somebody else has it; one conditional UPDATE."""
    taken = session.execute(
        update(Message)
        .where(
            Message.id == message_id,
            or_(
                and_(Message.state == "queued", Message.next_try_at <= now),
                and_(Message.state == "sending", Message.lease_until <= now),
            ),
        )
        .values(state="sending", lease=lease, lease_until=until, tries=Message.tries + 1)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def awaiting_receipt(session: Session, limit: int) -> list[Message]:
    """Return SMS that were accepted and whose receipt is not known yet, oldest first."""
    return list(
        session.scalars(
            select(Message)
            .where(Message.channel == "sms", Message.state == "sent", Message.reference.is_not(None))
            .order_by(Message.sent_at)
            .limit(limit)
        )
    )


def with_old_content(session: Session, before: datetime, limit: int = 500) -> list[Message]:
    """Return messages that still hold a secret although it was queued long ago."""
    return list(
        session.scalars(
            select(Message)
            .where(Message.has_secret.is_(True), Message.content.is_not(None), Message.created_at < before)
            .limit(limit)
        )
    )
