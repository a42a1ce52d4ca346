"""Turns message ids into sentences in the language of the person there; one gettext catalogue for all."""

import gettext
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.errors import PortalError

LOCALE = Path(__file__).resolve().parent.parent / "resources" / "locale"


class Words:
    """The sentences of one language. Calling it translates a message id and fills its named fields."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._catalogue = gettext.translation("portal", LOCALE, languages=[language], fallback=True)

    def __call__(self, sentence: str, **fields: Any) -> str:
        """Return the sentence in this language; dates and times among the fields are written out."""
        written = {name: self._written(value) for name, value in fields.items()}
        translated = self._catalogue.gettext(sentence)
        return translated.format(**written) if written else translated

    def count(self, one: str, many: str, n: int, **fields: Any) -> str:
        """Return the sentence for one or for n things; {n} is filled in."""
        written = {name: self._written(value) for name, value in fields.items()}
        return self._catalogue.ngettext(one, many, n).format(n=n, **written)

    def error(self, error: PortalError) -> str:
        """Return the sentence of an error."""
        return self(error.sentence, **error.fields)

    def date(self, day: date) -> str:
        """Return a date as "12 March 2026"."""
        return f"{day.day} {self._catalogue.gettext(_MONTHS[day.month - 1])} {day.year}"

    def moment(self, at: datetime, zone: str) -> str:
        """Return an instant as "12 March 2026, 2:05 pm" in the named time zone."""
        local = at.astimezone(ZoneInfo(zone))
        return f"{self.date(local.date())}, {self.clock(local.time())}"

    def clock(self, at: time) -> str:
        """Return a time of day as "2:05 pm"."""
        return f"{at.hour % 12 or 12}:{at.minute:02} {'am' if at.hour < 12 else 'pm'}"  # noqa: PLR2004

    def _written(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return f"{self.date(value.date())}, {self.clock(value.time())}"
        if isinstance(value, date):
            return self.date(value)
        return value


def _(sentence: str) -> str:
    return sentence  # marks the months for the catalogue


_MONTHS = (
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
)
