"""Indexes for a clinic group that has grown: nothing that a person waits for reads a whole large table."""

import sqlalchemy as sa
from alembic import op

revision = "0006_growth"
down_revision = "0005_messages_and_tasks"

# Name, table, columns, and of which rows only: one text for both databases, or SQLite's and PostgreSQL's.
INDEXES: tuple[tuple[str, str, tuple[str, ...], str | tuple[str, str]], ...] = (
    ("ix_account_created_at", "account", ("created_at",), ""),
    ("ix_account_activated_at", "account", ("activated_at",), ""),
    ("ix_exam_performed_at", "exam", ("performed_at",), ""),
    ("ix_exam_at_site", "exam", ("patient_id", "site_id"), ""),
    ("ix_exam_withheld", "exam", ("withheld_review_on",), "withheld_at IS NOT NULL"),
    ("ix_report_withheld", "report", ("withheld_review_on",), "withheld_at IS NOT NULL"),
    ("ix_report_preliminary", "report", ("visible_from",), "status = 'preliminary'"),
    ("ix_invitation_created_at", "invitation", ("created_at",), ""),
    ("ix_invitation_first_opened_at", "invitation", ("first_opened_at",), ""),
    ("ix_message_standing", "message", ("state", "site_id", "created_at"), ""),
    ("ix_message_last_sent", "message", ("site_id", "channel", "sent_at"), ""),
    ("ix_message_sent_at", "message", ("sent_at",), ""),
    ("ix_message_of_kind", "message", ("kind", "created_at"), ""),
    ("ix_message_account_id", "message", ("account_id",), ""),
    ("ix_message_invitation_id", "message", ("invitation_id",), ""),
    (
        "ix_message_awaiting_receipt",
        "message",
        ("sent_at",),
        "channel = 'sms' AND state = 'sent' AND reference IS NOT NULL",
    ),
    (
        "ix_message_secret",
        "message",
        ("created_at",),
        ("has_secret IS 1 AND content IS NOT NULL", "has_secret IS TRUE AND content IS NOT NULL"),
    ),
    ("ix_audit_event_of_staff", "audit_event", ("staff_id", "at"), "staff_id IS NOT NULL"),
    ("ix_audit_event_of_account", "audit_event", ("account_id", "at"), "account_id IS NOT NULL"),
    ("ix_audit_event_of_invitation", "audit_event", ("invitation_id",), "invitation_id IS NOT NULL"),
    ("ix_session_open_at_station", "session", ("station_id",), "ended_at IS NULL"),
    ("ix_download_account_id", "download", ("account_id",), ""),
    ("ix_print_request_account_id", "print_request", ("account_id",), ""),
    ("ix_print_request_patient_id", "print_request", ("patient_id",), ""),
    ("ix_print_request_kept", "print_request", ("expires_at",), "content IS NOT NULL"),
    ("ix_unmatched_exam_waiting", "unmatched_exam", ("site_id",), "matched_at IS NULL"),
    ("ix_replay_secret", "replay", ("secret_until",), "secret_until IS NOT NULL"),
)


def upgrade() -> None:
    connection = op.get_bind()
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql and connection.scalar(sa.text("SELECT EXISTS (SELECT 1 FROM clinic)")):
        # People are at work: each index is built beside them, which no transaction may surround.
        with op.get_context().autocommit_block():
            for name, *_ in INDEXES:
                # One that was being built when the power went is there, and of no use.
                op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            _create(concurrently=True)
    else:
        _create(concurrently=False)
    if is_postgresql:
        # A telephone number is searched by its beginning: byte by byte, as every column that is searched.
        op.alter_column(
            "patient",
            "mobile",
            type_=sa.Text(collation="C"),
            existing_type=sa.Text(),
            existing_nullable=False,
        )


def _create(*, concurrently: bool) -> None:
    for name, table, columns, where in INDEXES:
        of_sqlite, of_postgresql = (where, where) if isinstance(where, str) else where
        op.create_index(
            name,
            table,
            list(columns),
            sqlite_where=sa.text(of_sqlite) if of_sqlite else None,
            postgresql_where=sa.text(of_postgresql) if of_postgresql else None,
            postgresql_concurrently=concurrently,
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # The database's own collation, as the first version had it.
        op.execute('ALTER TABLE patient ALTER COLUMN mobile TYPE TEXT COLLATE "default"')
    for name, table, *_ in INDEXES:
        op.drop_index(name, table)
