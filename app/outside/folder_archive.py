"""The image archive as a folder on a disk; each file in it is whole or absent."""

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from app.errors import N_, Unavailable
from app.outside.durable import make_folder, sync_folder, write_whole

_ID = r"[0-9a-f][0-9a-f-]{7,35}"  # a UUID, with or without hyphens: no name from outside looks like this
_KEY = re.compile(rf"{_ID}(?:/{_ID}){{0,5}}")
_MARK = ".patient-portal-archive"
_UNFINISHED = ".unfinished"
_SUFFIX = ".dcm"
_CHUNK = 1024 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


def make_archive(folder: Path) -> None:
    """Make an empty archive, once, at set-up; one that is there already stays as it is.

    The mark left in it tells the archive from the empty folder that stands there while its disk is not mounted.
    """
    try:
        make_folder(folder / _UNFINISHED)
        write_whole(folder / _MARK, b"Images of the patient portal. Do not change anything in this folder.\n")
    except OSError as error:
        raise _unavailable(folder, error) from None


class FolderArchive:
    """An image archive as ports.ImageArchive asks, in a folder that make_archive has made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, key: str, source: Path) -> str:
        """Store a copy durably under the key; return its SHA-256 in hex. The same key again replaces it.

        Raises Unavailable when the archive is missing, full or read-only, or the source cannot be read.
        """
        target = self._file(key)
        part = self._folder / _UNFINISHED / uuid4().hex
        try:
            self._check()
            try:
                digest = _copy(source, part)
                make_folder(target.parent)
                part.replace(target)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            sync_folder(target.parent)
        except OSError as error:
            raise _unavailable(self._folder, error) from None
        return digest

    def open(self, key: str) -> BinaryIO:
        """Open what is stored; raises Unavailable when the archive or the file is missing."""
        try:
            return self._file(key).open("rb")
        except FileNotFoundError:
            self._check()
            raise Unavailable(
                "image_missing",
                N_("This image is not in the archive any more. Please ask the desk to import it again."),
            ) from None
        except OSError as error:
            raise _unavailable(self._folder, error) from None

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        """Give the stored file's own path, for reading only."""
        self.open(key).close()
        yield self._file(key)

    def remove(self, key: str) -> None:
        """Forget what is stored under the key; no error when there is nothing."""
        self._check()
        file = self._file(key)
        try:
            file.unlink(missing_ok=True)
            if file.parent.is_dir():
                sync_folder(file.parent)
        except OSError as error:
            raise _unavailable(self._folder, error) from None

    def keys(self) -> Iterator[str]:
        """Go over everything stored, in no order."""
        self._check()
        for file in self._folder.rglob(f"*{_SUFFIX}"):
            key = file.relative_to(self._folder).as_posix().removesuffix(_SUFFIX)
            if _KEY.fullmatch(key):
                yield key

    def forget_unfinished(self, before: datetime) -> int:
        """Delete what a killed program left half-copied before that instant; return how many files."""
        self._check()
        forgotten = 0
        for part in (self._folder / _UNFINISHED).iterdir():
            if datetime.fromtimestamp(part.stat().st_mtime, UTC) < before:
                part.unlink(missing_ok=True)
                forgotten += 1
        return forgotten

    def _file(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("an archive key is made of our ids only")
        return self._folder / f"{key}{_SUFFIX}"

    def _check(self) -> None:
        if not (self._folder / _MARK).is_file():
            raise Unavailable(
                "archive_missing",
                N_(
                    "The image archive {folder} is not there. Check that its disk is connected and switched on, "
                    "then try again. Nothing was changed."
                ),
                folder=str(self._folder),
            )


def _copy(source: Path, part: Path) -> str:
    digest = hashlib.sha256()
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as writing:
        for chunk in _chunks(source):
            digest.update(chunk)
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest()


def _chunks(source: Path) -> Iterator[bytes]:
    # Apart from the writing, so that a scratched CD is not blamed on the archive.
    try:
        with source.open("rb") as reading:
            while chunk := reading.read(_CHUNK):
                yield chunk
    except OSError:
        raise Unavailable(
            "source_unreadable",
            N_("A file could not be read. Check the CD, stick or folder it is on and try again."),
        ) from None


def _unavailable(folder: Path, error: OSError) -> Unavailable:
    if error.errno in _FULL:
        return Unavailable(
            "archive_full",
            N_(
                "The image archive {folder} is full. Make room on its disk, then try again. Nothing half-done is left."
            ),
            folder=str(folder),
        )
    if error.errno in _READ_ONLY:
        return Unavailable(
            "archive_read_only",
            N_(
                "The image archive {folder} may not be changed from here. Ask IT to let this machine write to it."
            ),
            folder=str(folder),
        )
    return Unavailable(
        "archive_unreachable",
        N_("The image archive {folder} does not answer. Check its disk and the network, then try again."),
        folder=str(folder),
    )
