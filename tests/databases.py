"""Real databases for the tests: SQLite files and a PostgreSQL that the tests start themselves."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
import pytest

from db import schema
from db.database import Database
from db.models import Base


def missing(what: str) -> None:
    """A missing real component fails in CI; on a laptop it skips, and says what to install."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI must test with it")
    pytest.skip(f"{what} is missing: packaging/set-up.sh test installs it")


class PostgreSQL:
    """A server on a unix socket in its own folder, run by an unprivileged user."""

    def __init__(self, folder: Path, control: Callable[..., None], settings: str) -> None:
        """control: does what pg_ctl does to this server, when given pg_ctl's words; settings: the server's options."""
        self.folder = folder
        self._control = control
        self._settings = settings
        self._free: list[str] = []

    def start(self) -> None:
        options = f"-k {self.folder} -h '' {self._settings}"
        self._control("-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop at once, as a power cut would."""
        self._control("-m", "immediate", "stop")

    def url(self, name: str, role: str = "portal") -> str:
        return f"postgresql+psycopg://{role}@/{name}?host={self.folder}"

    def empty(self) -> str:
        """Make an empty database; return its URL."""
        return self._make("template0")

    def owned(self) -> tuple[str, str]:
        """Make an empty database; return its URL for the role that owns it, and for the one that the server has."""
        name = self.empty().partition("@/")[2].partition("?")[0]
        for role in ("portal_owner", "portal_server"):
            self._run(
                f"DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
            )
        self._run(f"ALTER DATABASE {name} OWNER TO portal_owner")
        return self.url(name, "portal_owner"), self.url(name, "portal_server")

    def upgraded(self) -> str:
        """Return the URL of a database with every table and nothing in them; one that was given back, if there is."""
        if self._free:
            url = self._free.pop()
            self._wipe(url)
            return url
        url = self.empty()
        database = Database(url)
        schema.upgrade(database)
        database.close()
        return url

    def drop(self, url: str) -> None:
        """Take a database back; it is wiped before somebody else gets it, which is faster than making one."""
        self._free.append(url)

    def _wipe(self, url: str) -> None:
        database = Database(url)
        tables = [table.name for table in Base.metadata.sorted_tables]
        with database.engine.begin() as connection:
            # Not TRUNCATE, which makes every table's and index's file anew; no trigger keeps anything meanwhile.
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql("; ".join(f"DELETE FROM {table}" for table in tables))
            connection.exec_driver_sql("SET LOCAL session_replication_role = origin")
            connection.exec_driver_sql(
                "INSERT INTO journal (id, epoch, change_number, audit_number, audit_hash)"
                " VALUES (1, gen_random_uuid(), 0, 0, decode(repeat('00', 32), 'hex'))"
            )
            # A test may have switched the keeping triggers off, to plant a fault.
            connection.exec_driver_sql("ALTER TABLE audit_event ENABLE TRIGGER ALL")
        database.close()

    def _make(self, template: str) -> str:
        name = f"t{uuid4().hex}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
        return self.url(name)

    def _run(self, statement: str) -> None:
        with psycopg.connect(
            f"host={self.folder} user=portal dbname=postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())


QUICK = "-c fsync=off -c full_page_writes=off -c max_connections=80"


@contextmanager
def running_postgresql(settings: str = QUICK) -> Iterator[PostgreSQL]:
    """Start a PostgreSQL for as long as the context lasts; settings: the server's options."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        missing("PostgreSQL")
    run = binaries[-1]
    # initdb refuses to run as root; "postgres" is the user that the Debian package makes.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with TemporaryDirectory(prefix="pg", dir="/tmp") as made:
        folder = Path(made)
        if as_user:
            os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        data = folder / "data"

        def call(*command: str) -> None:
            done = subprocess.run([*as_user, *command], cwd="/", capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"{command[0]}: {done.stderr or done.stdout}")

        call(
            str(run / "initdb"),
            "-D",
            str(data),
            "-U",
            "portal",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C.UTF-8",
        )
        server = PostgreSQL(
            folder, lambda *words: call(str(run / "pg_ctl"), "-D", str(data), *words), settings
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()


class SQLiteFiles:
    """SQLite files, copied from one that has every table."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._prepared: Path | None = None

    def empty(self) -> str:
        return f"sqlite:///{self._folder / uuid4().hex}.db"

    def upgraded(self) -> str:
        if self._prepared is None:
            prepared = self._folder / "prepared.db"
            database = Database(f"sqlite:///{prepared}")
            schema.upgrade(database)
            with database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            database.close()
            self._prepared = prepared
        copy = self._folder / f"{uuid4().hex}.db"
        shutil.copyfile(self._prepared, copy)
        return f"sqlite:///{copy}"

    def drop(self, url: str) -> None:
        path = Path(url.removeprefix("sqlite:///"))
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
