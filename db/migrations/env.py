"""Alembic's entry: runs migrations over the database that db.schema hands in, one program at a time."""

import time

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.exc import PendingRollbackError

from db.models import Base

# Any number that nothing else locks.
LOCK = 7_041_955
_TRY_AGAIN_S = 0.2


def run() -> None:
    """Run the migrations in one transaction, all or none, but for what a step builds beside people at work."""
    database = context.config.attributes["database"]
    engine = database.engine.execution_options(writing=True)
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:  # SQLite has one writer anyway
            _migrate(connection)
        return
    with engine.connect() as plain, engine.connect() as connection:
        locking = plain.execution_options(isolation_level="AUTOCOMMIT")
        _wait_for_lock(locking)
        try:
            _migrate(connection)
        except PendingRollbackError as error:
            # Alembic tidies up a connection that broke, which hides what broke it.
            raise (error.__context__ or error) from None
        finally:
            locking.invalidate()  # the lock is its connection's, and goes with it


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def _wait_for_lock(connection: Connection) -> None:
    # Asked again and again: whoever waits inside a statement would keep an index from being built beside it.
    while True:
        if connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({LOCK})").scalar_one():
            return
        time.sleep(_TRY_AGAIN_S)


run()
