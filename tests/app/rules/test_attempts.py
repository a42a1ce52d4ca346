from datetime import UTC, datetime, timedelta

import pytest

from app.rules.attempts import (
    THROTTLES,
    CountedBy,
    Guarded,
    Lock,
    after_wrong_code,
    code_is_killed,
)
from app.rules.limits import ClinicRules

NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)
RULES = ClinicRules()
SECOND = timedelta(seconds=1)


@pytest.mark.rule("D14")
def test_five_wrong_codes_lock_for_15_minutes_and_fifteen_until_unlocked() -> None:
    locked = Lock(until=datetime(2026, 3, 12, 9, 15, tzinfo=UTC))
    expected = [Lock()] * 4 + [locked] + [Lock()] * 4 + [locked] + [Lock()] * 4 + [Lock(is_stopped=True)] * 3
    assert [after_wrong_code(wrong, NOW, RULES) for wrong in range(1, 18)] == expected


@pytest.mark.rule("D4")
def test_ten_wrong_birth_dates_kill_the_activation_code() -> None:
    assert not code_is_killed(9, RULES)
    assert code_is_killed(10, RULES)


@pytest.mark.parametrize("guarded", Guarded)
def test_everything_guarded_is_throttled_by_place_and_overall_and_a_wider_count_allows_more(
    guarded: Guarded,
) -> None:
    by_place = THROTTLES[guarded, CountedBy.PLACE].limit
    assert by_place < THROTTLES[guarded, CountedBy.OVERALL].limit
    # An invitation has its own lock (D14) instead of a throttle; a new station's code belongs to nobody yet.
    without = {Guarded.CODE, Guarded.ENROLMENT}
    assert (guarded, CountedBy.ACCOUNT) in THROTTLES or guarded in without
    assert guarded in without or THROTTLES[guarded, CountedBy.ACCOUNT].limit < by_place
