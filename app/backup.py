"""A backup of database and archive in a new folder, and bringing it back; the keys are backed up apart (docs/keys.md)."""

import hashlib
import json
import shutil
from pathlib import Path

from app.errors import N_, Conflict, Invalid, Unavailable
from app.outside.durable import make_folder, write_whole
from app.outside.folder_archive import FolderArchive, make_archive
from app.portal import Portal
from app.settings import MachineSettings
from db import copying
from db.database import Database
from db.errors import DatabaseAwayError

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
        name = copying.dump(portal.parts.database, folder)
        kept = {}
        for key in portal.parts.archive.keys():  # noqa: SIM118 - an archive is not a mapping
            target = folder / ARCHIVE / key
            target.parent.mkdir(parents=True, exist_ok=True)
            with portal.parts.archive.open(key) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            kept[key] = _sha256(target)
        manifest = {"database": name, "sha256": _sha256(folder / name), "images": kept}
        # Written last: a folder without it is no backup.
        write_whole(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    except (OSError, copying.CopyFailedError) as error:
        raise Unavailable(
            "backup_failed",
            N_(
                "The backup could not be finished. Check the room on the disk and try again with another folder."
            ),
        ) from error
    return len(kept)


def restore(settings: MachineSettings, folder: Path) -> int:
    """Bring a backup back where there is no clinic yet; return how many image files came back.

    Every file is checked against the manifest before anything is written. The change feed gets a new epoch, so
    that every station loads everything again.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Invalid("no_backup", N_("{folder} holds no finished backup."), folder=str(folder)) from None
    files = {folder / manifest["database"]: manifest["sha256"]}
    files |= {folder / ARCHIVE / key: digest for key, digest in manifest["images"].items()}
    damaged = [path.name for path, digest in files.items() if not path.is_file() or _sha256(path) != digest]
    if damaged:
        raise Invalid(
            "backup_damaged",
            N_("{count} files of this backup are damaged or missing. Nothing was restored."),
            count=len(damaged),
        )
    database = Database(settings.portal_url)
    try:
        if not copying.is_empty(database):
            raise Conflict(
                "not_empty",
                N_("There is a database here already. Restore into an empty place, or move it away first."),
            )
        copying.load(database, folder / manifest["database"])
    except (copying.CopyFailedError, DatabaseAwayError) as error:
        raise Unavailable("restore_failed", N_("The database could not be brought back.")) from error
    finally:
        database.close()
    make_archive(settings.archive_folder)
    archive = FolderArchive(settings.archive_folder)
    for key in manifest["images"]:
        archive.keep(key, folder / ARCHIVE / key)
    return len(manifest["images"])


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
