"""Reasons and other words that staff must give before something is done."""

from app.errors import N_, Invalid

LONGEST = 500


def given(text: str, field: str = "reason") -> str:
    """Return what was typed, trimmed; raises Invalid when it is empty or longer than anybody reads."""
    trimmed = text.strip()
    if not trimmed:
        raise Invalid("needed", N_("Please fill this in."), field=field)
    if len(trimmed) > LONGEST:
        raise Invalid("too_long", N_("Please use at most {most} characters."), field=field, most=LONGEST)
    return trimmed
