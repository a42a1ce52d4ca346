"""Trouble with the database reaches people as a sentence, and nothing that was acknowledged is lost."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

import db.database
from app.errors import PortalError, Unavailable
from app.imaging import DecodePool
from app.portal import Portal, open_portal
from app.settings import practice_settings
from app.words import Words
from tests.app.book import Book, refusal
from tests.conftest import make_portal
from tests.databases import SQLiteFiles, running_postgresql
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.scene import Scene


@pytest.fixture
def book(
    monkeypatch: pytest.MonkeyPatch, sqlite_files: SQLiteFiles, tmp_path: Path, imaging: DecodePool
) -> Iterator[Book]:
    """Notes in an SQLite file that waits for nobody."""
    monkeypatch.setattr(db.database, "BUSY_MS", 20)
    clock = FixedClock()
    portal = make_portal(sqlite_files.upgraded(), tmp_path, clock, KeptMailer(), KeptTextSender(), imaging)
    yield Book(Scene(portal, clock))
    portal.parts.database.close()


def file_of(portal: Portal) -> Path:
    assert portal.parts.database.file is not None
    return portal.parts.database.file


def all_doors(book: Book) -> dict[str, Callable[[], object]]:
    portal = book.portal
    return {
        "a use case that reads": lambda: book.of().read(),
        "a use case that writes": lambda: book.of().write("lost?"),
        "a station": lambda: portal.station("key of Desk 1"),
        "the first start": portal.is_set_up,
        "sending": portal.deliver_due,
        "keeping house": portal.housekeep,
    }


def test_a_locked_database_is_busy_for_who_writes_and_nothing_is_half_done(book: Book) -> None:
    book.of().write("before")
    with closing(sqlite3.connect(file_of(book.portal), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert refusal(lambda: book.of().write("locked out")) == "database_busy"
        assert book.of().read() == 1
        other.execute("ROLLBACK")
    book.of().write("after")
    assert book.keys() == {"before", "after"}
    assert book.audit() == [("notes.write", "done")] * 2


def test_a_full_disk_is_said_and_what_was_acknowledged_stays(book: Book) -> None:
    def no_room(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count=1")  # SQLite takes the present size

    database = book.portal.parts.database
    event.listen(database.engine, "connect", no_room)
    database.close()
    acknowledged: list[str] = []

    def fill_up() -> None:
        for number in range(10_000):
            text = f"{number} {'x' * 2000}"
            book.of().write(text)
            acknowledged.append(text)

    assert refusal(fill_up) == "disk_full"
    assert book.keys() == set(acknowledged)
    assert len(book.audit()) == book.changes() == len(acknowledged)


def test_a_database_that_was_taken_away_is_said_at_every_door_and_works_again_when_it_is_back(
    book: Book,
) -> None:
    book.of().write("before")
    file = file_of(book.portal)
    away = file.with_suffix(".away")
    file.rename(away)
    for name, door in all_doors(book).items():
        assert refusal(door) == "database_away", name
    away.rename(file)
    book.of().write("after")
    assert book.keys() == {"before", "after"}


def test_a_postgresql_that_stops_is_said_at_every_door_and_works_again_when_it_is_back(
    tmp_path: Path, imaging: DecodePool
) -> None:
    clock = FixedClock()
    with running_postgresql() as server:
        portal = make_portal(server.upgraded(), tmp_path, clock, KeptMailer(), KeptTextSender(), imaging)
        book = Book(Scene(portal, clock))
        book.of().write("before")
        notes = book.of()
        notes.during = server.stop  # between the permission and the transaction
        assert refusal(lambda: notes.write("midway")) == "database_away"
        for name, door in all_doors(book).items():
            assert refusal(door) == "database_away", name
        server.start()
        book.of().write("after")
        assert book.keys() == {"before", "after"}
        assert book.audit() == [("notes.write", "done")] * 2
        portal.parts.database.close()


def test_what_is_said_names_no_file_no_address_and_no_sql(book: Book) -> None:
    file = file_of(book.portal)
    file.rename(file.with_suffix(".away"))
    with pytest.raises(Unavailable) as caught:
        book.of().read()
    said = Words().error(caught.value)
    assert said.startswith("The clinic's database does not answer.")
    assert str(file) not in said
    assert "SELECT" not in said


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://portal.example", "portal_url_in_clear"),
        ("postgresql+psycopg://portal:hunter2@host:port/clinic", "portal_url_unusable"),
        ("postgresql+psycopg://portal:hunter2@127.0.0.1:1/clinic", "database_away"),
        ("sqlite:///{folder}/nowhere/portal.sqlite", "database_away"),
        ("sqlite:///{folder}/damaged.sqlite", "database_away"),
    ],
)
def test_a_portal_that_cannot_open_its_database_says_so(tmp_path: Path, url: str, kind: str) -> None:
    (tmp_path / "damaged.sqlite").write_bytes(b"no database " * 1000)
    settings = replace(practice_settings(tmp_path / "data"), portal_url=url.format(folder=tmp_path))
    with pytest.raises(PortalError) as caught:
        open_portal(settings)
    assert caught.value.kind == kind
    assert "hunter2" not in Words().error(caught.value)


def test_a_data_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="data_folder_unusable"):
        open_portal(practice_settings(tmp_path / "file" / "data"))
