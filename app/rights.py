"""What employees are allowed, now and before: an operation of a desk is judged by the rights of when it was done."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from app.ids import new_id
from app.rules.access import Role
from db.database import Session
from db.models import PastRights, Staff
from db.queries import sessions as queries


@dataclass(frozen=True)
class Rights:
    """What an employee is allowed at one instant."""

    roles: frozenset[Role]
    site_ids: frozenset[UUID]
    may_search_other_sites: bool
    is_disabled: bool


def rights_now(session: Session, staff: Staff) -> Rights:
    """Return what an employee is allowed now."""
    names, site_ids = queries.staff_roles_and_sites(session, staff.id)
    roles = frozenset(Role(name) for name in names)
    return Rights(
        _standing_roles(roles, must_change_password=staff.must_change_password),
        site_ids,
        staff.may_search_other_sites,
        staff.disabled_at is not None,
    )


def rights_at(session: Session, staff: Staff, at: datetime) -> Rights:
    """Return what an employee was allowed at an instant, whatever was given to them or taken from them since."""
    past = queries.rights_changed_after(session, staff.id, at)
    if past is None:
        now = rights_now(session, staff)
        return replace(now, is_disabled=staff.disabled_at is not None and staff.disabled_at <= at)
    return Rights(
        _standing_roles(
            frozenset(Role(name) for name in json.loads(past.roles)),
            must_change_password=past.must_change_password,
        ),
        frozenset(UUID(site) for site in json.loads(past.site_ids)),
        past.may_search_other_sites,
        past.is_disabled,
    )


def keep_rights(session: Session, staff: Staff, now: datetime) -> None:
    """Write down what an employee was allowed until now; to be called before any of it is changed."""
    roles, site_ids = queries.staff_roles_and_sites(session, staff.id)
    session.add(
        PastRights(
            id=new_id(),
            staff_id=staff.id,
            until_at=now,
            roles=_json(roles),
            site_ids=_json(site_ids),
            may_search_other_sites=staff.may_search_other_sites,
            must_change_password=staff.must_change_password,
            is_disabled=staff.disabled_at is not None,
        )
    )


def _standing_roles(roles: frozenset[Role], *, must_change_password: bool) -> frozenset[Role]:
    # With a one-time password nothing opens but the page that asks for a new one.
    return frozenset({Role.NEW_STAFF}) if must_change_password else roles | {Role.STAFF}


def _json(values: frozenset[Any]) -> str:
    return json.dumps(sorted(str(value) for value in values))
