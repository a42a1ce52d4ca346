"""Native pixel data (PS3.5 8.1, PS3.3 C.7.6.3.1), laid out by hand."""

import struct
from dataclasses import replace

import numpy as np
import pytest

from app.imaging.layout import PixelLayout
from app.imaging.pixels import from_codec, native

GREY = PixelLayout(
    rows=1,
    columns=4,
    samples=1,
    allocated=16,
    stored=16,
    high_bit=15,
    signed=False,
    planar=False,
    photometric="MONOCHROME2",
    frames=1,
    floating=False,
)


def numbers(data: bytes, layout: PixelLayout, *, first_bit: int = 0, little: bool = True) -> object:
    return native(data, layout, first_bit=first_bit, little=little).tolist()


def test_twelve_bits_are_cut_out_below_the_high_bit() -> None:
    # Overlays may sit in the bits outside (retired): 0xF and 0x5 must not show.
    assert numbers(
        struct.pack("<4H", 0xF001, 0x5FFF, 0x0ABC, 0x0000), replace(GREY, stored=12, high_bit=11)
    ) == [[1, 0xFFF, 0xABC, 0]]
    assert numbers(struct.pack("<4H", 0x001F, 0xFFF5, 0xABC0, 0), replace(GREY, stored=12, high_bit=15)) == [
        [1, 0xFFF, 0xABC, 0]
    ]


def test_signed_numbers_carry_their_sign_up_from_the_high_bit() -> None:
    layout = replace(GREY, stored=12, high_bit=11, signed=True)
    assert numbers(struct.pack("<4H", 0x0FFF, 0x0800, 0x07FF, 0xF001), layout) == [[-1, -2048, 2047, 1]]


def test_big_endian_words() -> None:
    assert numbers(struct.pack(">4h", 1, -2, 300, -32768), replace(GREY, signed=True), little=False) == [
        [1, -2, 300, -32768]
    ]


def test_single_bits_start_at_the_lowest_and_frames_are_not_padded() -> None:
    layout = replace(GREY, allocated=1, stored=1, high_bit=0)
    assert numbers(bytes([0b01010001]), layout) == [[1, 0, 0, 0]]
    assert numbers(bytes([0b01010001]), layout, first_bit=4) == [[1, 0, 1, 0]]


def test_twelve_bits_packed_without_gaps() -> None:
    layout = replace(GREY, columns=2, allocated=12, stored=12, high_bit=11)
    assert numbers(bytes([0xBC, 0x1A, 0xDE]), layout) == [[0xABC, 0xDE1]]


def test_planes_become_pixels() -> None:
    layout = replace(
        GREY, columns=2, samples=3, allocated=8, stored=8, high_bit=7, planar=True, photometric="RGB"
    )
    assert numbers(bytes([1, 2, 11, 12, 21, 22]), layout) == [[[1, 11, 21], [2, 12, 22]]]


def test_two_pixels_share_their_chrominance_in_422() -> None:
    layout = replace(
        GREY, columns=3, samples=3, allocated=8, stored=8, high_bit=7, photometric="YBR_FULL_422"
    )
    assert layout.frame_bits == 8 * 8
    assert numbers(bytes([10, 20, 90, 91, 30, 40, 92, 93]), layout) == [
        [[10, 90, 91], [20, 90, 91], [30, 92, 93]]
    ]


def test_real_numbers() -> None:
    layout = replace(GREY, columns=2, allocated=32, stored=32, high_bit=31, floating=True)
    assert numbers(struct.pack("<2f", 0.5, -2), layout) == [[0.5, -2.0]]


@pytest.mark.parametrize(
    ("decoded", "precision", "expected"),
    [
        (np.array([[0xFFFF, 0x7FFF]], np.uint16), 16, [[-1, 32767]]),
        (np.array([[0x0FFF, 0x07FF]], np.uint16), 12, [[-1, 2047]]),
    ],
)
def test_a_codec_s_unsigned_numbers_get_their_sign_back(
    decoded: np.ndarray, precision: int, expected: list[list[int]]
) -> None:
    layout = replace(GREY, columns=2, signed=True, stored=precision)
    assert from_codec(decoded, layout, precision, signed=False).tolist() == expected


def test_a_codec_s_signed_numbers_stay() -> None:
    decoded = np.array([[-5, 5]], np.int16)
    assert from_codec(decoded, replace(GREY, columns=2, signed=True), 16, signed=True).tolist() == [[-5, 5]]
