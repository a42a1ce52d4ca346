"""Decodes one frame of any transfer syntax to its stored numbers (PS3.5 section 8 and Annexes A and G)."""

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import imagecodecs
import numpy as np
from PIL import Image

from app.imaging.codestream import Codec, Codestream, Colours
from app.imaging.dicom_file import GE_BIG_ENDIAN_PIXELS
from app.imaging.frames import Frames
from app.imaging.layout import MAX_SAMPLES, MAX_SIDE, PixelLayout
from app.imaging.pixels import Array, from_codec, native
from app.imaging.problems import Damaged

_RGB = 3
_END = b"\xff\xd9"  # end of image, in every JPEG
NEARLY = 0.9  # of a wanted size is enough: 4000 pixels come as 250 where 256 are asked for
_NEAR_END = 16  # bytes, padding among them
_MOST_LARGER = 4  # times as many pixels as the header says: more is a broken codestream


@dataclass(frozen=True)
class Decoded:
    """One frame's stored numbers and what they mean.

    layout: as it holds for these numbers: true size, and RGB where a codec already undid the colour transform;
    reduced: how many pixels of the file stand behind one, in each direction.
    """

    pixels: Array
    layout: PixelLayout
    reduced: int = 1


def decode_frame(frames: Frames, frame: int, *, smallest_side: int | None = None) -> Decoded:
    """Return one frame decoded; raises Damaged.

    smallest_side: where given, the frame may come at half, quarter ... size as long as its longer side
    stays nearly this long; only codecs that save time by it do so.
    """
    layout = frames.layout
    if not frames.encapsulated:
        return _native(frames, frame, layout)
    data = frames.bytes_of(frame)
    codestream = frames.codestream_of(data)
    layout = _sized(frames, layout, codestream)
    if smallest_side is not None:
        smaller = _reduced(data, layout, codestream, smallest_side)
        if smaller is not None:
            return smaller
    try:
        return _DECODERS[codestream.codec](data, layout, codestream)
    except (
        RuntimeError,
        ValueError,
        TypeError,
        IndexError,
        struct.error,
        OSError,
        zlib.error,
        NotImplementedError,
    ):
        return _rescued(frames, data, layout, codestream)


def _native(frames: Frames, frame: int, layout: PixelLayout) -> Decoded:
    file = frames.file
    little = file.coding.little and file.transfer_syntax != GE_BIG_ENDIAN_PIXELS
    first_bit = frame * layout.frame_bits % 8
    pixels = native(frames.native_bytes_of(frame), layout, first_bit=first_bit, little=little)
    return Decoded(
        pixels, replace(layout, photometric=_unsubsampled(layout)) if layout.subsampled else layout
    )


def _sized(frames: Frames, layout: PixelLayout, codestream: Codestream) -> PixelLayout:
    """Check the codestream's size before it is decoded, and believe it where the header differs."""
    if not codestream.rows or not codestream.columns:
        return layout
    components = codestream.components or layout.samples
    if max(codestream.rows, codestream.columns) > MAX_SIDE:
        raise Damaged("image_too_large")
    if codestream.rows * codestream.columns * components > MAX_SAMPLES:
        raise Damaged("image_too_large")
    if (codestream.rows, codestream.columns, components) == (layout.rows, layout.columns, layout.samples):
        return layout
    if codestream.rows * codestream.columns > _MOST_LARGER * layout.rows * layout.columns:
        raise Damaged("image_unreadable")
    frames.file.note("size_differs")
    photometric = layout.photometric
    if components != layout.samples:
        photometric = "RGB" if components == _RGB else "MONOCHROME2"
    return replace(
        layout, rows=codestream.rows, columns=codestream.columns, samples=components, photometric=photometric
    )


def _checked(
    decoded: Array, layout: PixelLayout, codestream: Codestream, photometric: str | None = None
) -> Decoded:
    """Give a codec's answer the header's meaning and refuse one of another shape."""
    shape = (
        (layout.rows, layout.columns)
        if layout.samples == 1
        else (layout.rows, layout.columns, layout.samples)
    )
    if decoded.size != np.prod(shape):
        raise ValueError
    pixels = from_codec(decoded.reshape(shape), layout, codestream.precision, signed=codestream.signed)
    return Decoded(pixels, replace(layout, photometric=photometric or layout.photometric))


def _jpeg(data: bytes, layout: PixelLayout, codestream: Codestream) -> Decoded:
    if layout.samples != _RGB:
        return _checked(imagecodecs.jpeg8_decode(data), layout, codestream)
    # The codestream's own word on its colours counts before the header's: encoders often leave the header's
    # Photometric Interpretation as it was before compression.
    ybr = codestream.colours is Colours.YBR or (
        codestream.colours is Colours.UNSAID and layout.photometric.startswith("YBR")
    )
    coded = "ycbcr" if ybr else "rgb"
    return _checked(
        imagecodecs.jpeg8_decode(data, colorspace=coded, outcolorspace="rgb"), layout, codestream, "RGB"
    )


def _jpeg_lossless(data: bytes, layout: PixelLayout, codestream: Codestream) -> Decoded:
    # A lossless process transforms no colours: the header says what the components are.
    colours = "rgb" if layout.samples == _RGB else None
    try:
        decoded = imagecodecs.jpeg8_decode(data, colorspace=colours, outcolorspace=colours)
    except RuntimeError:
        decoded = imagecodecs.jpegsof3_decode(data)
    return _checked(decoded, layout, codestream, _unsubsampled(layout))


def _jpeg_ls(data: bytes, layout: PixelLayout, codestream: Codestream) -> Decoded:
    if _END not in data[-_NEAR_END:]:
        data += _END  # without an end the decoder counts zeros for seconds
    decoded = imagecodecs.jpegls_decode(data)
    if decoded.ndim == _RGB and decoded.shape[0] == layout.samples != decoded.shape[-1]:
        decoded = np.moveaxis(decoded, 0, -1)
    return _checked(decoded, layout, codestream, _unsubsampled(layout))


def _jpeg_2000(data: bytes, layout: PixelLayout, codestream: Codestream) -> Decoded:
    # Two threads halve the wait; more only take processors from other workers.
    decoded = imagecodecs.jpeg2k_decode(data, numthreads=2)
    return _checked(decoded, layout, codestream, _colours_2000(data, layout))


def _htj2k(data: bytes, layout: PixelLayout, codestream: Codestream) -> Decoded:
    # Its decoder lets what a lossy transform carries beyond white begin again at black; the other one does not.
    beyond = codestream.precision not in {16, 32} and _cod(data, 13) == b"\0"
    decoded = imagecodecs.jpeg2k_decode(data) if beyond else imagecodecs.htj2k_decode(data)
    return _checked(decoded, layout, codestream, _colours_2000(data, layout))


def _colours_2000(data: bytes, layout: PixelLayout) -> str:
    """Return the colour model of decoded JPEG 2000: its decoders undo the component transform (PS3.5 8.2.4)."""
    undone = layout.photometric in {"YBR_ICT", "YBR_RCT"} or (layout.samples == _RGB and _has_transform(data))
    return "RGB" if undone else _unsubsampled(layout)


def _has_transform(data: bytes) -> bool:
    """Tell whether a JPEG 2000 codestream says that a component transform was used."""
    return _cod(data, 8) == b"\x01"


def _cod(data: bytes, place: int) -> bytes:
    """Return a byte of a JPEG 2000 codestream's COD marker (ISO/IEC 15444-1 A.6.1); nothing when it has none."""
    at = data.find(b"\xff\x52", 0, 4096)
    return data[at + place : at + place + 1] if at >= 0 else b""


def _jpeg_xl(data: bytes, layout: PixelLayout, codestream: Codestream) -> Decoded:
    decoded = imagecodecs.jpegxl_decode(data)
    if decoded.dtype.kind == "f":
        raise ValueError
    rows, columns = decoded.shape[:2]
    found = replace(codestream, rows=rows, columns=columns, components=decoded.size // (rows * columns))
    layout = replace(layout, rows=rows, columns=columns, samples=found.components)
    # The decoder always hands out RGB (PS3.5 8.2.16).
    return _checked(decoded, layout, found, "RGB" if layout.samples == _RGB else None)


def _rle(data: bytes, layout: PixelLayout, codestream: Codestream) -> Decoded:
    """Undo PS3.5 Annex G: a segment for each byte of each sample, the highest byte first."""
    size = max(1, layout.allocated // 8)
    count, *offsets = struct.unpack_from("<16I", data)
    if count != size * layout.samples or size not in {1, 2, 4}:
        raise ValueError
    area = layout.rows * layout.columns
    ends = [*offsets[1:count], len(data)]
    segments = [_unpacked(data[offsets[number] : ends[number]], area) for number in range(count)]
    if size == 2 and layout.samples == 1:  # noqa: PLR2004 - bytes: nearly every RLE image, and twice as quick
        words: Array = segments[0].astype(np.uint16)
        words <<= 8
        words |= segments[1]
    else:
        planes = np.stack(segments).reshape(layout.samples, size, area)[:, ::-1]
        words = np.ascontiguousarray(planes.transpose(2, 0, 1)).view(f"<u{size}")
    return _checked(words, layout, replace(codestream, precision=size * 8), _unsubsampled(layout))


def _unpacked(segment: bytes, area: int) -> Array:
    """Return a segment's bytes, as many as there are pixels; missing ones are 0."""
    out = np.zeros(area, np.uint8)
    try:
        imagecodecs.packbits_decode(segment, out=out)  # type: ignore[arg-type]  # its types leave arrays out
    except (RuntimeError, ValueError):  # more than there is room for
        found = np.frombuffer(imagecodecs.packbits_decode(segment), np.uint8)[:area]
        out[: len(found)] = found
    return out


def _deflated_frame(data: bytes, layout: PixelLayout, _codestream: Codestream) -> Decoded:
    length = -(-layout.frame_bits // 8)
    inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, length)
    inflated += bytes(length - len(inflated))
    pixels = native(inflated, layout, first_bit=0, little=True)
    return Decoded(
        pixels, replace(layout, photometric=_unsubsampled(layout)) if layout.subsampled else layout
    )


def _plain(data: bytes, layout: PixelLayout, _codestream: Codestream) -> Decoded:
    if len(data) * 8 < layout.frame_bits:
        raise ValueError
    return Decoded(
        native(data, layout, first_bit=0, little=True), replace(layout, photometric=_unsubsampled(layout))
    )


def _unsubsampled(layout: PixelLayout) -> str:
    """Return the colour model once every pixel has its own chrominance samples."""
    return "YBR_FULL" if layout.photometric == "YBR_FULL_422" else layout.photometric


_DECODERS: dict[Codec, Callable[[bytes, PixelLayout, Codestream], Decoded]] = {
    Codec.JPEG: _jpeg,
    Codec.JPEG_LOSSLESS: _jpeg_lossless,
    Codec.JPEG_LS: _jpeg_ls,
    Codec.JPEG_2000: _jpeg_2000,
    Codec.HTJ2K: _htj2k,
    Codec.JPEG_XL: _jpeg_xl,
    Codec.RLE: _rle,
    Codec.DEFLATED_FRAME: _deflated_frame,
    Codec.PLAIN: _plain,
}


def _rescued(frames: Frames, data: bytes, layout: PixelLayout, codestream: Codestream) -> Decoded:
    """Show what there is of a JPEG that ends too early; raises Damaged for anything else."""
    if codestream.codec is not Codec.JPEG or codestream.precision != 8:  # noqa: PLR2004 - Pillow reads 8 bits
        raise Damaged("image_unreadable")
    parser: Any = Image.open(io.BytesIO(data + _END))
    try:
        pixels = np.asarray(parser.convert("RGB" if layout.samples == _RGB else "L"))
        decoded = _checked(pixels, layout, codestream, "RGB" if layout.samples == _RGB else None)
    except (OSError, ValueError, SyntaxError):
        raise Damaged("image_unreadable") from None
    frames.file.note("image_cut_short")
    return decoded


def _reduced(data: bytes, layout: PixelLayout, codestream: Codestream, smallest_side: int) -> Decoded | None:
    """Decode fewer resolution levels (JPEG 2000) or fewer coefficients (JPEG); None where it does not pay."""
    levels = 0
    while max(layout.rows, layout.columns) >> (levels + 1) >= NEARLY * smallest_side and levels < 5:  # noqa: PLR2004
        levels += 1
    if levels == 0:
        return None
    if codestream.codec in {Codec.JPEG_2000, Codec.HTJ2K}:
        return _reduced_2000(data, layout, codestream, levels)
    if codestream.codec is Codec.JPEG and codestream.precision == 8:  # noqa: PLR2004
        return _reduced_jpeg(data, layout, codestream, min(levels, 3))
    return None


def _reduced_2000(data: bytes, layout: PixelLayout, codestream: Codestream, levels: int) -> Decoded | None:
    levels = min(levels, *(_cod(data, 9) or b"\0"))
    colour = layout.samples == _RGB and layout.stored == 8  # noqa: PLR2004 - bits, as Pillow has them
    if levels == 0 or not (colour or layout.samples == 1):
        return None
    try:
        image: Any = Image.open(io.BytesIO(data))
        image.reduce = levels
        image.load()
    except (OSError, ValueError, SyntaxError):
        return None
    pixels = np.asarray(image)
    # Pillow spreads the values over 8 or 16 bits and moves signed ones up to begin at 0.
    if image.mode not in {"L", "I;16", "RGB"} or codestream.precision > pixels.itemsize * 8:
        return None
    pixels = pixels >> (pixels.itemsize * 8 - codestream.precision)
    if codestream.signed:
        pixels = (pixels.astype(np.int32) - (1 << (codestream.precision - 1))).astype(np.int16)
    smaller = replace(layout, rows=pixels.shape[0], columns=pixels.shape[1])
    decoded = _checked(pixels, smaller, codestream, _colours_2000(data, layout))
    return replace(decoded, reduced=1 << levels)


def _reduced_jpeg(data: bytes, layout: PixelLayout, codestream: Codestream, levels: int) -> Decoded | None:
    if layout.samples == _RGB and codestream.colours is not Colours.YBR:
        return None
    try:
        image: Any = Image.open(io.BytesIO(data))
        image.draft(None, (-(-layout.columns >> levels), -(-layout.rows >> levels)))
        pixels = np.asarray(image)
    except (OSError, ValueError, SyntaxError):
        return None
    if image.mode != ("RGB" if layout.samples == _RGB else "L"):
        return None
    smaller = replace(layout, rows=pixels.shape[0], columns=pixels.shape[1])
    decoded = _checked(pixels, smaller, codestream, "RGB" if layout.samples == _RGB else None)
    return replace(decoded, reduced=max(1, round(layout.columns / pixels.shape[1])))
