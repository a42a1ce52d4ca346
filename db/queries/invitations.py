"""Invitations and visits; the one statement that uses up an access."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, bindparam, or_, select, update
from sqlalchemy.orm import Session

from db.models import Account, Exam, Invitation, Patient, Site, Visit

Row = tuple[Invitation, Account, Exam, Patient, Site]


def _rows() -> Select[Invitation, Account, Exam, Patient, Site]:
    return (
        select(Invitation, Account, Exam, Patient, Site)
        .join(Account, Account.id == Invitation.account_id)
        .join(Exam, Exam.id == Invitation.exam_id)
        .join(Patient, Patient.id == Invitation.patient_id)
        .join(Site, Site.id == Exam.site_id)
    )


# Built once: it is asked at every request of a guest.
_BY_ID = _rows().where(Invitation.id == bindparam("id"))


# Of a guest who is in the middle of a visit, asked at every image: without what is only read from a page.
_SHARED = (
    select(Invitation, Account, Exam)
    .join(Account, Account.id == Invitation.account_id)
    .join(Exam, Exam.id == Invitation.exam_id)
    .where(Invitation.id == bindparam("id"))
)


def by_number(session: Session, number: str) -> Row | None:
    """Return an invitation by its public number."""
    return session.execute(_rows().where(Invitation.number == number)).one_or_none()


def by_id(session: Session, invitation_id: UUID) -> Row | None:
    """Return an invitation."""
    return session.execute(_BY_ID, {"id": invitation_id}).one_or_none()


def shared(session: Session, invitation_id: UUID) -> tuple[Invitation, Account, Exam] | None:
    """Return an invitation with whose it is and what it shares."""
    return session.execute(_SHARED, {"id": invitation_id}).one_or_none()


def of_account(session: Session, account_id: UUID) -> list[Row]:
    """Return all that an account ever shared, newest first (R63)."""
    query = _rows().where(Invitation.account_id == account_id)
    return list(session.execute(query.order_by(Invitation.created_at.desc(), Invitation.id.desc())))


def of_patient(session: Session, patient_id: UUID) -> list[Row]:
    """Return all that was ever shared of a patient, newest first."""
    query = _rows().where(Invitation.patient_id == patient_id)
    return list(session.execute(query.order_by(Invitation.created_at.desc(), Invitation.id.desc())))


def use_access(session: Session, invitation_id: UUID, now: datetime) -> int | None:
    """Use up one access (D13); return how many are used now, or None when none was left.

    One conditional UPDATE: sixteen guests at once never get more than the limit between them.
    """
    used = session.execute(
        update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.accesses < Invitation.max_accesses,
            Invitation.revoked_at.is_(None),
            Invitation.shared_until > now,
            Invitation.stopped_at.is_(None),
            or_(Invitation.locked_until.is_(None), Invitation.locked_until <= now),
        )
        .values(
            accesses=Invitation.accesses + 1,
            wrong_codes=0,
            last_opened_at=now,
            version=Invitation.version + 1,
        )
        .returning(Invitation.accesses)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if used == 1:
        session.execute(
            update(Invitation)
            .where(Invitation.id == invitation_id, Invitation.first_opened_at.is_(None))
            .values(first_opened_at=now)
            .execution_options(synchronize_session=False)
        )
    return used


def count_wrong_code(session: Session, invitation_id: UUID) -> int:
    """Count one wrong code; return how many there are now."""
    return session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id)
        .values(wrong_codes=Invitation.wrong_codes + 1)
        .returning(Invitation.wrong_codes)
        .execution_options(synchronize_session=False)
    ).scalar_one()


def lock(
    session: Session, invitation_id: UUID, *, until: datetime | None, stopped_at: datetime | None
) -> None:
    """Lock an invitation for a while, or until somebody unlocks it (D14)."""
    session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id)
        .values(locked_until=until, stopped_at=stopped_at, version=Invitation.version + 1)
        .execution_options(synchronize_session=False)
    )


def unlock(session: Session, invitation_id: UUID) -> None:
    """Take the locks off and start the count of wrong codes anew."""
    session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id)
        .values(locked_until=None, stopped_at=None, wrong_codes=0, version=Invitation.version + 1)
    )


def revoke(session: Session, invitation_id: UUID, now: datetime, why: str) -> bool:
    """Revoke for good (R76); tell whether it was not revoked before."""
    done = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.revoked_at.is_(None))
        .values(revoked_at=now, revoked_why=why, version=Invitation.version + 1)
        .returning(Invitation.id)
    )
    return done.first() is not None


def visits(session: Session, invitation_id: UUID) -> list[Visit]:
    """Return every access of an invitation, newest first."""
    return list(
        session.scalars(
            select(Visit)
            .where(Visit.invitation_id == invitation_id)
            .order_by(Visit.opened_at.desc(), Visit.id.desc())
        )
    )


def end_visits(session: Session, invitation_id: UUID, now: datetime) -> None:
    """End every open visit of an invitation."""
    session.execute(
        update(Visit)
        .where(Visit.invitation_id == invitation_id, Visit.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_visit(session: Session, visit_id: UUID, now: datetime) -> None:
    """End one visit."""
    session.execute(update(Visit).where(Visit.id == visit_id, Visit.ended_at.is_(None)).values(ended_at=now))
