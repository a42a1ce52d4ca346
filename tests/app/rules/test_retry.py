from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.rules.retry import next_try_at

NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)


def test_the_waits_double_from_one_minute_to_two_hours() -> None:
    waits = [next_try_at(tries, NOW) for tries in range(1, 10)]
    assert [at and (at - NOW) // timedelta(minutes=1) for at in waits] == [1, 2, 4, 8, 16, 32, 64, 120, 120]


def test_it_gives_up_after_about_a_day() -> None:
    at, tries = NOW, 1
    while (later := next_try_at(tries, at)) is not None:
        at, tries = later, tries + 1
    assert timedelta(hours=24) <= at - NOW <= timedelta(hours=26)
    assert tries < 25


@given(st.integers(1, 500))
def test_who_has_given_up_never_starts_again(tries: int) -> None:
    if next_try_at(tries, NOW) is None:
        assert next_try_at(tries + 1, NOW) is None
