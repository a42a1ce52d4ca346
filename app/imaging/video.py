"""Where the film of an MPEG instance lies in its file (PS3.5 A.4.5 to A.4.9), so that it can be sent as it is."""

from typing import Literal

from app.imaging.description import Video
from app.imaging.frames import Frames
from app.imaging.problems import Damaged

_TS_PACKET = 188
_SYNC = 0x47


def video_of(frames: Frames) -> Video:
    """Return where the film lies and what it comes in; raises Damaged where there is none."""
    if not frames.file.is_video:
        raise Damaged("image_has_no_pixels")
    pieces = frames.pieces
    if not pieces:
        raise Damaged("image_has_no_pixels")
    start, length = pieces[0]
    return Video(_container(frames.file.source.read(start, min(length, _TS_PACKET + 1))), pieces)


def _container(head: bytes) -> Literal["mp4", "ts", "mpeg"]:
    if head[4:8] == b"ftyp":
        return "mp4"
    if len(head) > _TS_PACKET and head[0] == head[_TS_PACKET] == _SYNC:
        return "ts"
    return "mpeg"
