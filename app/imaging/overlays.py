"""Draws overlay planes on a picture (PS3.3 C.9.2)."""

import numpy as np

from app.imaging.dicom_file import DicomFile
from app.imaging.frames import Frames
from app.imaging.grayscale import Array, GreyLevels

_GROUPS = range(0x6000, 0x6020, 2)
_MAX_SIDE = 65_535
_WORD = 16  # bits


def draw_overlays(frames: Frames, frame: int, picture: GreyLevels) -> GreyLevels:
    """Return the picture with the overlays of a frame drawn in white."""
    drawn = picture.copy()
    for group in _GROUPS:
        plane = _plane(frames, frame, group)
        if plane is None:
            continue
        origin = frames.file.elements.numbers(group << 16 | 0x0050) or (1.0, 1.0)
        top, left = (int(origin[0]) - 1, int(origin[1]) - 1) if len(origin) > 1 else (0, 0)
        # Only the part of the plane that lies on the picture.
        rows = slice(max(0, -top), min(plane.shape[0], picture.shape[0] - top))
        columns = slice(max(0, -left), min(plane.shape[1], picture.shape[1] - left))
        if rows.start < rows.stop and columns.start < columns.stop:
            inside = plane[rows, columns]
            drawn[rows.start + top : rows.stop + top, columns.start + left : columns.stop + left][inside] = (
                255
            )
    return drawn


def has_overlays(file: DicomFile) -> bool:
    """Tell whether the file has an overlay plane."""
    return any((group << 16 | 0x0010) in file.elements for group in _GROUPS)


def _plane(frames: Frames, frame: int, group: int) -> Array | None:
    elements = frames.file.elements
    rows, columns = elements.integer(group << 16 | 0x0010, 0), elements.integer(group << 16 | 0x0011, 0)
    if not (0 < rows <= _MAX_SIDE and 0 < columns <= _MAX_SIDE):
        return None
    count = max(1, elements.integer(group << 16 | 0x0015, 1))
    number = frame + 1 - elements.integer(group << 16 | 0x0051, 1)
    number = number if count > 1 else 0
    if (group << 16 | 0x3000) not in elements:
        return _among_the_pixels(frames, frame, elements.integer(group << 16 | 0x0102, 0), (rows, columns))
    raw = elements.raw(group << 16 | 0x3000)
    if not 0 <= number < count:
        return None
    first = number * rows * columns
    last = first + rows * columns
    bits = np.unpackbits(np.frombuffer(raw[first // 8 : -(-last // 8)], np.uint8), bitorder="little")[
        first % 8 :
    ]
    return bits[: rows * columns].reshape(rows, columns).astype(bool) if bits.size >= rows * columns else None


def _among_the_pixels(frames: Frames, frame: int, bit: int, shape: tuple[int, int]) -> Array | None:
    """Return a plane from a bit of the pixel data's words that no number uses (retired, PS3.3-2004 C.9.2)."""
    layout = frames.layout
    unused = not layout.high_bit - layout.stored < bit <= layout.high_bit
    plain = not frames.encapsulated and layout.samples == 1 and layout.allocated == _WORD
    if not (unused and plain and 0 <= bit < _WORD and shape == (layout.rows, layout.columns)):
        return None
    order = "<u2" if frames.file.coding.little else ">u2"
    words = np.frombuffer(frames.native_bytes_of(frame), order, layout.rows * layout.columns)
    plane: Array = (words.reshape(shape) >> bit & 1).astype(bool)
    return plane
