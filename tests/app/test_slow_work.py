"""Hashing a password takes a third of a second: no transaction may be open meanwhile, and none is hashed in vain."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import QueuePool

from app.outside.passwords import Argon2Passwords
from app.portal import Portal
from app.rules.access import Role
from app.rules.attempts import THROTTLES, CountedBy, Guarded
from app.rules.codes import new_code
from app.views.clinic import FirstStart
from db.database import Database
from tests.fakes import FixedClock
from tests.refusals import refusal
from tests.scene import PASSWORD, Scene

BORN = date(1944, 5, 17)
NEW = "another heron lamp"


class WatchedPasswords(Argon2Passwords):
    """Passwords that refuse to work while a connection of the portal is in use."""

    def __init__(self, slots: Path, database: Database) -> None:
        super().__init__(slots, memory_kib=8, passes=1, at_once=8)
        assert isinstance(database.engine.pool, QueuePool)
        self._pool = database.engine.pool
        self.done: list[str] = []

    def hash(self, password: str) -> str:
        self._note("hash")
        return super().hash(password)

    def verify(self, hashed: str, password: str) -> bool:
        self._note("verify")
        return super().verify(hashed, password)

    def _note(self, what: str) -> None:
        assert self._pool.checkedout() == 0, "a transaction is open while a password is hashed"
        self.done.append(what)


@pytest.fixture
def watched(portal: Portal, tmp_path: Path) -> Portal:
    """The same portal, with watched passwords."""
    parts = portal.parts
    return Portal(replace(parts, passwords=WatchedPasswords(tmp_path / "slots", parts.database)))


@pytest.fixture
def scene(watched: Portal, clock: FixedClock) -> Scene:
    return Scene(watched, clock)


def done(portal: Portal) -> list[str]:
    """What was hashed and checked since the last time."""
    passwords = portal.parts.passwords
    assert isinstance(passwords, WatchedPasswords)
    found = list(passwords.done)
    passwords.done.clear()
    return found


def test_the_watch_sees_an_open_transaction(watched: Portal) -> None:
    with watched.parts.database.reading() as session:
        session.connection()
        with pytest.raises(AssertionError, match="transaction is open"):
            watched.parts.passwords.hash(PASSWORD)


def test_patients_passwords_are_hashed_outside_any_transaction(scene: Scene, watched: Portal) -> None:
    desk, kiosk = scene.acting("reception"), scene.acting(scene.kiosk)
    letter = desk.accounts.create(scene.patient(), "passport").letter
    assert letter is not None
    done(watched)
    kiosk.activation.finish(letter.code, BORN, "amelia44", PASSWORD, "1")
    assert done(watched) == ["hash"]
    kiosk.sessions.sign_in("amelia44", PASSWORD)
    assert done(watched) == ["verify"]
    account_id = desk.patients.open(desk.patients.find("hart")[0].id).accounts[0].id
    slip = desk.accounts.reset_slip(account_id, "passport")
    assert done(watched) == []
    kiosk.recovery.reset(slip.code, BORN, NEW)
    assert done(watched) == ["hash"]


def test_staff_passwords_are_hashed_outside_any_transaction(scene: Scene, watched: Portal) -> None:
    manager, desk = scene.acting("manager"), scene.acting(scene.desk)
    done(watched)
    made = manager.staff.add("robin.new", "Robin", (Role.RECEPTION,), (scene.north,))
    manager.staff.reset_password(made.staff_id)
    made = manager.staff.reset_password(made.staff_id)
    token = desk.staff.sign_in("robin.new", made.password).token
    me = watched.acting(watched.signed_in(token, station=scene.desk.caller))
    me.staff.set_password(made.password, NEW)
    me.staff.lock()
    me.staff.unlock(NEW)
    assert done(watched) == ["hash", "hash", "hash", "verify", "verify", "hash", "verify"]


def test_the_first_managers_password_is_hashed_outside_any_transaction(watched: Portal) -> None:
    watched.begin(
        FirstStart(
            "Harbour Imaging",
            "portal@harbour.example",
            "https://portal.harbour.example",
            "North",
            ("1 North Street",),
            "+61 2 5550 1234",
            "Australia/Sydney",
            "Robin",
            "robin",
            PASSWORD,
        )
    )
    assert done(watched) == ["hash"]


@pytest.mark.rule("D5")
def test_signing_in_takes_the_same_work_whether_or_not_the_user_name_exists(
    scene: Scene, watched: Portal
) -> None:
    scene.account(scene.patient(), user_name="amelia")
    kiosk, desk = scene.acting(scene.kiosk), scene.acting(scene.desk)
    done(watched)
    for name in ("amelia", "nobody at all", "a" * 3000):
        assert refusal(kiosk.sessions.sign_in, name, "not the password") == "sign_in_wrong"
        assert done(watched) == ["verify"]
        assert refusal(desk.staff.sign_in, name, "not the password") == "sign_in_wrong"
        assert done(watched) == ["verify"]


def test_whoever_must_wait_keeps_no_machine_busy_with_hashing(
    scene: Scene, watched: Portal, clock: FixedClock
) -> None:
    scene.account(scene.patient(), user_name="amelia")
    window = THROTTLES[Guarded.SIGN_IN, CountedBy.ACCOUNT]
    for sign_in in (scene.acting(scene.kiosk).sessions.sign_in, scene.acting(scene.desk).staff.sign_in):
        for name in ("amelia", "nobody at all"):
            done(watched)
            for _ in range(window.limit):
                assert refusal(sign_in, name, "not the password") == "sign_in_wrong"
            assert done(watched) == ["verify"] * window.limit
            assert refusal(sign_in, name, PASSWORD) == "too_many_tries"
            assert done(watched) == []
    clock.advance(window.window)
    scene.acting(scene.kiosk).sessions.sign_in("amelia", PASSWORD)
    assert done(watched) == ["verify"]


def test_unlocking_too_often_keeps_no_machine_busy_with_hashing(scene: Scene, watched: Portal) -> None:
    desk = scene.acting("reception").staff
    desk.lock()
    limit = THROTTLES[Guarded.SIGN_IN, CountedBy.ACCOUNT].limit
    done(watched)
    for _ in range(limit):
        assert refusal(desk.unlock, "not the password") == "password_wrong"
    assert done(watched) == ["verify"] * limit
    assert refusal(desk.unlock, PASSWORD) == "too_many_tries"
    assert done(watched) == []


def test_guessing_codes_does_not_keep_the_machine_busy_with_hashing(scene: Scene, watched: Portal) -> None:
    kiosk = scene.acting(scene.kiosk)
    done(watched)
    assert refusal(kiosk.activation.finish, new_code(), BORN, "amelia44", PASSWORD, "1") == "code_unknown"
    assert refusal(kiosk.recovery.reset, new_code(), BORN, NEW) == "link_dead"
    assert done(watched) == []


def test_asking_for_help_hashes_nothing(scene: Scene, watched: Portal) -> None:
    scene.account(scene.patient(), user_name="amelia")
    done(watched)
    for name in ("amelia", "nobody at all"):
        watched.acting(watched.nobody("203.0.113.1")).recovery.forgot(name)
    assert done(watched) == []
