"""When a message that could not be handed over is tried again."""

from datetime import datetime, timedelta

LONGEST_WAIT = timedelta(hours=2)
GIVES_UP_AFTER = timedelta(hours=24)  # of waiting, added up


def next_try_at(tries: int, now: datetime) -> datetime | None:
    """Return when to try again after so many tries, or None to give up.

    Waits double from one minute to two hours; the last try is made about 24 hours after the first.
    """
    waited = sum((_wait(earlier) for earlier in range(1, tries)), timedelta())
    return now + _wait(tries) if waited < GIVES_UP_AFTER else None


def _wait(tries: int) -> timedelta:
    # Seven doublings already pass the longest wait.
    return min(timedelta(minutes=2 ** min(tries - 1, 7)), LONGEST_WAIT)
