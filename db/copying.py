"""Copies a whole database into a file and back, each kind in its own way."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Uuid, bindparam, inspect, text
from sqlalchemy.engine import URL

from db.database import Database


class CopyFailedError(Exception):
    """The database could not be copied."""


def dump(database: Database, folder: Path) -> str:
    """Write a consistent copy into the folder while others go on working; return the file's name."""
    if database.engine.dialect.name == "sqlite":
        name = "database.sqlite"
        try:
            with (
                closing(sqlite3.connect(_file(database))) as source,
                closing(sqlite3.connect(folder / name)) as target,
            ):
                source.backup(target)
        except sqlite3.Error as error:
            raise CopyFailedError from error
        return name
    name = "database.dump"
    _run("pg_dump", database.engine.url, "--format=custom", f"--file={folder / name}")
    return name


def load(database: Database, copy: Path) -> None:
    """Bring a copy back into an empty database; the change feed gets a new epoch."""
    if database.engine.dialect.name == "sqlite":
        target = _file(database)
        database.close()
        target.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(copy, target)
    else:
        _run("pg_restore", database.engine.url, "--no-owner", "--single-transaction", str(copy))
    with database.writing() as session:
        session.execute(
            text("UPDATE journal SET epoch = :epoch").bindparams(bindparam("epoch", uuid4(), Uuid()))
        )


def is_empty(database: Database) -> bool:
    """Tell whether there is no table in the database."""
    return not inspect(database.engine).get_table_names()


def _file(database: Database) -> Path:
    return Path(database.engine.url.database or "")


def _run(program: str, url: URL, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise CopyFailedError(program)
    # The password goes by the environment: arguments can be read by everybody on the machine.
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs, no text of a person among the arguments
        [found, *arguments, f"--dbname={url.database}"],
        env=os.environ | _connection(url),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise CopyFailedError(program)


def _connection(url: URL) -> dict[str, str]:
    host = url.host or url.query.get("host")
    given = {
        "PGHOST": host if isinstance(host, str) else None,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
    }
    return {name: value for name, value in given.items() if value}
