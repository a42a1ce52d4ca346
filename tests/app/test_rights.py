"""What a desk did alone is judged by the rights of when it was done, whatever was changed before it was handed over."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from app.errors import NotAllowed
from app.ids import new_id
from app.operations import Operation
from app.rules.access import Role
from app.served import served_by
from app.takeover import take_over
from tests.fakes import FixedClock
from tests.scene import Known, Scene


def kind_of(scene: Scene, who: Known, at: datetime) -> str:
    """What the server says to a registration that somebody made at Desk 1 at an instant; empty when it is taken."""
    born = date(1950, 1, 1) + timedelta(days=new_id().int % 10_000)
    new = {"family_name": f"P{new_id().hex}", "given_names": "Ann", "birth_date": str(born)}
    operation = Operation(
        new_id(), "patients.register", 1, json.dumps({"new": new}), {"patient": new_id()}, at, at, who.id
    )
    parts = scene.portal.parts
    try:
        take_over(parts, served_by(scene.portal), scene.desk.caller, operation)
    except NotAllowed as error:
        return error.kind
    return ""


@pytest.mark.rule("D26")
def test_roles_taken_away_afterwards_do_not_refuse_and_roles_given_afterwards_do_not_allow(
    scene: Scene, clock: FixedClock
) -> None:
    office = scene.acting(scene.employee(Role.MANAGER, scene.north))
    known = scene.employee(Role.CLINICAL, scene.north)
    roles = [(Role.CLINICAL,), (Role.RECEPTION,), (Role.CLINICAL, Role.PRIVACY), (Role.RECEPTION,)]
    times = []
    for next_roles in [*roles[1:], None]:
        clock.advance(timedelta(minutes=1))
        times.append(clock())
        clock.advance(timedelta(minutes=1))
        if next_roles is not None:
            office.staff.change(known.id, "Robin", next_roles, (scene.north,))
    assert [kind_of(scene, known, at) for at in times] == ["not_allowed", "", "not_allowed", ""]


@pytest.mark.rule("D26")
def test_whoever_was_disabled_or_had_a_one_time_password_then_is_refused_and_afterwards_is_not(
    scene: Scene, clock: FixedClock
) -> None:
    office = scene.acting(scene.employee(Role.MANAGER, scene.north))
    known = scene.employee(Role.RECEPTION, scene.north)
    begun = clock()
    times = {}
    changes: dict[str, Callable[[], object]] = {
        "at first": lambda: None,
        "disabled": lambda: office.staff.disable(known.id, "on leave"),
        "back": lambda: office.staff.enable(known.id),
        "one-time password": lambda: office.staff.reset_password(known.id),
    }
    for name, change in changes.items():
        clock.advance(timedelta(minutes=1))
        change()
        clock.advance(timedelta(minutes=1))
        times[name] = clock()
    assert kind_of(scene, known, begun) == ""
    assert {name: kind_of(scene, known, at) for name, at in times.items()} == {
        "at first": "",
        "disabled": "not_allowed_then",
        "back": "",
        "one-time password": "not_allowed",
    }
