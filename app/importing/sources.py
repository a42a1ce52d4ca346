"""Finds the files in folders, ZIP files and discs; unpacks within bounds, under names of our own."""

import os
import shutil
import stat
import threading
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from app.errors import N_, Unavailable
from app.views.exams import BrokenFile

_CHUNK = 1 << 20
LEFT_FREE = 1 << 30  # of the disk, for the database that may live on it
_ZIP_MARK = b"PK\x03\x04"
# LZMA may ask for gigabytes of memory by what its header says.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2})
_CLUTTER = frozenset({"thumbs.db", "desktop.ini", "autorun.inf", "__macosx"})


@dataclass(frozen=True)
class Bounds:
    """How much may come out of one import's ZIP files."""

    files: int = 20_000
    bytes: int = 16 << 30
    ratio: int = 200  # unpacked over packed, once more than the free bytes have come out
    free_bytes: int = 64 << 20
    nesting: int = 2  # a ZIP in a ZIP, no deeper


@dataclass(frozen=True)
class Found:
    """One file to be described."""

    path: Path
    name: str  # for people: where it was, without control characters
    is_chosen: bool = False  # chosen itself, not found in a folder or ZIP
    is_unpacked: bool = False

    @property
    def is_directory(self) -> bool:
        """Tell whether it is called like a disc's table of contents."""
        return PurePosixPath(self.name).name.upper() == "DICOMDIR"


class Sources:
    """What somebody chose to import, taken apart into files. Nothing is written but into the unpacking folder."""

    def __init__(self, unpacking: Path, cancelled: threading.Event, bounds: Bounds | None = None) -> None:
        self.broken: list[BrokenFile] = []
        self._unpacking = unpacking
        self._cancelled = cancelled
        self._bounds = bounds or Bounds()
        self._room = shutil.disk_usage(unpacking).free - LEFT_FREE
        self._unpacked_files = 0
        self._unpacked_bytes = 0

    def files(self, paths: Sequence[str]) -> Iterator[Found]:
        """Go over every file; what cannot be read is listed in broken."""
        for path in map(Path, paths):
            if path.is_dir():
                yield from self._in_folder(path)
            else:
                yield from self._opened(Found(path, shown(path.name), is_chosen=True), depth=0)

    def _in_folder(self, folder: Path) -> Iterator[Found]:
        for here, folders, names in os.walk(folder, onerror=self._unreadable):
            stop_if(self._cancelled)
            folders[:] = sorted(name for name in folders if not _is_clutter(name))
            for name in sorted(names):
                path = Path(here, name)
                if not _is_clutter(name):
                    label = shown(path.relative_to(folder).as_posix())
                    yield from self._opened(Found(path, label), depth=0)

    def _unreadable(self, error: OSError) -> None:
        self.broken.append(BrokenFile(shown(Path(error.filename or "").name), UNREADABLE))

    def _opened(self, found: Found, depth: int) -> Iterator[Found]:
        stop_if(self._cancelled)
        try:
            # A pipe would wait for ever, and a link in a folder from outside may lead anywhere.
            is_file = stat.S_ISREG(os.lstat(found.path).st_mode) or (found.is_chosen and found.path.is_file())
            if not is_file:
                self.broken.append(BrokenFile(found.name, NOT_A_FILE))
                return
            with found.path.open("rb") as file:
                mark = file.read(len(_ZIP_MARK))
        except OSError:
            self.broken.append(BrokenFile(found.name, UNREADABLE))
            return
        if mark == _ZIP_MARK:
            yield from self._in_zip(found, depth)
        else:
            yield found

    def _in_zip(self, found: Found, depth: int) -> Iterator[Found]:
        if depth >= self._bounds.nesting:
            self.broken.append(BrokenFile(found.name, TOO_DEEP))
            return
        try:
            with zipfile.ZipFile(found.path) as archive:
                members = [member for member in archive.infolist() if not member.is_dir()]
                for member in members:
                    path = PurePosixPath(member.filename.replace("\\", "/"))
                    if not any(_is_clutter(part) for part in path.parts):
                        label = shown(f"{found.name}: {path}")
                        yield from self._unpacked(archive, member, label, depth)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            self.broken.append(BrokenFile(found.name, BAD_ZIP))

    def _unpacked(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, label: str, depth: int
    ) -> Iterator[Found]:
        stop_if(self._cancelled)
        if member.flag_bits & 1:
            self.broken.append(BrokenFile(label, LOCKED))
            return
        if member.compress_type not in _METHODS:
            self.broken.append(BrokenFile(label, BAD_ZIP))
            return
        self._unpacked_files += 1
        if self._unpacked_files > self._bounds.files:
            raise _too_much()
        # Numbered by us: what the ZIP calls a file decides nothing about where it goes.
        target = self._unpacking / f"{self._unpacked_files:06}"
        try:
            source = archive.open(member)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
            self.broken.append(BrokenFile(label, BAD_ZIP))
            return
        with source:
            if not self._write(source, target, member, label):
                target.unlink(missing_ok=True)
                return
        yield from self._opened(Found(target, label, is_unpacked=True), depth + 1)

    def _write(self, source: IO[bytes], target: Path, member: zipfile.ZipInfo, label: str) -> bool:
        came = 0
        try:
            sink = target.open("xb")
        except OSError:
            raise disk_full() from None
        with sink:
            while True:
                stop_if(self._cancelled)
                try:
                    chunk = source.read(_CHUNK)
                except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
                    self.broken.append(BrokenFile(label, BAD_ZIP))
                    return False
                if not chunk:
                    return True
                # Counted as it comes: what the ZIP says of its sizes may be a lie.
                came += len(chunk)
                self._unpacked_bytes += len(chunk)
                packed = max(1, member.compress_size)
                if self._unpacked_bytes > self._room:
                    raise disk_full()
                if self._unpacked_bytes > self._bounds.bytes:
                    raise _too_much()
                if came > self._bounds.free_bytes and came > self._bounds.ratio * packed:
                    self.broken.append(BrokenFile(label, BOMB))
                    return False
                try:
                    sink.write(chunk)
                except OSError:
                    raise disk_full() from None


def listed_file(folder: Path, parts: tuple[str, ...]) -> Path | None:
    """Return a file that a DICOMDIR in the folder lists, whatever its case on this system; None when it is missing."""
    here = folder
    for part in parts:
        exact = here / part
        if not exact.exists():
            try:
                alike = {entry.name.casefold().split(";")[0].rstrip("."): entry for entry in here.iterdir()}
            except OSError:
                return None
            found = alike.get(part.casefold())
            if found is None:
                return None
            exact = found
        if exact.is_symlink():
            return None
        here = exact
    return here if here.is_file() else None


def shown(name: str) -> str:
    """Return a file's name as it may be shown: on one line, bounded."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[-200:]


def stop_if(cancelled: threading.Event) -> None:
    """Raise Unavailable when somebody has cancelled the import."""
    if cancelled.is_set():
        raise Unavailable("import_cancelled", N_("The import was cancelled. Nothing was stored."))


def disk_full() -> Unavailable:
    """Return the error of a disk without room for unpacking."""
    return Unavailable(
        "disk_full", N_("There is not enough room on this computer's disk to unpack these files.")
    )


def _too_much() -> Unavailable:
    return Unavailable(
        "import_too_large",
        N_("There is more in these files than one import may bring. Import them in smaller parts."),
    )


def _is_clutter(name: str) -> bool:
    return (name.startswith(".") and name not in {".", ".."}) or name.casefold() in _CLUTTER


UNREADABLE = N_("This file could not be read. Check the CD, stick or folder it is on.")
NOT_A_FILE = N_("This is not a file.")
TOO_DEEP = N_("This ZIP file lies too deep inside other ZIP files.")
BAD_ZIP = N_("This ZIP file, or a part of it, is damaged.")
LOCKED = N_("This file is locked with a password. Unpack the ZIP file first.")
BOMB = N_("This file grows too much when it is unpacked. It was left out.")
