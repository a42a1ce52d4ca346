"""Whole files through a worker: colours, palettes, functional groups, overlays, aspect, transfer syntaxes."""

import struct
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, encapsulate_extended

from app.errors import Invalid
from app.imaging import DecodePool, Window
from app.imaging.sample_codings import LOSSY
from tests.app.imaging.conftest import MakeFile, with_syntax

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


def test_ybr_becomes_rgb_by_the_matrix_of_the_standard(pool: DecodePool, make_file: MakeFile) -> None:
    # C.7.6.3.1.2: red 255 gives Y 76.2, Cb 85.0, Cr 255.5; white gives 255, 128, 128; black 0, 128, 128.
    ybr = np.array([[[76, 85, 255], [255, 128, 128], [0, 128, 128], [150, 44, 21]]], np.uint8)
    file = make_file(ybr, PhotometricInterpretation="YBR_FULL")
    rgb = pool.render(file).pixels[0].astype(int)
    assert np.abs(rgb - [[255, 0, 0], [255, 255, 255], [0, 0, 0], [0, 255, 0]]).max() <= 2


def test_sixteen_bit_colours_show_their_upper_half(pool: DecodePool, make_file: MakeFile) -> None:
    pixels = np.array([[[0xFF00, 0x80FF, 0x0100]]], np.uint16)
    assert pool.render(make_file(pixels)).pixels.tolist() == [[[255, 128, 1]]]


def palette(
    data: tuple[bytes, bytes, bytes], descriptor: list[int], *, segmented: bool = False
) -> dict[str, object]:
    header: dict[str, object] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for colour, entries in zip(("Red", "Green", "Blue"), data, strict=True):
        header[f"{colour}PaletteColorLookupTableDescriptor"] = descriptor
        header[("Segmented" if segmented else "") + f"{colour}PaletteColorLookupTableData"] = entries
    return header


@pytest.mark.parametrize(
    ("descriptor", "data"),
    [
        (
            [3, 10, 16],
            tuple(struct.pack("<3H", *(c << 8 for c in one)) for one in ((9, 8, 7), (6, 5, 4), (3, 2, 1))),
        ),
        ([3, 10, 16], tuple(struct.pack("<3H", *one) for one in ((9, 8, 7), (6, 5, 4), (3, 2, 1)))),
        ([3, 10, 8], tuple(bytes([*one, 0]) for one in ((9, 8, 7), (6, 5, 4), (3, 2, 1)))),
    ],
    ids=["16 bits", "8 bits in 16", "8 bits packed"],
)
def test_palettes(
    pool: DecodePool, make_file: MakeFile, descriptor: list[int], data: tuple[bytes, bytes, bytes]
) -> None:
    pixels = np.array([[10, 11, 12, 0, 200]], np.uint8)
    shown = pool.render(make_file(pixels, **palette(data, descriptor))).pixels
    assert shown.tolist() == [[[9, 6, 3], [8, 5, 2], [7, 4, 1], [9, 6, 3], [7, 4, 1]]]


def test_a_segmented_palette_is_unfolded(pool: DecodePool, make_file: MakeFile) -> None:
    # C.7.9.2: discrete 0 and 256, then linear in 4 steps up to 1280, then the first segment again.
    words = struct.pack("<12H", 0, 2, 0, 256, 1, 4, 1280, 2, 1, 0, 0, 0)
    pixels = np.arange(8, dtype=np.uint8).reshape(1, 8)
    shown = pool.render(make_file(pixels, **palette((words,) * 3, [8, 0, 16], segmented=True))).pixels
    assert shown[0, :, 0].tolist() == [0, 1, 2, 3, 4, 5, 0, 1]


def test_a_big_endian_palette(pool: DecodePool, make_file: MakeFile) -> None:
    entries = struct.pack(">3H", 0x0900, 0x0800, 0x0700)
    header = palette((entries,) * 3, [3, 0, 16])
    file = make_file(np.array([[0, 1, 2, 2]], np.uint8), syntax="1.2.840.10008.1.2.2", **header)
    assert pool.render(file).pixels[0, :, 0].tolist() == [9, 8, 7, 7]


def test_windows_of_functional_groups_belong_to_their_frame(pool: DecodePool, make_file: MakeFile) -> None:
    groups = []
    for center in (64.5, 192.5):
        voi, group = Dataset(), Dataset()
        voi.WindowCenter, voi.WindowWidth = center, 129
        group.FrameVOILUTSequence = [voi]
        groups.append(group)
    file = make_file(
        np.vstack([RAMP, RAMP]), Rows=16, NumberOfFrames=2, PerFrameFunctionalGroupsSequence=groups
    )
    first, second = (pool.render(file, frame).pixels.ravel() for frame in (0, 1))
    assert (first[128:] == 255).all()
    assert first[64] < 130
    assert (second[:128] == 0).all()
    assert second[-1] == 253  # (255 - 192) / 128 + 0.5 of 255, rounded
    assert pool.render(file, 1).window == Window(192.5, 129)


def test_a_voi_table_is_used_where_there_is_no_window(pool: DecodePool, make_file: MakeFile) -> None:
    table = Dataset()
    table.LUTDescriptor = [4, 0, 16]
    table.add_new("LUTData", "OW", struct.pack("<4H", 0, 0xFFFF, 0, 0x8000))
    file = make_file(np.array([[0, 1, 2, 3]], np.uint8), VOILUTSequence=[table])
    assert pool.render(file).pixels.tolist() == [[0, 255, 0, 128]]


def test_a_chosen_window_replaces_the_file_s(pool: DecodePool, make_file: MakeFile) -> None:
    file = make_file(RAMP, WindowCenter=128, WindowWidth=256)
    assert pool.render(file, window=(10, 1)).pixels.ravel().tolist() == [0] * 10 + [255] * 246
    assert pool.render(file, window=(10, 1), invert=True).pixels.ravel().tolist() == [255] * 10 + [0] * 246


@pytest.mark.parametrize("width", ["0", "-5", "", "wide"])
def test_an_unusable_window_is_none(pool: DecodePool, make_file: MakeFile, width: str) -> None:
    file = make_file(RAMP)
    data = file.read_bytes()
    center = struct.pack("<HH2sH", 0x0028, 0x1050, b"DS", 4) + b"100 "
    width_element = struct.pack("<HH2sH", 0x0028, 0x1051, b"DS", 4) + width.ljust(4).encode()
    at = data.index(struct.pack("<HH", 0x7FE0, 0x0010))
    assert pool.render(data[:at] + center + width_element + data[at:]).pixels.ravel().tolist() == list(
        range(256)
    )


def test_overlays_are_drawn_when_asked_for(pool: DecodePool, make_file: MakeFile) -> None:
    overlay = np.zeros((4, 4), np.uint8)
    overlay[0, :2] = overlay[3, 3] = 1
    raw = np.packbits(overlay.ravel(), bitorder="little").tobytes()
    file = make_file(np.full((8, 8), 40, np.uint8), WindowCenter=128, WindowWidth=256)
    data = file.read_bytes()
    added = b"".join(
        struct.pack("<HH2sH", 0x6000, number, vr, len(value)) + value
        for number, vr, value in (
            (0x0010, b"US", struct.pack("<H", 4)),
            (0x0011, b"US", struct.pack("<H", 4)),
            (0x0050, b"SS", struct.pack("<hh", 0, 2)),
        )
    )
    added += struct.pack("<HH2sHI", 0x6000, 0x3000, b"OW", 0, len(raw)) + raw
    at = data.index(struct.pack("<HH", 0x7FE0, 0x0010))
    given = data[:at] + added + data[at:]
    # The origin is 0 rows (one above the picture) and 2 columns: the first row of the overlay is off the picture.
    drawn = np.argwhere(pool.render(given, overlays=True).pixels == 255).tolist()
    assert drawn == [[2, 4]]
    assert not (pool.render(given).pixels == 255).any()
    assert np.argwhere(pool.overlays(given).pixels).tolist() == [[2, 4]]
    assert pool.describe(given).has_overlays


@pytest.mark.parametrize(
    ("header", "aspect"),
    [
        ({"PixelAspectRatio": ["4", "3"]}, 4 / 3),
        ({"PixelSpacing": [0.5, 0.25]}, 2.0),
        ({"PixelSpacing": [0, 0]}, 1.0),
        ({}, 1.0),
    ],
)
def test_the_shape_of_a_pixel(
    pool: DecodePool, make_file: MakeFile, header: dict[str, object], aspect: float
) -> None:
    assert pool.render(make_file(RAMP, **header)).aspect == pytest.approx(aspect)


def test_a_frame_in_several_fragments_with_and_without_tables(pool: DecodePool, make_file: MakeFile) -> None:
    frames = [imagecodecs.jpegls_encode(np.roll(RAMP, 16 * number)) for number in range(3)]
    header = {"Rows": 16, "Columns": 16, "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2"}
    header |= {"BitsAllocated": 8, "BitsStored": 8, "PixelRepresentation": 0, "NumberOfFrames": 3}
    syntax = "1.2.840.10008.1.2.4.80"
    split = [b"".join([frame]) for frame in frames]
    table = encapsulate(split, fragments_per_frame=2)
    no_table = encapsulate(split, fragments_per_frame=2, has_bot=False)
    data, offsets, lengths = encapsulate_extended(split)
    extended = {"ExtendedOffsetTable": offsets, "ExtendedOffsetTableLengths": lengths}
    for number, (pixels, more) in enumerate(((table, {}), (no_table, {}), (data, extended))):
        file = make_file(pixels, syntax=syntax, name=f"{number}.dcm", **header, **more)
        assert pool.describe(file).frame_count == 3
        for frame in range(3):
            assert np.array_equal(
                pool.render(file, frame, window=(128, 256)).pixels, np.roll(RAMP, 16 * frame)
            ), number


@pytest.mark.parametrize("said", ["1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.91", "1.2.3.4.5"])
def test_a_wrong_transfer_syntax_does_not_matter_and_is_noted(
    pool: DecodePool, make_file: MakeFile, said: str
) -> None:
    lying = with_syntax(make_file(RAMP).read_bytes(), "1.2.840.10008.1.2.1", said)
    picture = pool.render(lying)
    assert picture.pixels.ravel().tolist() == list(range(256))
    assert picture.notes == ("coding_guessed",)


def test_a_file_that_ends_early_shows_what_is_there(pool: DecodePool, make_file: MakeFile) -> None:
    data = make_file(RAMP, WindowCenter=128, WindowWidth=256).read_bytes()
    picture = pool.render(data[:-100])
    assert picture.pixels.ravel()[:156].tolist() == list(range(156))
    assert not picture.pixels.ravel()[156:].any()
    assert "image_cut_short" in picture.notes


def test_a_frame_that_is_not_there_is_said_plainly(pool: DecodePool, make_file: MakeFile) -> None:
    with pytest.raises(Invalid) as told:
        pool.render(make_file(RAMP), 1)
    assert told.value.kind == "frame_missing"


def test_every_coding_gives_the_same_picture(pool: DecodePool, coded: dict[str, Path]) -> None:
    for kind in ("ct", "us"):
        plain = pool.render(coded[f"{kind} raw"]).pixels
        assert len(np.unique(plain)) > 50
        for name, file in coded.items():
            if name.startswith(kind):
                away = np.abs(pool.render(file).pixels.astype(int) - plain)
                assert (away.mean() < 3) if name.split(" ")[1] in LOSSY else (away.max() == 0), name


def test_what_a_lossy_transform_carries_beyond_white_stays_white(
    pool: DecodePool, make_file: MakeFile
) -> None:
    square = np.zeros((64, 64), np.uint8)
    square[16:48, 16:48] = 255
    header = {"Rows": 64, "Columns": 64, "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2"}
    header |= {"BitsAllocated": 8, "BitsStored": 8, "PixelRepresentation": 0}
    header |= {"WindowCenter": 128, "WindowWidth": 256}
    coded = bytes(imagecodecs.htj2k_encode(square, 1 / 64, reversible=False))
    file = make_file(encapsulate([coded]), syntax="1.2.840.10008.1.2.4.203", **header)
    assert np.abs(pool.render(file).pixels.astype(int) - square).max() < 10


def test_thumbnails_look_like_the_picture(pool: DecodePool, coded: dict[str, Path]) -> None:
    from PIL import Image

    for name, file in coded.items():
        small = pool.thumbnail(file, side=48)
        whole = Image.fromarray(pool.render(file).pixels).resize(
            (small.width, small.height), Image.Resampling.BOX
        )
        assert max(small.width, small.height) == 48, name
        assert np.abs(small.pixels.astype(int) - np.asarray(whole)).mean() < 12, name


def test_stored_frames_window_to_the_same_picture(pool: DecodePool, coded: dict[str, Path]) -> None:
    for name, file in coded.items():
        stored = pool.stored(file)
        shown = stored.pixels if stored.grayscale is None else stored.table()[stored.pixels.view(np.uint16)]
        assert np.array_equal(shown, pool.render(file).pixels), name


def test_large_and_real_numbers_are_stored_in_sixteen_bits_without_a_visible_difference(
    pool: DecodePool, make_file: MakeFile
) -> None:
    numbers = (np.arange(256, dtype=np.uint32) * 3_000_000).reshape(16, 16)
    file = make_file(numbers)
    stored = pool.stored(file)
    assert stored.pixels.dtype == np.uint16
    assert np.abs(stored.table()[stored.pixels].astype(int) - pool.render(file).pixels).max() <= 1


def test_native_pixels_in_fragments(pool: DecodePool, make_file: MakeFile) -> None:
    header = {"Rows": 16, "Columns": 16, "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2"}
    header |= {"BitsAllocated": 8, "BitsStored": 8, "PixelRepresentation": 0, "NumberOfFrames": 2}
    frames = [RAMP.tobytes(), RAMP[::-1].tobytes()]
    file = make_file(encapsulate(frames), syntax="1.2.840.10008.1.2.1.98", **header)
    assert np.array_equal(pool.render(file, 1).pixels, RAMP[::-1])


def test_frames_that_are_deflated_one_by_one(pool: DecodePool, make_file: MakeFile) -> None:
    import zlib

    header = {"Rows": 16, "Columns": 16, "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2"}
    header |= {"BitsAllocated": 8, "BitsStored": 8, "PixelRepresentation": 0, "NumberOfFrames": 2}
    machines = [zlib.compressobj(wbits=-15) for _ in range(2)]
    raw = (RAMP.tobytes(), RAMP[::-1].tobytes())
    frames = [machine.compress(one) + machine.flush() for machine, one in zip(machines, raw, strict=True)]
    file = make_file(encapsulate(frames), syntax="1.2.840.10008.1.2.8.1", **header)
    assert np.array_equal(pool.render(file, 1).pixels, RAMP[::-1])


@pytest.mark.parametrize(
    ("syntax", "coded"),
    [
        (
            "1.2.840.10008.1.2.4.51",
            imagecodecs.jpeg8_encode(RAMP.astype(np.uint16) * 16, 100, bitspersample=12),
        ),
        *(
            (
                "1.2.840.10008.1.2.4.57",
                imagecodecs.jpeg8_encode(
                    RAMP.astype(np.uint16) * 16, lossless=True, predictor=p, bitspersample=16
                ),
            )
            for p in range(1, 8)
        ),
        ("1.2.840.10008.1.2.4.110", imagecodecs.jpegxl_encode(RAMP.astype(np.uint16) * 16, lossless=True)),
        ("1.2.840.10008.1.2.4.202", imagecodecs.htj2k_encode(RAMP.astype(np.uint16) * 16, reversible=True)),
        ("1.2.840.10008.1.2.4.81", imagecodecs.jpegls_encode(RAMP.astype(np.uint16) * 16, 1)),
    ],
)
def test_sixteen_bits_in_codecs_that_the_sample_maker_does_not_write(
    pool: DecodePool, make_file: MakeFile, syntax: str, coded: bytes
) -> None:
    header = {"Rows": 16, "Columns": 16, "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2"}
    header |= {"BitsAllocated": 16, "BitsStored": 12, "PixelRepresentation": 0}
    file = make_file(encapsulate([bytes(coded)]), syntax=syntax, **header)
    stored = pool.stored(file).pixels.astype(int)
    assert np.abs(stored - RAMP.astype(int) * 16).max() <= (20 if syntax.endswith((".51", ".81")) else 0)


def test_chrominance_of_every_pixel_in_a_file_that_says_422(pool: DecodePool, make_file: MakeFile) -> None:
    ybr = np.full((2, 2, 3), 128, np.uint8)
    ybr[..., 0] = [[10, 20], [30, 40]]
    picture = pool.render(make_file(ybr, PhotometricInterpretation="YBR_FULL_422"))
    assert picture.pixels[..., 0].tolist() == [[10, 20], [30, 40]]
    assert picture.notes == ("coding_guessed",)


def test_an_overlay_in_an_unused_bit_of_the_pixels(pool: DecodePool, make_file: MakeFile) -> None:
    words = np.full((4, 4), 100, np.uint16)
    words[1, 2] |= 1 << 15
    data = make_file(words, BitsStored=12, WindowCenter=2048, WindowWidth=4096).read_bytes()
    added = b"".join(
        struct.pack("<HH2sHH", 0x6000, number, b"US", 2, value)
        for number, value in ((0x0010, 4), (0x0011, 4), (0x0100, 16), (0x0102, 15))
    )
    at = data.index(struct.pack("<HH", 0x7FE0, 0x0010))
    given = data[:at] + added + data[at:]
    assert np.argwhere(pool.render(given, overlays=True).pixels == 255).tolist() == [[1, 2]]
    assert (pool.render(given).pixels == 6).all()  # 100 of 4095, and the overlay's bit does not show


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("codec", ["jpeg_2000", "htj2k"])
def test_reduced_levels_have_the_numbers_of_the_whole(
    pool: DecodePool,
    make_file: MakeFile,
    bits: int,
    signed: bool,  # noqa: FBT001 - a parameter of the test
    codec: str,
) -> None:
    # A slope from the lowest to the highest number: any reduction of it is the same slope.
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    slope = np.linspace(low, high, 256).round()
    kind = np.dtype(("i" if signed else "u") + ("1" if bits == 8 else "2"))
    pixels = np.repeat(slope[None], 256, 0).astype(kind)
    if codec == "jpeg_2000":
        data = imagecodecs.jpeg2k_encode(
            pixels, level=0, codecformat="j2k", reversible=True, bitspersample=bits
        )
        syntax = "1.2.840.10008.1.2.4.90"
    else:
        data, syntax = imagecodecs.htj2k_encode(pixels, reversible=True), "1.2.840.10008.1.2.4.201"
    header = {"Rows": 256, "Columns": 256, "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2"}
    header |= {"BitsAllocated": kind.itemsize * 8, "BitsStored": bits, "PixelRepresentation": int(signed)}
    file = make_file(encapsulate([bytes(data)]), syntax=syntax, **header)
    whole, small = pool.stored(file), pool.stored(file, max_side=64)
    assert np.array_equal(whole.pixels, pixels)
    assert (small.width, small.height) == (64, 64)
    step = (high - low) / 64
    assert np.abs(small.pixels[32, 4:60] - slope.reshape(64, 4).mean(1)[4:60]).max() <= step
