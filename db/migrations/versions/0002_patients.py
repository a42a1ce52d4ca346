"""Patients with their identifiers; accounts, whom they reach, and the ways in."""

import sqlalchemy as sa
from alembic import op

from db.types import ByteText, UtcDateTime

revision = "0002_patients"
down_revision = "0001_clinic"


def upgrade() -> None:
    op.create_table(
        "patient",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("given_names", sa.Text(), nullable=False),
        sa.Column("sort_key", ByteText, nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False, index=True),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), nullable=False, index=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("mobile", sa.Text(), nullable=False, index=True),
        sa.Column("postal_address", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("name_alert", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_patient_sorting", "patient", ["sort_key", "id"])
    op.create_table(
        "patient_identifier",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("patient_id", sa.Uuid(), sa.ForeignKey("patient.id"), nullable=False, index=True),
        sa.Column("value", ByteText, nullable=False),
        sa.Column("issuer", ByteText, nullable=False),
        sa.UniqueConstraint("value", "issuer"),
    )
    op.create_table(
        "patient_name_word",
        sa.Column("word", ByteText, primary_key=True),
        sa.Column("patient_id", sa.Uuid(), sa.ForeignKey("patient.id"), primary_key=True, index=True),
    )
    op.create_table(
        "patient_link",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("patient_id", sa.Uuid(), sa.ForeignKey("patient.id"), nullable=False, index=True),
        sa.Column("other_patient_id", sa.Uuid(), sa.ForeignKey("patient.id"), nullable=False, index=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("linked_by", sa.Uuid(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("linked_at", UtcDateTime(), nullable=False),
        sa.Column("unlinked_at", UtcDateTime()),
        sa.Column("unlinked_by", sa.Uuid(), sa.ForeignKey("staff.id")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("holder_birth_date", sa.Date(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False, index=True),
        sa.Column("email_proved_at", UtcDateTime()),
        sa.Column("mobile", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), sa.ForeignKey("staff.id")),
        sa.Column("user_name", sa.Text()),
        sa.Column("user_name_key", ByteText, unique=True),
        sa.Column("password_hash", sa.Text()),
        sa.Column("activated_at", UtcDateTime()),
        sa.Column("notice_version", sa.Text()),
        sa.Column("notice_agreed_at", UtcDateTime()),
        sa.Column("last_signed_in_at", UtcDateTime()),
        sa.Column("expires_at", UtcDateTime(), index=True),
        sa.Column("expiry_notice_at", UtcDateTime()),
        sa.Column("blocked_at", UtcDateTime()),
        sa.Column("blocked_reason", sa.Text()),
        sa.Column("deleted_at", UtcDateTime()),
        sa.Column("deleted_reason", sa.Text()),
        sa.Column("large_text", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "access_grant",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("patient_id", sa.Uuid(), sa.ForeignKey("patient.id"), nullable=False, index=True),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("until_at", UtcDateTime()),
        sa.Column("granted_by", sa.Uuid(), sa.ForeignKey("staff.id")),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("ended_by", sa.Uuid(), sa.ForeignKey("staff.id")),
    )
    op.create_table(
        "activation_code",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("identity_check", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), sa.ForeignKey("staff.id")),
        sa.Column("handed_over_at", UtcDateTime()),
        sa.Column("wrong_birth_dates", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime()),
        sa.Column("killed_at", UtcDateTime()),
        sa.Column("killed_reason", sa.Text()),
    )
    op.create_index(
        "uq_activation_code_live",
        "activation_code",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("used_at IS NULL AND killed_at IS NULL"),
        postgresql_where=sa.text("used_at IS NULL AND killed_at IS NULL"),
    )
    op.create_table(
        "reset_link",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("wrong_birth_dates", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime()),
        sa.Column("killed_at", UtcDateTime()),
    )
    op.create_index(
        "uq_reset_link_live",
        "reset_link",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("used_at IS NULL AND killed_at IS NULL"),
        postgresql_where=sa.text("used_at IS NULL AND killed_at IS NULL"),
    )
    op.create_table(
        "recovery_request",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("typed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "email_confirmation",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime()),
        sa.Column("killed_at", UtcDateTime()),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id"), index=True),
        sa.Column("staff_id", sa.Uuid(), sa.ForeignKey("staff.id"), index=True),
        sa.Column("station_id", sa.Uuid(), sa.ForeignKey("station.id")),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("last_active_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("locked_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("ended_reason", sa.Text()),
    )


def downgrade() -> None:
    for table in (
        "session",
        "email_confirmation",
        "recovery_request",
        "reset_link",
        "activation_code",
        "access_grant",
        "account",
        "patient_link",
        "patient_name_word",
        "patient_identifier",
        "patient",
    ):
        op.drop_table(table)
