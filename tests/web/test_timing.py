"""How long an answer takes tells nothing: a wrong code, an unknown number and a locked invitation (D14)."""

import random
import time
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from db.models import Invitation
from tests.web.conftest import NUMBER, Web

TRIES = 24  # of each kind in a round
ROUNDS = 3
NOISE_MS = 8.0  # far below what a line across a town adds and takes away
LEAK_S = 0.04
WRONG = "WRNGWRNGWRNG"
LOCKED = "BCDEFGHJKMNP"


def told_apart(web: Web) -> bool:
    """Whether some kind of answer is told from the others by its time in every round; a busy machine slows all alike."""
    return all(_spread_ms(_round(web)) > NOISE_MS for _ in range(ROUNDS))


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


def _spread_ms(spent: dict[str, list[float]]) -> float:
    """How far apart the kinds are: by their quicker quarters, which other work on the machine touches least."""
    quick = [sorted(times)[len(times) // 4] for times in spent.values()]
    return max(quick) - min(quick)


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
