"""Places that all programs of this machine share, so that what costs much is done by few of them at a time."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from app.outside.durable import make_folder

_PAUSE_S = 0.02


class HostSlots:
    """So many places in a folder, each a locked file; the system frees those of a program that ends."""

    def __init__(self, folder: Path, name: str, count: int) -> None:
        self._folder = folder
        self._files = [folder / f"{name}-{number}" for number in range(count)]

    def take(self, seconds: float, look: Callable[[], None] = lambda: None) -> AbstractContextManager[object]:
        """Return a place, held until its with-block ends; raises TimeoutError when none is free for so long.

        look is called while waiting, and may raise to give up.
        """
        make_folder(self._folder)
        until = time.monotonic() + seconds
        while True:
            for file in self._files:
                with suppress(Timeout):
                    return FileLock(file).acquire(blocking=False)
            if time.monotonic() >= until:
                raise TimeoutError
            look()
            time.sleep(_PAUSE_S)
