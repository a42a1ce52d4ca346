from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.calendar import add_months, end_of_local_day, local_day

ZONES = sorted(available_timezones() - {"localtime"})
DAYS = st.dates(date(1970, 1, 2), date(2099, 12, 30))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]  # the parts are year, month, day, hour ...


@st.composite
def days_near_clock_changes(draw: st.DrawFn) -> tuple[date, str]:
    zone = draw(st.sampled_from(ZONES))
    tz = ZoneInfo(zone)
    year = draw(st.integers(1970, 2099))
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(366)]
    offsets = [noon.astimezone(tz).utcoffset() for noon in noons]
    changes = [
        noon for noon, before, after in zip(noons, offsets, offsets[1:], strict=False) if before != after
    ]
    at = draw(st.sampled_from(changes)) if changes else draw(st.sampled_from(noons))
    return at.astimezone(tz).date() + timedelta(days=draw(st.integers(-1, 2))), zone


def day_is_over_exactly_at_its_end(day: date, zone: str) -> None:
    end = end_of_local_day(day, zone)
    assert end.utcoffset() == timedelta()
    assert local_day(end - timedelta(microseconds=1), zone) <= day
    for minutes in range(0, 3 * 24 * 60, 15):
        assert local_day(end + timedelta(minutes=minutes), zone) > day


@pytest.mark.rule("D3")
@given(days_near_clock_changes())
def test_a_day_near_a_clock_change_is_over_at_its_end_and_never_comes_back(where: tuple[date, str]) -> None:
    day_is_over_exactly_at_its_end(*where)


@pytest.mark.rule("D3")
@given(DAYS, st.sampled_from(ZONES))
def test_any_day_anywhere_is_over_at_its_end_and_never_comes_back(day: date, zone: str) -> None:
    day_is_over_exactly_at_its_end(day, zone)


@pytest.mark.rule("D3")
@pytest.mark.parametrize("year", [2026, 2027])
def test_every_day_of_a_year_with_a_clock_change_in_any_zone_has_its_true_length(year: int) -> None:
    checked = 0
    for zone in ZONES:
        tz = ZoneInfo(zone)
        noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(366)]
        for before, after in pairwise(noons):
            gained = after.astimezone(tz).utcoffset() - before.astimezone(tz).utcoffset()  # type: ignore[operator]  # aware
            if gained:
                # The change lies between the two noons, hence between the ends of these two days.
                first = before.astimezone(tz).date() - timedelta(days=1)
                span = end_of_local_day(first + timedelta(days=3), zone) - end_of_local_day(first, zone)
                assert span == timedelta(days=3) - gained, (zone, first)
                for day in (first + timedelta(days=1), first + timedelta(days=2)):
                    end = end_of_local_day(day, zone)
                    assert local_day(end - timedelta(seconds=1), zone) == day, (zone, day)
                    assert local_day(end, zone) == day + timedelta(days=1), (zone, day)
                checked += 1
    assert checked > 200


@given(DAYS, st.sampled_from(ZONES))
def test_days_end_in_their_order(day: date, zone: str) -> None:
    length = end_of_local_day(day, zone) - end_of_local_day(day - timedelta(days=1), zone)
    assert timedelta() <= length <= timedelta(hours=49)


@pytest.mark.rule("D3")
@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        # +10:00, no summer time
        (date(2026, 7, 1), "Australia/Brisbane", utc(2026, 7, 1, 14)),
        # summer time ends at 03:00 on 5 April 2026: the day has 25 hours
        (date(2026, 4, 4), "Australia/Sydney", utc(2026, 4, 4, 13)),
        (date(2026, 4, 5), "Australia/Sydney", utc(2026, 4, 5, 14)),
        # half an hour of summer time, +11:00 to +10:30
        (date(2026, 4, 4), "Australia/Lord_Howe", utc(2026, 4, 4, 13)),
        (date(2026, 4, 5), "Australia/Lord_Howe", utc(2026, 4, 5, 13, 30)),
        # midnight does not exist: 00:00 becomes 01:00 on 6 September 2026, and on 4 November 2018
        (date(2026, 9, 5), "America/Santiago", utc(2026, 9, 6, 4)),
        (date(2018, 11, 3), "America/Sao_Paulo", utc(2018, 11, 4, 3)),
        # 24:00 becomes 23:00 on 4 April 2026: the last hour comes twice
        (date(2026, 4, 4), "America/Santiago", utc(2026, 4, 5, 4)),
        # 00:01 becomes 23:01 on 7 November 2010: midnight comes twice
        (date(2010, 11, 6), "America/St_Johns", utc(2010, 11, 7, 3, 30)),
        # 01:00 becomes 00:00 on 1 November 2026: the first hour of the next day comes twice
        (date(2026, 10, 31), "America/Havana", utc(2026, 11, 1, 4)),
        # 23:30 becomes 00:30: midnight lies inside the jump
        (date(1919, 3, 30), "America/Toronto", utc(1919, 3, 31, 4, 30)),
        # 30 December 2011 never came
        (date(2011, 12, 29), "Pacific/Apia", utc(2011, 12, 30, 10)),
        (date(2011, 12, 30), "Pacific/Apia", utc(2011, 12, 30, 10)),
        (date(2011, 12, 31), "Pacific/Apia", utc(2011, 12, 31, 10)),
    ],
)
def test_the_end_of_a_local_day(day: date, zone: str, end: datetime) -> None:
    assert end_of_local_day(day, zone) == end


@pytest.mark.rule("D3")
@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 2, 28), 1, date(2026, 3, 28)),
        (date(2026, 5, 31), 1, date(2026, 6, 30)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 3, 12), 12, date(2027, 3, 12)),
        (date(2026, 11, 30), 13, date(2027, 12, 30)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@given(DAYS, st.integers(0, 240))
def test_months_later_is_that_month_and_the_same_day_or_its_last(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(DAYS, DAYS, st.integers(0, 240))
def test_a_later_day_is_never_overtaken(one: date, other: date, months: int) -> None:
    assert add_months(min(one, other), months) <= add_months(max(one, other), months)


def test_a_naive_time_has_no_local_day() -> None:
    with pytest.raises(ValueError, match="zone"):
        local_day(datetime(2026, 3, 1), "Australia/Sydney")  # noqa: DTZ001 - that is the fault


def test_the_local_day_is_the_sites_not_the_servers() -> None:
    assert local_day(utc(2026, 3, 1, 13, 30), "Australia/Sydney") == date(2026, 3, 2)
    assert local_day(utc(2026, 3, 1, 13, 30), "Australia/Perth") == date(2026, 3, 1)
