"""How long an activation code lives."""

from datetime import date, datetime

from app.rules.calendar import add_months, end_of_local_day, local_day


def activation_expires_on(made_at: datetime, months: int, zone: str) -> date:
    """Return the last day on which the code works, as the letter prints it (R12, D3)."""
    return add_months(local_day(made_at, zone), months)


def activation_expires_at(made_at: datetime, months: int, zone: str) -> datetime:
    """Return the UTC instant from which the code no longer works: the end of its last local day (R12, D3)."""
    return end_of_local_day(activation_expires_on(made_at, months, zone), zone)
