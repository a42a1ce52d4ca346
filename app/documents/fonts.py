"""Which font draws which word: one face for the body, one for other scripts, one for codes, all embedded."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Literal

import fontpkg
from anyascii import anyascii
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from app.errors import N_, Invalid
from app.look import read_look

Weight = Literal["regular", "bold", "code"]

# Scripts that need shaping or reordering, which a printer of single glyphs does not do: Hebrew to Myanmar, Khmer
# and Mongolian, Vedic and Devanagari extensions. A font may hold their glyphs and the word would still be wrong.
_SHAPED = ((0x0590, 0x109F), (0x1780, 0x18AF), (0x1CD0, 0x1CFF), (0xA8E0, 0xA8FF))

# JetBrains Mono and Noto Sans come as variable fonts, of which only the regular weight can be embedded;
# drawing the outline as well makes the bold. As parts of the size.
_CODE_OUTLINE = 0.042
_FALLBACK_OUTLINE = 0.03


@dataclass(frozen=True)
class Face:
    """One embedded font, and how thick its outline is drawn, as a part of the size."""

    name: str
    outline: float = 0.0


@dataclass(frozen=True)
class Run:
    """Words in a row that the same face draws."""

    text: str
    face: Face


Line = tuple[Run, ...]

_FACES: dict[Weight, tuple[Face, Face]] = {
    "regular": (Face("Body"), Face("Other")),
    "bold": (Face("BodyBold"), Face("Other", _FALLBACK_OUTLINE)),
    "code": (Face("Code", _CODE_OUTLINE), Face("Other", _FALLBACK_OUTLINE)),
}


@cache
def _fonts() -> dict[str, TTFont]:
    families = read_look().type
    files = {
        "Body": fontpkg.path(families.body_family, weight=400),
        "BodyBold": fontpkg.path(families.body_family, weight=700),
        "Code": fontpkg.path(families.code_family, weight=400),
        "Other": fontpkg.path(families.fallback_family, weight=400),
    }
    fonts = {name: TTFont(name, str(file)) for name, file in files.items()}
    for font in fonts.values():
        pdfmetrics.registerFont(font)
    return fonts


def printable(text: str, *, latin_letters: bool = False) -> str:
    """Return the text with accents composed and without what has no shape (control, format, direction marks).

    Letters that no font here can draw are written in Latin letters if that is wanted, else Invalid ("no_font") is
    raised: a box in their place could be anybody's name.
    """
    composed = "".join(
        " " if letter.isspace() and letter != "\n" else letter
        for letter in unicodedata.normalize("NFC", text)
        if letter.isspace() or unicodedata.category(letter) not in {"Cc", "Cf", "Cs"}
    )
    pieces = []
    for drawn, letters in groupby(composed, key=lambda letter: letter == "\n" or _has_face(letter)):
        piece = "".join(letters)
        if not drawn and not latin_letters:
            raise Invalid(
                "no_font",
                N_(
                    "This text has letters that we cannot print. "
                    "You can print it with those words in Latin letters instead."
                ),
            )
        pieces.append(piece if drawn else anyascii(piece).strip() or "?")
    return "".join(pieces)


def wrap(text: str, weight: Weight, size: float, width: float) -> list[Line]:
    """Break printable text into lines no wider than width points, between words or, where one is too long, inside it."""
    lines: list[Line] = []
    space = _width(" ", weight, size)
    for paragraph in text.split("\n"):
        line, used = "", 0.0
        for word in _words(paragraph, weight, size, width):
            needed = _width(word, weight, size)
            if line and used + space + needed > width:
                lines.append(_runs(line, weight))
                line, used = "", 0.0
            line, used = (f"{line} {word}", used + space + needed) if line else (word, needed)
        lines.append(_runs(line, weight))
    return lines


def line_width(line: Line, size: float) -> float:
    """The width of a line, in points."""
    return sum(float(pdfmetrics.stringWidth(run.text, run.face.name, size)) for run in line)


def ascent(weight: Weight, size: float) -> float:
    """How far the letters of a weight reach above their baseline, in points."""
    return float(_fonts()[_FACES[weight][0].name].face.ascent) * size / 1000


def _words(paragraph: str, weight: Weight, size: float, width: float) -> list[str]:
    words = []
    for word in paragraph.split():
        rest = word
        while len(rest) > 1 and _width(rest, weight, size) > width:
            cut = len(rest) - 1
            while cut > 1 and _width(rest[:cut], weight, size) > width:
                cut -= 1
            words.append(rest[:cut])
            rest = rest[cut:]
        words.append(rest)
    return words


def _width(text: str, weight: Weight, size: float) -> float:
    return line_width(_runs(text, weight), size)


def _runs(text: str, weight: Weight) -> Line:
    faced = [pair for word in re.findall(r"\S+|\s+", text) for pair in _faced(word, weight)]
    return tuple(
        Run("".join(piece for piece, _face in same), face)
        for face, same in groupby(faced, key=lambda pair: pair[1])
    )


def _faced(word: str, weight: Weight) -> list[tuple[str, Face]]:
    """Give the whole word to the first face that has all of it: half a word in another face looks like a mistake."""
    fonts = _fonts()
    for face in _FACES[weight]:
        if all(ord(letter) in fonts[face.name].face.charToGlyph for letter in word):
            return [(word, face)]
    return (
        [pair for letter in word for pair in _faced(letter, weight)]
        if len(word) > 1
        else [(word, _FACES[weight][1])]
    )


def _has_face(letter: str) -> bool:
    code = ord(letter)
    if any(first <= code <= last for first, last in _SHAPED):
        return False
    fonts = _fonts()
    return code in fonts["Body"].face.charToGlyph or code in fonts["Other"].face.charToGlyph
