"""What a desk did alone is judged by the rights of when it was done, whatever was changed before it was handed over."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from app.errors import NotAllowed, NotFound
from app.ids import new_id
from app.operations import Operation
from app.rules.access import Role
from app.served import served_by
from app.takeover import take_over
from db.models import Patient
from tests.fakes import FixedClock
from tests.scene import Known, Scene


def handed_over(scene: Scene, who: Known, at: datetime, use_case: str, made: UUID, **asked: object) -> str:
    """What the server says to what somebody did at Desk 1 at an instant; empty when it is taken."""
    operation = Operation(new_id(), use_case, 1, json.dumps(asked), {"patient": made}, at, at, who.id)
    parts = scene.portal.parts
    try:
        take_over(parts, served_by(scene.portal), scene.desk.caller, operation)
    except (NotAllowed, NotFound) as error:
        return error.kind
    return ""


def kind_of(scene: Scene, who: Known, at: datetime, made: UUID | None = None) -> str:
    """What the server says to a registration."""
    born = date(1950, 1, 1) + timedelta(days=new_id().int % 10_000)
    new = {"family_name": f"P{new_id().hex}", "given_names": "Ann", "birth_date": str(born)}
    return handed_over(scene, who, at, "patients.register", made or new_id(), new=new)


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


@pytest.mark.rule("D26")
def test_a_site_taken_away_afterwards_does_not_refuse_and_one_given_afterwards_does_not_allow(
    scene: Scene, clock: FixedClock
) -> None:
    office = scene.acting(scene.employee(Role.MANAGER, scene.north))
    known = scene.employee(Role.RECEPTION, scene.north)
    patients = {"north": scene.patient(), "south": scene.patient("Ben", "South", site=scene.south)}
    both, north, south = (scene.north, scene.south), (scene.north,), (scene.south,)
    # Begins with North, last has South and nothing else.
    rights: dict[str, tuple[tuple[UUID, ...], bool] | None] = {
        "north": None,
        "both": (both, False),
        "north again": (north, False),
        "north, and may search": (north, True),
        "south": (south, False),
    }
    times = {}
    for name, change in rights.items():
        clock.advance(timedelta(minutes=1))
        if change is not None:
            office.staff.change(known.id, "Robin", (Role.RECEPTION,), *change)
        clock.advance(timedelta(minutes=1))
        times[name] = clock()

    def said(at: datetime, patient: UUID) -> str:
        asked = {"patient_id": str(patient), "email": "", "mobile": "", "postal_address": ["12 Long Lane"]}
        return handed_over(scene, known, at, "patients.change_contact", new_id(), **asked)

    found = {
        (name, where): said(at, patient) for name, at in times.items() for where, patient in patients.items()
    }
    unknown = {one for one, kind in found.items() if kind == "patient_unknown"}
    assert unknown == {("north", "south"), ("north again", "south"), ("south", "north")}
    assert {kind for one, kind in found.items() if one not in unknown} == {""}

    # Whom they registered belongs to the site that was theirs then, and that desk's where it was.
    registered = {name: new_id() for name in times}
    assert {kind_of(scene, known, at, registered[name]) for name, at in times.items()} == {""}
    with scene.portal.parts.database.reading() as session:
        sites = {name: session.get_one(Patient, one).site_id for name, one in registered.items()}
    assert sites == dict.fromkeys(times, scene.north) | {"south": scene.south}
