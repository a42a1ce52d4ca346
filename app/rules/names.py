"""How names are searched and compared: any case, any accents, any order of the words."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

# Letters that Unicode does not take apart into a plain letter and an accent.
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "ŧ": "t",
        "ŋ": "n",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ß": "ss",
    }
)
_APOSTROPHES = re.compile("['’‘ʼʻ`´ʹ′＇]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Person:
    """What two records of people are compared by."""

    name: str  # all of it, in any order
    birth_date: date


def unaccented(text: str) -> str:
    """Return the text in lower case without accents, for comparing only (NFKC, casefold)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    apart = unicodedata.normalize("NFKD", folded)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_PLAIN)
    return unicodedata.normalize("NFKC", bare)


def search_words(name: str) -> tuple[str, ...]:
    """Return the words by whose beginnings a name is found; "O'Brien" is found as obrien and as brien."""
    joined = _name_words(name)
    split = _words(_APOSTROPHES.sub(" ", unaccented(name)))
    return tuple(dict.fromkeys((*joined, *split)))


def same_person(one: Person, other: Person) -> bool:
    """Tell whether two records may be one person: same birth date, and one name holds every word of the other."""
    mine, theirs = set(_name_words(one.name)), set(_name_words(other.name))
    return one.birth_date == other.birth_date and bool(mine & theirs) and (mine <= theirs or theirs <= mine)


def name_alert(person: Person, others: Iterable[Person]) -> bool:
    """Tell whether another patient has the same name and birth date, so that both carry a name alert (D4)."""
    return any(
        other.birth_date == person.birth_date
        and sorted(_name_words(other.name)) == sorted(_name_words(person.name))
        for other in others
    )


def _name_words(name: str) -> tuple[str, ...]:
    return _words(_APOSTROPHES.sub("", unaccented(name)))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in _BETWEEN_WORDS.split(text) if word)
