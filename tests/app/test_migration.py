"""The central database on PostgreSQL: its owner migrates it, while people work; the server works with rows only."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlalchemy.exc import ProgrammingError

from app.backup import back_up, restore
from app.errors import PortalError
from app.imaging import DecodePool
from app.migration import Migrated, migrate, server_role
from app.portal import Portal
from app.settings import MachineSettings, practice_settings
from db import roles, schema
from db.database import Database
from db.models import Patient
from tests.app.story import kind_of
from tests.conftest import make_portal
from tests.databases import PostgreSQL
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.machine import ROOT
from tests.scene import Scene

LOCK = 7_041_955
PATIENCE_S = 60
BORN = date(1944, 5, 17)


@dataclass(frozen=True)
class Central:
    """An empty database with an owner and a role for the server, and the server's settings."""

    owner_url: str
    settings: MachineSettings

    def owner(self) -> Database:
        return Database(self.owner_url)

    def plain(self) -> "psycopg.Connection[Any]":
        """A connection of the owner that SQLAlchemy knows nothing of."""
        return psycopg.connect(self.owner_url.replace("+psycopg", ""))

    def version(self) -> str:
        with self.plain() as connection:
            if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
                return ""
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        assert row is not None
        return str(row[0])

    def until(self, question: str) -> None:
        """Ask until the answer is yes."""
        with self.plain() as connection:
            connection.autocommit = True
            for _ in range(PATIENCE_S * 20):
                if connection.execute(question.encode()).fetchone() == (True,):
                    return
                connection.execute("SELECT pg_sleep(0.05)")
        raise AssertionError(question)

    def program(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "main.py", "admin", "migrate"],
            cwd=ROOT,
            env=os.environ
            | {
                "PORTAL_URL": self.settings.portal_url,
                "PORTAL_OWNER_URL": self.owner_url,
                "XDG_DATA_HOME": str(self.settings.data_folder),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def central(postgresql: PostgreSQL, tmp_path: Path) -> Central:
    owner_url, server_url = postgresql.owned()
    return Central(owner_url, replace(practice_settings(tmp_path / "server"), portal_url=server_url))


@pytest.fixture
def served(central: Central, clock: FixedClock, imaging: DecodePool) -> Iterator[Portal]:
    """The server's portal on a database that its owner has made ready."""
    migrate(central.settings, central.owner_url)
    portal = make_portal(
        central.settings.portal_url,
        central.settings.data_folder,
        clock,
        KeptMailer(),
        KeptTextSender(),
        imaging,
    )
    yield portal
    portal.parts.database.close()


# Rights


FORBIDDEN = (
    "UPDATE audit_event SET verb = 'x'",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
    "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_event_stays ON audit_event",
    "SET session_replication_role = replica",
    "DELETE FROM journal",
    "UPDATE alembic_version SET version_num = 'x'",
    "CREATE TABLE scratch (word TEXT)",
    "CREATE INDEX ix_scratch ON patient (email)",
    "ALTER TABLE patient ADD COLUMN scratch TEXT",
    "DROP TABLE replay",
    "CREATE SCHEMA scratch",
)


@pytest.mark.rule("D24")
def test_the_servers_role_changes_no_table_and_no_audit_event(served: Portal) -> None:
    for statement in FORBIDDEN:
        with pytest.raises(ProgrammingError) as caught, served.parts.database.writing() as session:
            session.execute(text(statement))
        assert getattr(caught.value.orig, "sqlstate", "") == "42501", statement


def test_the_servers_role_works_and_adds_to_the_audit_trail(
    served: Portal, central: Central, clock: FixedClock
) -> None:
    scene = Scene(served, clock)
    patient = scene.patient()
    scene.acting("reception").patients.open(patient)
    scene.acting("reception").accounts.create(patient, "passport seen")
    served.deliver_due()
    served.housekeep()
    check = served.acting(served.command_line()).audit
    report = check.verify(check.head())
    assert (report.broken, report.head_is_known) == ((), True)
    assert report.events >= 2
    assert server_role(central.settings) == ("portal_server", frozenset())


def test_rights_that_the_server_should_not_have_are_told(central: Central, postgresql: PostgreSQL) -> None:
    migrate(central.settings, central.owner_url)
    owner = central.owner()
    assert roles.excess(owner, "portal_owner") == {"tables", "audit"}
    assert roles.excess(owner, "portal") == {"everything", "tables", "audit"}
    assert roles.excess(owner, "portal_server") == set()  # the control
    with central.plain() as connection:
        connection.execute("GRANT UPDATE ON audit_event TO portal_server")
    assert roles.excess(owner, "portal_server") == {"audit"}
    migrate(central.settings, central.owner_url)  # gives what is needed, and takes away what is not
    assert roles.excess(owner, "portal_server") == set()
    owner.close()


def test_a_server_that_signs_in_as_the_owner_is_told_so(central: Central) -> None:
    same = replace(central.settings, portal_url=central.owner_url)
    assert kind_of(migrate, same, central.owner_url) == "roles_are_one"


def test_without_the_servers_settings_the_owner_is_told_so_and_nothing_is_changed(
    central: Central, tmp_path: Path
) -> None:
    forgotten = practice_settings(tmp_path / "home")
    assert kind_of(migrate, forgotten, central.owner_url) == "owner_without_server"
    assert not (tmp_path / "home").exists()
    owner = central.owner()
    assert not inspect(owner.engine).get_table_names()
    owner.close()


# A schema that the server does not know


def opened(central: Central, imaging: DecodePool) -> Portal:
    return make_portal(
        central.settings.portal_url,
        central.settings.data_folder,
        FixedClock(),
        KeptMailer(),
        KeptTextSender(),
        imaging,
    )


def test_the_server_refuses_tables_that_it_does_not_know_and_changes_nothing(
    central: Central, imaging: DecodePool
) -> None:
    assert kind_of(opened, central, imaging) == "database_older"
    assert central.version() == ""
    migrate(central.settings, central.owner_url)
    opened(central, imaging).parts.database.close()  # the control
    owner = central.owner()
    command.downgrade(schema.configuration(owner), "-1")
    before = central.version()
    assert kind_of(opened, central, imaging) == "database_older"
    assert central.version() == before
    with central.plain() as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
    assert kind_of(opened, central, imaging) == "database_newer"
    assert kind_of(migrate, central.settings, central.owner_url) == "database_newer"
    owner.close()


def test_tables_that_nobody_gave_the_server_rights_to_are_refused_too(
    central: Central, imaging: DecodePool
) -> None:
    owner = central.owner()
    schema.upgrade(owner)
    owner.close()
    assert kind_of(opened, central, imaging) == "database_older"


# Migrating


def test_of_programs_that_migrate_at_once_one_does_it_and_the_others_wait(central: Central) -> None:
    with central.plain() as holding:
        holding.autocommit = True
        holding.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        programs = [central.program() for _ in range(2)]
        try:
            for number in (1, 2):
                central.until(
                    f"SELECT count(*) >= {number} FROM pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%'"
                    " AND pid <> pg_backend_pid() AND datname = current_database()"
                )
            # Both have asked and neither has begun: what they would do is locked.
            assert central.version() == ""
            assert [program.poll() for program in programs] == [None, None]
            holding.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
            said = [program.communicate(timeout=PATIENCE_S) for program in programs]
        finally:
            for program in programs:
                program.kill()
                program.wait()
    assert [(program.returncode, err) for program, (_, err) in zip(programs, said, strict=True)] == [
        (0, ""),
        (0, ""),
    ]
    owner = central.owner()
    with owner.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM journal").scalar_one() == 1
    assert "patient" in inspect(owner.engine).get_table_names()
    owner.close()


# While people work


@dataclass
class Working:
    """A clinic at work on the tables of the version before this one."""

    central: Central
    portal: Portal
    scene: Scene
    patients: set[UUID] = field(default_factory=set)

    def work(self) -> None:
        """Somebody opens and registers patients: what reads and writes the tables that are being changed.

        Nobody searches: the version before does that in a table that is still there, and this one in a later one.
        """
        desk = self.scene.acting("reception")
        patient = self.scene.patient()
        self.patients.add(patient)
        self.scene.account(patient)
        self.scene.exam(patient)
        desk.patients.open(patient)
        assert patient in {row.id for row in desk.patients.alike("Hart", "Amelia", BORN)}
        desk.accounts.create(self.scene.patient("Nora", "Neu"), "passport seen")

    def in_background(self) -> "Future[Migrated]":
        pool = ThreadPoolExecutor(1)
        try:
            return pool.submit(migrate, self.central.settings, self.central.owner_url)
        finally:
            pool.shutdown(wait=False)

    def broken_indexes(self) -> set[str]:
        with self.central.plain() as connection:
            rows = connection.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
            return {str(name) for (name,) in rows}


@pytest.fixture
def working(served: Portal, central: Central, clock: FixedClock) -> Working:
    scene = Scene(served, clock)
    owner = central.owner()
    command.downgrade(schema.configuration(owner), "0005_messages_and_tasks")
    owner.close()
    return Working(central, served, scene)


# An index that is built beside people waits for whoever still reads what was there before.
WAITS = (
    "SELECT EXISTS (SELECT 1 FROM pg_stat_progress_create_index WHERE datname = current_database()"
    " AND phase LIKE 'waiting%')"
)


def test_people_go_on_working_while_the_tables_change(working: Working) -> None:
    with working.central.plain() as reading:
        reading.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reading.execute("SELECT count(*) FROM account")
        running = working.in_background()
        working.central.until(WAITS)
        for _ in range(3):
            working.work()
        assert not running.done()
        assert working.central.version() == "0005_messages_and_tasks"
        reading.rollback()
        assert running.result(PATIENCE_S).before == "0005_messages_and_tasks"
    working.work()
    found = working.scene.acting("reception").patients.find("hart", 100)
    assert working.patients == {row.id for row in found}
    assert working.broken_indexes() == set()
    owner = working.central.owner()
    assert schema.upgrade(owner)[0] == working.central.version()  # nothing is missing any more
    owner.close()


def test_control_an_index_that_is_not_built_beside_people_stops_their_work(working: Working) -> None:
    with working.portal.parts.database.engine.connect() as connection:
        connection.exec_driver_sql("SET lock_timeout = '100ms'")  # of the one connection in the pool
        connection.commit()
    with working.central.plain() as building:
        building.execute("CREATE INDEX ix_control ON account (created_at)")
        assert (
            kind_of(
                working.scene.acting("reception").accounts.create, working.scene.patient(), "passport seen"
            )
            == "database_busy"
        )
        building.rollback()
    working.work()


def test_a_migration_that_was_cut_off_is_finished_by_the_next_one(working: Working) -> None:
    with working.central.plain() as reading:
        reading.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reading.execute("SELECT count(*) FROM account")
        running = working.in_background()
        working.central.until(WAITS)
        working.central.until(
            "SELECT bool_or(pg_terminate_backend(pid)) FROM pg_stat_progress_create_index"
            " WHERE datname = current_database()"
        )
        with pytest.raises(PortalError) as caught:
            running.result(PATIENCE_S)
        assert caught.value.kind == "database_away"
        assert len(working.broken_indexes()) == 1  # the control: it was cut off in the middle of one
        assert working.central.version() == "0005_messages_and_tasks"
        working.work()
        reading.rollback()
    migrate(working.central.settings, working.central.owner_url)
    assert working.broken_indexes() == set()
    working.work()


# Backup and restore


def test_a_backup_made_with_the_servers_rights_comes_back_as_the_owners(
    served: Portal, postgresql: PostgreSQL, clock: FixedClock, imaging: DecodePool, tmp_path: Path
) -> None:
    patient = Scene(served, clock).patient("Ida", "Hale")
    back_up(served, tmp_path / "backup")
    owner_url, server_url = postgresql.owned()
    there = Central(owner_url, replace(practice_settings(tmp_path / "there"), portal_url=server_url))
    assert kind_of(restore, there.settings, tmp_path / "backup") == "restore_failed"  # it may make no tables
    restore(there.settings, tmp_path / "backup", owner_url)
    assert kind_of(opened, there, imaging) == "database_older"  # nobody has given it rights there
    migrate(there.settings, owner_url)
    shutil.copy(served.parts.settings.key_file, there.settings.key_file)
    portal = opened(there, imaging)
    with portal.parts.database.reading() as session:
        assert session.get_one(Patient, patient).family_name == "Hale"
    heads = {one.acting(one.command_line()).audit.head() for one in (served, portal)}
    assert len(heads) == 1
    assert server_role(there.settings) == ("portal_server", frozenset())
    portal.parts.database.close()
