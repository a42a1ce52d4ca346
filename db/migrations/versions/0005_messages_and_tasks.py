"""Messages, what a person must do, and what waits for a printer or a phone."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0005_messages_and_tasks"
down_revision = "0004_sharing"


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), nullable=False, index=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("has_secret", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime()),
        sa.Column("lease", sa.Uuid()),
        sa.Column("lease_until", UtcDateTime()),
        sa.Column("reference", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime()),
        sa.Column("delivered_at", UtcDateTime()),
        sa.Column("wiped_at", UtcDateTime()),
        sa.Column("patient_id", sa.Uuid(), sa.ForeignKey("patient.id"), index=True),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id")),
        sa.Column("report_id", sa.Uuid(), sa.ForeignKey("report.id"), index=True),
        sa.Column("invitation_id", sa.Uuid(), sa.ForeignKey("invitation.id")),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_message_due", "message", ["state", "next_try_at"])
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), sa.ForeignKey("patient.id")),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id")),
        sa.Column("exam_id", sa.Uuid(), sa.ForeignKey("exam.id")),
        sa.Column("report_id", sa.Uuid(), sa.ForeignKey("report.id")),
        sa.Column("invitation_id", sa.Uuid(), sa.ForeignKey("invitation.id")),
        sa.Column("message_id", sa.Uuid(), sa.ForeignKey("message.id")),
        sa.Column("done_at", UtcDateTime()),
        sa.Column("done_by", sa.Uuid(), sa.ForeignKey("staff.id")),
        sa.Column("done_note", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_task_open", "task", ["site_id", "done_at"])
    op.create_table(
        "unmatched_exam",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), nullable=False),
        sa.Column("arrived_at", UtcDateTime(), nullable=False),
        sa.Column("described", sa.LargeBinary(), nullable=False),
        sa.Column("matched_at", UtcDateTime()),
        sa.Column("exam_id", sa.Uuid(), sa.ForeignKey("exam.id")),
    )
    op.create_table(
        "download",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("exam_id", sa.Uuid(), sa.ForeignKey("exam.id"), nullable=False),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id")),
        sa.Column("visit_id", sa.Uuid(), sa.ForeignKey("visit.id")),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("spent_at", UtcDateTime()),
        sa.Column("browser_digest", sa.LargeBinary()),
    )
    op.create_table(
        "print_request",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), nullable=False, index=True),
        sa.Column("patient_id", sa.Uuid(), sa.ForeignKey("patient.id"), nullable=False),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("printed_at", UtcDateTime()),
        sa.Column("handed_over_at", UtcDateTime()),
    )


def downgrade() -> None:
    for table in (
        "print_request",
        "download",
        "unmatched_exam",
        "task",
        "message",
    ):
        op.drop_table(table)
