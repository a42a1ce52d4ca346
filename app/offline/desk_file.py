"""The desk's own encrypted file and the parts of the portal that it stands for while the server is away."""

import hashlib
import logging
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.database_trouble import in_plain_words
from app.errors import PortalError
from app.imaging import DecodePool
from app.offline.outbox import DeskOutbox
from app.operations import Operation
from app.outside.common_passwords import CommonPasswords
from app.outside.durable import make_folder
from app.outside.keys import keys_from
from app.outside.not_set_up import NoMailer, NoTextSender
from app.parts import Parts
from app.ports import Clock, ImageArchive, KeyRing, Passwords
from app.settings import MachineSettings
from app.use_case import Noun
from db.database import Database
from db.desk import file as desk_file

_KEY_BYTES = 32
# What SQLite keeps beside a file.
_PARTS = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True)
class DeskFile:
    """The open file: its database, its outbox, and the portal's parts made of it."""

    database: Database
    outbox: DeskOutbox
    parts: Parts


class DeskPlace:
    """Where a desk's file is, and the key that opens it."""

    def __init__(
        self,
        settings: MachineSettings,
        key_ring: KeyRing,
        passwords: Passwords,
        imaging: DecodePool,
        archive: ImageArchive,
    ) -> None:
        self._settings = settings
        self._key_ring = key_ring
        self._passwords = passwords
        self._imaging = imaging
        self._archive = archive
        self._path = settings.data_folder / "desk.db"

    def exists(self) -> bool:
        """Tell whether there is a file that can be opened; raises Unavailable without a keyring."""
        return self._path.exists() and self._key_ring.read(_key_name(self._path)) is not None

    def open(self, clock: Clock) -> DeskFile:
        """Open the desk's file, or begin it with a new key.

        Raises Unavailable without a keyring or with another's key.
        """
        name = _key_name(self._path)
        key = self._key_ring.read(name)
        if key is None:
            key = secrets.token_bytes(_KEY_BYTES)
            self._key_ring.write(name, key)
        make_folder(self._path.parent)
        with in_plain_words():
            database = desk_file.open_file(self._path, key)
        outbox = DeskOutbox(database)
        parts = Parts(
            settings=replace(self._settings, portal_url=""),
            database=database,
            clock=clock,
            keys=keys_from(hashlib.sha256(b"desk" + key).digest()),
            passwords=self._passwords,
            common_passwords=CommonPasswords(),
            archive=self._archive,
            imaging=self._imaging,
            mailer=NoMailer(),
            texts=NoTextSender(),
            outbox=outbox,
        )
        return DeskFile(database, outbox, parts)

    def erase(self) -> None:
        """Remove the file, which is closed, and its key: without it what is left on the disk cannot be read."""
        try:
            for part in _PARTS:
                self._path.with_name(self._path.name + part).unlink(missing_ok=True)
        except OSError as error:  # somebody else holds it open
            logging.getLogger(__name__).warning("the desk's file could not be removed", exc_info=error)
        self._key_ring.delete(_key_name(self._path))


def do_here_too(
    file: DeskFile,
    use_case: str,
    noun: Noun,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    operation: Operation,
) -> None:
    """Do in the copy what the server has just done, under the same ids: it may go away in the next moment."""
    here = type(noun)(replace(file.parts, outbox=None), noun.caller, operation.id)
    here.operation = operation
    with suppress(PortalError):  # about somebody whom the copy does not hold
        getattr(here, use_case.partition(".")[2])(*args, **kwargs)


def _key_name(path: Path) -> str:
    return "desk " + hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:24]
