"""How long an answer takes tells nothing: a wrong code, an unknown number and a locked invitation (D14)."""

import random
import time
from datetime import timedelta
from statistics import fmean, median
from uuid import UUID

import pytest
from sqlalchemy import select

from db.models import Invitation
from tests.web.conftest import NUMBER, Web

TRIES = 16  # of each kind in a round
ROUNDS = 2
A_PART = 1 / 3  # of an answer's own time: less is lost in what a line across a town adds and takes away
BY_CHANCE = 0.001
SHUFFLES = 4000
LEAK_S = 0.2
WRONG = "WRNGWRNGWRNG"
LOCKED = "BCDEFGHJKMNP"


def told_apart(web: Web) -> bool:
    """Whether some kind of answer is told from the others by its time, in every round, by far and not by chance."""
    return all(_is_far(spent) and _chance_of(spent) < BY_CHANCE for spent in map(_round, [web] * ROUNDS))


def _round(web: Web) -> dict[str, list[float]]:
    kinds = {"wrong": NUMBER, "unknown": "ZZZZZZZZZZZZ", "locked": LOCKED}
    spent: dict[str, list[float]] = {kind: [] for kind in kinds}
    order = [*kinds] * TRIES
    random.Random(7).shuffle(order)
    for place, kind in enumerate(order):
        web.clock.advance(timedelta(hours=1))  # no throttle has a part in it
        invitation_as_new(web)
        browser = web.browser(address=f"203.0.113.{place % 250}")
        fields = browser.hidden("/open") | {"number": kinds[kind], "code": WRONG}
        began = time.perf_counter()
        answer = browser.send("/open", fields)
        spent[kind].append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 403
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


def invitation_as_new(web: Web) -> None:
    with web.portal.parts.database.writing() as session:
        for row in session.scalars(select(Invitation)):
            row.wrong_codes = 0
            row.locked_until = None if row.number == NUMBER else web.clock() + timedelta(days=1)
            row.shared_until = web.clock() + timedelta(days=30)


@pytest.fixture
def two_invitations(web: Web) -> UUID:
    web.scene.invitation(web.owner, web.exam, web.patient, number=LOCKED, code=WRONG)
    return web.invitation()


@pytest.mark.slow
@pytest.mark.rule("D14")
def test_wrong_unknown_and_locked_take_the_same_time(web: Web, two_invitations: UUID) -> None:
    assert not told_apart(web)


@pytest.mark.slow
def test_control_a_planted_leak_is_told(
    web: Web, two_invitations: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.visits import Visits

    read = Visits._read

    def leaking(*args: object) -> object:
        found = read(*args)  # type: ignore[arg-type]  # passed on as it came
        if found[0] is not None:
            time.sleep(LEAK_S)
        return found

    monkeypatch.setattr(Visits, "_read", leaking)
    assert told_apart(web)
