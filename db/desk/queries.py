"""The desk's outbox, its audit trail, what it knows of its server, and who may sign in without it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from db.desk.models import Contact, HandedOver, SignedInHere, WaitingOperation
from db.models import AuditEvent, SessionRecord, Staff

_LONGEST_STAY = timedelta(hours=12)

# The outbox


def add(session: Session, row: WaitingOperation) -> None:
    """Add an operation at the end."""
    session.add(row)
    session.flush()


def operation(session: Session, operation_id: UUID) -> WaitingOperation | None:
    """Return one operation."""
    return session.scalars(select(WaitingOperation).where(WaitingOperation.id == operation_id)).one_or_none()


def first_waiting(session: Session) -> WaitingOperation | None:
    """Return the operation whose turn it is."""
    return session.scalars(
        select(WaitingOperation)
        .where(WaitingOperation.state.in_(("waiting", "confirm")))
        .order_by(WaitingOperation.number)
        .limit(1)
    ).one_or_none()


def waiting(session: Session) -> int:
    """Return how many operations the server does not have yet."""
    return session.scalars(
        select(func.count()).select_from(WaitingOperation).where(WaitingOperation.state == "waiting")
    ).one()


def refused(session: Session) -> Sequence[WaitingOperation]:
    """Return what needs attention, the oldest first."""
    return session.scalars(
        select(WaitingOperation).where(WaitingOperation.state == "refused").order_by(WaitingOperation.number)
    ).all()


def stopped(session: Session) -> Sequence[WaitingOperation]:
    """Return what was refused and what is held back with it, in order."""
    return session.scalars(
        select(WaitingOperation)
        .where(WaitingOperation.state.in_(("refused", "held")))
        .order_by(WaitingOperation.number)
    ).all()


def left_over(session: Session) -> Sequence[WaitingOperation]:
    """Return what the server may not have, refused or not, in order."""
    return session.scalars(
        select(WaitingOperation)
        .where(WaitingOperation.state.in_(("waiting", "confirm", "refused", "held")))
        .order_by(WaitingOperation.number)
    ).all()


def offer_again(session: Session) -> None:
    """Let everything that is kept be sent once more, in its order: the server came back from a backup."""
    session.execute(
        update(WaitingOperation).where(WaitingOperation.state == "done").values(state="waiting", done_at=None)
    )


def forget_done(session: Session, before: datetime) -> None:
    """Delete what the server has had for long enough."""
    session.execute(
        delete(WaitingOperation).where(
            WaitingOperation.state.in_(("done", "settled")), WaitingOperation.done_at < before
        )
    )


# The desk's own audit trail


def events_to_hand_over(session: Session, most: int) -> Sequence[AuditEvent]:
    """Return the events that were not gone through yet, in order."""
    after = session.scalars(select(HandedOver.number)).one_or_none() or 0
    return session.scalars(
        select(AuditEvent).where(AuditEvent.number > after).order_by(AuditEvent.number).limit(most)
    ).all()


def note_handed_over(session: Session, number: int) -> None:
    """Note that the events up to a number were gone through."""
    session.merge(HandedOver(id=1, number=number))


def hand_over_again(session: Session, since: datetime) -> None:
    """Let the events since an instant be gone through once more."""
    before = session.scalars(select(func.max(AuditEvent.number)).where(AuditEvent.at < since)).one() or 0
    session.execute(update(HandedOver).where(HandedOver.number > before).values(number=before))


# The server


def contact(session: Session) -> Contact | None:
    """Return what is known of the server."""
    return session.get(Contact, 1)


def keep_contact(session: Session, row: Contact) -> None:
    """Store what is known of the server."""
    session.merge(row)


# Who may sign in


def keep_signed_in(session: Session, staff_id: UUID, verifier: str, at: datetime) -> None:
    """Note that an employee signed in here."""
    session.merge(SignedInHere(staff_id=staff_id, verifier=verifier, at=at))


def give_passwords(session: Session, not_before: datetime) -> None:
    """Let those who signed in here lately, and nobody else, sign in by the password they had then."""
    session.execute(update(Staff).values(password_hash=""))
    for row in session.scalars(select(SignedInHere).where(SignedInHere.at >= not_before)):
        session.execute(update(Staff).where(Staff.id == row.staff_id).values(password_hash=row.verifier))
    session.expire_all()


def forget_who_signed_in(session: Session, before: datetime) -> None:
    """Delete the verifiers of those who were not here for too long."""
    session.execute(delete(SignedInHere).where(SignedInHere.at < before))


def staff_called(session: Session, key: str) -> Staff | None:
    """Return the employee with this user name's key."""
    return session.scalars(select(Staff).where(Staff.user_name_key == key)).one_or_none()


def begin_stay(
    session: Session, digest: bytes, staff_id: UUID, station_id: UUID | None, now: datetime
) -> None:
    """Let a stay that the server began go on here."""
    session.add(
        SessionRecord(
            id=uuid4(),
            digest=digest,
            kind="staff",
            staff_id=staff_id,
            station_id=station_id,
            started_at=now,
            last_active_at=now,
            ends_at=now + _LONGEST_STAY,
        )
    )


def touch_stay(session: Session, digest: bytes, at: datetime) -> None:
    """Note that whoever is in a stay was there."""
    session.execute(
        update(SessionRecord)
        .where(SessionRecord.digest == digest, SessionRecord.last_active_at < at)
        .values(last_active_at=at)
    )
