from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.activation import activation_expires_at, activation_expires_on
from app.rules.calendar import local_day
from app.rules.limits import ClinicRules

MONTHS = ClinicRules().activation_months
ZONES = sorted(available_timezones() - {"localtime"})


@pytest.mark.rule("R12", "D3")
def test_a_code_made_in_the_morning_works_to_the_end_of_the_same_day_next_month() -> None:
    made_at = datetime(2026, 3, 11, 23, 0, tzinfo=UTC)  # 10 am on 12 March in Sydney, +11:00
    assert activation_expires_on(made_at, MONTHS, "Australia/Sydney") == date(2026, 4, 12)
    # summer time has ended meanwhile: midnight is 14:00 UTC
    assert activation_expires_at(made_at, MONTHS, "Australia/Sydney") == datetime(2026, 4, 12, 14, tzinfo=UTC)


@pytest.mark.rule("R12", "D3")
@pytest.mark.parametrize(("year", "last_day"), [(2026, date(2026, 2, 28)), (2028, date(2028, 2, 29))])
def test_a_code_made_on_31_january_works_to_the_end_of_february(year: int, last_day: date) -> None:
    made_at = datetime(year, 1, 31, 2, tzinfo=UTC)
    assert activation_expires_on(made_at, MONTHS, "Australia/Sydney") == last_day
    assert activation_expires_at(made_at, MONTHS, "Australia/Sydney") == datetime(
        last_day.year, last_day.month, last_day.day, 13, tzinfo=UTC
    )


@pytest.mark.rule("D3")
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - made aware
    st.sampled_from(ZONES),
)
def test_the_printed_day_is_the_last_day_the_code_works_on(made_at: datetime, zone: str) -> None:
    printed = activation_expires_on(made_at, MONTHS, zone)
    ends = activation_expires_at(made_at, MONTHS, zone)
    assert local_day(ends - timedelta(microseconds=1), zone) <= printed < local_day(ends, zone)
    # 28 days of February, less what a change of the clock or of the date line takes away
    assert timedelta(days=26) < ends - made_at < timedelta(days=34)
