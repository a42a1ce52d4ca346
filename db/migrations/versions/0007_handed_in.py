"""What desks that were switched off had not handed over, for a manager to decide."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0007_handed_in"
down_revision = "0006_growth"


def upgrade() -> None:
    op.create_table(
        "handed_in",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("station_id", sa.Uuid(), sa.ForeignKey("station.id"), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("use_case", sa.Text(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Uuid()),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("contact_at", UtcDateTime(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date()),
        sa.Column("handed_in_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("decision", sa.Text()),
        sa.UniqueConstraint("station_id", "operation_id"),
    )
    op.create_index(
        "ix_handed_in_undecided",
        "handed_in",
        ["station_id"],
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("handed_in")
