from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.access import CLINIC_ROLES, GrantFacts, Role, changes_at, grant_ends_at_majority, grant_reaches
from app.rules.calendar import local_day

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ZONES = sorted(available_timezones() - {"localtime"})
INSTANTS = st.integers(-5, 5).map(lambda hours: NOON + timedelta(hours=hours))
FACTS = st.builds(GrantFacts, starts_at=INSTANTS, ends_at=st.none() | INSTANTS, ended_at=st.none() | INSTANTS)


@pytest.mark.rule("D26")
def test_the_roles_are_those_of_the_decision() -> None:
    assert [role.value for role in CLINIC_ROLES] == ["reception", "clinical", "manager", "privacy", "it"]
    assert {"kiosk", "patient", "guest", "feed", "nobody"} < {role.value for role in Role}


@pytest.mark.rule("D31")
def test_a_grant_reaches_from_its_start_until_its_end_or_until_the_desk_ends_it() -> None:
    lasting = GrantFacts(starts_at=NOON)
    assert not grant_reaches(lasting, NOON - SECOND)
    assert grant_reaches(lasting, NOON)
    limited = GrantFacts(starts_at=NOON, ends_at=NOON + timedelta(days=1))
    assert grant_reaches(limited, NOON + timedelta(days=1) - SECOND)
    assert not grant_reaches(limited, NOON + timedelta(days=1))
    ended = GrantFacts(starts_at=NOON, ends_at=NOON + timedelta(days=1), ended_at=NOON + SECOND)
    assert not grant_reaches(ended, NOON + SECOND)


@given(FACTS, INSTANTS)
def test_nothing_changes_by_time_before_it_was_said_to(facts: GrantFacts, now: datetime) -> None:
    change = changes_at(facts, now)
    until = now + timedelta(days=9) if change is None else change - SECOND
    assert grant_reaches(facts, until) == grant_reaches(facts, now)


@pytest.mark.rule("D29")
@pytest.mark.parametrize(
    ("birth_date", "years", "ends_at"),
    [
        (date(2010, 7, 15), 18, datetime(2028, 7, 14, 14, tzinfo=UTC)),  # 15 July, 00:00 in Sydney
        (date(2010, 1, 1), 16, datetime(2025, 12, 31, 13, tzinfo=UTC)),  # summer time
        (date(2008, 2, 29), 18, datetime(2026, 2, 27, 13, tzinfo=UTC)),  # 28 February
    ],
)
def test_a_parents_access_ends_as_the_birthday_begins(
    birth_date: date, years: int, ends_at: datetime
) -> None:
    assert grant_ends_at_majority(birth_date, years, "Australia/Sydney") == ends_at


@pytest.mark.rule("D29")
# Birthdays from 2012 on: until then the date line has swallowed whole days.
@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(12, 21), st.sampled_from(ZONES))
def test_the_day_before_the_birthday_is_the_last_anywhere(birth_date: date, years: int, zone: str) -> None:
    ends_at = grant_ends_at_majority(birth_date, years, zone)
    birthday = local_day(ends_at, zone)
    assert local_day(ends_at - timedelta(microseconds=1), zone) < birthday
    leap_birthday = (birth_date.month, birth_date.day) == (2, 29)
    if not leap_birthday:
        assert (birthday.year - birth_date.year, birthday.month, birthday.day) == (
            years,
            birth_date.month,
            birth_date.day,
        )
