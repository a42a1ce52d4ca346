"""Brings the tables of a database to the version that this program needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from db.database import Database

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


class NewerSchemaError(Exception):
    """The database was written by a newer program than this one."""


def upgrade(database: Database) -> None:
    """Apply what is missing. Raises NewerSchemaError."""
    with database.engine.connect() as connection:
        before = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(configuration(database))
    if before == scripts.get_current_head():
        return
    if before is not None and before not in {script.revision for script in scripts.walk_revisions()}:
        raise NewerSchemaError
    command.upgrade(configuration(database), "head")


def configuration(database: Database) -> Config:
    """Return Alembic's configuration for this database; there is no ini file."""
    found = Config(attributes={"database": database})
    found.set_main_option("script_location", str(MIGRATIONS))
    return found
