"""Bounds of what people type: never empty where it is needed, never longer than it can be."""

from datetime import date

from app.errors import N_, Invalid

_EARLIEST_BIRTH = date(1880, 1, 1)


def required(text: str, field: str, longest: int) -> str:
    """Return the text without space around it; raises Invalid when nothing is left or it is too long."""
    plain = optional(text, field, longest)
    if not plain:
        raise Invalid("missing", N_("Please fill this in."), field=field)
    return plain


def optional(text: str, field: str, longest: int) -> str:
    """Return the text without space around it, perhaps empty; raises Invalid when it is too long."""
    plain = text.strip()
    if len(plain) > longest:
        raise Invalid(
            "too_long",
            N_("This is too long. At most {longest} characters fit."),
            field=field,
            longest=longest,
        )
    if "\x00" in plain:
        raise Invalid("unreadable", N_("This holds a character that cannot be used."), field=field)
    return plain


def born(day: date, today: date, field: str = "birth_date") -> date:
    """Return a birth date; raises Invalid when nobody living can have it."""
    if not _EARLIEST_BIRTH <= day <= today:
        raise Invalid("birth_date_impossible", N_("Please check the date of birth."), field=field)
    return day
