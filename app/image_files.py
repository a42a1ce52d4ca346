"""The files that people take home with them: pictures, films and ZIPs, from what images.take_away returned."""

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from app.database_trouble import in_plain_words
from app.errors import Invalid
from app.imaging import Picture, Video
from app.imaging.export import (
    Progress,
    dicom_zip,
    pictures_zip,
    to_film,
    to_jpeg,
    to_png,
    write_pieces,
)
from app.imaging.problems import error_of
from app.outside.durable import write_whole
from app.parts import Parts
from app.views.exams import StoredImage
from db.queries import images as queries

DownloadKind = Literal["image_png", "image_jpeg", "film", "all_zip", "dicom_zip"]
ZIPS = ("all_zip", "dicom_zip")
FILM_SIDE = 640
MOST_IN_FILM = 300
USUAL_FRAME_MS = 100.0
_CHUNK = 256 << 10


def write_files(
    parts: Parts,
    files: Sequence[StoredImage],
    kind: DownloadKind,
    target: Path,
    *,
    frame: int = 0,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> None:
    """Write files as one of the kinds to target, whole or not at all; raises Unavailable when cancelled or full."""
    if kind in ZIPS:
        with closing(zip_pieces(parts, files, kind, progress=progress, cancelled=cancelled)) as pieces:
            write_pieces(target, pieces)
        return
    if kind == "film":
        content = film_of(parts, files, progress=progress, cancelled=cancelled)
    else:
        with parts.archive.local_path(files[0].archive_key) as path:
            picture = parts.imaging.render(path, frame, cancelled=cancelled)
        content = to_png(picture) if kind == "image_png" else to_jpeg(picture)
    try:
        write_whole(target, content)
    except OSError:
        raise error_of("disk_full") from None


def zip_pieces(
    parts: Parts,
    files: Sequence[StoredImage],
    kind: DownloadKind,
    *,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> Generator[bytes]:
    """Return a ZIP piece by piece as it is made, so that memory does not grow with it; close it if it is not ended.

    Raises Unavailable, while it is made, when cancelled or when the archive is away.
    """
    paths = [parts.archive.local_path(file.archive_key) for file in files]
    if kind == "dicom_zip":
        return dicom_zip(paths, parts.imaging, progress=progress, cancelled=cancelled)
    count = sum(file.frames for file in files)
    return pictures_zip(
        _pictures(parts, files, cancelled), count, "jpeg", progress=progress, cancelled=cancelled
    )


def film_of(
    parts: Parts,
    files: Sequence[StoredImage],
    *,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> bytes:
    """Return files' frames as an animated WebP, as many as are bearable in memory."""
    with parts.archive.local_path(files[0].archive_key) as path:
        frame_ms = parts.imaging.describe(path, cancelled=cancelled).frame_time_ms
    count = min(sum(file.frames for file in files), MOST_IN_FILM)

    def shown() -> Iterator[Picture]:
        pictures = _pictures(parts, files, cancelled, max_side=FILM_SIDE)
        for number, picture in enumerate(islice(pictures, count), 1):
            yield picture
            if progress is not None:
                progress(number, count)

    return to_film(shown(), frame_ms or USUAL_FRAME_MS)


@dataclass(frozen=True)
class PlayedVideo:
    """A film that is sent as it lies in its file."""

    parts: Parts
    file: StoredImage
    video: Video

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return sum(length for _first, length in self.video.pieces)

    def pieces(self, start: int, end: int) -> Generator[bytes]:
        """Return the bytes from start to before end, a piece at a time; close it where it is not gone through."""
        with self.parts.archive.local_path(self.file.archive_key) as path, path.open("rb") as source:
            at = 0
            for first, length in self.video.pieces:
                begin, until = max(start - at, 0), min(end - at, length)
                source.seek(first + begin)
                while begin < until and (chunk := source.read(min(_CHUNK, until - begin))):
                    yield chunk
                    begin += len(chunk)
                at += length


def find_video(parts: Parts, file: StoredImage) -> Video:
    """Return where the film of an MPEG instance lies in its file; raises Invalid for one that claims what is not there."""
    with parts.archive.local_path(file.archive_key) as path:
        video = parts.imaging.video(path)
        size = path.stat().st_size
    if any(first < 0 or length < 0 or first + length > size for first, length in video.pieces):
        raise error_of("image_unreadable")
    return video


def forget_changed_pictures(parts: Parts) -> None:
    """Give up the pictures kept of exams that were withheld, corrected or withdrawn since (architecture.md)."""
    kept = parts.renditions.exams()
    with in_plain_words(), parts.database.reading() as session:
        versions = queries.exam_versions(session, kept)
    parts.renditions.forget_changed(versions)


def _pictures(
    parts: Parts,
    files: Sequence[StoredImage],
    cancelled: threading.Event | None,
    *,
    max_side: int | None = None,
) -> Iterator[Picture]:
    for file in files:
        with parts.archive.local_path(file.archive_key) as path:
            for frame in range(file.frames):
                try:
                    yield parts.imaging.render(path, frame, max_side=max_side, cancelled=cancelled)
                except Invalid:
                    # One damaged image does not keep the others back.
                    continue
