"""The one door to the database: reading and writing, each as one short transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from db.errors import DatabaseAwayError, DatabaseBusyError, DatabaseConflictError, DatabaseFullError

__all__ = ["Database", "Session"]

BUSY_MS = 8000


class Database:
    """A database by its URL, sqlite:///… or postgresql+psycopg://…; opened lazily, closed by close()."""

    def __init__(self, url: str) -> None:
        # hide_parameters: a SQL error's message would otherwise carry names and hashes into the log.
        self.engine = create_engine(url, hide_parameters=True, pool_pre_ping=not url.startswith("sqlite"))
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._reading = sessionmaker(self.engine, expire_on_commit=False)
        self._writing = sessionmaker(self.engine.execution_options(writing=True), expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that is rolled back at the end."""
        with _told_apart(), self._reading() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Commit when the block ends well, roll back when it does not."""
        with _told_apart(), self._writing.begin() as session:
            yield session

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun below, never by the driver
    for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred writer that upgrades its lock late ends in "database is locked".
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise DatabaseConflictError from error
    except (OperationalError, InterfaceError) as error:
        raise _named(error) from error


def _named(error: DBAPIError) -> Exception:
    text = str(error.orig)
    if "locked" in text or "busy" in text or "deadlock" in text:
        return DatabaseBusyError()
    if "full" in text or "No space" in text:
        return DatabaseFullError()
    return DatabaseAwayError()
