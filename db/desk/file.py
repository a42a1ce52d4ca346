"""The desk's own file: one SQLite database, encrypted whole, with the clinic's tables and the desk's."""

from pathlib import Path

from db import schema
from db.database import Database, told_apart
from db.desk.models import DeskBase
from db.errors import DatabaseNewerError

VERSION = 2


def open_file(path: Path, key: bytes) -> Database:
    """Open the file, or begin it, and bring its tables up to date; raises what db.errors names.

    A file that another key encrypted is DatabaseAwayError: nothing of it can be read, nor is it touched.
    """
    database = Database(f"sqlite:///{path}", cipher_key=key)
    try:
        schema.upgrade(database)
        _upgrade_own(database)
    except BaseException:
        database.close()
        raise
    return database


def _upgrade_own(database: Database) -> None:
    with told_apart(), database.engine.execution_options(writing=True).begin() as connection:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if version > VERSION:
            raise DatabaseNewerError
        # Each version until now only added tables; one that changes some adds its steps here.
        if version < VERSION:
            DeskBase.metadata.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
