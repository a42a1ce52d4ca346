"""Brings the tables of a database to the version that this program needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from db.database import Database, told_apart
from db.errors import DatabaseNewerError

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def upgrade(database: Database) -> None:
    """Apply what is missing, all or nothing; raises what db.errors names."""
    database.make_file()
    with told_apart():
        before = _version(database)
        scripts = ScriptDirectory.from_config(configuration(database))
        if before == scripts.get_current_head():
            return
        if before is not None and before not in {script.revision for script in scripts.walk_revisions()}:
            raise DatabaseNewerError
        command.upgrade(configuration(database), "head")


def _version(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def configuration(database: Database) -> Config:
    """Return Alembic's configuration for this database; there is no ini file."""
    found = Config(attributes={"database": database})
    found.set_main_option("script_location", str(MIGRATIONS))
    return found
