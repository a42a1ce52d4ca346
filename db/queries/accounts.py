"""Accounts and their grants."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, or_, select, union, update
from sqlalchemy.orm import Session

from db.models import AccessGrant, Account, AuditEvent, Invitation, Message, Patient, Visit


def account(session: Session, account_id: UUID) -> Account | None:
    """Return an account."""
    return session.get(Account, account_id)


def locked(session: Session, account_id: UUID) -> Account | None:
    """Return an account whose row nobody else changes until this transaction ends."""
    return session.scalars(
        select(Account)
        .where(Account.id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def of_patient(session: Session, patient_id: UUID) -> list[Account]:
    """Return every account that reaches or ever reached the patient, oldest first."""
    granted = select(AccessGrant.account_id).where(AccessGrant.patient_id == patient_id)
    return list(
        session.scalars(
            select(Account).where(Account.id.in_(granted)).order_by(Account.created_at, Account.id)
        )
    )


def own(session: Session, patient_id: UUID) -> list[Account]:
    """Return the patient's own accounts that are not deleted, locked, in the order of their ids."""
    granted = select(AccessGrant.account_id).where(
        AccessGrant.patient_id == patient_id, AccessGrant.relation == "self", AccessGrant.ended_at.is_(None)
    )
    return list(
        session.scalars(
            select(Account)
            .where(Account.id.in_(granted), Account.deleted_at.is_(None))
            .order_by(Account.id)
            .with_for_update()
        )
    )


def own_patient(session: Session, account_id: UUID) -> UUID | None:
    """Return the patient who is the account's holder, or the one it reaches first."""
    return session.scalar(
        select(AccessGrant.patient_id)
        .where(AccessGrant.account_id == account_id)
        .order_by((AccessGrant.relation == "self").desc(), AccessGrant.from_at, AccessGrant.id)
        .limit(1)
    )


def granted_patients(session: Session, account_id: UUID) -> list[UUID]:
    """Return every patient whom the account reaches or ever reached."""
    return list(session.scalars(select(AccessGrant.patient_id).where(AccessGrant.account_id == account_id)))


def grants(session: Session, account_ids: Iterable[UUID]) -> list[tuple[AccessGrant, Patient]]:
    """Return the grants of accounts with their patients, oldest first."""
    rows = session.execute(
        select(AccessGrant, Patient)
        .join(Patient, Patient.id == AccessGrant.patient_id)
        .where(AccessGrant.account_id.in_(list(account_ids)))
        .order_by(AccessGrant.from_at, AccessGrant.id)
    )
    return list(rows)


def grant(session: Session, grant_id: UUID) -> AccessGrant | None:
    """Return a grant."""
    return session.get(AccessGrant, grant_id)


def reached(session: Session, account_id: UUID, now: datetime) -> list[tuple[AccessGrant, Patient]]:
    """Return the grants in force with their patients: the holder first, then by name (D31)."""
    rows = session.execute(
        select(AccessGrant, Patient)
        .join(Patient, Patient.id == AccessGrant.patient_id)
        .where(
            AccessGrant.account_id == account_id,
            AccessGrant.ended_at.is_(None),
            AccessGrant.from_at <= now,
            or_(AccessGrant.until_at.is_(None), AccessGrant.until_at > now),
        )
        .order_by((AccessGrant.relation == "self").desc(), Patient.sort_key, Patient.id)
    )
    return list(rows)


def end_grants(session: Session, account_id: UUID, now: datetime, by: UUID | None) -> None:
    """End every grant of an account."""
    session.execute(
        update(AccessGrant)
        .where(AccessGrant.account_id == account_id, AccessGrant.ended_at.is_(None))
        .values(ended_at=now, ended_by=by)
    )


def by_user_name(session: Session, key: str) -> Account | None:
    """Return the account with this user name's key."""
    return session.scalars(select(Account).where(Account.user_name_key == key)).one_or_none()


def user_name_is_taken(session: Session, key: str) -> bool:
    """Tell whether an account has this user name's key."""
    return bool(session.scalar(select(exists().where(Account.user_name_key == key))))


def by_proved_email(session: Session, email: str) -> list[Account]:
    """Return the accounts whose proved address this is, in the order they were made: a family may share one."""
    return list(
        session.scalars(
            select(Account)
            .where(Account.email == email, Account.email_proved_at.is_not(None), Account.deleted_at.is_(None))
            .order_by(Account.created_at, Account.id)
        )
    )


def end_visits(session: Session, account_id: UUID, now: datetime) -> None:
    """End every open visit to what an account shares."""
    shared = select(Invitation.id).where(Invitation.account_id == account_id)
    session.execute(
        update(Visit).where(Visit.invitation_id.in_(shared), Visit.ended_at.is_(None)).values(ended_at=now)
    )


def end_visits_of_revoked(session: Session, account_id: UUID, now: datetime) -> None:
    """End every open visit to what an account no longer shares."""
    revoked = select(Invitation.id).where(
        Invitation.account_id == account_id, Invitation.revoked_at.is_not(None)
    )
    session.execute(
        update(Visit).where(Visit.invitation_id.in_(revoked), Visit.ended_at.is_(None)).values(ended_at=now)
    )


def revoke_invitations(
    session: Session,
    account_id: UUID,
    now: datetime,
    why: str,
    *,
    patient_id: UUID | None = None,
    since: datetime | None = None,
) -> list[UUID]:
    """Revoke an account's invitations; return the ids of those that changed.

    patient_id, since: only those of one patient, only those that the account itself made from then on.
    """
    condition = and_(Invitation.account_id == account_id, Invitation.revoked_at.is_(None))
    if patient_id is not None:
        condition = and_(condition, Invitation.patient_id == patient_id)
    if since is not None:
        condition = and_(condition, Invitation.created_at >= since, Invitation.created_by.is_(None))
    return list(
        session.scalars(
            update(Invitation)
            .where(condition)
            .values(revoked_at=now, revoked_why=why, version=Invitation.version + 1)
            .returning(Invitation.id)
        )
    )


def drop_waiting_messages(session: Session, account_id: UUID, reason: str) -> None:
    """Let nothing be sent any more that waits for an account's holder."""
    session.execute(
        update(Message)
        .where(Message.account_id == account_id, Message.state == "queued", Message.invitation_id.is_(None))
        .values(state="failed", reason=reason, content=None, next_try_at=None, version=Message.version + 1)
    )


def events_by(session: Session, account_id: UUID, since: datetime) -> list[AuditEvent]:
    """Return what was done since an instant by whoever used an account, or what it then shared; oldest first."""
    shared = select(Invitation.id).where(
        Invitation.account_id == account_id, Invitation.created_at >= since, Invitation.created_by.is_(None)
    )
    # Two searches, each with an index of its own: with "or" between them the whole trail would be read.
    ways = (AuditEvent.account_id == account_id, AuditEvent.invitation_id.in_(shared))
    numbers = union(*(select(AuditEvent.number).where(way, AuditEvent.at >= since) for way in ways))
    return list(
        session.scalars(
            select(AuditEvent)
            .where(
                AuditEvent.number.in_(select(numbers.subquery().c.number)),
                AuditEvent.staff_id.is_(None),
                AuditEvent.outcome == "done",
            )
            .order_by(AuditEvent.number)
        )
    )
