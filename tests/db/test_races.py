from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.portal import Portal
from app.rules.attempts import THROTTLES, CountedBy, Guarded
from app.views.people import NewPatient
from db.database import Session
from db.models import Account, ActivationCode, AuditEvent, ResetLink, Throttle
from db.queries import journal
from tests.fakes import FixedClock
from tests.races import PROCESSES, Race, granted, refused
from tests.scene import PASSWORD, Scene

BORN = date(1944, 5, 17)
ROUNDS = 8
DESK_KEY = "key of Desk 1"


@pytest.fixture
def race(
    scene: Scene, database_url: str, tmp_path: Path, clock: FixedClock
) -> Race:  # scene: the clinic is there
    return Race(database_url, tmp_path, clock())


# What sixteen processes do at once; each at an address of its own, so that no throttle of places comes first.


def activate(portal: Portal, number: int, code: str, round_: int) -> str:
    visitor = portal.acting(portal.nobody(f"203.0.113.{number}"))
    return visitor.activation.finish(code, BORN, f"patient {round_} of {number}", PASSWORD, "1")


def use_code_naively(portal: Portal, number: int, code_id: UUID) -> bool:
    """Looks first and writes then: the control that must fail."""
    with portal.parts.database.reading() as session:
        is_free = session.get_one(ActivationCode, code_id).used_at is None
    if is_free:
        with portal.parts.database.writing() as session:
            session.get_one(ActivationCode, code_id).used_at = portal.parts.clock()
    return is_free


def reset(portal: Portal, number: int, code: str) -> str:
    visitor = portal.acting(portal.nobody(f"203.0.113.{number}"))
    return visitor.recovery.reset(code, BORN, f"{PASSWORD} {number}")


def use_link_naively(portal: Portal, number: int, link_id: UUID) -> bool:
    """Looks first and writes then: the control that must fail."""
    with portal.parts.database.reading() as session:
        is_free = session.get_one(ResetLink, link_id).used_at is None
    if is_free:
        with portal.parts.database.writing() as session:
            session.get_one(ResetLink, link_id).used_at = portal.parts.clock()
    return is_free


def sign_in_wrongly(portal: Portal, number: int, user_name: str) -> None:
    portal.acting(portal.nobody(f"203.0.113.{number}")).sessions.sign_in(user_name, "not the password")


def count_naively(portal: Portal, number: int, key: str, limit: int) -> bool:
    """Looks first and writes then: the control that must fail. Returns whether the try is heard."""
    with portal.parts.database.reading() as session:
        tries = _tries(session, key)
    if tries >= limit:
        return False
    now = portal.parts.clock()
    with portal.parts.database.writing() as session:
        journal.count_try(session, key, limit=limit, now=now, window_ends_at=now + timedelta(minutes=15))
    return True


def answer_wrongly(portal: Portal, number: int, code: str) -> str:
    visitor = portal.acting(portal.nobody(f"203.0.113.{number}"))
    return visitor.activation.finish(code, date(1950, 1, 1), f"patient {number}", PASSWORD, "1")


def reissue(portal: Portal, number: int, token: str, account_id: UUID) -> str:
    desk = portal.acting(portal.signed_in(token, station=portal.station(DESK_KEY)))
    letter = desk.accounts.reissue(account_id, "passport").letter
    assert letter is not None
    return letter.code


def create(portal: Portal, number: int, token: str, patient_id: UUID) -> UUID:
    desk = portal.acting(portal.signed_in(token, station=portal.station(DESK_KEY)))
    return desk.accounts.create(patient_id, "passport").account_id


def register(portal: Portal, number: int, token: str) -> UUID:
    desk = portal.acting(portal.signed_in(token, station=portal.station(DESK_KEY)))
    return desk.patients.register(NewPatient("Hart", "Amelia", BORN, mobile=f"0491 570 {number:03}")).id


def step_down(portal: Portal, number: int, tokens: tuple[tuple[str, UUID], ...]) -> None:
    token, staff_id = tokens[number]
    office = portal.acting(portal.signed_in(token, station=portal.station(DESK_KEY)))
    office.staff.disable(staff_id, "leaves")


# The rules


def letters(scene: Scene, count: int) -> list[tuple[UUID, str]]:
    desk = scene.acting("reception")
    made = []
    for _ in range(count):
        issued = desk.accounts.create(scene.patient(), "passport")
        assert issued.letter is not None
        made.append((issued.account_id, issued.letter.code))
    return made


@pytest.mark.rule("D2")
def test_an_activation_code_is_used_once_by_sixteen_at_once(scene: Scene, race: Race) -> None:
    made = letters(scene, ROUNDS)
    rounds = race.run(activate, [(code, number) for number, (_, code) in enumerate(made)])
    for (account_id, _code), ran in zip(made, rounds, strict=True):
        assert len(granted(ran)) == 1
        with scene.portal.parts.database.reading() as session:
            assert session.get_one(Account, account_id).user_name == granted(ran)[0]
    assert refused(rounds) == {"code_used"}
    assert events(scene, "activation.finish", "done") == ROUNDS
    assert events(scene, "activation.finish", "refused") == ROUNDS * (PROCESSES - 1)


def test_control_looking_before_using_lets_several_through(scene: Scene, race: Race) -> None:
    made = letters(scene, ROUNDS)
    with scene.portal.parts.database.reading() as session:
        ids = [
            session.scalars(select(ActivationCode.id).where(ActivationCode.account_id == account_id)).one()
            for account_id, _code in made
        ]
    rounds = race.run(use_code_naively, [(code_id,) for code_id in ids])
    assert sum(ran.value for round_ in rounds for ran in round_) > ROUNDS


@pytest.mark.rule("D6")
def test_a_reset_link_is_used_once_by_sixteen_at_once(scene: Scene, race: Race) -> None:
    desk = scene.acting("reception")
    accounts = [scene.account(scene.patient(), user_name=f"amelia{number}") for number in range(ROUNDS)]
    slips = [desk.accounts.reset_slip(account.id, "passport").code for account in accounts]
    rounds = race.run(reset, [(code,) for code in slips])
    assert [granted(round_) for round_ in rounds] == [[f"amelia{number}"] for number in range(ROUNDS)]
    assert refused(rounds) == {"link_dead"}
    assert events(scene, "recovery.reset", "done") == ROUNDS


def test_control_looking_before_spending_a_link_lets_several_through(scene: Scene, race: Race) -> None:
    desk = scene.acting("reception")
    for number in range(ROUNDS):
        desk.accounts.reset_slip(scene.account(scene.patient(), user_name=f"ben{number}").id, "passport")
    with scene.portal.parts.database.reading() as session:
        ids = list(session.scalars(select(ResetLink.id)))
    rounds = race.run(use_link_naively, [(link_id,) for link_id in ids])
    assert sum(ran.value for round_ in rounds for ran in round_) > ROUNDS


def test_sixteen_at_once_get_no_more_tries_than_one_may_have(scene: Scene, race: Race) -> None:
    scene.account(scene.patient(), user_name="amelia")
    rounds = race.run(sign_in_wrongly, [("amelia",)] * 2)
    told = [ran.refused for round_ in rounds for ran in round_]
    limit = THROTTLES[Guarded.SIGN_IN, CountedBy.ACCOUNT].limit
    assert told.count("sign_in_wrong") == limit
    assert told.count("too_many_tries") == 2 * PROCESSES - limit
    assert events(scene, "sessions.sign_in", "refused") == 2 * PROCESSES  # each try is remembered


def test_control_looking_before_counting_hears_too_many_tries(race: Race) -> None:
    limit = 5
    rounds = race.run(count_naively, [(f"key {number}", limit) for number in range(ROUNDS)])
    assert sum(ran.value for round_ in rounds for ran in round_) > ROUNDS * limit


@pytest.mark.rule("D4")
def test_ten_wrong_birth_dates_kill_a_code_however_many_come_at_once(scene: Scene, race: Race) -> None:
    ((account_id, code),) = letters(scene, 1)
    told = [ran.refused for ran in race.run(answer_wrongly, [(code,)])[0]]
    assert told.count("answers_wrong") == 9
    assert told.count("code_dead") == PROCESSES - 9  # the tenth, which kills it, and all after it
    with scene.portal.parts.database.reading() as session:
        row = session.scalars(select(ActivationCode).where(ActivationCode.account_id == account_id)).one()
        assert (row.wrong_birth_dates, row.killed_reason) == (10, "wrong_birth_dates")


@pytest.mark.rule("D2")
def test_one_code_lives_per_account_when_sixteen_desks_issue_at_once(scene: Scene, race: Race) -> None:
    ((account_id, _code),) = letters(scene, 1)
    token = (
        scene.portal.acting(scene.desk.caller).staff.sign_in(_user_name(scene, "reception"), PASSWORD).token
    )
    rounds = race.run(reissue, [(token, account_id)])
    assert refused(rounds) == set()
    assert len(set(granted(rounds[0]))) == PROCESSES
    with scene.portal.parts.database.reading() as session:
        live = session.scalars(
            select(ActivationCode).where(
                ActivationCode.account_id == account_id,
                ActivationCode.used_at.is_(None),
                ActivationCode.killed_at.is_(None),
            )
        )
        assert len(live.all()) == 1


def test_a_patient_gets_one_account_when_sixteen_desks_create_it(scene: Scene, race: Race) -> None:
    patient = scene.acting("reception").patients.register(NewPatient("Hart", "Amelia", BORN))
    token = (
        scene.portal.acting(scene.desk.caller).staff.sign_in(_user_name(scene, "reception"), PASSWORD).token
    )
    rounds = race.run(create, [(token, patient.id)])
    assert len(granted(rounds[0])) == 1
    assert refused(rounds) == {"account_exists"}


@pytest.mark.rule("D4")
def test_all_of_one_name_and_birth_date_get_the_alert_when_sixteen_desks_register_them(
    scene: Scene, race: Race
) -> None:
    desk = scene.portal.acting(scene.desk.caller)
    token = desk.staff.sign_in(_user_name(scene, "reception"), PASSWORD).token
    rounds = race.run(register, [(token,)])
    assert refused(rounds) == set()
    found = scene.acting("reception").patients.find("hart")
    assert {row.id for row in found} == set(granted(rounds[0]))
    assert [row.has_name_alert for row in found] == [True] * PROCESSES


def test_the_last_manager_stays_when_all_leave_at_once(scene: Scene, race: Race) -> None:
    tokens = []
    for name in ("manager", "manager_south"):
        user_name = _user_name(scene, name)
        token = scene.portal.acting(scene.desk.caller).staff.sign_in(user_name, PASSWORD).token
        tokens.append((token, scene.staff[name].id))
    rounds = race.run(step_down, [(tuple(tokens),)], processes=2)
    assert len(granted(rounds[0])) == 1
    assert refused(rounds) == {"last_manager"}


def events(scene: Scene, verb: str, outcome: str) -> int:
    with scene.portal.parts.database.reading() as session:
        query = select(func.count()).where(AuditEvent.verb == verb, AuditEvent.outcome == outcome)
        return session.scalar(query) or 0


def _tries(session: Session, key: str) -> int:
    row = session.get(Throttle, key)
    return row.tries if row else 0


def _user_name(scene: Scene, name: str) -> str:
    members = scene.acting("manager").staff.all()
    return next(member.user_name for member in members if member.id == scene.staff[name].id)
