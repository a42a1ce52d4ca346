"""What the server's role may do on PostgreSQL: work with rows, change no table, only add to the audit trail."""

from sqlalchemy import text

from db.database import Database, told_apart
from db.models import Base

LOCK = 7_041_956  # a number that nothing else locks
_ROWS = "SELECT, INSERT, UPDATE, DELETE"
# By table, where it is less than all rows.
_LESS = {
    "audit_event": "SELECT, INSERT",
    "journal": "SELECT, UPDATE",
    "patient_site_word": "SELECT",  # the database keeps it, with its owner's rights
    "alembic_version": "SELECT",
}

_TOO_MUCH = {
    "everything": "SELECT rolsuper OR rolcreaterole OR rolbypassrls FROM pg_roles WHERE rolname = :role",
    "tables": (
        "SELECT has_schema_privilege(:role, 'public', 'CREATE')"
        " OR EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND pg_has_role(:role, relowner, 'MEMBER'))"
    ),
    "audit": "SELECT has_table_privilege(:role, 'audit_event', 'UPDATE, DELETE, TRUNCATE, TRIGGER')",
}


def current(database: Database) -> str:
    """Return the role by which a database of PostgreSQL is opened."""
    with told_apart(), database.engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT current_user").scalar_one())


def grant(owner: Database, role: str) -> None:
    """Give a role the rights that the server needs and no others; owner: the database as opened by its owner."""
    with told_apart(), owner.engine.begin() as connection:
        # Two at once would change the same rows of PostgreSQL's own tables, and it turns one of them away.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        quoted = connection.dialect.identifier_preparer.quote(role)
        connection.exec_driver_sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        connection.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}")
        connection.exec_driver_sql(f"REVOKE CREATE ON SCHEMA public FROM {quoted}")
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        for table in (*Base.metadata.tables, "alembic_version"):
            connection.exec_driver_sql(f'GRANT {_LESS.get(table, _ROWS)} ON "{table}" TO {quoted}')


def excess(database: Database, role: str) -> frozenset[str]:
    """Return what a role may do that the server must not: "everything", change "tables", change the "audit" trail."""
    with told_apart(), database.engine.connect() as connection:
        return frozenset(
            what for what, question in _TOO_MUCH.items() if connection.scalar(text(question), {"role": role})
        )
