"""The desk's own encrypted file and the parts of the portal that it stands for while the server is away."""

import hashlib
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


@dataclass(frozen=True)
class DeskFile:
    """The open file: its database, its outbox, and the portal's parts made of it."""

    database: Database
    outbox: DeskOutbox
    parts: Parts


def place_of(settings: MachineSettings) -> Path:
    """Return where the desk's file is."""
    return settings.data_folder / "desk.db"


def open_desk_file(
    settings: MachineSettings,
    key_ring: KeyRing,
    clock: Clock,
    passwords: Passwords,
    imaging: DecodePool,
    archive: ImageArchive,
) -> DeskFile:
    """Open the desk's file, or begin it with a new key; raises Unavailable without a keyring or with another's key."""
    path = place_of(settings)
    name = _key_name(path)
    key = key_ring.read(name)
    if key is None:
        key = secrets.token_bytes(_KEY_BYTES)
        key_ring.write(name, key)
    make_folder(path.parent)
    with in_plain_words():
        database = desk_file.open_file(path, key)
    outbox = DeskOutbox(database)
    parts = Parts(
        settings=replace(settings, portal_url=""),
        database=database,
        clock=clock,
        keys=keys_from(hashlib.sha256(b"desk" + key).digest()),
        passwords=passwords,
        common_passwords=CommonPasswords(),
        archive=archive,
        imaging=imaging,
        mailer=NoMailer(),
        texts=NoTextSender(),
        outbox=outbox,
    )
    return DeskFile(database, outbox, parts)


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
