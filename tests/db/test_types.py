"""Columns that hold what the databases would let slip."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, select
from sqlalchemy.exc import StatementError

from db.database import Database
from db.types import ByteText, UtcDateTime
from tests.databases import PostgreSQL, SQLiteFiles

AWARE = st.datetimes(datetime(1900, 1, 2), datetime(2200, 12, 30), timezones=st.timezones())  # noqa: DTZ001 - hypothesis adds the zones
NAIVE = st.datetimes()
SCRATCH = Table(
    "scratch",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime()),
    Column("word", ByteText),
)
MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def scratch(databases: SQLiteFiles | PostgreSQL) -> Iterator[Database]:
    database = Database(databases.empty())
    database.make_file()
    SCRATCH.metadata.create_all(database.engine)
    yield database
    database.close()


@given(times=st.lists(AWARE, min_size=1, max_size=20))
@MANY
def test_an_instant_comes_back_as_the_same_instant_in_utc(scratch: Database, times: list[datetime]) -> None:
    with scratch.writing() as session:
        session.execute(SCRATCH.delete())
        session.execute(SCRATCH.insert(), [{"id": n, "at": at} for n, at in enumerate(times)])
    with scratch.reading() as session:
        found = list(session.scalars(select(SCRATCH.c.at).order_by(SCRATCH.c.id)))
        sorted_there = list(session.scalars(select(SCRATCH.c.at).order_by(SCRATCH.c.at)))
        early = session.scalars(select(SCRATCH.c.id).where(SCRATCH.c.at <= times[0])).all()
    instants = [at.astimezone(UTC) for at in times]
    assert found == instants
    assert {at.tzinfo for at in found} == {UTC}
    assert sorted_there == sorted(instants)
    assert set(early) == {n for n, at in enumerate(instants) if at <= instants[0]}


@given(at=NAIVE)
@MANY
def test_a_time_without_a_zone_is_refused(scratch: Database, at: datetime) -> None:
    with (
        pytest.raises(StatementError, match="needs a time zone") as caught,
        scratch.writing() as session,
    ):
        session.execute(SCRATCH.insert().values(id=1, at=at))
    assert str(at.year) not in str(caught.value)
    with pytest.raises(StatementError), scratch.reading() as session:
        session.scalars(select(SCRATCH.c.id).where(SCRATCH.c.at <= at)).all()


def test_nothing_is_nothing(scratch: Database) -> None:
    with scratch.writing() as session:
        session.execute(SCRATCH.insert().values(id=1, at=None))
        assert session.scalars(select(SCRATCH.c.at)).one() is None


def test_words_are_sorted_and_compared_byte_by_byte_on_both_databases(scratch: Database) -> None:
    words = ["a", "Z", "é", "zz", "a b", "ab", "A", "ß", "-x", "10", "9", "ź", "Σ"]
    with scratch.writing() as session:
        session.execute(SCRATCH.insert(), [{"id": n, "word": word} for n, word in enumerate(words)])
    with scratch.reading() as session:
        found = list(session.scalars(select(SCRATCH.c.word).order_by(SCRATCH.c.word)))
        before = set(session.scalars(select(SCRATCH.c.word).where(SCRATCH.c.word < "a")))
    assert found == sorted(words, key=str.encode)
    assert before == {"Z", "A", "-x", "10", "9"}
