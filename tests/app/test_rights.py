"""What a desk did alone is judged by the rights of when it was done, whatever was changed before it was handed over."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.errors import PortalError
from app.ids import new_id
from app.operations import Operation
from app.rules.access import Role
from app.served import served_by
from app.takeover import take_over
from db.models import HandedIn, PastRights, Patient, Replay
from tests.fakes import FixedClock
from tests.scene import Known, Scene


def handed_over(
    scene: Scene,
    who: Known,
    at: datetime,
    use_case: str,
    made: UUID,
    *,
    request_id: UUID | None = None,
    **asked: object,
) -> str:
    """What the server says to what somebody did at Desk 1 at an instant; empty when it is taken."""
    operation = Operation(
        request_id or new_id(), use_case, 1, json.dumps(asked), {"patient": made}, at, at, who.id
    )
    parts = scene.portal.parts
    try:
        take_over(parts, served_by(scene.portal), scene.desk.caller, operation)
    except PortalError as error:
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
        asked: dict[str, Any] = {"email": "", "mobile": "", "postal_address": ["12 Long Lane"]}
        return handed_over(
            scene, known, at, "patients.change_contact", new_id(), patient_id=str(patient), **asked
        )

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


@pytest.mark.rule("D26")
def test_what_a_desk_did_is_taken_over_and_known_for_a_year_and_what_that_needs_is_kept_as_long_and_no_longer(
    scene: Scene, clock: FixedClock
) -> None:
    begun = clock()
    known = scene.employee(Role.RECEPTION, scene.north)
    patient, request_id = new_id(), new_id()
    born = {"family_name": "Long", "given_names": "Ago", "birth_date": "1950-01-01"}

    def again() -> str:
        return handed_over(scene, known, begun, "patients.register", patient, request_id=request_id, new=born)

    def handed_in(decided_at: datetime | None) -> UUID:
        row = HandedIn(
            id=new_id(),
            station_id=scene.desk.id,
            operation_id=new_id(),
            use_case="patients.register",
            form=1,
            arguments="",
            ids="",
            sealed=b"",
            made_at=begun,
            contact_at=begun,
            name="",
            handed_in_at=begun,
            decided_at=decided_at,
        )
        scene.add(row)
        return row.id

    clock.advance(timedelta(hours=1))
    office = scene.acting(scene.employee(Role.MANAGER, scene.north))
    office.staff.change(known.id, "Robin", (Role.CLINICAL,), (scene.north,))
    decided, undecided = handed_in(clock()), handed_in(None)

    def kept() -> tuple[int, list[UUID], list[bytes | None]]:
        scene.portal.housekeep()
        with scene.portal.parts.database.reading() as session:
            past = session.scalars(select(PastRights).where(PastRights.staff_id == known.id)).all()
            rows = session.scalars(select(HandedIn.id).order_by(HandedIn.id)).all()
            answers = session.scalars(select(Replay.answer).where(Replay.request_id == request_id)).all()
        return len(past), list(rows), list(answers)

    clock.now = begun + timedelta(days=300)
    assert kept() == (1, [decided, undecided], [])
    assert again() == ""  # by the rights of then
    clock.now = begun + timedelta(days=366)
    # That it was done is still known; what it was answered, with the person's name, is not kept so long.
    assert kept() == (1, [decided, undecided], [None])
    assert again() == ""
    assert kind_of(scene, known, begun) == ""
    clock.advance(timedelta(seconds=1))
    assert kind_of(scene, known, begun) == "operation_too_old"
    assert again() == ""  # it was done
    clock.now = begun + timedelta(days=367, hours=2)
    assert kept() == (0, [undecided], [None])
    assert again() == ""
    clock.now = begun + timedelta(days=300 + 368)
    assert kept() == (0, [undecided], [])
    assert again() == "operation_too_old"
    with scene.portal.parts.database.reading() as session:
        assert session.scalar(select(func.count()).where(Patient.id == patient)) == 1
