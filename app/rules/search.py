"""What was typed into the search box for patients: words of a name, birth dates, numbers, in any order."""

import re
from dataclasses import dataclass
from datetime import date

from app.rules.names import search_words

LONGEST = 120
_MOST_TOKENS = 8

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?!\d)")
_IN_WORDS = re.compile(r"(?<!\d)(\d{1,2})\.?[- ]?([a-z]{3,9})\.?[-, ]*(\d{4}|\d{2})(?!\d)", re.IGNORECASE)
_PHONE = re.compile(r"(?<!\S)\(?[+0][\d()\s-]{6,}\d(?!\S)")
_EIGHT = re.compile(r"\d{8}")
_CENTURY = 100


@dataclass(frozen=True)
class Token:
    """One thing that was typed, with each way to read it; "" and None are no reading."""

    word: str = ""  # the beginning of a word of the name
    identifier: str = ""  # the beginning of an identifier
    mobile: str = ""  # the beginning of a number in E.164
    birth_date: date | None = None


def tokens(typed: str, today: date, calling_code: str) -> tuple[Token, ...]:
    """Return what was typed, each to be found in one patient; birth dates as in Australia, day before month.

    calling_code: the digits after "+" that a number beginning with 0 stands for.
    """
    rest = typed[:LONGEST]
    found: list[Token] = []
    for pattern, order in ((_YEAR_FIRST, (0, 1, 2)), (_IN_WORDS, (2, 1, 0)), (_DAY_FIRST, (2, 1, 0))):
        for match in pattern.finditer(rest):
            groups = match.groups()
            day = _date(groups[order[0]], groups[order[1]], groups[order[2]], today)
            if day is not None:
                found.append(Token(birth_date=day))
                rest = rest.replace(match[0], " ", 1)
    for match in _PHONE.finditer(rest):
        if match[0].isdecimal():
            continue  # may as well be an identifier
        found.append(Token(mobile=_mobile(match[0], calling_code)))
        rest = rest.replace(match[0], " ", 1)
    for piece in rest.split():
        found += _token(piece, today, calling_code)
    return tuple(dict.fromkeys(found))[:_MOST_TOKENS]


def _token(piece: str, today: date, calling_code: str) -> list[Token]:
    if not any(letter.isdecimal() for letter in piece):
        return [Token(word=word) for word in search_words(piece)]
    digits = re.sub(r"[()-]", "", piece)
    is_number = digits.lstrip("+").isdecimal()
    return [
        Token(
            identifier=piece,
            mobile=_mobile(digits, calling_code) if is_number and digits[0] in "+0" else "",
            birth_date=_run_together(digits, today) if _EIGHT.fullmatch(digits) else None,
        )
    ]


def _mobile(typed: str, calling_code: str) -> str:
    plain = re.sub(r"[^\d+]", "", typed)
    return f"+{calling_code}{plain.removeprefix('0')}" if plain.startswith("0") else plain


def _run_together(digits: str, today: date) -> date | None:
    day_first = _date(digits[4:], digits[2:4], digits[:2], today)
    return day_first or _date(digits[:4], digits[4:6], digits[6:], today)


def _date(year: str, month: str, day: str, today: date) -> date | None:
    if not month.isdecimal():
        if month[:3].lower() not in _MONTHS:
            return None
        month = str(_MONTHS.index(month[:3].lower()) + 1)
    number = int(year)
    if number < _CENTURY:
        number += today.year // _CENTURY * _CENTURY
        number -= _CENTURY if number > today.year else 0
    for m, d in ((int(month), int(day)), (int(day), int(month))):
        try:
            found = date(number, m, d)
        except ValueError:
            continue
        return found if found.year > 1800 and found <= today else None  # noqa: PLR2004 - no living person is older
    return None
