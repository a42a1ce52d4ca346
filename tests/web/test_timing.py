"""How long an answer takes tells nothing: of invitations, of accounts when signing in, of e-mail addresses (D6, D14)."""

import random
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import fmean, median

import pytest
from sqlalchemy import delete, select

from app.outside.passwords import Argon2Passwords
from app.portal import Portal
from app.rules.passwords import user_name_key
from app.visits import Visits
from db.models import Account, Invitation, Throttle
from tests.databases import PostgreSQL
from tests.scene import PASSWORD
from tests.web.conftest import NUMBER, Web
from web.main import create_app

TRIES = 16  # of each kind in a round
ROUNDS = 2
A_PART = 1 / 3  # of an answer's own time: less is lost in what a line across a town adds and takes away
BY_CHANCE = 0.001
SHUFFLES = 4000
LEAK_S = 0.2
WRONG = "WRNGWRNGWRNG"
LOCKED = "BCDEFGHJKMNP"


@pytest.fixture
def databases(postgresql: PostgreSQL) -> PostgreSQL:
    """What strangers can reach stands on this one."""
    return postgresql


class Answers:
    """A form whose answers must not be told apart, and what is typed into it: one for each kind of thing behind."""

    def __init__(self, web: Web, page: str, typed: dict[str, dict[str, str]], *, status: int) -> None:
        self.web = web
        self.page = page
        self.typed = typed
        self.status = status

    def told_apart(self) -> bool:
        """Whether some kind is told from the others by its time, in every round, by far and not by chance."""
        rounds = (self._round() for _ in range(ROUNDS))  # a second one only where the first tells something
        return all(_is_far(spent) and _chance_of(spent) < BY_CHANCE for spent in rounds)

    def _round(self) -> dict[str, list[float]]:
        spent: dict[str, list[float]] = {kind: [] for kind in self.typed}
        order = [*self.typed] * TRIES
        random.Random(7).shuffle(order)
        for place, kind in enumerate(order):
            self.web.clock.advance(timedelta(hours=1))
            as_new(self.web)
            browser = self.web.browser(address=f"203.0.113.{place % 250}")
            fields = browser.hidden(self.page) | self.typed[kind]
            began = time.perf_counter()
            answer = browser.send(self.page, fields)
            spent[kind].append((time.perf_counter() - began) * 1000)
            assert answer.status_code == self.status
        return spent


def _is_far(spent: dict[str, list[float]]) -> bool:
    """Whether the kinds lie far apart for how long they take: by their medians, so that a busy machine is no matter."""
    middles = [median(times) for times in spent.values()]
    return max(middles) - min(middles) > A_PART * min(middles)


def _chance_of(spent: dict[str, list[float]]) -> float:
    """How often kinds dealt out at random would lie as far apart, by the mean ranks of their times."""
    every = sorted(time for times in spent.values() for time in times)
    ranks = [[every.index(time) for time in times] for times in spent.values()]
    found = _spread(ranks)
    dealt = [rank for own in ranks for rank in own]
    chance, as_far = random.Random(11), 1
    for _ in range(SHUFFLES):
        chance.shuffle(dealt)
        as_far += _spread([dealt[at : at + TRIES] for at in range(0, len(dealt), TRIES)]) >= found
    return as_far / (SHUFFLES + 1)


def _spread(ranks: list[list[int]]) -> float:
    means = [fmean(own) for own in ranks]
    return max(means) - min(means)


def as_new(web: Web) -> None:
    """Whatever was tried before has no part in how long an answer takes."""
    with web.portal.parts.database.writing() as session:
        session.execute(delete(Throttle))
        for row in session.scalars(select(Invitation)):
            row.wrong_codes = 0
            row.locked_until = None if row.number == NUMBER else web.clock() + timedelta(days=1)
            row.shared_until = web.clock() + timedelta(days=30)


@pytest.fixture
def codes(web: Web) -> Answers:
    """A wrong code, an unknown number, and a locked invitation with its right code."""
    web.scene.invitation(web.owner, web.exam, web.patient, number=LOCKED, code=WRONG)
    web.invitation()
    numbers = {"wrong": NUMBER, "unknown": "ZZZZZZZZZZZZ", "locked": LOCKED}
    typed = {kind: {"number": number, "code": WRONG} for kind, number in numbers.items()}
    return Answers(web, "/open", typed, status=403)


@pytest.fixture
def sign_ins(web: Web, tmp_path: Path) -> Answers:
    """A wrong password, an unknown user name and a blocked account, where hashing takes its time as it does in life."""
    slow = Argon2Passwords(tmp_path / "slots", memory_kib=32 * 1024, passes=3, at_once=8)
    web.app = create_app(Portal(replace(web.portal.parts, passwords=slow)), web.portal.parts.settings)
    web.scene.account(web.patient, user_name="known.one")
    blocked = web.scene.account(web.patient, user_name="blocked.one")
    with web.portal.parts.database.writing() as session:
        for account in session.scalars(select(Account)):
            account.password_hash = slow.hash(PASSWORD)
        session.get_one(Account, blocked.id).blocked_at = web.clock()
    names = {"wrong": "known.one", "unknown": "nobody.here", "blocked": "blocked.one"}
    typed = {kind: {"user_name": name, "password": "not the password"} for kind, name in names.items()}
    return Answers(web, "/sign-in", typed, status=403)


@pytest.fixture
def forgotten(web: Web) -> Answers:
    """An e-mail address that an account has, and one that none has."""
    typed = {"known": "amelia@example.org", "unknown": "nobody@example.org"}
    return Answers(
        web,
        "/forgot",
        {kind: {"user_name_or_email": address} for kind, address in typed.items()},
        status=200,
    )


@pytest.mark.slow
@pytest.mark.rule("D14")
def test_wrong_unknown_and_locked_codes_take_the_same_time(codes: Answers) -> None:
    assert not codes.told_apart()


@pytest.mark.slow
@pytest.mark.rule("D5", "D14")
def test_wrong_passwords_unknown_names_and_blocked_accounts_take_the_same_time(sign_ins: Answers) -> None:
    assert not sign_ins.told_apart()


@pytest.mark.slow
@pytest.mark.rule("R14", "D6")
def test_addresses_with_and_without_an_account_take_the_same_time(forgotten: Answers) -> None:
    assert not forgotten.told_apart()


@pytest.mark.slow
def test_control_a_planted_leak_is_told_of_codes(codes: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Visits._read

    def leaking(*args: object) -> object:
        found = read(*args)  # type: ignore[arg-type]  # passed on as it came
        if found[0] is not None:
            time.sleep(LEAK_S)
        return found

    monkeypatch.setattr(Visits, "_read", leaking)
    assert codes.told_apart()


@pytest.mark.slow
def test_control_a_planted_leak_is_told_of_signing_in(
    sign_ins: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What it takes to forget: whoever is not there is answered without hashing anything.
    monkeypatch.setattr(Argon2Passwords, "verify_nothing", lambda *_: None)
    assert sign_ins.told_apart()


@pytest.mark.slow
def test_control_a_planted_leak_is_told_of_forgotten_passwords(
    forgotten: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leaking(typed: str) -> str:
        if typed.startswith("amelia"):
            time.sleep(LEAK_S)
        return user_name_key(typed)

    monkeypatch.setattr("app.recovery.user_name_key", leaking)
    assert forgotten.told_apart()
