"""Files of the central archive at a station: in memory, bounded, checked, and given up with the stay."""

import hashlib
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import BinaryIO

from app.callers import Held
from app.errors import N_, Unavailable
from app.views.exams import ArchiveKey

MOST_BYTES = 256 << 20
_CHUNK = 1 << 20
# Gives every file in memory a time of its own, so that a worker never takes one for another under the same number.
_NUMBERS = count(1)

Fetch = Callable[["RemoteKey", BinaryIO], None]


class RemoteKey(str):
    """A ticket with what its holder showed when it was given."""

    __slots__ = ("held",)
    held: Held

    @classmethod
    def made(cls, ticket: str, held: Held) -> ArchiveKey:
        """Return a ticket as the archive key that it stands for."""
        key = cls(ticket)
        key.held = held
        return ArchiveKey(key)

    @property
    def sha256(self) -> str:
        """The file's hash, "" where the server knows none."""
        return self.partition(".")[0]


class FilesInMemory:
    """Files that were fetched a moment ago, those least asked for given up first. They never reach a disk on Linux."""

    def __init__(self, fetch: Fetch, most_bytes: int = MOST_BYTES) -> None:
        self._fetch = fetch
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _File] = OrderedDict()

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        with self._lock:
            return sum(file.size for file in self._kept.values())

    @contextmanager
    def path(self, key: RemoteKey) -> Iterator[Path]:
        """Give a file's path for as long as the context lasts; fetched once for all who wait for it.

        Raises what fetching raises, and Unavailable when another file came than was announced.
        """
        # The ticket is new at each look; the content is not.
        name = key.sha256 or str(key)
        with self._lock:
            file = self._kept.setdefault(name, _File())
            self._kept.move_to_end(name)
            file.users += 1
        try:
            with file.filling:
                if not file.is_whole:
                    file.fill(key, self._fetch)
            yield file.path
        finally:
            with self._lock:
                file.users -= 1
                if not file.is_whole or self._kept.get(name) is not file:
                    self._give_up(name, file)
                self._shrink()

    def forget(self) -> None:
        """Give everything up; what is being looked at goes when that ends."""
        with self._lock:
            for name, file in list(self._kept.items()):
                self._kept.pop(name)
                self._give_up(name, file)

    def _give_up(self, name: str, file: "_File") -> None:
        if file.users == 0:
            if self._kept.get(name) is file:
                del self._kept[name]
            file.close()

    def _shrink(self) -> None:
        size = sum(file.size for file in self._kept.values())
        for name, file in list(self._kept.items()):
            if size <= self._most_bytes:
                return
            if file.users == 0:
                size -= file.size
                self._give_up(name, file)


class _File:
    def __init__(self) -> None:
        self.filling = threading.Lock()
        self.users = 0
        self.size = 0
        self.is_whole = False
        self._file: BinaryIO | None = None

    @property
    def path(self) -> Path:
        assert self._file is not None
        if isinstance(self._file.name, int):
            return Path(f"/proc/{os.getpid()}/fd/{self._file.name}")
        return Path(self._file.name)

    def fill(self, key: RemoteKey, fetch: Fetch) -> None:
        self.close()
        file = self._file = _empty()
        fetch(key, file)
        file.flush()
        self.size = file.tell()
        file.seek(0)
        if key.sha256 and _sha256(file) != key.sha256:
            raise Unavailable(
                "file_damaged",
                N_("This image did not arrive whole from the clinic's server. Please try again."),
            )
        if isinstance(file.name, int):
            number = next(_NUMBERS)
            os.utime(file.fileno(), ns=(number, number))
        self.is_whole = True

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            if not isinstance(self._file.name, int):
                Path(self._file.name).unlink(missing_ok=True)
            self._file = None
        self.size, self.is_whole = 0, False


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _empty() -> BinaryIO:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("image"), "w+b")
    # Windows has no files in memory: this one is removed as soon as it is given up (docs/operations.md).
    descriptor, name = tempfile.mkstemp(prefix="portal-", suffix=".dcm")
    os.close(descriptor)
    return Path(name).open("w+b")


class RemoteArchive:
    """The central archive as ports.ImageArchive asks, for reading only."""

    def __init__(self, files: FilesInMemory) -> None:
        self._files = files

    def keep(self, key: str, source: Path) -> str:
        """Stations keep nothing themselves."""
        del key, source
        raise _only_at_the_server()

    def open(self, key: str) -> BinaryIO:
        """Open a file that is given with a ticket."""
        assert isinstance(key, RemoteKey)
        with self._files.path(key) as path:
            return path.open("rb")

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        """Give the path of a file that is given with a ticket."""
        assert isinstance(key, RemoteKey)
        with self._files.path(key) as path:
            yield path

    def remove(self, key: str) -> None:
        """Stations remove nothing themselves."""
        del key
        raise _only_at_the_server()

    def keys(self) -> Iterator[str]:
        """Stations know of no file but those they were given tickets for."""
        raise _only_at_the_server()

    def forget_unfinished(self, before: datetime) -> int:
        """There is nothing unfinished at a station."""
        del before
        return 0


def _only_at_the_server() -> Unavailable:
    return Unavailable("only_at_server", N_("This can be done at the clinic's server only."))
