"""Migrations: up, down and up again, with data, on both databases; the head is what the models say."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, Uuid, inspect, text
from sqlalchemy.types import Boolean, Date, LargeBinary

from app.errors import Unavailable
from app.portal import open_portal
from app.settings import practice_settings
from db import schema
from db.database import Database
from db.errors import DatabaseConflictError
from db.models import Base
from db.types import UtcDateTime
from tests.at_once import PATIENCE_S, at_once
from tests.databases import PostgreSQL, SQLiteFiles

AT = datetime(2026, 3, 12, 3, 5, tzinfo=UTC)
TABLES = Base.metadata.sorted_tables


@pytest.fixture
def empty(databases: SQLiteFiles | PostgreSQL) -> Iterator[Database]:
    """A database without a table, on each kind in turn."""
    database = Database(databases.empty())
    yield database
    database.close()


def down(database: Database, revision: str) -> None:
    command.downgrade(schema.configuration(database), revision)


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def described(database: Database) -> dict[str, Any]:
    """Everything the database itself says of its tables."""
    inspector = inspect(database.engine)
    return {
        name: {
            "columns": {
                column["name"]: (repr(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(name)
            },
            "primary key": inspector.get_pk_constraint(name),
            "foreign keys": sorted(map(str, inspector.get_foreign_keys(name))),
            "unique": sorted(map(str, inspector.get_unique_constraints(name))),
            "checks": sorted(map(str, inspector.get_check_constraints(name))),
            "indexes": sorted(
                f"{index['name']} {index['column_names']} {index['unique']}"
                f" {index.get('dialect_options', {}).get(f'{database.engine.dialect.name}_where')}"
                for index in inspector.get_indexes(name)
            ),
        }
        for name in tables(database)
    }


def fill(connection: Connection, only: set[str] | None = None) -> None:
    """Put one row into every table that has none, each pointing at the rows before it."""
    ids: dict[str, dict[str, Any]] = {}
    for table in TABLES:
        if only is not None and table.name not in only:
            continue
        rows = connection.execute(table.select()).mappings().all()
        if not rows:
            connection.execute(table.insert().values(made_up(table, ids)))
            rows = connection.execute(table.select()).mappings().all()
        ids[table.name] = dict(rows[0])


def made_up(table: Table, ids: dict[str, dict[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in table.columns:
        points_at = next(iter(column.foreign_keys), None)
        kind = column.type
        if points_at is not None:
            there = ids.get(points_at.column.table.name, {})
            values[column.name] = there.get(points_at.column.name)
        elif isinstance(kind, Uuid):
            values[column.name] = uuid4()
        elif isinstance(kind, UtcDateTime):
            values[column.name] = AT
        elif isinstance(kind, Date):
            values[column.name] = date(1944, 5, 17)
        elif isinstance(kind, Boolean):
            values[column.name] = True
        elif kind.python_type in {int, float}:
            values[column.name] = 1
        elif isinstance(kind, LargeBinary):
            values[column.name] = uuid4().bytes
        else:
            values[column.name] = f"{column.name} of {table.name}"
    return values


def counts(database: Database) -> dict[str, int]:
    with database.engine.connect() as connection:
        return {
            name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()
            for name in tables(database)
        }


def test_the_head_is_what_the_models_say(empty: Database) -> None:
    schema.upgrade(empty)
    with empty.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_the_databases_own_words_are_the_same_for_migrations_and_models(
    empty: Database, databases: SQLiteFiles | PostgreSQL
) -> None:
    by_models = Database(databases.empty())
    by_models.make_file()
    Base.metadata.create_all(by_models.engine)
    schema.upgrade(empty)
    assert described(empty) == described(by_models)
    # The control: one column more is seen.
    with by_models.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE site ADD COLUMN more TEXT")
    assert described(empty) != described(by_models)
    by_models.close()


def test_up_down_and_up_again_with_a_row_in_every_table(empty: Database) -> None:
    schema.upgrade(empty)
    with empty.engine.begin() as connection:
        fill(connection)
    assert counts(empty) == {table.name: 1 for table in TABLES}
    down(empty, "base")
    assert tables(empty) == set()
    assert leftovers(empty) == []
    schema.upgrade(empty)
    with empty.engine.begin() as connection:
        fill(connection)
    assert counts(empty) == {table.name: 1 for table in TABLES}


def test_each_step_down_and_up_again_keeps_what_the_steps_before_it_made(empty: Database) -> None:
    schema.upgrade(empty)
    whole = described(empty)
    with empty.engine.begin() as connection:
        fill(connection)
    steps = 0
    while tables(empty):
        before = described(empty)
        down(empty, "-1")
        assert described(empty) != before
        assert counts(empty) == dict.fromkeys(tables(empty), 1)
        steps += 1
    assert steps > 1
    for _ in range(steps):
        command.upgrade(schema.configuration(empty), "+1")
        with empty.engine.begin() as connection:
            fill(connection, tables(empty))
        assert counts(empty) == dict.fromkeys(tables(empty), 1)
    assert described(empty) == whole


def leftovers(database: Database) -> list[str]:
    """Triggers, functions and indexes that no table holds any more."""
    if database.engine.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE tbl_name <> 'alembic_version'"
    else:
        query = (
            "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'"
            " UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        )
    with database.engine.connect() as connection:
        return [str(name) for (name,) in connection.exec_driver_sql(query)]


def test_a_new_database_counts_from_nothing_in_an_epoch_of_its_own(
    databases: SQLiteFiles | PostgreSQL,
) -> None:
    epochs: set[UUID] = set()
    for _ in range(2):
        database = Database(databases.empty())
        schema.upgrade(database)
        with database.engine.connect() as connection:
            row = connection.execute(Base.metadata.tables["journal"].select()).one()
        assert (row.change_number, row.audit_number, row.audit_hash) == (0, 0, bytes(32))
        epochs.add(row.epoch)
        database.close()
    assert len(epochs) == 2


@pytest.mark.rule("R76", "D17")
def test_a_revocation_can_never_be_taken_back(empty: Database) -> None:
    schema.upgrade(empty)
    with empty.engine.begin() as connection:
        fill(connection)  # with a revoked invitation
    for value in ("NULL", "'2027-01-01 00:00:00'"):
        with pytest.raises(DatabaseConflictError), empty.writing() as session:
            session.execute(text(f"UPDATE invitation SET revoked_at = {value}"))
    with empty.writing() as session:  # the control: other columns can change
        session.execute(text("UPDATE invitation SET note = 'changed'"))


@pytest.mark.rule("D24")
def test_the_audit_trail_can_neither_be_changed_nor_shortened(empty: Database) -> None:
    schema.upgrade(empty)
    with empty.engine.begin() as connection:
        fill(connection)
    for statement in (
        "UPDATE audit_event SET detail = '{}'",
        "UPDATE audit_event SET patient_id = NULL",
        "DELETE FROM audit_event",
    ):
        with pytest.raises(DatabaseConflictError), empty.writing() as session:
            session.execute(text(statement))
    assert counts(empty)["audit_event"] == 1


def test_a_second_counter_row_and_a_second_clinic_are_refused(empty: Database) -> None:
    schema.upgrade(empty)
    with empty.engine.begin() as connection:
        fill(connection)
    for statement in (
        "INSERT INTO clinic (id, document, version) VALUES (2, '{}', 1)",
        "INSERT INTO journal SELECT 2, epoch, 0, 0, audit_hash FROM journal",
    ):
        with pytest.raises(DatabaseConflictError), empty.writing() as session:
            session.execute(text(statement))


def test_a_migration_that_fails_leaves_nothing_behind(empty: Database) -> None:
    empty.make_file()
    with empty.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE print_request (id INTEGER)")  # the last step trips over it
    with pytest.raises(Exception, match="print_request"):
        schema.upgrade(empty)
    assert tables(empty) == {"print_request"}
    with empty.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE print_request")
    schema.upgrade(empty)
    assert tables(empty) == {table.name for table in TABLES}


def upgrade_at_once(start: Barrier, url: str) -> None:
    database = Database(url)
    start.wait(PATIENCE_S)
    schema.upgrade(database)
    database.close()


def test_programs_that_start_together_upgrade_once(databases: SQLiteFiles | PostgreSQL) -> None:
    url = databases.empty()
    at_once(upgrade_at_once, [(url,)] * 4)
    database = Database(url)
    assert counts(database)["journal"] == 1
    database.close()


def test_a_database_of_a_newer_program_is_left_alone_and_said_in_plain_words(
    databases: SQLiteFiles | PostgreSQL, tmp_path: Path
) -> None:
    url = databases.upgraded()
    database = Database(url)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999_from_the_future'")
    with pytest.raises(Unavailable) as caught:
        open_portal(replace(practice_settings(tmp_path), portal_url=url))
    assert caught.value.kind == "database_newer"
    assert "newer version" in caught.value.sentence
    with database.engine.connect() as connection:
        (version,) = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
    assert version == "9999_from_the_future"
    database.close()
