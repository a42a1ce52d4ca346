from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.account_life import AccountState
from app.rules.calendar import end_of_local_day
from app.rules.invitation import (
    ExpiredBecause,
    GuestAnswer,
    InvitationFacts,
    InvitationState,
    SharedUntilFault,
    can_edit,
    can_revoke,
    changes_at,
    check_new_shared_until,
    default_shared_until,
    is_locked,
    may_open,
    shared_until_bounds,
    state,
    visit_goes_on,
)

SYDNEY = "Australia/Sydney"
ZONES = sorted(available_timezones() - {"localtime"})
MADE = datetime(2026, 3, 12, 1, tzinfo=UTC)  # noon on 12 March in Sydney
UNTIL = datetime(2026, 4, 11, 14, tzinfo=UTC)  # 11 April is over in Sydney, summer time has ended
SECOND = timedelta(seconds=1)
NEW = InvitationFacts(created_at=MADE, shared_until=UNTIL)
INSTANTS = st.integers(-5, 5).map(lambda hours: UNTIL + timedelta(hours=hours))
FACTS = st.builds(
    InvitationFacts,
    created_at=st.just(MADE),
    shared_until=INSTANTS,
    accesses=st.integers(0, 11),
    max_accesses=st.sampled_from([1, 10]),
    revoked_at=st.none() | INSTANTS,
    locked_until=st.none() | INSTANTS,
    is_stopped=st.booleans(),
    account=st.sampled_from(AccountState),
    exam_is_available=st.booleans(),
)


@pytest.mark.rule("R78")
def test_there_are_four_statuses_by_these_names() -> None:
    assert [status.value for status in InvitationState] == ["Active", "Viewed", "Expired", "Revoked"]


@pytest.mark.rule("R73")
def test_an_invitation_nobody_has_used_is_active() -> None:
    assert state(NEW, MADE) == (InvitationState.ACTIVE, None)


@pytest.mark.rule("R74")
def test_an_invitation_somebody_has_used_is_viewed() -> None:
    assert state(replace(NEW, accesses=1), MADE) == (InvitationState.VIEWED, None)


@pytest.mark.rule("R64", "R75", "D3")
def test_an_invitation_lasts_to_the_end_of_the_30th_local_day() -> None:
    day = default_shared_until(MADE, SYDNEY)
    assert day == date(2026, 4, 11)
    assert end_of_local_day(day, SYDNEY) == UNTIL
    assert state(NEW, UNTIL - SECOND) == (InvitationState.ACTIVE, None)
    assert state(NEW, UNTIL) == (InvitationState.EXPIRED, ExpiredBecause.DATE)


@pytest.mark.rule("R65", "R66", "D13")
def test_ten_accesses_are_granted_and_the_eleventh_is_refused() -> None:
    opened = 0
    while may_open(replace(NEW, accesses=opened), MADE) is GuestAnswer.OPEN:
        opened += 1
    assert opened == 10
    spent = replace(NEW, accesses=10)
    assert state(spent, MADE) == (InvitationState.EXPIRED, ExpiredBecause.USES)
    assert may_open(spent, MADE) is GuestAnswer.USED_UP


@pytest.mark.rule("D13")
def test_the_visit_of_the_last_access_goes_on_though_the_uses_are_spent() -> None:
    spent = replace(NEW, accesses=10)
    assert visit_goes_on(spent, UNTIL - SECOND)
    assert not visit_goes_on(spent, UNTIL)
    assert not visit_goes_on(replace(spent, revoked_at=MADE), MADE)
    assert not visit_goes_on(replace(spent, account=AccountState.BLOCKED), MADE)


@pytest.mark.rule("R71", "R76")
def test_a_revoked_invitation_stays_revoked_whatever_else_is_true() -> None:
    for accesses, account, available, days in product((0, 3, 10), AccountState, (True, False), (0, 400)):
        facts = replace(NEW, revoked_at=MADE, accesses=accesses, account=account, exam_is_available=available)
        now = MADE + timedelta(days=days)
        assert state(facts, now) == (InvitationState.REVOKED, None)
        assert may_open(facts, now) is GuestAnswer.REVOKED
        assert not visit_goes_on(facts, now)
        assert not can_edit(facts, now, SYDNEY)
        assert not can_revoke(facts, now)
        assert changes_at(facts, now) is None


@pytest.mark.rule("D8")
def test_the_invitations_of_a_deleted_account_are_revoked() -> None:
    assert state(replace(NEW, account=AccountState.DELETED), MADE) == (InvitationState.REVOKED, None)


@pytest.mark.rule("D15")
@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(NEW, account=AccountState.EXPIRED, accesses=1), ExpiredBecause.ACCOUNT_INACTIVE),
        (replace(NEW, account=AccountState.BLOCKED), ExpiredBecause.ACCOUNT_BLOCKED),
        (replace(NEW, exam_is_available=False), ExpiredBecause.EXAM_UNAVAILABLE),
        (replace(NEW, account=AccountState.BLOCKED, exam_is_available=False), ExpiredBecause.ACCOUNT_BLOCKED),
        (replace(NEW, account=AccountState.EXPIRED, accesses=10), ExpiredBecause.USES),
        (replace(NEW, account=AccountState.BLOCKED, accesses=10, shared_until=MADE), ExpiredBecause.DATE),
    ],
)
def test_expired_says_its_first_reason(facts: InvitationFacts, reason: ExpiredBecause) -> None:
    assert state(facts, MADE) == (InvitationState.EXPIRED, reason)


@pytest.mark.rule("D18")
def test_invitations_of_an_expired_account_work_again_after_reinstatement() -> None:
    suspended = replace(NEW, account=AccountState.EXPIRED, accesses=2)
    assert may_open(suspended, MADE) is GuestAnswer.UNAVAILABLE
    assert may_open(replace(suspended, account=AccountState.ACTIVE), MADE) is GuestAnswer.OPEN


@pytest.mark.rule("D14")
def test_a_right_code_on_a_dead_invitation_says_which_way_it_died() -> None:
    assert may_open(NEW, UNTIL) is GuestAnswer.EXPIRED
    assert may_open(replace(NEW, accesses=10), MADE) is GuestAnswer.USED_UP
    assert may_open(replace(NEW, revoked_at=MADE), MADE) is GuestAnswer.REVOKED


@pytest.mark.rule("D14")
@given(FACTS, INSTANTS)
def test_a_locked_invitation_answers_a_right_code_like_a_wrong_one(
    facts: InvitationFacts, now: datetime
) -> None:
    assert (may_open(facts, now) is GuestAnswer.TRY_AGAIN) == is_locked(facts, now)


@pytest.mark.rule("D14")
def test_a_lock_ends_by_itself_and_a_stop_does_not() -> None:
    locked = replace(NEW, locked_until=MADE + SECOND)
    assert is_locked(locked, MADE)
    assert changes_at(locked, MADE) == MADE + SECOND
    assert not is_locked(locked, MADE + SECOND)
    assert is_locked(replace(NEW, is_stopped=True), UNTIL)


@pytest.mark.rule("D15")
@given(FACTS, INSTANTS)
def test_the_status_follows_the_order_revoked_expired_viewed_active(
    facts: InvitationFacts, now: datetime
) -> None:
    status, reason = state(facts, now)
    is_revoked = facts.revoked_at is not None or facts.account is AccountState.DELETED
    is_expired = (
        now >= facts.shared_until
        or facts.accesses >= facts.max_accesses
        or facts.account in {AccountState.EXPIRED, AccountState.BLOCKED}
        or not facts.exam_is_available
    )
    assert (status is InvitationState.REVOKED) == is_revoked
    assert (status is InvitationState.EXPIRED) == (is_expired and not is_revoked)
    assert (status is InvitationState.VIEWED) == (facts.accesses > 0 and not is_expired and not is_revoked)
    assert (reason is not None) == (status is InvitationState.EXPIRED)


@given(FACTS, INSTANTS)
def test_only_an_active_or_viewed_invitation_opens(facts: InvitationFacts, now: datetime) -> None:
    works = state(facts, now)[0] in {InvitationState.ACTIVE, InvitationState.VIEWED}
    assert (may_open(facts, now) is GuestAnswer.OPEN) == (works and not is_locked(facts, now))


@given(FACTS, INSTANTS)
def test_nothing_changes_by_time_before_it_was_said_to(facts: InvitationFacts, now: datetime) -> None:
    change = changes_at(facts, now)
    until = now + timedelta(days=9) if change is None else change - SECOND
    assert (state(facts, until), is_locked(facts, until)) == (state(facts, now), is_locked(facts, now))


@pytest.mark.rule("R68", "R69", "D16")
def test_shared_until_may_be_moved_from_today_to_12_months_after_creation() -> None:
    now = datetime(2026, 3, 20, 13, 30, tzinfo=UTC)  # already 21 March in Sydney
    assert shared_until_bounds(MADE, now, SYDNEY) == (date(2026, 3, 21), date(2027, 3, 12))
    chosen = {
        date(2026, 3, 20): SharedUntilFault.TOO_EARLY,
        date(2026, 3, 21): None,
        date(2027, 3, 12): None,
        date(2027, 3, 13): SharedUntilFault.TOO_LATE,
    }
    assert {day: check_new_shared_until(NEW, day, now, SYDNEY) for day in chosen} == chosen


@pytest.mark.rule("D16")
def test_a_new_date_reopens_what_expired_by_date_but_not_what_is_spent() -> None:
    viewed = replace(NEW, accesses=9)
    assert state(viewed, UNTIL)[0] is InvitationState.EXPIRED
    assert can_edit(viewed, UNTIL, SYDNEY)
    reopened = replace(viewed, shared_until=end_of_local_day(date(2026, 4, 12), SYDNEY))
    assert state(reopened, UNTIL) == (InvitationState.VIEWED, None)
    spent = replace(NEW, accesses=10)
    assert not can_edit(spent, MADE, SYDNEY)
    assert check_new_shared_until(spent, date(2026, 4, 20), MADE, SYDNEY) is SharedUntilFault.USES_SPENT


@pytest.mark.rule("D16")
def test_a_year_after_creation_there_is_no_date_left_to_choose() -> None:
    last_moment = end_of_local_day(date(2027, 3, 12), SYDNEY)
    assert can_edit(NEW, last_moment - SECOND, SYDNEY)
    assert not can_edit(NEW, last_moment, SYDNEY)


@pytest.mark.rule("D16", "D3")
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - made aware
    st.sampled_from(ZONES),
    st.integers(0, 400),
)
def test_the_proposed_date_can_be_chosen_and_today_always_still_counts(
    made_at: datetime, zone: str, days: int
) -> None:
    facts = replace(NEW, created_at=made_at)
    proposed = default_shared_until(made_at, zone)
    assert check_new_shared_until(facts, proposed, made_at, zone) is None
    assert end_of_local_day(proposed, zone) - made_at > timedelta(days=28)
    now = made_at + timedelta(days=days)
    today, _ = shared_until_bounds(made_at, now, zone)
    assert end_of_local_day(today, zone) > now


@pytest.mark.rule("R70")
@given(FACTS, INSTANTS)
def test_revoke_access_is_offered_until_it_is_revoked(facts: InvitationFacts, now: datetime) -> None:
    assert can_revoke(facts, now) == (state(facts, now)[0] is not InvitationState.REVOKED)
