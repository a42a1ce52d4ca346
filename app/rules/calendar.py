"""Days and months as people count them, at a site, turned into instants once (D3)."""

import calendar
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_day(at: datetime, zone: str) -> date:
    """Return the day on the site's calendar at an instant; ValueError for a naive time."""
    if at.utcoffset() is None:
        raise ValueError("a time without its zone cannot be placed on a calendar")
    return at.astimezone(ZoneInfo(zone)).date()


def add_months(day: date, months: int) -> date:
    """Return the same day some calendar months later, or that month's last day where it is shorter (D3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def end_of_local_day(day: date, zone: str) -> datetime:
    """Return the UTC instant at which the local day is over: what lasts until that day lasts while now < instant (D3)."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    before_change = midnight.astimezone(UTC)
    after_change = midnight.replace(fold=1).astimezone(UTC)
    if before_change <= after_change:
        # Where clocks go back midnight can come twice; the second ends the day only if the day itself came back.
        came_back = local_day(after_change - timedelta(seconds=1), zone) <= day
        return after_change if came_back else before_change
    # Clocks jump over midnight: the day ends at the jump, which lies between the two readings.
    skipped = range(int((before_change - after_change).total_seconds()))
    return after_change + timedelta(
        seconds=bisect_left(
            skipped,
            True,
            key=lambda second: local_day(after_change + timedelta(seconds=second), zone) > day,
        )
    )
