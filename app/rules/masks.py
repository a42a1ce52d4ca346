"""Personal data as a kiosk in a waiting room may show them: enough to recognise, too little to read off (D7)."""

from datetime import date

_DOTS = "•••"


def masked_email(address: str) -> str:
    """Return "a•••@e•••.org" for "amelia@example.org"."""
    name, at, domain = address.partition("@")
    host, dot, top = domain.rpartition(".")
    return f"{name[:1]}{_DOTS}{at}{host[:1]}{_DOTS}{dot}{top}" if at else ""


def masked_mobile(number: str) -> str:
    """Return the last three digits only."""
    return f"{_DOTS} {number[-3:]}" if number else ""


def masked_birth_date(birth_date: date) -> str:
    """Return the year only."""
    return f"{_DOTS} {birth_date.year}"
