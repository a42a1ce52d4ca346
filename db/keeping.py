"""Triggers that keep what must never be taken back: a revocation (R76), the audit trail (D24)."""

from sqlalchemy import Connection, text

_SQLITE = (
    """CREATE TRIGGER invitation_stays_revoked BEFORE UPDATE ON invitation
    WHEN OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NOT OLD.revoked_at
    BEGIN SELECT RAISE(ABORT, 'a revoked invitation stays revoked'); END""",
    """CREATE TRIGGER audit_event_stays BEFORE UPDATE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END""",
    """CREATE TRIGGER audit_event_remains BEFORE DELETE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit events are never deleted'); END""",
)
_POSTGRESQL = (
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER invitation_stays_revoked BEFORE UPDATE ON invitation FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
    EXECUTE FUNCTION refuse_change('a revoked invitation stays revoked')""",
    """CREATE TRIGGER audit_event_stays BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW
    EXECUTE FUNCTION refuse_change('audit events are never changed or deleted')""",
)
_NAMES = {
    "sqlite": (
        "DROP TRIGGER invitation_stays_revoked",
        "DROP TRIGGER audit_event_stays",
        "DROP TRIGGER audit_event_remains",
    ),
    "postgresql": (
        "DROP TRIGGER invitation_stays_revoked ON invitation",
        "DROP TRIGGER audit_event_stays ON audit_event",
        "DROP FUNCTION refuse_change()",
    ),
}


def install(connection: Connection) -> None:
    """Create the triggers in this database's own words."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.execute(text(statement))


def remove(connection: Connection) -> None:
    """Drop the triggers."""
    for statement in _NAMES[connection.dialect.name]:
        connection.execute(text(statement))
