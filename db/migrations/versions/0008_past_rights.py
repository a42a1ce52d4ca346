"""What employees were allowed before it was changed: what a desk did alone is judged by the rights of that time."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0008_past_rights"
down_revision = "0007_handed_in"


def upgrade() -> None:
    op.create_table(
        "past_rights",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("staff_id", sa.Uuid(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("until_at", UtcDateTime(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("site_ids", sa.Text(), nullable=False),
        sa.Column("may_search_other_sites", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_past_rights_of_staff", "past_rights", ["staff_id", "until_at"])


def downgrade() -> None:
    op.drop_table("past_rights")
