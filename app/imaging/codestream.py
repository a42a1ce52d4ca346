"""Recognises a compressed image by its first bytes and reads its own description of size and depth.

A transfer syntax can be missing or wrong; the codestream cannot be decoded by anything but its own codec.
"""

import struct
from dataclasses import dataclass
from enum import Enum


class Codec(Enum):
    """What decodes a codestream."""

    JPEG = "jpeg"  # ISO 10918-1 processes with DCT: baseline, extended, spectral selection, progressive
    JPEG_LOSSLESS = "jpeg_lossless"  # ISO 10918-1 process 14
    JPEG_LS = "jpeg_ls"  # ISO 14495-1
    JPEG_2000 = "jpeg_2000"  # ISO 15444-1
    HTJ2K = "htj2k"  # ISO 15444-15
    JPEG_XL = "jpeg_xl"  # ISO 18181
    RLE = "rle"  # PS3.5 Annex G
    DEFLATED_FRAME = "deflated_frame"  # PS3.5 A.4.13
    PLAIN = "plain"  # native pixel data in fragments, PS3.5 A.4.11


class Colours(Enum):
    """What a JPEG says of its three components."""

    UNSAID = "unsaid"
    RGB = "rgb"
    YBR = "ybr"


@dataclass(frozen=True)
class Codestream:
    """A codestream's own description; sizes are 0 where it gives none."""

    codec: Codec
    rows: int = 0
    columns: int = 0
    components: int = 0
    precision: int = 0
    signed: bool = False
    colours: Colours = Colours.UNSAID


def recognise(data: bytes) -> Codestream | None:
    """Return what the bytes describe, or None when they are no codestream that can be told by its start."""
    if data[:2] == b"\xff\xd8":
        return _jpeg(data)
    if data[:4] == b"\xff\x4f\xff\x51":
        return _jpeg_2000(data)
    if data[4:8] == b"jP  ":
        at = data.find(b"\xff\x4f\xff\x51", 0, 1 << 16)
        return _jpeg_2000(data[at:]) if at >= 0 else None
    if data[:2] == b"\xff\x0a" or data[:12] == b"\0\0\0\x0cJXL \r\n\x87\n":
        return Codestream(Codec.JPEG_XL)
    if len(data) >= 64 and 1 <= int.from_bytes(data[:4], "little") <= 15 and data[4:8] == b"\x40\0\0\0":  # noqa: PLR2004 - PS3.5 G.5
        return Codestream(Codec.RLE)
    return None


_MAX_TILES = 65_535  # ISO 15444-1 A.4.2
_FRAME_HEADERS = frozenset((*range(0xC0, 0xD0), 0xF7)) - {0xC4, 0xC8, 0xCC}


def _jpeg(data: bytes) -> Codestream | None:
    at = 2
    colours = Colours.UNSAID
    for _ in range(10_000):
        while data[at : at + 1] == b"\xff" and data[at + 1 : at + 2] == b"\xff":
            at += 1
        if at + 4 > len(data) or data[at] != 0xFF:  # noqa: PLR2004 - a marker
            return None
        marker = data[at + 1]
        if marker in {0x01, *range(0xD0, 0xD8)}:
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if marker in _FRAME_HEADERS:
            return _frame_header(marker, body, colours)
        if marker == 0xDA:  # noqa: PLR2004 - start of scan before any frame header
            return None
        if marker == 0xEE and body[:5] == b"Adobe" and len(body) >= 12:  # noqa: PLR2004
            colours = Colours.RGB if body[11] == 0 else Colours.YBR
        elif marker == 0xE0 and body[:4] == b"JFIF" and colours is Colours.UNSAID:  # noqa: PLR2004
            colours = Colours.YBR
        at += 2 + length
    return None


def _frame_header(marker: int, body: bytes, colours: Colours) -> Codestream | None:
    if len(body) < 6:  # noqa: PLR2004 - precision, rows, columns, components
        return None
    precision, rows, columns, components = struct.unpack_from(">BHHB", body)
    if colours is Colours.UNSAID and body[6:15:3] == b"RGB":
        colours = Colours.RGB
    codec = {0xC3: Codec.JPEG_LOSSLESS, 0xF7: Codec.JPEG_LS}.get(marker, Codec.JPEG)
    return Codestream(codec, rows, columns, components, precision, colours=colours)


def _jpeg_2000(data: bytes) -> Codestream | None:
    if len(data) < 43:  # noqa: PLR2004 - up to the first component of SIZ
        return None
    capabilities, x1, y1, x0, y0, wide, high, tile_x, tile_y = struct.unpack_from(">H8I", data, 6)
    if not (x0 < x1 and y0 < y1 and wide and high and tile_x <= x0 and tile_y <= y0):
        return None
    tiles = -(-(x1 - tile_x) // wide) * -(-(y1 - tile_y) // high)
    if tiles > _MAX_TILES:
        return None
    components = int.from_bytes(data[40:42], "big")
    codec = Codec.HTJ2K if capabilities & 0x4000 else Codec.JPEG_2000
    depth = data[42]
    return Codestream(codec, y1 - y0, x1 - x0, components, (depth & 0x7F) + 1, bool(depth & 0x80))
