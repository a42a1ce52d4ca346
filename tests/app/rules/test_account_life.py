from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.account_life import (
    AccountFacts,
    AccountState,
    account_expires_at,
    account_state,
    changes_at,
    notice_due_at,
)
from app.rules.calendar import add_months, local_day

ZONES = sorted(available_timezones() - {"localtime"})
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
INSTANTS = st.integers(-5, 5).map(lambda hours: NOON + timedelta(hours=hours))
FACTS = st.builds(
    AccountFacts,
    code_expires_at=st.none() | INSTANTS,
    activated_at=st.none() | INSTANTS,
    expires_at=st.none() | INSTANTS,
    blocked_at=st.none() | INSTANTS,
    deleted_at=st.none() | INSTANTS,
)


@pytest.mark.rule("R50", "D3", "D18")
def test_an_account_expires_when_not_signed_in_to_for_a_full_year() -> None:
    last_sign_in = datetime(2026, 7, 1, 3, tzinfo=UTC)  # 1 pm in Sydney
    expires_at = account_expires_at(last_sign_in, 12, "Australia/Sydney")
    assert expires_at == datetime(2027, 7, 1, 14, tzinfo=UTC)
    facts = AccountFacts(activated_at=last_sign_in, expires_at=expires_at)
    assert account_state(facts, expires_at - SECOND) is AccountState.ACTIVE
    assert account_state(facts, expires_at) is AccountState.EXPIRED


@pytest.mark.rule("R50", "D3")
def test_a_year_from_a_leap_day_ends_with_february() -> None:
    assert account_expires_at(datetime(2028, 2, 29, 3, tzinfo=UTC), 12, "Australia/Brisbane") == datetime(
        2029, 2, 28, 14, tzinfo=UTC
    )


@pytest.mark.rule("R50", "D3")
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - made aware
    st.sampled_from(ZONES),
)
def test_the_last_day_of_an_account_is_the_anniversary_anywhere(signed_in: datetime, zone: str) -> None:
    last_day: date = add_months(local_day(signed_in, zone), 12)
    ends = account_expires_at(signed_in, 12, zone)
    assert local_day(ends - timedelta(microseconds=1), zone) <= last_day < local_day(ends, zone)


@pytest.mark.rule("D18")
def test_the_patient_is_told_30_days_before() -> None:
    assert notice_due_at(datetime(2027, 7, 1, 14, tzinfo=UTC)) == datetime(2027, 6, 1, 14, tzinfo=UTC)


@pytest.mark.rule("R12")
def test_before_activation_the_code_decides() -> None:
    facts = AccountFacts(code_expires_at=NOON)
    assert account_state(facts, NOON - SECOND) is AccountState.CREATED
    assert account_state(facts, NOON) is AccountState.CODE_EXPIRED
    assert account_state(AccountFacts(), NOON) is AccountState.CODE_EXPIRED


@given(FACTS, INSTANTS)
def test_deleted_stands_above_blocked_above_everything(facts: AccountFacts, now: datetime) -> None:
    assert account_state(replace(facts, deleted_at=NOON), now) is AccountState.DELETED
    blocked = replace(facts, blocked_at=NOON, deleted_at=None)
    assert account_state(blocked, now) is AccountState.BLOCKED


@given(FACTS, INSTANTS)
def test_the_state_changes_when_said_and_not_before(facts: AccountFacts, now: datetime) -> None:
    before = account_state(facts, now)
    change = changes_at(facts, now)
    if change is None:
        assert account_state(facts, now + timedelta(days=9)) is before
    else:
        assert account_state(facts, change - SECOND) is before
        assert account_state(facts, change) is not before
