"""DICOM images and PDF pages as 8-bit pictures, decoded in limited worker processes."""

import atexit
from functools import cache
from pathlib import Path

from app.imaging.description import (
    Document,
    DocumentLine,
    FileDescription,
    Identifier,
    KeyReference,
    Video,
)
from app.imaging.grayscale import Grayscale, GreyLevels, Window
from app.imaging.picture import Picture, StoredFrame
from app.imaging.pool import DecodePool, default_workers, host_slots

__all__ = [
    "DecodePool",
    "Document",
    "DocumentLine",
    "FileDescription",
    "Grayscale",
    "Identifier",
    "KeyReference",
    "Picture",
    "StoredFrame",
    "Video",
    "Window",
    "default_workers",
    "host_slots",
    "render_frame",
]


@cache
def _pool() -> DecodePool:
    # The one pool that belongs to the process and not to a portal: for the command line and for comparing
    # pictures, where a function without an owner is what the caller needs.
    pool = DecodePool(1)
    atexit.register(pool.close)
    return pool


def render_frame(source: Path | str | bytes, frame: int) -> GreyLevels:
    """Return a frame, from 0, as uint8 (height, width) or (height, width, 3), at its own size; raises PortalError."""
    given = Path(source) if isinstance(source, str) else source
    return _pool().render(given, frame).pixels
