"""Copies a whole database into a file and back, each kind in its own way."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from psycopg.conninfo import make_conninfo
from sqlalchemy import inspect, update
from sqlalchemy.engine import URL

from db.database import Database, told_apart
from db.errors import DatabaseAwayError
from db.models import Journal


class CopyFailedError(Exception):
    """The database could not be copied."""


class ProgramMissingError(CopyFailedError):
    """PostgreSQL's own program for this is not installed."""

    def __init__(self, program: str) -> None:
        super().__init__(program)
        self.program = program


def dump(database: Database, folder: Path) -> str:
    """Write a consistent copy into the folder while others go on working; return the file's name."""
    if database.file is not None:
        name = "database.sqlite"
        try:
            # Opened through the engine, which makes no empty database where there is none.
            with database.engine.connect() as source, closing(sqlite3.connect(folder / name)) as target:
                opened = source.connection.driver_connection
                assert isinstance(opened, sqlite3.Connection)
                opened.backup(target)
        except (sqlite3.Error, DatabaseAwayError) as error:
            raise CopyFailedError from error
    else:
        name = "database.dump"
        _run("pg_dump", database.engine.url, "--format=custom", f"--file={folder / name}")
    sync_file(folder / name)
    return name


def load(database: Database, copy: Path) -> None:
    """Bring a copy back into an empty database; the change feed gets a new epoch."""
    if database.file is None:
        # Who may do what depends on the roles there: app/migration.py gives rights anew.
        _run(
            "pg_restore",
            database.engine.url,
            "--no-owner",
            "--no-privileges",
            "--single-transaction",
            str(copy),
        )
        _begin_epoch(database)
        return
    # Made ready under another name: the database is there whole and with its new epoch, or not at all.
    ready = database.file.with_name(f".{database.file.name}.restored")
    try:
        ready.unlink(missing_ok=True)
        ready.touch(0o600)
        shutil.copyfile(copy, ready)
        restored = Database(URL.create("sqlite", database=str(ready)).render_as_string())
        _begin_epoch(restored)
        restored.close()  # the last one to close writes all into the one file
        sync_file(ready)
        database.close()
        ready.replace(database.file)
    except OSError as error:
        raise CopyFailedError from error


def is_empty(database: Database) -> bool:
    """Tell whether there is no table in the database."""
    if database.file is not None and not database.file.exists():
        return True
    with told_apart():
        return not inspect(database.engine).get_table_names()


def sync_file(path: Path) -> None:
    """Make a file's contents durable."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _begin_epoch(database: Database) -> None:
    with database.writing() as session:
        session.execute(update(Journal).values(epoch=uuid4()))


def _run(program: str, url: URL, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise ProgramMissingError(program)
    given = url.translate_connect_args(username="user", database="dbname")
    given |= {name: one if isinstance(one, str) else ",".join(one) for name, one in url.query.items()}
    # The password goes by the environment: arguments can be read by everybody on the machine.
    password = given.pop("password", None)
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs, no text of a person among the arguments
        [found, *arguments, f"--dbname={make_conninfo(**given)}"],
        env=os.environ | ({"PGPASSWORD": password} if password else {}),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise CopyFailedError(program)
