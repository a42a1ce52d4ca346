"""One frame of a DICOM file as a PNG."""

from pathlib import Path

from app.errors import N_, Invalid, Unavailable
from app.imaging.pool import DecodePool


def write_frame(source: Path, frame: int, out: Path) -> None:
    """Draw a frame, from 0, and write it as an 8-bit PNG; raises PortalError when it cannot be drawn."""
    from PIL import Image

    with DecodePool(1) as pool:
        count = pool.describe(source).frame_count
        if count and frame not in range(count):
            raise Invalid(
                "frame_unknown",
                N_("This file has no frame {frame}: its frames are numbered from 0 to {last}."),
                frame=frame,
                last=count - 1,
            )
        picture = Image.fromarray(pool.render(source, frame).pixels)
    try:
        picture.save(out, format="PNG")
    except OSError:
        raise Unavailable(
            "picture_unwritable",
            N_("{file} cannot be written. Check the folder, its rights and the room on the disk."),
            file=str(out),
        ) from None
