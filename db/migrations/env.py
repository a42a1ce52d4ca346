"""Alembic's entry: runs migrations over the database that db.schema hands in."""

from alembic import context

from db.models import Base


def run() -> None:
    """Run the migrations in one transaction."""
    database = context.config.attributes["database"]
    writing = database.engine.execution_options(writing=True)
    with writing.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()


run()
