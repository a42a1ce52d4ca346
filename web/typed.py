"""Answers that take several boxes of a form."""

from datetime import date

from app.errors import N_, Invalid
from web.security import Sent


def birth_date(form: Sent) -> date:
    """Return the day, month and year that were typed; raises Invalid when there is no such day."""
    try:
        return date(int(form.text("year")), int(form.text("month")), int(form.text("day")))
    except ValueError:
        raise Invalid(
            "birth_date", N_("Please type day, month and year, such as 3 4 1950."), field="birth_date"
        ) from None


def same_twice(form: Sent) -> str:
    """Return the new password; raises Invalid when it was not typed the same way twice."""
    password = form.text("password")
    if password != form.text("repeat"):
        raise Invalid(
            "not_same", N_("The two passwords are not the same. Please type them again."), field="repeat"
        )
    return password


def chosen_day(form: Sent, first: date, last: date) -> date:
    """Return the usual day that was chosen, or another one that was typed; raises Invalid for what is no such day."""
    written = form.text("day")
    try:
        return date.fromisoformat(form.text("other_day") if written == "other" else written)
    except ValueError:
        raise Invalid(
            "day_outside",
            N_("Choose a day from {first} to {last}."),
            field="shared_until",
            first=first,
            last=last,
        ) from None
