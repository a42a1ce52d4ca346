from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.report_release import (
    ReportFacts,
    ReportNotice,
    ReportState,
    can_share,
    changes_at,
    may_announce,
    receipt_missing_at,
    report_complete_at,
    report_notice,
    report_state,
    visible_from,
)

SMS = datetime(2026, 3, 12, 9, tzinfo=UTC)
OPENS = datetime(2026, 3, 14, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ANNOUNCED = ReportFacts(is_final=True, complete_at=SMS, visible_from=OPENS)
INSTANTS = st.integers(-5, 5).map(lambda hours: OPENS + timedelta(hours=hours))
FACTS = st.builds(
    ReportFacts,
    is_final=st.booleans(),
    complete_at=st.none() | st.just(SMS),
    visible_from=st.none() | INSTANTS,
    held_at=st.none() | INSTANTS,
    withdrawn_at=st.none() | INSTANTS,
)


@pytest.mark.rule("R29", "D9")
def test_a_report_opens_48_hours_after_report_complete_and_not_a_second_earlier() -> None:
    assert visible_from(SMS) == OPENS
    assert report_state(ANNOUNCED, SMS + timedelta(hours=47, minutes=59, seconds=59)) is ReportState.WAITING
    assert report_state(ANNOUNCED, SMS + timedelta(hours=48)) is ReportState.VISIBLE


@pytest.mark.rule("R29", "D9")
def test_the_48_hours_are_elapsed_hours_across_a_clock_change() -> None:
    sydney = ZoneInfo("Australia/Sydney")
    # 3 October 2026, 10 am; summer time begins the next night, so the wall clock says 11 am two days later
    complete_at = datetime(2026, 10, 3, 10, tzinfo=sydney).astimezone(UTC)
    assert visible_from(complete_at).astimezone(sydney).replace(tzinfo=None) == datetime(2026, 10, 5, 11)  # noqa: DTZ001 - a wall clock


@pytest.mark.rule("R27", "R34")
def test_right_after_the_scan_the_report_is_unavailable_and_no_date_is_promised() -> None:
    for facts in (ReportFacts(), ReportFacts(is_final=True)):
        assert report_notice(facts, SMS) is ReportNotice.NOT_YET
        assert changes_at(facts, SMS) is None


@pytest.mark.rule("R31")
def test_between_the_sms_and_the_48_hours_it_says_when_it_opens() -> None:
    assert report_notice(ANNOUNCED, SMS) is ReportNotice.OPENS_LATER
    assert report_notice(ANNOUNCED, OPENS - SECOND) is ReportNotice.OPENS_LATER
    assert changes_at(ANNOUNCED, SMS) == OPENS
    assert report_notice(ANNOUNCED, OPENS) is None


@pytest.mark.rule("R32")
def test_still_unavailable_after_48_hours_the_patient_is_told_to_write() -> None:
    held = ReportFacts(is_final=True, complete_at=SMS, visible_from=OPENS, held_at=SMS)
    assert report_notice(held, OPENS - SECOND) is ReportNotice.ASK_DOCTOR
    assert report_notice(held, OPENS) is ReportNotice.OVERDUE
    back_to_preliminary = ReportFacts(complete_at=SMS, visible_from=OPENS)
    assert report_notice(back_to_preliminary, OPENS) is ReportNotice.OVERDUE


@pytest.mark.rule("D10")
def test_a_report_can_be_released_early_or_held() -> None:
    released = ReportFacts(is_final=True, visible_from=SMS)
    assert report_state(released, SMS) is ReportState.VISIBLE
    held = ReportFacts(is_final=True, complete_at=SMS, visible_from=OPENS, held_at=OPENS + SECOND)
    assert report_state(held, OPENS + timedelta(days=1)) is ReportState.HELD


@pytest.mark.rule("D10")
@given(FACTS, INSTANTS)
def test_only_a_final_report_neither_held_nor_withdrawn_ever_shows(facts: ReportFacts, now: datetime) -> None:
    shows = report_state(facts, now) is ReportState.VISIBLE
    assert shows == (
        facts.is_final
        and facts.held_at is None
        and facts.withdrawn_at is None
        and facts.visible_from is not None
        and facts.visible_from <= now
    )
    assert (report_notice(facts, now) is None) == shows


@pytest.mark.rule("D28")
def test_a_withdrawn_report_is_said_to_be_withdrawn_only_where_it_had_been_visible() -> None:
    seen = ReportFacts(is_final=True, complete_at=SMS, visible_from=OPENS, withdrawn_at=OPENS + SECOND)
    assert report_notice(seen, OPENS + SECOND) is ReportNotice.WITHDRAWN
    never_seen = ReportFacts(is_final=True, complete_at=SMS, visible_from=OPENS, withdrawn_at=OPENS)
    assert report_notice(never_seen, OPENS) is ReportNotice.OVERDUE
    held_all_along = ReportFacts(
        is_final=True, complete_at=SMS, visible_from=OPENS, held_at=SMS, withdrawn_at=OPENS + SECOND
    )
    assert report_notice(held_all_along, OPENS + SECOND) is ReportNotice.OVERDUE


@pytest.mark.rule("R61", "R62", "D11")
def test_an_exam_can_be_shared_once_one_of_its_reports_is_visible() -> None:
    later = ReportFacts(is_final=True)
    assert not can_share([], OPENS)
    assert not can_share([later, ANNOUNCED], OPENS - SECOND)
    assert can_share([later, ANNOUNCED], OPENS)


@pytest.mark.rule("R30", "D9")
def test_the_sms_waits_until_the_referring_doctor_has_the_report() -> None:
    assert not may_announce(is_final=True, sent_to_referrer_at=None)
    assert not may_announce(is_final=True, sent_to_referrer_at=None, no_referrer_reason="  ")
    assert not may_announce(is_final=False, sent_to_referrer_at=SMS)
    assert may_announce(is_final=True, sent_to_referrer_at=SMS)
    assert may_announce(is_final=True, sent_to_referrer_at=None, no_referrer_reason="walk-in")


@pytest.mark.rule("R28", "D9")
def test_the_48_hours_count_from_the_receipt_else_the_acceptance_else_the_telling() -> None:
    accepted, delivered, told = SMS, SMS + SECOND, SMS + 2 * SECOND
    assert report_complete_at(gives_receipts=True, accepted_at=accepted, delivered_at=delivered) == delivered
    assert report_complete_at(gives_receipts=True, accepted_at=accepted) is None
    assert report_complete_at(gives_receipts=True, accepted_at=accepted, told_at=told) == told
    assert report_complete_at(gives_receipts=False, accepted_at=accepted, told_at=told) == accepted
    assert report_complete_at(gives_receipts=False, told_at=told) == told
    assert report_complete_at(gives_receipts=False) is None


@pytest.mark.rule("D9")
def test_without_a_receipt_for_four_hours_the_sms_is_unclear() -> None:
    assert receipt_missing_at(SMS) == datetime(2026, 3, 12, 13, tzinfo=UTC)


@given(FACTS, INSTANTS)
def test_nothing_changes_by_time_before_it_was_said_to(facts: ReportFacts, now: datetime) -> None:
    change = changes_at(facts, now)
    until = now + timedelta(days=9) if change is None else change - SECOND
    assert report_state(facts, until) is report_state(facts, now)
    assert report_notice(facts, until) is report_notice(facts, now)
