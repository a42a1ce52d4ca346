"""Employees, their roles and sites."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from db.models import PastRights, Staff, StaffRole, StaffSite


def everybody(session: Session) -> list[Staff]:
    """Return every employee by user name."""
    return list(session.scalars(select(Staff).order_by(Staff.user_name_key)))


def locked(session: Session, staff_id: UUID) -> Staff | None:
    """Return an employee whose row nobody else changes until this transaction ends."""
    return session.scalars(
        select(Staff).where(Staff.id == staff_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def by_user_name(session: Session, key: str) -> Staff | None:
    """Return the employee with this user name's key."""
    return session.scalars(select(Staff).where(Staff.user_name_key == key)).one_or_none()


def user_name_is_taken(session: Session, key: str) -> bool:
    """Tell whether an employee has this user name's key."""
    return bool(session.scalar(select(exists().where(Staff.user_name_key == key))))


def roles(session: Session, staff_ids: Iterable[UUID]) -> list[StaffRole]:
    """Return the roles of employees."""
    return list(session.scalars(select(StaffRole).where(StaffRole.staff_id.in_(list(staff_ids)))))


def sites(session: Session, staff_ids: Iterable[UUID]) -> list[StaffSite]:
    """Return where employees work."""
    return list(session.scalars(select(StaffSite).where(StaffSite.staff_id.in_(list(staff_ids)))))


def replace_roles(session: Session, staff_id: UUID, names: Iterable[str]) -> None:
    """Give an employee these roles and no others."""
    session.execute(delete(StaffRole).where(StaffRole.staff_id == staff_id))
    session.add_all([StaffRole(staff_id=staff_id, role=name) for name in names])


def replace_sites(session: Session, staff_id: UUID, site_ids: Iterable[UUID]) -> None:
    """Let an employee work at these sites and no others."""
    session.execute(delete(StaffSite).where(StaffSite.staff_id == staff_id))
    session.add_all([StaffSite(staff_id=staff_id, site_id=site_id) for site_id in site_ids])


def managers_locked(session: Session) -> set[UUID]:
    """Return the ids of managers who can sign in, with every employee's row locked, so that two cannot go at once."""
    session.execute(select(Staff.id).order_by(Staff.id).with_for_update())
    managing = select(StaffRole.staff_id).where(StaffRole.role == "manager")
    return set(session.scalars(select(Staff.id).where(Staff.id.in_(managing), Staff.disabled_at.is_(None))))


def forget_past_rights(session: Session, before: datetime) -> None:
    """Delete what employees were allowed until an instant or earlier."""
    session.execute(delete(PastRights).where(PastRights.until_at < before))
