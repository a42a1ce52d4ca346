"""A backup of database and archive in a new folder, and bringing it back; the keys are backed up apart (docs/keys.md)."""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from app.database_trouble import in_plain_words
from app.errors import N_, Conflict, Invalid, Unavailable
from app.outside.durable import make_folder, write_whole
from app.outside.folder_archive import FolderArchive, make_archive
from app.portal import Portal
from app.settings import MachineSettings
from db import copying
from db.database import Database

MANIFEST = "manifest.json"
ARCHIVE = "archive"


def back_up(portal: Portal, folder: Path) -> int:
    """Write a backup into a folder that does not exist yet; return how many image files it holds.

    The database is copied first, so that every image it names is in the archive when that is copied. Raises
    Invalid when the folder exists, Unavailable when something cannot be read or written.
    """
    if folder.exists():
        raise Invalid(
            "backup_exists",
            N_("{folder} is there already. Give a folder that does not exist."),
            folder=str(folder),
        )
    try:
        make_folder(folder / ARCHIVE)
        folder.chmod(0o700)
        with in_plain_words():
            name = copying.dump(portal.parts.database, folder)
        kept = {key: digest for key in portal.parts.archive.keys() if (digest := _copy(portal, key, folder))}  # noqa: SIM118 - an archive is not a mapping
        manifest = {"database": name, "sha256": _sha256(folder / name), "images": kept}
        # Written last: a folder without it is no backup.
        write_whole(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    except copying.ProgramMissingError as error:
        raise _program_missing(error) from error
    except (OSError, copying.CopyFailedError) as error:
        raise Unavailable(
            "backup_failed",
            N_(
                "The backup could not be finished. Check the room on the disk and try again with another folder."
            ),
        ) from error
    return len(kept)


def _copy(portal: Portal, key: str, folder: Path) -> str:
    """Copy one image; return its SHA-256, or "" when it was taken away meanwhile: an import that was not finished."""
    target = folder / ARCHIVE / key
    try:
        source = portal.parts.archive.open(key)
    except Unavailable as error:
        if error.kind == "image_missing":
            return ""
        raise
    target.parent.mkdir(parents=True, exist_ok=True)
    with source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy)
        copy.flush()
        os.fsync(copy.fileno())
    return _sha256(target)


def restore(settings: MachineSettings, folder: Path, owner_url: str = "") -> int:
    """Bring a backup back where there is no clinic yet; return how many image files came back.

    owner_url: the same database as its owner opens it, where the server's role may make no tables; what the server
    may do is then given to it by app/migration.py.
    Every file is checked against the manifest before anything is written, and the database comes last: what was
    interrupted can be run again. The change feed gets a new epoch, so that every station loads everything again.
    """
    manifest = _read_manifest(folder)
    _refuse_damaged(folder, manifest)
    try:
        make_folder(settings.data_folder)
        with in_plain_words():
            database = Database(owner_url or settings.portal_url)
            try:
                if not copying.is_empty(database):
                    raise Conflict(
                        "not_empty",
                        N_(
                            "There is a database here already. Restore into an empty place, or move it away first."
                        ),
                    )
                make_archive(settings.archive_folder)
                archive = FolderArchive(settings.archive_folder)
                for key in manifest.images:
                    archive.keep(key, folder / ARCHIVE / key)
                copying.load(database, folder / manifest.database)
            finally:
                database.close()
    except copying.ProgramMissingError as error:
        raise _program_missing(error) from error
    except (OSError, copying.CopyFailedError) as error:
        raise Unavailable(
            "restore_failed",
            N_(
                "The database could not be brought back. Check the room on the disk and the address in portal_url. Where"
                " the server's role may make no tables, give the owner's address in PORTAL_OWNER_URL."
            ),
        ) from error
    return len(manifest.images)


@dataclass(frozen=True)
class _Manifest:
    database: str
    sha256: str
    images: dict[str, str]  # archive key -> SHA-256


_manifest = TypeAdapter(_Manifest)


def _read_manifest(folder: Path) -> _Manifest:
    try:
        return _manifest.validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise Invalid("no_backup", N_("{folder} holds no finished backup."), folder=str(folder)) from None


def _refuse_damaged(folder: Path, manifest: _Manifest) -> None:
    files = {folder / manifest.database: manifest.sha256}
    files |= {folder / ARCHIVE / key: digest for key, digest in manifest.images.items()}
    inside = folder.resolve()
    damaged = sum(
        not path.resolve().is_relative_to(inside) or not path.is_file() or _sha256(path) != digest
        for path, digest in files.items()
    )
    if damaged:
        raise Invalid(
            "backup_damaged",
            N_("{count} files of this backup are damaged or missing. Nothing was restored."),
            count=damaged,
        )


def _program_missing(error: copying.ProgramMissingError) -> Unavailable:
    return Unavailable(
        "program_missing",
        N_(
            "The program {program} is not on this machine. Install PostgreSQL's client programs and try again."
        ),
        program=error.program,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
