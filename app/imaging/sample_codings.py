"""Encodes the frames of sample exams in every transfer syntax that the viewer reads and a free codec writes."""

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

SampleCoding = Literal[
    "raw",
    "implicit",
    "big_endian",
    "deflated",
    "deflated_frame",
    "rle",
    "jpeg",
    "jpeg_extended",
    "jpeg_progressive",
    "jpeg_lossless",
    "jpeg_lossless_57",
    "jpeg_ls",
    "jpeg_ls_near",
    "jpeg_2000",
    "jpeg_2000_lossy",
    "htj2k",
    "htj2k_rpcl",
    "htj2k_lossy",
    "jpeg_xl",
    "jpeg_xl_lossy",
]
TRANSFER_SYNTAXES: dict[SampleCoding, str] = {
    "raw": "1.2.840.10008.1.2.1",
    "implicit": "1.2.840.10008.1.2",
    "big_endian": "1.2.840.10008.1.2.2",
    "deflated": "1.2.840.10008.1.2.1.99",
    "deflated_frame": "1.2.840.10008.1.2.8.1",
    "rle": "1.2.840.10008.1.2.5",
    "jpeg": "1.2.840.10008.1.2.4.50",
    "jpeg_extended": "1.2.840.10008.1.2.4.51",
    "jpeg_progressive": "1.2.840.10008.1.2.4.55",
    "jpeg_lossless": "1.2.840.10008.1.2.4.70",
    "jpeg_lossless_57": "1.2.840.10008.1.2.4.57",
    "jpeg_ls": "1.2.840.10008.1.2.4.80",
    "jpeg_ls_near": "1.2.840.10008.1.2.4.81",
    "jpeg_2000": "1.2.840.10008.1.2.4.90",
    "jpeg_2000_lossy": "1.2.840.10008.1.2.4.91",
    "htj2k": "1.2.840.10008.1.2.4.201",
    "htj2k_rpcl": "1.2.840.10008.1.2.4.202",
    "htj2k_lossy": "1.2.840.10008.1.2.4.203",
    "jpeg_xl": "1.2.840.10008.1.2.4.110",
    "jpeg_xl_lossy": "1.2.840.10008.1.2.4.112",
}
NATIVE = frozenset(("raw", "implicit", "big_endian", "deflated"))
LOSSY = frozenset(
    (
        "jpeg",
        "jpeg_extended",
        "jpeg_progressive",
        "jpeg_ls_near",
        "jpeg_2000_lossy",
        "htj2k_lossy",
        "jpeg_xl_lossy",
    )
)
COLOURS: dict[SampleCoding, str] = {  # what the components are once an RGB frame is coded
    "jpeg": "YBR_FULL_422",
    "jpeg_extended": "YBR_FULL_422",
    "jpeg_progressive": "YBR_FULL_422",
    "jpeg_2000": "YBR_RCT",
    "jpeg_2000_lossy": "YBR_ICT",
    "htj2k": "YBR_RCT",
    "htj2k_rpcl": "YBR_RCT",
    "htj2k_lossy": "YBR_ICT",
}
EIGHT_BITS = frozenset(("jpeg", "jpeg_progressive"))  # what only frames of 8 bits can be coded in
_BITS = 8
_QUALITY = 90
_Pixels = NDArray[Any]


def native_bytes(stored: _Pixels, coding: SampleCoding) -> bytes:
    """Return frames as uncompressed pixel data in the byte order of the coding."""
    return (stored.astype(stored.dtype.newbyteorder(">" if coding == "big_endian" else "<"))).tobytes()


def coded_frame(frame: _Pixels, bits: int, coding: SampleCoding) -> bytes:  # noqa: C901, PLR0911 - a line each
    """Return one frame's codestream; raises ValueError where the coding has no such depth."""
    import imagecodecs

    if coding in EIGHT_BITS and bits > _BITS:
        raise ValueError("this JPEG process holds 8 bits")
    match coding:
        case "deflated_frame":
            return _deflated(frame)
        case "rle":
            return _run_lengths(frame)
        case "jpeg":
            return bytes(imagecodecs.jpeg8_encode(frame, _QUALITY, subsampling="422"))
        case "jpeg_extended":
            return bytes(imagecodecs.jpeg8_encode(frame, _QUALITY, bitspersample=bits))
        case "jpeg_progressive":
            return _progressive(frame)
        case "jpeg_lossless" | "jpeg_lossless_57":
            predictor = 1 if coding == "jpeg_lossless" else 4
            return bytes(
                imagecodecs.jpeg8_encode(frame, lossless=True, predictor=predictor, bitspersample=bits)
            )
        case "jpeg_ls" | "jpeg_ls_near":
            return bytes(imagecodecs.jpegls_encode(frame, 0 if coding == "jpeg_ls" else 2))
        case "htj2k" | "htj2k_rpcl":  # the encoder's own order is RPCL
            return bytes(imagecodecs.htj2k_encode(frame, reversible=True, tlm=coding == "htj2k_rpcl"))
        case "htj2k_lossy":
            return bytes(imagecodecs.htj2k_encode(frame, 1 / (1 << bits), reversible=False))
        case "jpeg_xl" | "jpeg_xl_lossy":
            lossless = coding == "jpeg_xl"
            return bytes(
                imagecodecs.jpegxl_encode(
                    frame,
                    lossless=lossless,
                    distance=None if lossless else 0.5,
                    bitspersample=bits,
                    usecontainer=False,
                )
            )
        case _:
            lossless = coding == "jpeg_2000"
            return bytes(
                imagecodecs.jpeg2k_encode(
                    frame,
                    level=0 if lossless else 65,
                    codecformat="j2k",
                    reversible=lossless,
                    bitspersample=bits,
                )
            )


def _deflated(frame: _Pixels) -> bytes:
    """Return a frame deflated by itself (PS3.5 A.4.13)."""
    machine = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = machine.compress(frame.tobytes()) + machine.flush()
    return packed + b"\0" * (len(packed) % 2)


def _progressive(frame: _Pixels) -> bytes:
    from PIL import Image

    sink = io.BytesIO()
    Image.fromarray(frame).save(sink, "JPEG", quality=_QUALITY, progressive=True)
    return sink.getvalue()


def _run_lengths(frame: _Pixels) -> bytes:
    """Return a frame in RLE (PS3.5 Annex G): a segment a byte of each sample, the highest byte first."""
    import imagecodecs

    size = frame.dtype.itemsize
    planes = frame.reshape(*frame.shape[:2], -1).view(np.uint8).reshape(*frame.shape[:2], -1, size)
    samples = planes.shape[2]
    segments = []
    for sample in range(samples):
        for byte in reversed(range(size)):
            rows = (bytes(imagecodecs.packbits_encode(row.tobytes())) for row in planes[:, :, sample, byte])
            segment = b"".join(rows)
            segments.append(segment + b"\0" * (len(segment) % 2))
    return _rle_header(segments) + b"".join(segments)


def _rle_header(segments: list[bytes]) -> bytes:
    return struct.pack("<16I", len(segments), *_offsets(segments), *[0] * (15 - len(segments)))


def _offsets(segments: list[bytes]) -> Iterator[int]:
    at = 64
    for segment in segments:
        yield at
        at += len(segment)
