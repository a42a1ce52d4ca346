"""Reads a file's modality and VOI descriptions for one frame (PS3.3 C.11.1, C.11.2, C.7.6.16.2.9, C.7.6.16.2.10)."""

import numpy as np

from app.imaging import tags
from app.imaging.decode import Decoded
from app.imaging.dicom_file import DicomFile
from app.imaging.elements import Elements
from app.imaging.grayscale import Array, Grayscale, LookUpTable, Window

_MAX_WINDOWS = 32
_MAX_TABLES = 8
_FUNCTIONS = frozenset(("LINEAR", "LINEAR_EXACT", "SIGMOID"))
_SHARED, _PER_FRAME = tags.SHARED_FUNCTIONAL_GROUPS_SEQUENCE, tags.PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE


def frame_groups(file: DicomFile, frame: int, tag: int) -> tuple[Elements, ...]:
    """Return the items of a functional group for a frame: its own, else the shared ones (C.7.6.16)."""
    own = file.elements.items(_PER_FRAME)
    for macro in (*own[frame : frame + 1], *file.elements.items(_SHARED)[:1]):
        if macro.items(tag):
            return macro.items(tag)
    return ()


def windows_of(elements: Elements) -> tuple[Window, ...]:
    """Return the usable windows of C.11.2: a width of 0 or less is none."""
    centers, widths = elements.numbers(tags.WINDOW_CENTER), elements.numbers(tags.WINDOW_WIDTH)
    names = elements.texts(tags.WINDOW_CENTER_WIDTH_EXPLANATION)
    function = elements.text(tags.VOI_LUT_FUNCTION).upper() or "LINEAR"
    if function not in _FUNCTIONS:
        function = "LINEAR"
    return tuple(
        Window(center, width, names[at] if at < len(names) else "", function)
        for at, (center, width) in enumerate(zip(centers[:_MAX_WINDOWS], widths, strict=False))
        if width > 0
    )


def table_of(item: Elements, *, signed: bool) -> LookUpTable | None:
    """Return the LUT of an item with a LUT Descriptor and LUT Data (C.11.1.1, C.11.2.1.1), or None."""
    descriptor = item.numbers(tags.LUT_DESCRIPTOR)
    if len(descriptor) < 3:  # noqa: PLR2004 - entries, first value, bits
        return None
    count = int(descriptor[0]) & 0xFFFF or 1 << 16
    first = int(descriptor[1]) & 0xFFFF
    if signed and first >= 1 << 15:
        first -= 1 << 16
    bits = int(descriptor[2])
    raw = item.raw(tags.LUT_DATA)
    if len(raw) >= 2 * count:
        entries = np.frombuffer(raw, "<u2" if item.coding.little else ">u2", count)
    elif len(raw) >= count:
        entries = np.frombuffer(raw, np.uint8, count)
    else:
        return None
    highest = int(entries.max())
    if not 8 <= bits <= 16 or highest >= 1 << bits:  # noqa: PLR2004 - C.11.1.1
        bits = max(8, highest.bit_length())
    return LookUpTable(first, bits, tuple(entries.tolist()), item.text(tags.LUT_EXPLANATION))


def grayscale_of(file: DicomFile, frame: int, decoded: Decoded) -> Grayscale:
    """Return how a decoded frame's numbers become grey levels."""
    elements, layout = file.elements, decoded.layout
    transformed = frame_groups(file, frame, tags.PIXEL_VALUE_TRANSFORMATION_SEQUENCE)[:1] or (elements,)
    slope = transformed[0].number(tags.RESCALE_SLOPE)
    intercept = transformed[0].number(tags.RESCALE_INTERCEPT)
    modality = next(
        (table_of(item, signed=layout.signed) for item in elements.items(tags.MODALITY_LUT_SEQUENCE)), None
    )
    voi = frame_groups(file, frame, tags.FRAME_VOI_LUT_SEQUENCE)[:1] or (elements,)
    windows = windows_of(voi[0]) or windows_of(elements)
    # The first value mapped is signed where the values that go in may be (C.11.2.1.1).
    signed_values = modality is None and (layout.signed or (intercept or 0.0) < 0)
    tables = [
        table_of(item, signed=signed_values) for item in elements.items(tags.VOI_LUT_SEQUENCE)[:_MAX_TABLES]
    ]
    found = Grayscale(
        slope=1.0 if slope is None or slope == 0 else slope,
        intercept=0.0 if intercept is None else intercept,
        modality_table=modality,
        windows=windows,
        tables=tuple(table for table in tables if table is not None),
        inverted=layout.photometric == "MONOCHROME1"
        or elements.text(tags.PRESENTATION_LUT_SHAPE).upper() == "INVERSE",
    )
    if found.windows or found.tables:
        return found
    lowest, highest = found.modality_values(_range(decoded)).tolist()
    return Grayscale(
        slope=found.slope,
        intercept=found.intercept,
        modality_table=modality,
        inverted=found.inverted,
        lowest=min(lowest, highest),
        highest=max(lowest, highest),
    )


def _range(decoded: Decoded) -> Array:
    """Return the lowest and highest stored number of a frame.

    Pixel padding (0028,0120) counts too: viewers agree on that, and an image looks the same in all of them.
    """
    pixels = decoded.pixels
    if pixels.dtype.kind == "f":
        pixels = pixels[np.isfinite(pixels)]
    return np.array([pixels.min(), pixels.max()]) if pixels.size else np.array([0.0, 1.0])
