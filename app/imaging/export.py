"""Pictures and DICOM files as people take them home: PNG, JPEG, film, ZIP, ZIP with DICOMDIR.

ZIPs come in pieces while they are made. Files are written beside their place under another name and moved there when
whole: nothing half-written stays.
"""

import io
import os
import re
import threading
import uuid
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, cast

import numpy as np

from app.errors import PortalError
from app.imaging.description import FileDescription
from app.imaging.dicomdir import Listed, dicomdir
from app.imaging.picture import Picture
from app.imaging.pool import DecodePool
from app.imaging.problems import error_of

if TYPE_CHECKING:
    from PIL import Image

Progress = Callable[[int, int], None]  # how many are done, of how many
Format = Literal["png", "jpeg"]
_CHUNK = 1 << 20
_JPEG_QUALITY = 92
_WEBP_QUALITY = 85
_SCREEN_QUALITY = 82  # nobody diagnoses on it; what is taken home is finer
_WEBP_METHOD = 2  # 0 is the quickest, 6 the smallest; beyond 2 a few bytes cost twice the time
_UID = re.compile(r"[0-9.]{1,64}")


def to_png(picture: Picture) -> bytes:
    """Return a picture as PNG, with square pixels."""
    return _saved(_squared(picture), "PNG", optimize=False)


def to_jpeg(picture: Picture) -> bytes:
    """Return a picture as JPEG, with square pixels."""
    return _saved(_squared(picture), "JPEG", quality=_JPEG_QUALITY)


def to_film(pictures: Iterable[Picture], frame_ms: float) -> bytes:
    """Return pictures as an animated WebP that plays round and round; raises Invalid when there are none."""
    frames = [_squared(picture) for picture in pictures]
    if not frames:
        raise error_of("frame_missing")
    first = frames[0]
    return _saved(
        first,
        "WEBP",
        save_all=True,
        append_images=[_like(first, frame) for frame in frames[1:]],
        duration=max(1, round(frame_ms)),
        loop=0,
        quality=_WEBP_QUALITY,
    )


def to_webp(picture: Picture) -> bytes:
    """Return a picture as WebP, with square pixels: for a screen, in fewer bytes than JPEG."""
    return _saved(_squared(picture), "WEBP", quality=_SCREEN_QUALITY, method=_WEBP_METHOD)


def to_screen_jpeg(picture: Picture) -> bytes:
    """Return a picture as JPEG, with square pixels: for a screen that knows no WebP."""
    return _saved(_squared(picture), "JPEG", quality=_SCREEN_QUALITY)


def pictures_zip(
    pictures: Iterable[Picture],
    count: int,
    form: Format = "png",
    *,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> Generator[bytes]:
    """Return a ZIP of pictures as image-0001.png ..., piece by piece as they come; raises Unavailable when cancelled."""
    encode, ending = (to_png, "png") if form == "png" else (to_jpeg, "jpg")
    sink = _Sink()
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", compresslevel=1) as archive:
        for number, picture in enumerate(pictures, 1):
            _go_on(cancelled)
            archive.writestr(zipfile.ZipInfo(f"image-{number:04}.{ending}"), encode(picture))
            if progress is not None:
                progress(number, count)
            yield sink.taken()
    yield sink.taken()


def dicom_zip(
    files: Sequence[AbstractContextManager[Path]],
    pool: DecodePool,
    *,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> Generator[bytes]:
    """Return a ZIP of DICOM files, unchanged, with a DICOMDIR that lists the images among them, piece by piece.

    files: each opened when its turn comes. Those that are no images, and damaged ones, are in the ZIP without being
    listed. Names come from us, never from the files. Raises Unavailable when cancelled.
    """
    listed: list[Listed] = []
    series: dict[str, int] = {}
    sink = _Sink()
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", compresslevel=1) as archive:
        for number, opened in enumerate(files, 1):
            with opened as file:
                _go_on(cancelled)
                description = None
                try:
                    description = pool.describe(file, cancelled=cancelled)
                except PortalError:
                    _go_on(cancelled)
                folder = series.setdefault(
                    description.series_instance_uid if description else "", len(series) + 1
                )
                file_id = ("DICOM", f"S{folder:07}", f"I{number:07}")
                for _chunk in _copied(archive, "/".join(file_id), file, cancelled):
                    yield sink.taken()
            if description is not None and _may_be_listed(description):
                listed.append(Listed(file_id, description))
            if progress is not None:
                progress(number, len(files))
            yield sink.taken()
        archive.writestr(zipfile.ZipInfo("DICOMDIR"), dicomdir(listed, f"2.25.{uuid.uuid4().int}"))
    yield sink.taken()


def write_pieces(target: Path, pieces: Iterable[bytes]) -> None:
    """Write pieces to target, whole or not at all; raises Unavailable when the disk is full."""
    partial = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        with partial.open("xb") as sink:
            for piece in pieces:
                sink.write(piece)
            sink.flush()
            os.fsync(sink.fileno())
        partial.replace(target)
    except OSError:
        raise error_of("disk_full") from None
    finally:
        partial.unlink(missing_ok=True)


def _may_be_listed(description: FileDescription) -> bool:
    uids = (
        description.sop_instance_uid,
        description.sop_class_uid,
        description.study_instance_uid,
        description.series_instance_uid,
    )
    return description.kind == "image" and all(_UID.fullmatch(uid) for uid in uids)


def _copied(
    archive: zipfile.ZipFile, name: str, file: Path, cancelled: threading.Event | None
) -> Iterator[None]:
    """Copy a file into a ZIP, a step at a time."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    try:
        source = file.open("rb")
    except OSError:
        raise error_of("file_missing") from None
    with source, archive.open(entry, "w", force_zip64=True) as sink:
        while chunk := source.read(_CHUNK):
            _go_on(cancelled)
            sink.write(chunk)
            yield


def _go_on(cancelled: threading.Event | None) -> None:
    if cancelled is not None and cancelled.is_set():
        raise error_of("image_cancelled")


class _Sink:
    """Takes what a ZIP writes, and gives it on. It cannot go back: sizes stand behind each file, not before it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing to do; ZipFile asks for it."""

    def taken(self) -> bytes:
        """Return what came since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _like(first: "Image.Image", frame: "Image.Image") -> "Image.Image":
    """Return a frame at the size and in the colours of the first, as a film must have them."""
    from PIL import ImageOps

    if frame.mode != first.mode:
        frame = frame.convert(first.mode)
    return frame if frame.size == first.size else ImageOps.pad(frame, first.size)


def _squared(picture: Picture) -> "Image.Image":
    """Return a picture with square pixels: the shorter side of a pixel is stretched (PS3.3 C.7.6.3.1.7)."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(picture.pixels))
    if picture.square_size == image.size:
        return image
    return image.resize(picture.square_size, Image.Resampling.BICUBIC)


def _saved(image: "Image.Image", form: str, **options: object) -> bytes:
    sink = io.BytesIO()
    image.save(sink, form, **options)
    return sink.getvalue()
