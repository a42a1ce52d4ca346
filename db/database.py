"""The one door to the database: reading and writing, each as one short transaction."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from db.errors import (
    DatabaseAddressError,
    DatabaseAwayError,
    DatabaseBusyError,
    DatabaseConflictError,
    DatabaseFullError,
)

__all__ = ["Database", "Session", "told_apart"]

BUSY_MS = 8000


class Database:
    """A database by its URL, sqlite:///… or postgresql+psycopg://…; opened lazily, closed by close().

    cipher_key: 32 bytes with which an SQLite file is encrypted whole, by SQLCipher.
    """

    def __init__(self, url: str, *, cipher_key: bytes | None = None) -> None:
        self._cipher_key = cipher_key
        # The library that SQLCipher brings its own of is loaded only where a file is encrypted.
        self._driver: Any = sqlite3 if cipher_key is None else import_module("sqlcipher3.dbapi2")
        ciphered = {} if cipher_key is None else {"module": self._driver}
        try:
            # hide_parameters: a SQL error's message would otherwise carry names and hashes into the log.
            self.engine = create_engine(
                url, hide_parameters=True, pool_pre_ping=not url.startswith("sqlite"), **ciphered
            )
        except (ArgumentError, ValueError):
            raise DatabaseAddressError from None  # the address may hold a password
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "do_connect", _must_be_there)
            event.listen(self.engine, "connect", lambda connection, _record: self._unlock(connection))
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "checkout", _must_be_the_same)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._reading = sessionmaker(self.engine, expire_on_commit=False)
        self._writing = sessionmaker(self.engine.execution_options(writing=True), expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that is rolled back at the end."""
        with told_apart(), self._reading() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Commit when the block ends well, roll back when it does not."""
        with told_apart(), self._writing.begin() as session:
            yield session

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(self.engine.url.database or "") if self.engine.dialect.name == "sqlite" else None

    def make_file(self) -> None:
        """Begin an SQLite database where there is none: a file that only this account may read.

        It appears under its name with WAL switched on: of two programs that switch it on at once, SQLite turns one away.
        """
        if self.file is None or self.file.exists():
            return
        part = self.file.with_name(f".{self.file.name}.{uuid4().hex}")
        try:
            part.touch(0o600)
            with closing(self._driver.connect(str(part))) as connection:
                self._unlock(connection)
                connection.execute("PRAGMA journal_mode=WAL")
            with suppress(FileExistsError):
                os.link(part, self.file)
        except OSError as error:
            raise DatabaseAwayError from error
        finally:
            part.unlink(missing_ok=True)

    def _unlock(self, connection: Any) -> None:
        if self._cipher_key is not None:
            # The key itself, not a password that one is derived from.
            connection.execute(f"PRAGMA key = \"x'{self._cipher_key.hex()}'\"")

    def forget(self) -> None:
        """Let go of compiled statements: each keeps the values it was first used with."""
        self.engine.clear_compiled_cache()

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _must_be_there(_dialect: Any, _record: Any, arguments: tuple[str, ...], _named: Any) -> None:
    # SQLite would begin an empty database in the place of one whose disk is not mounted.
    if not Path(arguments[0]).is_file():
        raise DatabaseAwayError


def _must_be_the_same(_connection: sqlite3.Connection, record: ConnectionPoolEntry, _proxy: Any) -> None:
    # What is written into a file that was removed or replaced is lost when the program ends.
    if record.info["file"] != _identity(record.info["path"]):
        raise DisconnectionError


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _prepare_sqlite(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    ((_, _, path),) = connection.execute("PRAGMA database_list")
    record.info["path"], record.info["file"] = path, _identity(path)
    connection.isolation_level = None  # transactions are begun below, never by the driver
    for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred writer that upgrades its lock late ends in "database is locked".
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def told_apart() -> Iterator[None]:
    """Raise what went wrong with the database itself as one of db.errors; a mistake of ours stays what it is."""
    try:
        yield
    except IntegrityError as error:
        raise DatabaseConflictError from error
    except NoConnectionLeft as error:
        raise DatabaseBusyError from error
    except DBAPIError as error:
        named = _named(error)
        if named is None:
            raise
        raise named from error


def _named(error: DBAPIError) -> Exception | None:
    if isinstance(error.orig, sqlite3.Error) or type(error.orig).__module__ == "sqlcipher3.dbapi2":
        return _named_by_sqlite(error.orig)
    state: str | None = getattr(error.orig, "sqlstate", None)
    if state is None:  # PostgreSQL was never reached, or broke off
        return DatabaseAwayError() if isinstance(error, OperationalError) else None
    if state in _POSTGRESQL_BUSY:
        return DatabaseBusyError()
    if state == _POSTGRESQL_FULL:
        return DatabaseFullError()
    return DatabaseAwayError() if state.startswith(_POSTGRESQL_AWAY) else None


def _named_by_sqlite(error: BaseException | None) -> Exception | None:
    # What Python's own module refuses, such as a closed connection, has no code: a mistake of ours.
    code = getattr(error, "sqlite_errorcode", -1) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return DatabaseBusyError()
    if code == sqlite3.SQLITE_FULL:
        return DatabaseFullError()
    # "no such table" is what a file says that was taken away and began anew.
    is_away = code in _SQLITE_AWAY or str(error).startswith("no such table")
    return DatabaseAwayError() if is_away else None


_SQLITE_AWAY = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOTADB,
}
_POSTGRESQL_FULL = "53100"
# Serialisation failure, deadlock, too many clients, lock time-out, cancelled by a time limit.
_POSTGRESQL_BUSY = {"40001", "40P01", "53300", "55P03", "57014"}
# Connection trouble, refused sign-in, no such database, read-only, short of resources, shutting down, system error.
_POSTGRESQL_AWAY = ("08", "28", "3D", "25006", "53", "57P", "58", "XX")
