"""The machine's clock; nothing else in the application reads the time."""

from datetime import UTC, datetime


def system_clock() -> datetime:
    """Return the present instant, UTC, aware."""
    return datetime.now(UTC)
