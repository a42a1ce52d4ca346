"""Renders one frame of an open file: decode, grey levels or colours, overlays, size. Runs in a worker."""

from dataclasses import replace

import numpy as np

from app.imaging.colour import rgb_of
from app.imaging.decode import Decoded, decode_frame
from app.imaging.frames import Frames
from app.imaging.grayscale import Array, Grayscale, GreyLevels, Window
from app.imaging.measures import aspect_of, is_lossy, spacing_in
from app.imaging.overlays import draw_overlays, has_overlays
from app.imaging.picture import Picture, StoredFrame
from app.imaging.voi import grayscale_of

_16_BITS = 2
_GREY = frozenset(("MONOCHROME1", "MONOCHROME2"))


def render(
    frames: Frames,
    frame: int,
    *,
    window: Window | None = None,
    invert: bool = False,
    overlays: bool = False,
    max_side: int | None = None,
    quick: bool = False,
) -> Picture:
    """Return a frame as a person sees it; raises Damaged.

    max_side: the longest side wanted, in pixels; smaller frames stay as they are. quick: a codec may leave
    out detail that would not be seen at that size.
    """
    decoded = decode_frame(frames, frame, smallest_side=max_side if quick else None)
    pixels = decoded.pixels
    used: Window | None = None
    if decoded.layout.samples == 1 and decoded.layout.photometric in _GREY:
        grayscale = grayscale_of(frames.file, frame, decoded)
        if max_side is not None and quick:
            pixels = _skipped(pixels, 2 * max_side)  # twice as many, so that noise still averages out
        shown = _grey_levels(pixels, grayscale, window, invert=invert)
        used = window or grayscale.default_window
    else:
        shown = rgb_of(frames.file, decoded)
        if invert:
            shown = ~shown
    if overlays and decoded.reduced == 1 and shown.shape[:2] == decoded.pixels.shape[:2]:
        shown = draw_overlays(frames, frame, shown)
    if max_side is not None:
        shown = shrunk(shown, max_side)
    height, width = shown.shape[:2]
    return Picture(
        pixels=np.ascontiguousarray(shown),
        width=width,
        height=height,
        aspect=aspect_of(frames.file, frame),
        window=used,
        reduced=max(1, round(frames.layout.columns / width)),
        lossy=is_lossy(frames.file),
        notes=tuple(frames.file.notes),
    )


def stored(frames: Frames, frame: int, *, max_side: int | None = None) -> StoredFrame:
    """Return a frame's numbers in 16 bits with their Grayscale, or as RGB; raises Damaged."""
    decoded = decode_frame(frames, frame, smallest_side=max_side)
    grayscale: Grayscale | None = None
    pixels: Array
    if decoded.layout.samples == 1 and decoded.layout.photometric in _GREY:
        grayscale = grayscale_of(frames.file, frame, decoded)
        pixels, grayscale = _sixteen_bits(decoded, grayscale)
    else:
        pixels = rgb_of(frames.file, decoded)
    if max_side is not None:
        pixels = _skipped(pixels, max_side)
    height, width = pixels.shape[:2]
    whole = decoded.layout if decoded.reduced == 1 else frames.layout
    spacing, spacing_of = spacing_in(frames.file, frame)
    return StoredFrame(
        pixels=np.ascontiguousarray(pixels),
        width=width,
        height=height,
        grayscale=grayscale,
        signed=pixels.dtype.kind == "i",
        aspect=aspect_of(frames.file, frame),
        rows=whole.rows,
        columns=whole.columns,
        reduced=max(1, round(frames.layout.columns / width)),
        pixel_spacing=spacing,
        spacing_of=spacing_of,
        lossy=is_lossy(frames.file),
        has_overlays=has_overlays(frames.file),
        notes=tuple(frames.file.notes),
    )


def overlays_alone(frames: Frames, frame: int) -> Picture:
    """Return the overlays of a frame in white on black, at the size of the frame; raises Damaged."""
    rows, columns = frames.layout.rows, frames.layout.columns
    drawn = draw_overlays(frames, frame, np.zeros((rows, columns), np.uint8))
    return Picture(pixels=drawn, width=columns, height=rows, aspect=aspect_of(frames.file, frame))


def _grey_levels(pixels: Array, grayscale: Grayscale, window: Window | None, *, invert: bool) -> GreyLevels:
    if pixels.dtype.kind == "f" or pixels.dtype.itemsize > _16_BITS:
        return grayscale.grey_levels(pixels, window, invert=invert)
    if pixels.dtype.itemsize == 1:
        numbers = np.arange(256, dtype=np.uint8).view(pixels.dtype)
        return grayscale.grey_levels(numbers, window, invert=invert)[pixels.view(np.uint8)]
    table = grayscale.table(window, signed=pixels.dtype.kind == "i", invert=invert)
    return np.take(table, pixels.view(np.uint16))


def _sixteen_bits(decoded: Decoded, grayscale: Grayscale) -> tuple[Array, Grayscale]:
    """Return the numbers in 16 bits; larger and real ones are spread over 65,536 steps, the Grayscale with them."""
    pixels = decoded.pixels
    if pixels.dtype.kind != "f" and pixels.dtype.itemsize <= _16_BITS:
        return pixels.astype(np.int16 if pixels.dtype.kind == "i" else np.uint16, copy=False), grayscale
    values = grayscale.modality_values(pixels)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    step = (high - low) / 65_535 or 1.0
    spread = np.rint(np.nan_to_num((values - low) / step, nan=0.0, posinf=65_535, neginf=0)).astype(np.uint16)
    return spread, replace(grayscale, slope=step, intercept=low, modality_table=None)


def _skipped(pixels: Array, max_side: int) -> Array:
    """Leave out rows and columns as long as the longer side stays at least max_side."""
    step = max(1, max(pixels.shape[:2]) // max_side)
    return pixels[::step, ::step]


def shrunk(picture: GreyLevels, max_side: int) -> GreyLevels:
    """Return a picture no longer than max_side, smoothly reduced."""
    longest = max(picture.shape[:2])
    if longest <= max_side:
        return picture
    from PIL import Image

    size = (
        max(1, round(picture.shape[1] * max_side / longest)),
        max(1, round(picture.shape[0] * max_side / longest)),
    )
    whole = Image.fromarray(np.ascontiguousarray(picture))
    return np.asarray(whole.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0))
