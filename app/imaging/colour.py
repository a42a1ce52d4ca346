"""From stored colour numbers to RGB: YBR, palettes, depth (PS3.3 C.7.6.3.1.2, C.7.6.3.1.5, C.7.9.2)."""

import struct
from collections.abc import Iterator

import numpy as np

from app.imaging import tags
from app.imaging.decode import Decoded
from app.imaging.dicom_file import DicomFile
from app.imaging.grayscale import Array, GreyLevels
from app.imaging.problems import Damaged

_MAX_ENTRIES = 1 << 16

# C.7.6.3.1.2, YBR_FULL and YBR_PARTIAL_422: from RGB; the way back is the inverse.
_FULL = np.array([[0.2990, 0.5870, 0.1140], [-0.1687, -0.3313, 0.5000], [0.5000, -0.4187, -0.0813]])
_PARTIAL = np.array([[0.2568, 0.5041, 0.0979], [-0.1482, -0.2910, 0.4392], [0.4392, -0.3678, -0.0714]])


def rgb_of(file: DicomFile, decoded: Decoded) -> GreyLevels:
    """Return a colour frame as 8-bit RGB; raises Damaged."""
    photometric = decoded.layout.photometric
    if photometric == "PALETTE COLOR":
        return _palette(file, decoded.pixels)
    eight = _eight_bits(decoded.pixels[..., :3], decoded.layout.stored)
    if photometric.startswith("YBR_PARTIAL"):
        return _unmixed(eight, np.linalg.inv(_PARTIAL), 16)
    if photometric.startswith("YBR"):
        return _unmixed(eight, np.linalg.inv(_FULL), 0)
    return eight


def _eight_bits(pixels: Array, stored: int) -> GreyLevels:
    if pixels.dtype.kind == "i":
        pixels = pixels.astype(np.int64) + (1 << (stored - 1))
    if stored > 8:  # noqa: PLR2004 - bits
        return (pixels >> (stored - 8)).astype(np.uint8)
    if stored < 8:  # noqa: PLR2004
        return (pixels.astype(np.uint16) * 255 // ((1 << stored) - 1)).astype(np.uint8)
    return pixels.astype(np.uint8, copy=False)


def _unmixed(ybr: GreyLevels, matrix: Array, black: int) -> GreyLevels:
    centred = ybr.astype(np.float32) - np.array([black, 128, 128], np.float32)
    mixed = centred @ matrix.T.astype(np.float32)
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def _palette(file: DicomFile, pixels: Array) -> GreyLevels:
    """Look stored numbers up in the palette (C.7.6.3.1.5, C.7.6.3.1.6)."""
    tables = []
    first = 0
    for channel in range(3):
        descriptor = file.elements.numbers(tags.RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR + channel)
        if len(descriptor) < 3:  # noqa: PLR2004 - entries, first value, bits
            file.note("colours_missing")
            raise Damaged("image_unreadable")
        count = int(descriptor[0]) & 0xFFFF or _MAX_ENTRIES
        first = int(descriptor[1])
        tables.append(_entries(file, channel, count, int(descriptor[2])))
    longest = max(len(table) for table in tables)
    palette = np.stack([np.pad(table, (0, longest - len(table)), "edge") for table in tables], -1)
    if pixels.dtype.kind == "u" and first < 0:
        first &= 0xFFFF
    return palette[np.clip(pixels.astype(np.int64) - first, 0, longest - 1)]


def _entries(file: DicomFile, channel: int, count: int, bits: int) -> GreyLevels:
    order = "<" if file.coding.little else ">"
    plain = file.elements.raw(tags.RED_PALETTE_COLOR_LOOKUP_TABLE_DATA + channel)
    if plain:
        entries = _words_or_bytes(plain, count, bits, order)
    else:
        segmented = file.elements.raw(tags.SEGMENTED_RED_PALETTE_COLOR_LOOKUP_TABLE_DATA + channel)
        words = _words_or_bytes(segmented, 0, bits, order)
        entries = np.fromiter(_unfolded(words.tolist(), count), np.int64)
    if entries.size == 0:
        raise Damaged("image_unreadable")
    # Many devices write 8-bit colours into 16-bit entries.
    wide = bits > 8 or int(entries.max()) > 255  # noqa: PLR2004
    return (entries >> 8 if wide and int(entries.max()) > 255 else entries).astype(np.uint8)  # noqa: PLR2004


def _words_or_bytes(raw: bytes, count: int, bits: int, order: str) -> Array:
    """Return entries: two bytes each, or one each, then packed into words (C.7.6.3.1.6)."""
    if bits <= 8 and count and len(raw) < 2 * count:  # noqa: PLR2004
        if order == ">" and len(raw) % 2 == 0:
            raw = np.frombuffer(raw, np.uint16).byteswap().tobytes()
        return np.frombuffer(raw, np.uint8)[:count].astype(np.int64)
    words = np.frombuffer(raw, order + "u2", len(raw) // 2)
    return (words[:count] if count else words).astype(np.int64)


def _unfolded(words: list[int], count: int) -> Iterator[int]:
    """Unfold a segmented palette: discrete, linear and indirect segments (C.7.9.2.1 to C.7.9.2.3)."""
    last = made = 0
    for kind, body in _segments(words, 0, len(words), allow_indirect=True):
        if kind == 0:
            values: list[int] = body
        else:
            length, end = body
            values = (
                [last + round((end - last) * step / length) for step in range(1, length + 1)]
                if length
                else []
            )
        yield from values[: count - made]
        made += len(values)
        last = values[-1] if values else last
        if made >= count:
            return


def _segments(
    words: list[int], at: int, most: int, *, allow_indirect: bool
) -> Iterator[tuple[int, list[int]]]:
    while at + 1 < len(words) and most > 0:
        most -= 1
        kind, length = words[at], words[at + 1]
        if kind == 0:
            yield 0, words[at + 2 : at + 2 + length]
            at += 2 + length
        elif kind == 1 and at + 2 < len(words):
            yield 1, [length, words[at + 2]]
            at += 3
        elif kind == 2 and allow_indirect and at + 3 < len(words):  # noqa: PLR2004 - C.7.9.2.3
            (offset,) = struct.unpack("<I", struct.pack("<HH", words[at + 2], words[at + 3]))
            yield from _segments(words, offset // 2, length, allow_indirect=False)
            at += 4
        else:
            return
