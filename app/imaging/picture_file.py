"""One frame of a DICOM file as a PNG."""

from pathlib import Path

from app.imaging import render_frame


def write_frame(source: Path, frame: int, out: Path) -> None:
    """Draw a frame, from 0, and write it as an 8-bit PNG; raises PortalError when it cannot be drawn."""
    from PIL import Image

    Image.fromarray(render_frame(source, frame)).save(out, format="PNG")
