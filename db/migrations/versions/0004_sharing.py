"""Invitations and the visits made with them; a revocation is never taken back (R76)."""

import sqlalchemy as sa
from alembic import op

from db.types import ByteText, UtcDateTime

revision = "0004_sharing"
down_revision = "0003_exams"

STAYS_REVOKED = {
    "sqlite": """CREATE TRIGGER invitation_stays_revoked BEFORE UPDATE ON invitation
    WHEN OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NOT OLD.revoked_at
    BEGIN SELECT RAISE(ABORT, 'a revoked invitation stays revoked'); END""",
    "postgresql": """CREATE TRIGGER invitation_stays_revoked BEFORE UPDATE ON invitation FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
    EXECUTE FUNCTION refuse_change('a revoked invitation stays revoked')""",
}


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("number", ByteText, nullable=False, unique=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("exam_id", sa.Uuid(), sa.ForeignKey("exam.id"), nullable=False, index=True),
        sa.Column("patient_id", sa.Uuid(), sa.ForeignKey("patient.id"), nullable=False, index=True),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), sa.ForeignKey("staff.id")),
        sa.Column("created_reason", sa.Text()),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("recipient_name", sa.Text(), nullable=False),
        sa.Column("recipient_email", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("may_download", sa.Boolean(), nullable=False),
        sa.Column("shared_until", UtcDateTime(), nullable=False),
        sa.Column("max_accesses", sa.Integer(), nullable=False),
        sa.Column("accesses", sa.Integer(), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcDateTime()),
        sa.Column("stopped_at", UtcDateTime()),
        sa.Column("first_opened_at", UtcDateTime()),
        sa.Column("last_opened_at", UtcDateTime()),
        sa.Column("revoked_at", UtcDateTime()),
        sa.Column("revoked_why", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("accesses >= 0 AND accesses <= max_accesses", name="accesses_within"),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("invitation_id", sa.Uuid(), sa.ForeignKey("invitation.id"), nullable=False, index=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("last_active_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("station_id", sa.Uuid(), sa.ForeignKey("station.id")),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
    )
    op.execute(STAYS_REVOKED[op.get_bind().dialect.name])


def downgrade() -> None:
    for table in (
        "visit",
        "invitation",
    ):
        op.drop_table(table)
