"""Turns a frame's bytes into its numbers: native layout (PS3.5 8.1.1, PS3.3 C.7.6.3.1) and what codecs return."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.imaging.layout import PixelLayout
from app.imaging.problems import Damaged

Array = NDArray[Any]


def native(data: bytes | NDArray[np.uint8], layout: PixelLayout, *, first_bit: int, little: bool) -> Array:
    """Return the numbers of a native frame, (rows, columns) or (rows, columns, samples).

    first_bit: where the frame begins in the first byte (one-bit frames are not padded, C.7.6.3.1.1).
    """
    words = _words(data, layout, first_bit, little=little)
    if layout.floating:
        return words.reshape(layout.rows, layout.columns) if layout.samples == 1 else _refuse()
    stored = _stored(words, layout)
    if layout.subsampled:
        return _spread(stored, layout)
    if layout.samples == 1:
        return stored.reshape(layout.rows, layout.columns)
    if layout.planar:
        return np.moveaxis(stored.reshape(layout.samples, layout.rows, layout.columns), 0, -1)
    return stored.reshape(layout.rows, layout.columns, layout.samples)


def _refuse() -> Array:
    raise Damaged("image_unreadable")


def _words(data: bytes | NDArray[np.uint8], layout: PixelLayout, first_bit: int, *, little: bool) -> Array:
    order = "<" if little else ">"
    count = layout.frame_bits // layout.allocated
    if layout.floating:
        return np.frombuffer(data, f"{order}f{layout.allocated // 8}", count)
    if layout.allocated in {8, 16, 32, 64}:
        return np.frombuffer(data, f"{order}u{layout.allocated // 8}", count)
    # Packed numbers: the first one in the lowest bits (PS3.5 8.1.1).
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[
        first_bit : first_bit + layout.frame_bits
    ]
    if layout.allocated == 1:
        return bits
    powers = 1 << np.arange(layout.allocated, dtype=np.uint32)
    return (bits.reshape(-1, layout.allocated) @ powers).astype(np.uint32)


def _stored(words: Array, layout: PixelLayout) -> Array:
    """Cut Bits Stored out below High Bit (C.7.6.3.1.1) and give them their sign (C.7.6.3.1.4)."""
    size = words.dtype.itemsize * 8
    unsigned, signed = np.dtype(f"u{size // 8}"), np.dtype(f"i{size // 8}")
    if not words.dtype.isnative and words.flags.writeable:
        words = words.byteswap(inplace=True).view(unsigned)  # a third quicker than into another array
    words = words.astype(unsigned, copy=False)  # in this machine's byte order
    if layout.stored == size:
        return words.view(signed) if layout.signed else words
    if not layout.signed and layout.high_bit == layout.stored - 1:
        mask = unsigned.type((1 << layout.stored) - 1)
        lowest: Array = np.bitwise_and(words, mask, out=words if words.flags.writeable else None)
        return lowest
    # Shifted up until High Bit is the top bit, then down again: the sign bit is carried along.
    top: Array = words << unsigned.type(size - 1 - layout.high_bit)
    cut: Array = top.view(signed) if layout.signed else top
    cut >>= size - layout.stored
    return cut


def _spread(stored: Array, layout: PixelLayout) -> Array:
    """Give both pixels of a pair their common chrominance: Y1 Y2 Cb Cr (C.7.6.3.1.2, YBR_FULL_422)."""
    pairs = stored.reshape(layout.rows, -1, 4)
    out = np.empty((layout.rows, pairs.shape[1] * 2, 3), stored.dtype)
    out[:, 0::2, 0] = pairs[..., 0]
    out[:, 1::2, 0] = pairs[..., 1]
    out[:, 0::2, 1:] = out[:, 1::2, 1:] = pairs[..., 2:]
    return out[:, : layout.columns]


def from_codec(decoded: Array, layout: PixelLayout, precision: int, *, signed: bool) -> Array:
    """Return a codec's numbers as the header means them: its Pixel Representation and Bits Stored.

    precision: the codestream's own bits; signed: the codestream's own sign. Two's complement numbers that a
    codec took for unsigned ones get their sign back (PS3.5 8.2).
    """
    size = decoded.dtype.itemsize * 8
    if decoded.dtype.kind == "f" or (signed and layout.signed):
        return decoded
    bits = min(layout.stored, precision or size, size)
    unsigned = decoded.view(np.dtype(f"u{size // 8}"))
    if layout.signed:
        top: Array = (unsigned << unsigned.dtype.type(size - bits)).view(np.dtype(f"i{size // 8}"))
        shifted: Array = top >> (size - bits)
        return shifted
    if bits >= min(precision or size, size) and not signed:
        return unsigned
    if not unsigned.flags.writeable:
        unsigned = unsigned.copy()
    unsigned &= unsigned.dtype.type((1 << bits) - 1)
    return unsigned
