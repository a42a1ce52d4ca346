from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.attempts import (
    THROTTLES,
    CountedBy,
    Guarded,
    Lock,
    Throttle,
    after_wrong_code,
    code_is_killed,
    retry_after,
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


def test_a_throttled_try_is_heard_again_when_the_window_is_over() -> None:
    throttle = Throttle(3, timedelta(minutes=15))
    assert retry_after(throttle, NOW, 2, NOW) is None
    window_ends_at = NOW + timedelta(minutes=15)
    assert retry_after(throttle, NOW, 3, NOW) == window_ends_at
    assert retry_after(throttle, NOW, 9, window_ends_at - SECOND) == window_ends_at
    assert retry_after(throttle, NOW, 9, window_ends_at) is None


@given(st.integers(1, 30), st.integers(1, 60), st.integers(0, 90), st.integers(0, 60))
def test_who_is_told_to_wait_is_heard_after_waiting(
    limit: int, minutes: int, passed: int, tries: int
) -> None:
    throttle = Throttle(limit, timedelta(minutes=minutes))
    wait_until = retry_after(throttle, NOW, tries, NOW + timedelta(minutes=passed))
    if wait_until is not None:
        assert wait_until > NOW + timedelta(minutes=passed)
        assert retry_after(throttle, NOW, tries, wait_until) is None


@pytest.mark.parametrize("guarded", Guarded)
def test_everything_guarded_is_throttled_by_place_and_overall_and_a_wider_count_allows_more(
    guarded: Guarded,
) -> None:
    by_place = THROTTLES[guarded, CountedBy.PLACE].limit
    assert by_place < THROTTLES[guarded, CountedBy.OVERALL].limit
    # An invitation has its own lock (D14) instead of a throttle.
    assert (guarded, CountedBy.ACCOUNT) in THROTTLES or guarded is Guarded.CODE
    assert guarded is Guarded.CODE or THROTTLES[guarded, CountedBy.ACCOUNT].limit < by_place
