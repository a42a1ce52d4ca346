"""Alembic's entry: runs migrations over the database that db.schema hands in."""

from alembic import context

from db.models import Base

# Any number that nothing else locks: of two programs that start at once, the second waits for the first.
LOCK = 7_041_955


def run() -> None:
    """Run the migrations in one transaction, all or none; on both databases one program at a time."""
    database = context.config.attributes["database"]
    with database.engine.execution_options(writing=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
        context.run_migrations()


run()
