"""Brings the tables of a database to the version that this program needs, or says that somebody else must."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from db.database import Database, told_apart
from db.errors import DatabaseNewerError, DatabaseOlderError

MIGRATIONS = Path(__file__).resolve().parent / "migrations"

# Whoever owns the tables may change them; where there are none yet, whoever may make some.
_MAY_CHANGE_TABLES = """
SELECT CASE WHEN to_regclass('alembic_version') IS NULL
    THEN has_schema_privilege(coalesce(current_schema(), 'public'), 'CREATE')
    ELSE (SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('alembic_version')) END
"""
_MAY_LOOK = "SELECT coalesce(has_table_privilege(to_regclass('alembic_version'), 'SELECT'), true)"


def upgrade(database: Database) -> tuple[str, str]:
    """Apply what is missing; return the version before, "" where there was none, and the one that is there now.

    A role of PostgreSQL that may not change tables changes none: it raises DatabaseOlderError where something is
    missing. Raises DatabaseNewerError for the tables of a newer program, and what else db.errors names.
    """
    database.make_file()
    with told_apart():
        before = _version(database)
        head = _newest()
        if before == head:
            return before, head
        scripts = ScriptDirectory(str(MIGRATIONS))
        if before and before not in {script.revision for script in scripts.walk_revisions()}:
            raise DatabaseNewerError
        if not _may_change_tables(database):
            raise DatabaseOlderError
        command.upgrade(configuration(database), "head")
        return before, head


def is_current(database: Database) -> bool:
    """Tell whether the tables are those that this program needs; raises what db.errors names."""
    with told_apart():
        return _version(database) == _newest()


@cache
def _newest() -> str:
    scripts = ScriptDirectory(str(MIGRATIONS))
    return scripts.get_current_head() or ""


def _version(database: Database) -> str:
    with database.engine.connect() as connection:
        if database.file is None and not connection.exec_driver_sql(_MAY_LOOK).scalar_one():
            raise DatabaseOlderError  # not prepared for this role
        return MigrationContext.configure(connection).get_current_revision() or ""


def _may_change_tables(database: Database) -> bool:
    if database.file is not None:
        return True
    with database.engine.connect() as connection:
        return bool(connection.exec_driver_sql(_MAY_CHANGE_TABLES).scalar_one())


def configuration(database: Database) -> Config:
    """Return Alembic's configuration for this database; there is no ini file."""
    found = Config(attributes={"database": database})
    found.set_main_option("script_location", str(MIGRATIONS))
    return found
