"""The two doors to the database, and what goes wrong with a database, told apart."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

import db.database
from db import schema
from db.database import Database
from db.errors import (
    DatabaseAddressError,
    DatabaseAwayError,
    DatabaseBusyError,
    DatabaseConflictError,
    DatabaseFullError,
)
from db.models import Journal, Throttle
from tests.databases import PostgreSQL, SQLiteFiles, running_postgresql
from tests.fakes import FixedClock

NAME = "Amelia Canary"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, sqlite_files: SQLiteFiles) -> Iterator[Database]:
    """An SQLite database that waits for nobody."""
    monkeypatch.setattr(db.database, "BUSY_MS", 20)
    opened = Database(sqlite_files.upgraded())
    yield opened
    opened.close()


def file_of(database: Database) -> Path:
    assert database.file is not None
    return database.file


def note(database: Database, key: str, tries: int = 1) -> None:
    with database.writing() as session:
        session.add(Throttle(key=key, window_ends_at=FixedClock()(), tries=tries))


def noted(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Throttle.key)))


# The doors


def test_writing_commits_at_the_end_and_not_before(database: Database) -> None:
    with database.writing() as session:
        session.add(Throttle(key="one", window_ends_at=FixedClock()(), tries=1))
        session.flush()
        assert noted(database) == set()
    assert noted(database) == {"one"}


def test_writing_keeps_nothing_when_the_block_fails(database: Database) -> None:
    def fail() -> None:
        with database.writing() as session:
            session.add(Throttle(key="one", window_ends_at=FixedClock()(), tries=1))
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert noted(database) == set()


def test_what_is_written_while_reading_is_forgotten(database: Database) -> None:
    with database.reading() as session:
        session.add(Throttle(key="one", window_ends_at=FixedClock()(), tries=1))
        session.flush()
    assert noted(database) == set()


# SQLite


def test_sqlite_is_set_so_that_nothing_acknowledged_is_lost(sqlite_files: SQLiteFiles) -> None:
    opened = Database(sqlite_files.upgraded())
    for door in (opened.reading, opened.writing):
        with door() as session:
            found = {
                pragma: session.scalar(text(f"PRAGMA {pragma}"))
                for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
        assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 8000}
    opened.close()


def test_a_new_sqlite_file_can_be_read_by_its_owner_only(sqlite_files: SQLiteFiles) -> None:
    opened = Database(sqlite_files.empty())
    before = os.umask(0o022)
    try:
        schema.upgrade(opened)
    finally:
        os.umask(before)
    for path in file_of(opened).parent.glob(f"{file_of(opened).name}*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    opened.close()


def test_a_writer_takes_its_lock_with_its_first_word_and_a_reader_takes_none(impatient: Database) -> None:
    with closing(sqlite3.connect(file_of(impatient), timeout=0, isolation_level=None)) as other:
        with impatient.reading() as session:
            session.scalar(select(Journal.id))
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        with impatient.writing() as session:
            session.scalar(select(Journal.id))
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")


def test_a_locked_database_is_busy_and_what_was_tried_is_not_there(impatient: Database) -> None:
    note(impatient, "before")
    with closing(sqlite3.connect(file_of(impatient), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusyError):
            note(impatient, "locked out")
        assert noted(impatient) == {"before"}  # reading goes on
        other.execute("ROLLBACK")
    note(impatient, "after")
    assert noted(impatient) == {"before", "after"}


def test_a_full_disk_is_told_and_all_that_was_acknowledged_stays(impatient: Database) -> None:
    def no_room(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count=1")  # SQLite takes the present size

    event.listen(impatient.engine, "connect", no_room)
    impatient.close()
    acknowledged = set()

    def fill_up() -> None:
        for number in range(10_000):
            note(impatient, f"{number} {'x' * 2000}")
            acknowledged.add(f"{number} {'x' * 2000}")

    with pytest.raises(DatabaseFullError):
        fill_up()
    assert noted(impatient) == acknowledged
    event.remove(impatient.engine, "connect", no_room)
    impatient.close()
    note(impatient, "room again")
    assert noted(impatient) == acknowledged | {"room again"}


def test_a_database_that_may_only_be_read_is_away_for_writers(impatient: Database) -> None:
    def read_only(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA query_only=ON")

    event.listen(impatient.engine, "connect", read_only)
    impatient.close()
    with pytest.raises(DatabaseAwayError):
        note(impatient, "one")
    assert noted(impatient) == set()


def take_away(file: Path) -> None:
    file.rename(file.with_suffix(".away"))


def bring_back(file: Path) -> None:
    file.with_suffix(".away").rename(file)


def test_a_file_that_was_taken_away_is_noticed_at_once_and_not_begun_anew(impatient: Database) -> None:
    note(impatient, "before")
    take_away(file_of(impatient))
    for work in (lambda: note(impatient, "lost?"), lambda: noted(impatient)):
        with pytest.raises(DatabaseAwayError):
            work()
    assert not file_of(impatient).exists()
    bring_back(file_of(impatient))
    note(impatient, "after")
    assert noted(impatient) == {"before", "after"}


def test_control_an_open_connection_writes_into_a_removed_file_without_a_word(impatient: Database) -> None:
    with closing(sqlite3.connect(file_of(impatient), isolation_level=None)) as plain:
        plain.execute("CREATE TABLE scratch (word TEXT)")
        take_away(file_of(impatient))
        plain.execute("INSERT INTO scratch VALUES ('lost')")


def test_a_file_that_was_exchanged_is_the_one_that_is_used(
    impatient: Database, sqlite_files: SQLiteFiles
) -> None:
    note(impatient, "old")
    other = Database(sqlite_files.upgraded())
    note(other, "new")
    other.close()
    for suffix in ("-wal", "-shm"):
        file_of(impatient).with_name(file_of(impatient).name + suffix).unlink(missing_ok=True)
    file_of(other).replace(file_of(impatient))
    note(impatient, "newer")
    assert noted(impatient) == {"new", "newer"}


def test_a_damaged_file_is_away(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"This is no database at all. " * 100)
    opened = Database(f"sqlite:///{damaged}")
    with pytest.raises(DatabaseAwayError):
        schema.upgrade(opened)
    opened.close()


def test_a_folder_that_is_not_there_is_away(tmp_path: Path) -> None:
    opened = Database(f"sqlite:///{tmp_path / 'nowhere' / 'portal.sqlite'}")
    with pytest.raises(DatabaseAwayError):
        schema.upgrade(opened)
    opened.close()


# PostgreSQL


@pytest.fixture
def postgresql_database(postgresql: PostgreSQL) -> Iterator[Database]:
    url = postgresql.upgraded()
    opened = Database(url)
    yield opened
    opened.close()
    postgresql.drop(url)


def test_a_server_that_stops_midway_is_away_and_keeps_all_that_was_acknowledged() -> None:
    with running_postgresql() as server:
        opened = Database(server.upgraded())
        note(opened, "before")

        def write_while_it_stops() -> None:
            with opened.writing() as session:
                session.add(Throttle(key="half", window_ends_at=FixedClock()(), tries=1))
                session.flush()
                server.stop()

        with pytest.raises(DatabaseAwayError):
            write_while_it_stops()
        for _ in range(3):
            with pytest.raises(DatabaseAwayError):
                note(opened, "while it is down")
        server.start()
        note(opened, "after")
        assert noted(opened) == {"before", "after"}
        opened.close()


def test_a_connection_that_breaks_is_away_and_the_next_one_works(postgresql_database: Database) -> None:
    def write_while_it_breaks() -> None:
        with postgresql_database.writing() as session:
            (pid,) = session.scalars(text("SELECT pg_backend_pid()"))
            session.add(Throttle(key="half", window_ends_at=FixedClock()(), tries=1))
            session.flush()
            with postgresql_database.writing() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    with pytest.raises(DatabaseAwayError):
        write_while_it_breaks()
    note(postgresql_database, "after")
    assert noted(postgresql_database) == {"after"}


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("40P01", DatabaseBusyError),  # deadlock
        ("40001", DatabaseBusyError),  # could not serialise
        ("55P03", DatabaseBusyError),  # lock time-out
        ("57014", DatabaseBusyError),  # cancelled
        ("53300", DatabaseBusyError),  # too many clients
        ("53100", DatabaseFullError),
        ("53200", DatabaseAwayError),  # out of memory
        ("57P01", DatabaseAwayError),  # shut down by its administrator
        ("58030", DatabaseAwayError),  # the disk does not answer
        ("25006", DatabaseAwayError),  # read-only, as a standby is
        ("23505", DatabaseConflictError),
    ],
)
def test_what_postgresql_says_is_told_apart(
    postgresql_database: Database, state: str, told: type[Exception]
) -> None:
    statement = (
        f"DO $$ BEGIN RAISE EXCEPTION 'the disk is locked, full and busy' USING ERRCODE = '{state}'; END $$"
    )
    with pytest.raises(told), postgresql_database.writing() as session:
        session.execute(text(statement))


def test_a_lock_that_nobody_gives_up_is_busy(postgresql_database: Database) -> None:
    note(postgresql_database, "one")
    update = text("UPDATE throttle SET tries = tries + 1")

    def wait() -> None:
        with postgresql_database.writing() as waiting:
            waiting.execute(text("SET LOCAL lock_timeout = '20ms'"))
            waiting.execute(update)

    with postgresql_database.writing() as holding:
        holding.execute(update)
        with pytest.raises(DatabaseBusyError):
            wait()
    wait()


# Both


def twice(database: Database) -> None:
    note(database, NAME)
    note(database, NAME)


def by_nobody(database: Database) -> None:
    with database.writing() as session:
        columns = "id, staff_id, digest, kind, address, started_at, last_active_at, ends_at"
        zero = "'00000000000000000000000000000000'"
        at = "'2026-01-01 00:00:00'"
        session.execute(
            text(
                f"INSERT INTO session ({columns}) VALUES ({zero}, {zero}, 'x', 'staff', '', {at}, {at}, {at})"
            )
        )


@pytest.mark.parametrize("fault", [twice, by_nobody])
def test_what_a_constraint_refuses_is_a_conflict_without_the_values(
    database: Database, fault: Callable[[Database], None]
) -> None:
    with pytest.raises(DatabaseConflictError) as caught:
        fault(database)
    assert str(caught.value) == ""


def test_a_mistake_of_ours_stays_what_it_is(database: Database) -> None:
    for statement in ("SELEC 1", "SELECT nothing FROM journal"):
        with pytest.raises(DBAPIError), database.reading() as session:
            session.execute(text(statement))


def test_errors_hide_the_values_that_were_bound(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.reading() as session:
        session.execute(text("SELECT nothing FROM journal WHERE :name = 'x'"), {"name": NAME})
    assert NAME not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://portal.example", "postgresql+psycopg://portal:hunter2@host:port/x", "no address at all"]
)
def test_an_address_that_cannot_be_used_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(DatabaseAddressError) as caught:
        Database(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
