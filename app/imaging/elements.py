"""Finds the data elements of a DICOM data set without reading their values (PS3.5 section 7).

Written for files that lie: every length is checked against what is there, nesting is walked without recursion.
"""

import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BufferedIOBase
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom.charset import convert_encodings, decode_bytes, default_encoding
from pydicom.datadict import dictionary_VR

from app.imaging import tags
from app.imaging.problems import Damaged

ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
PIXELS = (
    tags.FLOAT_PIXEL_DATA,
    tags.DOUBLE_FLOAT_PIXEL_DATA,
    tags.PIXEL_DATA,
)  # float, double float, integer
_LAST = frozenset((*PIXELS, ITEM, ITEM_END, SEQUENCE_END))  # where the elements of a data set end
UNDEFINED = 0xFFFFFFFF
_SMALL, _BLOCK = 64, 8192  # bytes

_LONG = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"])
_WRITTEN = ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UI")
_SHORT = frozenset((*_WRITTEN, "AT", "FD", "FL", "SL", "SS", "UL", "US"))
_BINARY = {
    "US": "H",
    "SS": "h",
    "UL": "I",
    "SL": "i",
    "FL": "f",
    "FD": "d",
    "AT": "H",
    "UV": "Q",
    "SV": "q",
    "OW": "H",
    "OF": "f",
    "OD": "d",
}
_ENCODED = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
# Tag, VR and 16-bit length, or all else that the same eight bytes may be (PS3.5 7.1.2, 7.1.3).
_HEADS = {True: struct.Struct("<HH2sH").unpack_from, False: struct.Struct(">HH2sH").unpack_from}
_LENGTHS = {True: struct.Struct("<I").unpack_from, False: struct.Struct(">I").unpack_from}
_SHORT_NAMES = {name.encode(): name for name in sorted(_SHORT)}
_LONG_NAMES = {name.encode(): name for name in sorted(_LONG)}
_SHORTEST, _LONGEST = 8, 12  # bytes of an element before its value
_ITEMS = 0xFFFE  # the group of items, which have no VR (PS3.5 7.5)
_MAX_DEPTH = 512
_MAX_ITEMS = 2_000_000  # walked over; the time limit of a job is the real bound
_MAX_ELEMENTS = 200_000
_MAX_VALUE = 64 << 20
_MAX_TEXT = 1 << 16


class Coding(NamedTuple):
    """How a data set is written."""

    implicit: bool
    little: bool


EXPLICIT_LITTLE = Coding(implicit=False, little=True)
IMPLICIT_LITTLE = Coding(implicit=True, little=True)


class Element(NamedTuple):
    """Where one value is: its first byte and its length, or UNDEFINED."""

    tag: int
    vr: str
    start: int
    length: int


@dataclass
class Source:
    """A file, read by position."""

    stream: BufferedIOBase
    size: int
    _block: bytes = b""
    _block_at: int = 0

    def read(self, start: int, count: int) -> bytes:
        """Return up to count bytes from start; fewer at the end of the file."""
        if count <= _SMALL:
            block, at = self.look(start, count)
            return block[at : at + max(0, count)]
        self.stream.seek(start)
        return self.stream.read(min(count, self.size - start))

    def look(self, start: int, count: int) -> tuple[bytes, int]:
        """Return a block of bytes and where in it start is; count bytes follow there, or all to the end of the file.

        Headers are read in steps of a dozen bytes: a look into memory is much quicker than a call a step.
        """
        at = start - self._block_at
        if at < 0 or at + count > len(self._block):
            self.stream.seek(start)
            self._block, self._block_at, at = self.stream.read(_BLOCK), start, 0
        return self._block, at

    def read_array(self, start: int, count: int) -> NDArray[np.uint8]:
        """Return up to count bytes from start as an array that may be changed."""
        found = np.empty(max(0, min(count, self.size - start)), np.uint8)
        self.stream.seek(start)
        have = 0
        while have < len(found) and (more := self.stream.readinto(found[have:].data)):
            have += more
        return found[:have]


def coding_at(source: Source, start: int) -> Coding:
    """Tell how the data set that begins here is written, from its first element (groups are small numbers)."""
    head = source.read(start, 8)
    if len(head) < 8:  # noqa: PLR2004 - tag and length
        raise Damaged("not_dicom")
    little = int.from_bytes(head[:2], "little") <= int.from_bytes(head[:2], "big")
    vr = head[4:6].decode("latin-1")
    return Coding(implicit=vr not in _LONG and vr not in _SHORT, little=little)


def _element(source: Source, at: int, coding: Coding) -> Element | None:
    block, here = source.look(at, _LONGEST)
    if len(block) - here < _SHORTEST:
        return None
    little = coding.little
    group, number, vr, length = _HEADS[little](block, here)
    tag = group << 16 | number
    if not coding.implicit and group != _ITEMS:
        name = _SHORT_NAMES.get(vr)
        if name is not None:
            return Element(tag, name, at + 8, length)
        name = _LONG_NAMES.get(vr)
        if name is None and vr.isascii() and vr.isalpha() and vr.isupper():
            name = vr.decode("ascii")  # a VR of a later edition: long if it has the two spare bytes
            if length:
                return Element(tag, name, at + 8, length)
        if name is not None:
            if len(block) - here < _LONGEST:
                return None
            return Element(tag, name, at + 12, _LENGTHS[little](block, here + 8)[0])
        # An element written implicitly inside an explicit data set: some devices do this.
    return Element(tag, "", at + 8, _LENGTHS[little](block, here + 4)[0])


def _end_of_items(source: Source, at: int, stop: int, coding: Coding) -> int:
    """Return where a sequence of undefined length ends, past its delimiter."""
    levels: list[tuple[bool, Coding]] = [(True, coding)]  # (is a sequence, else an item)
    steps = 0
    while levels and at < stop:
        steps += 1
        if steps > _MAX_ITEMS:
            raise Damaged("image_unreadable")
        in_sequence, coding = levels[-1]
        found = _element(source, at, coding)
        if found is None:
            return stop
        if found.tag in {SEQUENCE_END, ITEM_END}:
            levels.pop()
            at = found.start
        elif found.length != UNDEFINED:
            at = found.start + found.length
        else:
            if len(levels) >= _MAX_DEPTH:
                raise Damaged("image_unreadable")
            inner = IMPLICIT_LITTLE if found.vr == "UN" else coding  # PS3.5 6.2.2 note
            levels.append((not in_sequence or found.tag != ITEM, inner))
            at = found.start
    return min(at, stop)


class Elements:
    """The elements of one data set, by tag. The first of two equal tags counts. Stops before the pixel data."""

    def __init__(
        self,
        source: Source,
        start: int,
        stop: int,
        coding: Coding,
        charset: tuple[str, ...] = (),
        only_group: int | None = None,
    ) -> None:
        self.source = source
        self.coding = coding
        self.damaged = False
        self.pixels: Element | None = None
        self.end = start
        self._outer_charset = charset
        self._only_group = only_group
        self._items: dict[int, tuple[Elements, ...]] = {}
        self._found: dict[int, Element] = {}
        for element in self._walk(start, stop):
            self._found.setdefault(element.tag, element)

    def _walk(self, at: int, stop: int) -> Iterator[Element]:
        for _ in range(_MAX_ELEMENTS):
            self.end = at
            if at >= stop:
                return
            found = _element(self.source, at, self.coding)
            if found is None:
                self.damaged = True
                return
            tag, _, start, length = found
            if self._only_group is not None and tag >> 16 != self._only_group:
                return
            if tag in _LAST:
                self.pixels = found if tag in PIXELS else None
                return
            if length == UNDEFINED:
                inner = IMPLICIT_LITTLE if found.vr == "UN" else self.coding
                at = _end_of_items(self.source, start, stop, inner)
            elif start + length > stop:
                self.damaged = True
                yield found._replace(length=stop - start)
                return
            else:
                at = start + length
            yield found
        self.damaged = True

    def __contains__(self, tag: int) -> bool:
        return tag in self._found

    def tags(self) -> Iterator[int]:
        """Go over the tags in file order."""
        return iter(self._found)

    def vr(self, tag: int) -> str:
        """Return the value representation, from the dictionary where the file leaves it open; "" if unknown."""
        found = self._found[tag]
        if found.vr in _LONG - {"UN"} or found.vr in _SHORT:
            return found.vr
        try:
            return dictionary_VR(tag).split(" or ")[0]
        except KeyError:
            return ""

    def raw(self, tag: int) -> bytes:
        """Return the bytes of a value; empty when the tag is missing or a sequence of undefined length."""
        found = self._found.get(tag)
        if found is None or found.length == UNDEFINED:
            return b""
        return self.source.read(found.start, min(found.length, _MAX_VALUE))

    def length(self, tag: int) -> int:
        """Return how many bytes a value has; 0 when missing."""
        found = self._found.get(tag)
        return 0 if found is None or found.length == UNDEFINED else found.length

    def items(self, tag: int) -> tuple["Elements", ...]:
        """Return the items of a sequence; none when it is missing or no sequence."""
        if tag not in self._items:
            self._items[tag] = tuple(self._read_items(tag))
        return self._items[tag]

    def _read_items(self, tag: int) -> Iterator["Elements"]:
        found = self._found.get(tag)
        if found is None or found.vr not in {"", "SQ", "UN"}:
            return
        coding = IMPLICIT_LITTLE if found.vr == "UN" else self.coding
        stop = self.source.size if found.length == UNDEFINED else found.start + found.length
        at = found.start
        for _ in range(_MAX_ITEMS):
            item = _element(self.source, at, coding) if at < stop else None
            if item is None or item.tag != ITEM:
                return
            if item.length == UNDEFINED:
                end = _end_of_item(self.source, item.start, stop, coding)
            else:
                end = min(item.start + item.length, stop)
            # Some converters write UN and leave the items inside explicit.
            sniffed = found.vr == "UN" and end - item.start >= _SHORTEST
            inner = coding_at(self.source, item.start) if sniffed else coding
            yield Elements(self.source, item.start, end, inner, self.charset)
            at = end

    @cached_property
    def charset(self) -> tuple[str, ...]:
        """The Python encodings of this data set's text (0008,0005); an item has its parent's unless it says."""
        if tags.SPECIFIC_CHARACTER_SET not in self._found:
            return self._outer_charset or (default_encoding,)
        names = [
            part.strip() for part in self.raw(tags.SPECIFIC_CHARACTER_SET)[:256].decode("latin-1").split("\\")
        ]
        try:
            return tuple(convert_encodings(names))
        except (LookupError, ValueError):
            return (default_encoding,)

    def text(self, tag: int) -> str:
        """Return a text value whole, decoded and stripped of padding; control characters become spaces."""
        raw = self.raw(tag)[:_MAX_TEXT]
        vr = self.vr(tag) if raw else ""
        if vr in _BINARY and not vr.startswith("O"):
            return "\\".join(f"{number:.10g}" for number in self.numbers(tag))
        encoded = vr in _ENCODED or vr in {"", "OB"}
        decoded = _decoded(raw, self.charset) if encoded else raw.decode("latin-1")
        decoded = decoded.split("\0", 1)[0] if vr != "PN" else decoded.replace("\0", " ")
        return "".join(c if c.isprintable() or c in "\r\n\t" else " " for c in decoded).strip()

    def texts(self, tag: int) -> tuple[str, ...]:
        """Return the parts of a text value with several."""
        whole = self.text(tag)
        return tuple(part.strip() for part in whole.split("\\")) if whole else ()

    def numbers(self, tag: int) -> tuple[float, ...]:
        """Return a value as finite numbers, binary or written out; what is no number is left out."""
        raw = self.raw(tag)[:_MAX_TEXT]
        if not raw:
            return ()
        vr = self.vr(tag)
        if vr in _BINARY:
            sign = _BINARY[vr]
            count = len(raw) // struct.calcsize(sign)
            order = "<" if self._little(tag) else ">"
            values = struct.unpack_from(f"{order}{count}{sign}", raw)
        else:
            values = tuple(_number(part) for part in raw.decode("latin-1").split("\\"))
        return tuple(value for value in values if abs(value) < float("inf"))

    def _little(self, tag: int) -> bool:
        found = self._found[tag]
        return True if found.vr == "UN" else self.coding.little

    def number(self, tag: int) -> float | None:
        """Return the first number of a value, or None."""
        values = self.numbers(tag)
        return values[0] if values else None

    def integer(self, tag: int, default: int) -> int:
        """Return the first number as an integer, or the default."""
        value = self.number(tag)
        return default if value is None else int(value)


def _end_of_item(source: Source, at: int, stop: int, coding: Coding) -> int:
    """Return where an item of undefined length ends, past its delimiter."""
    while at < stop:
        found = _element(source, at, coding)
        if found is None:
            return stop
        if found.tag in {ITEM_END, SEQUENCE_END}:
            return found.start
        if found.length == UNDEFINED:
            at = _end_of_items(source, found.start, stop, IMPLICIT_LITTLE if found.vr == "UN" else coding)
        else:
            at = found.start + found.length
    return stop


def _decoded(raw: bytes, charset: tuple[str, ...]) -> str:
    """Return text in its encodings, switched by escape sequences (PS3.3 C.12.1.1.2); what fits none is marked."""
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a worker has nobody to warn
        try:
            return decode_bytes(raw, list(charset), set(b"\r\n\t\f\\^="))
        except (LookupError, ValueError):
            return raw.decode("ascii", "replace")


def _number(text: str) -> float:
    try:
        return float(text.strip(" \0"))
    except ValueError:
        return float("inf")
