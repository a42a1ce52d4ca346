from datetime import timedelta
from uuid import UUID

import pytest

from app.portal import Acting, Portal
from app.rules.access import Role
from tests.fakes import FixedClock
from tests.refusals import refusal
from tests.scene import PASSWORD, Scene

NEW = "three quiet herons"


def add(scene: Scene, *roles: Role, name: str = "robin.new") -> tuple[UUID, str]:
    made = scene.acting("manager").staff.add(name, "Robin New", roles or (Role.RECEPTION,), (scene.north,))
    return made.staff_id, made.password


def at_desk(scene: Scene, token: str) -> Acting:
    return scene.portal.acting(scene.portal.signed_in(token, station=scene.desk.caller))


@pytest.mark.rule("D26")
def test_a_new_employee_signs_in_once_with_the_one_time_password_and_can_only_set_another(
    scene: Scene,
) -> None:
    _staff_id, password = add(scene)
    desk = scene.acting(scene.desk)
    signed = desk.staff.sign_in("Robin.New", password)
    assert signed.must_change_password
    me = at_desk(scene, signed.token)
    assert refusal(me.patients.find, "hart") == "not_allowed"
    assert me.staff.me().must_change_password
    assert refusal(me.staff.set_password, "not the old one", NEW) == "password_wrong"
    assert refusal(me.staff.set_password, password, password) == "password_same"
    assert refusal(me.staff.set_password, password, "short") == "password_too_short"
    me.staff.set_password(password, NEW)
    assert me.patients.find("hart") == ()
    assert me.staff.me().roles == (Role.RECEPTION,)
    assert refusal(desk.staff.sign_in, "robin.new", password) == "sign_in_wrong"
    assert not desk.staff.sign_in("robin.new", NEW).must_change_password


def test_a_one_time_password_works_for_three_days(scene: Scene, clock: FixedClock) -> None:
    _staff_id, password = add(scene)
    clock.advance(timedelta(hours=72))
    assert refusal(scene.acting(scene.desk).staff.sign_in, "robin.new", password) == "password_expired"


def test_wrong_names_and_passwords_are_answered_alike_and_counted(scene: Scene, portal: Portal) -> None:
    _staff_id, password = add(scene)
    desk = scene.acting(scene.desk)
    assert refusal(desk.staff.sign_in, "nobody", password) == "sign_in_wrong"
    for _ in range(5):
        assert refusal(desk.staff.sign_in, "robin.new", "not it") == "sign_in_wrong"
    elsewhere = portal.acting(scene.desk_south.caller)
    assert refusal(elsewhere.staff.sign_in, "robin.new", password) == "too_many_tries"


def test_a_patient_of_the_same_user_name_is_counted_apart(scene: Scene) -> None:
    _staff_id, password = add(scene)
    scene.account(scene.patient(), user_name="robin.new")
    for _ in range(6):
        refusal(scene.acting(scene.kiosk).sessions.sign_in, "robin.new", "not it")
    assert scene.acting(scene.desk).staff.sign_in("robin.new", password).kind == "staff"


def test_staff_do_not_sign_in_at_a_kiosk(scene: Scene) -> None:
    _staff_id, password = add(scene)
    assert refusal(scene.acting(scene.kiosk).staff.sign_in, "robin.new", password) in {
        "not_here",
        "not_allowed",
    }


@pytest.mark.rule("D25")
def test_ten_minutes_without_a_touch_lock_the_screen_until_the_password_is_typed(
    scene: Scene, clock: FixedClock
) -> None:
    desk = scene.acting("reception")
    clock.advance(timedelta(minutes=10) - timedelta(seconds=1))
    assert desk.patients.find("hart") == ()
    clock.advance(timedelta(minutes=10))
    assert refusal(desk.patients.find, "hart") == "locked"
    assert desk.sessions.mine().is_locked
    assert refusal(desk.staff.unlock, "not the password") == "password_wrong"
    assert refusal(desk.patients.find, "hart") == "locked"  # a wrong try unlocks nothing
    assert refusal(desk.sessions.touch) == "locked"
    desk.staff.unlock(PASSWORD)
    assert desk.patients.find("hart") == ()
    assert not desk.sessions.mine().is_locked


@pytest.mark.rule("D25")
def test_the_screen_can_be_locked_by_hand_and_a_staff_session_ends_after_12_hours(
    scene: Scene, clock: FixedClock
) -> None:
    desk = scene.acting("reception")
    desk.staff.lock()
    assert refusal(desk.patients.find, "hart") == "locked"
    assert desk.staff.me().full_name == "Robin Reception"
    desk.staff.unlock(PASSWORD)
    for _ in range(79):  # 11 hours and 51 minutes
        clock.advance(timedelta(minutes=9))
        assert desk.patients.find("hart") == ()
    clock.advance(timedelta(minutes=9))
    assert refusal(desk.staff.unlock, PASSWORD) == "session_over"


def test_wrong_passwords_at_the_lock_are_counted(scene: Scene) -> None:
    desk = scene.acting("reception")
    desk.staff.lock()
    for _ in range(5):
        assert refusal(desk.staff.unlock, "not the password") == "password_wrong"
    assert refusal(desk.staff.unlock, PASSWORD) == "too_many_tries"


def test_signing_out_works_on_a_locked_screen(scene: Scene) -> None:
    desk = scene.acting("reception")
    desk.staff.lock()
    desk.staff.sign_out()
    assert refusal(desk.sessions.mine) == "signed_out"


@pytest.mark.rule("D26")
def test_only_a_manager_looks_after_staff(scene: Scene) -> None:
    for who in ("reception", "clinical", "privacy", "it"):
        acting = scene.acting(who)
        assert refusal(acting.staff.all) == "not_allowed"
        assert refusal(acting.staff.add, "robin.new", "R", (Role.MANAGER,), (scene.north,)) == "not_allowed"
        assert refusal(acting.staff.disable, scene.staff["manager"].id, "x") == "not_allowed"


@pytest.mark.rule("D26")
def test_roles_and_sites_change_from_the_next_request_on(scene: Scene) -> None:
    patient = scene.patient()
    desk = scene.acting("reception")
    assert desk.patients.open(patient).patient.id == patient
    manager = scene.acting("manager")
    member = scene.staff["reception"].id
    row = manager.staff.change(member, "Robin R", (Role.RECEPTION,), (scene.south,))
    assert (row.full_name, row.site_ids) == ("Robin R", (scene.south,))
    assert refusal(desk.patients.open, patient) == "patient_unknown"
    manager.staff.change(member, "Robin R", (Role.IT,), (scene.north, scene.south))
    assert refusal(desk.patients.find, "hart") == "not_allowed"


def test_a_disabled_employee_is_signed_out_and_can_come_back(scene: Scene) -> None:
    staff_id, password = add(scene)
    desk = scene.acting(scene.desk)
    me = at_desk(scene, desk.staff.sign_in("robin.new", password).token)
    manager = scene.acting("manager")
    assert refusal(manager.staff.disable, staff_id, "") == "missing"
    manager.staff.disable(staff_id, "left the clinic")
    assert refusal(me.staff.me) == "signed_out"
    assert refusal(desk.staff.sign_in, "robin.new", password) == "sign_in_wrong"
    assert next(row for row in manager.staff.all() if row.id == staff_id).is_disabled
    manager.staff.enable(staff_id)
    assert desk.staff.sign_in("robin.new", password).name == "Robin New"


def test_a_forgotten_staff_password_is_replaced_by_a_manager_or_at_the_command_line(
    scene: Scene, portal: Portal
) -> None:
    staff_id, password = add(scene)
    desk = scene.acting(scene.desk)
    me = at_desk(scene, desk.staff.sign_in("robin.new", password).token)
    one = scene.acting("manager").staff.reset_password(staff_id)
    assert refusal(me.staff.me) == "signed_out"
    two = portal.acting(portal.command_line()).staff.reset_password(staff_id)
    assert refusal(desk.staff.sign_in, "robin.new", one.password) == "sign_in_wrong"
    assert desk.staff.sign_in("robin.new", two.password).must_change_password


def test_setting_a_password_ends_ones_other_sessions(scene: Scene, portal: Portal) -> None:
    _staff_id, password = add(scene)
    here = at_desk(scene, scene.acting(scene.desk).staff.sign_in("robin.new", password).token)
    token = scene.acting(scene.desk_south).staff.sign_in("robin.new", password).token
    there = portal.acting(portal.signed_in(token, station=scene.desk_south.caller))
    here.staff.set_password(password, NEW)
    assert refusal(there.staff.me) == "signed_out"
    assert here.staff.me().user_name == "robin.new"


def test_the_last_manager_stays(scene: Scene) -> None:
    one, two = scene.staff["manager"].id, scene.staff["manager_south"].id
    manager = scene.acting("manager")
    manager.staff.change(two, "Robin", (Role.RECEPTION,), (scene.south,))
    assert refusal(manager.staff.disable, one, "leaves") == "last_manager"
    assert refusal(manager.staff.change, one, "Robin", (Role.IT,), (scene.north,)) == "last_manager"
    manager.staff.change(two, "Robin", (Role.MANAGER,), (scene.south,))
    manager.staff.disable(one, "leaves")
    assert refusal(manager.staff.all) == "signed_out"


def test_what_makes_no_sense_is_refused(scene: Scene) -> None:
    manager = scene.acting("manager")
    north = (scene.north,)
    add(scene)
    assert refusal(manager.staff.add, "ROBIN.new", "R", (Role.IT,), north) == "user_name_taken"
    assert refusal(manager.staff.add, "rob", "R", (Role.IT,), north) == "user_name_too_short"
    assert refusal(manager.staff.add, "robin2", " ", (Role.IT,), north) == "missing"
    assert refusal(manager.staff.add, "robin2", "R", (), north) == "roles_missing"
    assert refusal(manager.staff.add, "robin2", "R", (Role.PATIENT,), north) == "roles_missing"
    assert refusal(manager.staff.add, "robin2", "R", (Role.IT,), ()) == "sites_missing"
    assert refusal(manager.staff.add, "robin2", "R", (Role.IT,), (scene.desk.id,)) == "sites_missing"
    assert refusal(manager.staff.disable, scene.north, "x") == "staff_unknown"
