"""E-mail and SMS: what is due, who sends it, what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from db.models import Message, Site


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


def latest_of_invitation(session: Session, invitation_id: UUID) -> Message | None:
    """Return the newest e-mail that carries an invitation."""
    return session.scalars(
        select(Message)
        .where(Message.invitation_id == invitation_id, Message.kind.in_(("invitation", "invitation_link")))
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(1)
    ).one_or_none()


def counts(session: Session, site_ids: Collection[UUID], since: datetime) -> list[Counts]:
    """Count what waits at the sites, and what failed or is unclear of what was written since an instant."""
    waits = Message.state.in_(("queued", "sending"))

    def recent(state: str) -> ColumnElement[int]:
        return func.sum(case((and_(Message.state == state, Message.created_at >= since), 1), else_=0))

    query = (
        select(
            Site.name,
            Message.channel,
            func.sum(case((waits, 1), else_=0)),
            func.min(case((waits, Message.created_at))),
            recent("failed"),
            recent("unclear"),
            func.max(Message.sent_at),
        )
        .join(Site, Site.id == Message.site_id)
        .where(Site.id.in_(site_ids))
        .group_by(Site.name, Message.channel)
        .order_by(Site.name, Message.channel)
    )
    return [Counts(*row) for row in session.execute(query)]


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
