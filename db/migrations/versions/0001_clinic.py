"""The clinic with its sites, stations, staff and roles; the audit chain and the change feed."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from db.types import ByteText, UtcDateTime

revision = "0001_clinic"
down_revision = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

AUDIT_STAYS_SQLITE = (
    """CREATE TRIGGER audit_event_stays BEFORE UPDATE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END""",
    """CREATE TRIGGER audit_event_remains BEFORE DELETE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit events are never deleted'); END""",
)
AUDIT_STAYS_POSTGRESQL = (
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER audit_event_stays BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW
    EXECUTE FUNCTION refuse_change('audit events are never changed or deleted')""",
)


def upgrade() -> None:
    op.create_table(
        "clinic",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("closed_at", UtcDateTime()),
    )
    op.create_table(
        "station",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key_digest", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("enrolled_at", UtcDateTime(), nullable=False),
        sa.Column("printers", sa.Text(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("usb_download", sa.Boolean(), nullable=False),
        sa.Column("revoked_at", UtcDateTime()),
        sa.Column("last_seen_at", UtcDateTime()),
        sa.UniqueConstraint("site_id", "name"),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("user_name_key", ByteText, nullable=False, unique=True),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("password_expires_at", UtcDateTime()),
        sa.Column("may_search_other_sites", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("disabled_at", UtcDateTime()),
    )
    op.create_table(
        "staff_role",
        sa.Column("staff_id", sa.Uuid(), sa.ForeignKey("staff.id"), primary_key=True),
        sa.Column("role", sa.Text(), primary_key=True),
    )
    op.create_table(
        "staff_site",
        sa.Column("staff_id", sa.Uuid(), sa.ForeignKey("staff.id"), primary_key=True),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), primary_key=True),
    )
    journal = op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("change_number", sa.BigInteger(), nullable=False),
        sa.Column("audit_number", sa.BigInteger(), nullable=False),
        sa.Column("audit_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.create_table(
        "change",
        sa.Column("number", Number, primary_key=True, autoincrement=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid()),
        sa.Column("patient_id", sa.Uuid()),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("invitation_id", sa.Uuid()),
    )
    op.create_table(
        "audit_event",
        sa.Column("number", Number, primary_key=True, autoincrement=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid()),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("station_id", sa.Uuid()),
        sa.Column("site_id", sa.Uuid()),
        sa.Column("session_id", sa.Uuid()),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Uuid()),
        sa.Column("exam_id", sa.Uuid()),
        sa.Column("report_id", sa.Uuid()),
        sa.Column("invitation_id", sa.Uuid()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"])
    op.create_index("ix_audit_event_of_patient", "audit_event", ["patient_id", "number"])
    op.create_table(
        "replay",
        sa.Column("caller", ByteText, primary_key=True),
        sa.Column("use_case", ByteText, primary_key=True),
        sa.Column("request_id", sa.Uuid(), primary_key=True),
        sa.Column("arguments", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary()),
        sa.Column("secret_until", UtcDateTime()),
        sa.Column("at", UtcDateTime(), nullable=False, index=True),
    )
    op.create_table(
        "throttle",
        sa.Column("key", ByteText, primary_key=True),
        sa.Column("window_ends_at", UtcDateTime(), nullable=False, index=True),
        sa.Column("tries", sa.Integer(), nullable=False),
    )
    op.bulk_insert(
        journal,
        [{"id": 1, "epoch": uuid4(), "change_number": 0, "audit_number": 0, "audit_hash": bytes(32)}],
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in AUDIT_STAYS_SQLITE if is_sqlite else AUDIT_STAYS_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    for table in (
        "throttle",
        "replay",
        "audit_event",
        "change",
        "journal",
        "staff_site",
        "staff_role",
        "staff",
        "station",
        "site",
        "clinic",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
