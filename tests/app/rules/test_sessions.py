from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.limits import ClinicRules
from app.rules.sessions import SessionKind, ends_at, session_limits, session_over, warns_at

START = datetime(2026, 3, 12, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
RULES = ClinicRules()
MINUTES = st.integers(0, 60 * 14).map(lambda minutes: START + timedelta(minutes=minutes))


@pytest.mark.rule("D25")
def test_the_kiosk_warns_after_90_seconds_and_ends_30_seconds_later() -> None:
    limits = session_limits(SessionKind.KIOSK, RULES)
    assert warns_at(START, limits) == START + timedelta(seconds=90)
    assert session_over(START, START, limits, START + timedelta(seconds=119)) is None
    assert session_over(START, START, limits, START + timedelta(seconds=120)) == "idle"


@pytest.mark.rule("D25", "D13")
@pytest.mark.parametrize(
    ("kind", "idle", "longest"),
    [
        (SessionKind.KIOSK, timedelta(seconds=120), timedelta(minutes=20)),
        (SessionKind.WEB, timedelta(minutes=15), timedelta(hours=8)),
        (SessionKind.STAFF, timedelta(minutes=10), timedelta(hours=12)),
        (SessionKind.VISIT, timedelta(minutes=30), timedelta(hours=2)),
    ],
)
def test_a_session_ends_untouched_or_at_its_longest(
    kind: SessionKind, idle: timedelta, longest: timedelta
) -> None:
    limits = session_limits(kind, RULES)
    assert session_over(START, START, limits, START + idle - SECOND) is None
    assert session_over(START, START, limits, START + idle) == "idle"
    touched = START + longest - SECOND
    assert session_over(START, touched, limits, touched) is None
    assert session_over(START, touched, limits, START + longest) == "over"


@pytest.mark.rule("D25")
def test_the_patient_can_extend_the_20_minutes_at_the_kiosk() -> None:
    limits = session_limits(SessionKind.KIOSK, RULES)
    at_20 = START + timedelta(minutes=20)
    until = START + timedelta(minutes=30)
    assert session_over(START, at_20, limits, at_20) == "over"
    assert session_over(START, at_20, limits, at_20, extended_until=until) is None
    assert session_over(START, until, limits, until, extended_until=until) == "over"
    assert session_over(START, at_20, limits, at_20 + timedelta(minutes=2), extended_until=until) == "idle"
    # An extension never shortens.
    assert session_over(START, START, limits, START + SECOND, extended_until=START) is None


@given(st.sampled_from(SessionKind), MINUTES, st.none() | MINUTES)
def test_an_untouched_session_ends_exactly_when_said(
    kind: SessionKind, last_active: datetime, extended_until: datetime | None
) -> None:
    limits = session_limits(kind, RULES)
    end = ends_at(START, last_active, limits, extended_until)
    assert session_over(START, last_active, limits, end, extended_until) is not None
    assert session_over(START, last_active, limits, end - SECOND, extended_until) is None
