"""Codes that people read from paper and type: Crockford's base 32, 12 characters, 60 bits (D2, D12)."""

import secrets
import unicodedata
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
LONGEST_TYPED = 100  # room for every habit of spacing a code out

_READ = (
    {letter: letter for letter in ALPHABET}
    | {letter.lower(): letter for letter in ALPHABET}
    | {"O": "0", "o": "0", "I": "1", "i": "1", "L": "1", "l": "1"}
)


def new_code(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Return a new code; each of its 12 characters is five random bits, so none is likelier than another (D2)."""
    number = int.from_bytes(random_bytes(8))
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))


def read_code(typed: str) -> str:
    """Return the code that was meant, forgiving case, spaces, hyphens, o for 0, i and l for 1 (D2).

    Raises ValueError, without repeating what was typed, for another length or character; u is never guessed.
    """
    if len(typed) > LONGEST_TYPED:
        raise ValueError("a code is shorter")
    plain = unicodedata.normalize("NFKC", typed)
    code = "".join(_READ.get(letter, "?") for letter in plain if not _is_spacing(letter))
    if len(code) != LENGTH or "?" in code:
        raise ValueError("not a code")
    return code


def grouped(code: str, size: int = 4) -> str:
    """Return the code in groups for paper and screen: 12 characters in three groups (D2)."""
    return "-".join(code[start : start + size] for start in range(0, len(code), size))


def _is_spacing(letter: str) -> bool:
    # Phones turn hyphens into dashes and paste brings invisible characters along.
    return letter.isspace() or unicodedata.category(letter) in {"Pd", "Cf"}
