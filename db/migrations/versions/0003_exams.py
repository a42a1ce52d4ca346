"""Exams with the DICOM levels below them, and reports."""

import sqlalchemy as sa
from alembic import op

from db.types import ByteText, UtcDateTime

revision = "0003_exams"
down_revision = "0002_patients"


def upgrade() -> None:
    op.create_table(
        "exam",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("patient_id", sa.Uuid(), sa.ForeignKey("patient.id"), nullable=False),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), nullable=False, index=True),
        sa.Column("accession_number", ByteText),
        sa.Column("issuer", ByteText, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("performed_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("withheld_at", UtcDateTime()),
        sa.Column("withheld_ground", sa.Text()),
        sa.Column("withheld_review_on", UtcDateTime()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("accession_number", "issuer"),
    )
    op.create_index("ix_exam_of_patient", "exam", ["patient_id", "performed_at"])
    op.create_table(
        "study",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("exam_id", sa.Uuid(), sa.ForeignKey("exam.id"), nullable=False, index=True),
        sa.Column("study_instance_uid", ByteText, nullable=False, unique=True),
        sa.Column("description", sa.Text(), nullable=False),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("study_id", sa.Uuid(), sa.ForeignKey("study.id"), nullable=False, index=True),
        sa.Column("series_instance_uid", ByteText, nullable=False, unique=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
    )
    op.create_table(
        "instance",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("series_id", sa.Uuid(), sa.ForeignKey("series.id"), nullable=False),
        sa.Column("sop_instance_uid", ByteText, nullable=False, unique=True),
        sa.Column("sop_class_uid", sa.Text(), nullable=False),
        sa.Column("transfer_syntax_uid", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("columns", sa.Integer(), nullable=False),
        sa.Column("frame_time_ms", sa.Double()),
        sa.Column("archive_key", sa.Text(), nullable=False, unique=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text()),
    )
    op.create_index("ix_instance_of_series", "instance", ["series_id", "number", "id"])
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("exam_id", sa.Uuid(), sa.ForeignKey("exam.id"), nullable=False, index=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), sa.ForeignKey("report.id")),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("authored_at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attached_at", UtcDateTime(), nullable=False),
        sa.Column("attached_by", sa.Uuid(), sa.ForeignKey("staff.id")),
        sa.Column("referrer_name", sa.Text()),
        sa.Column("referrer_way", sa.Text()),
        sa.Column("referrer_sent_at", UtcDateTime()),
        sa.Column("no_referrer_reason", sa.Text()),
        sa.Column("complete_queued_at", UtcDateTime()),
        sa.Column("complete_at", UtcDateTime()),
        sa.Column("complete_by", sa.Text()),
        sa.Column("visible_from", UtcDateTime(), index=True),
        sa.Column("released_early_reason", sa.Text()),
        sa.Column("withheld_at", UtcDateTime()),
        sa.Column("withheld_ground", sa.Text()),
        sa.Column("withheld_review_on", UtcDateTime()),
        sa.Column("withdrawn_at", UtcDateTime()),
        sa.Column("withdrawn_reason", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "report_file",
        sa.Column("report_id", sa.Uuid(), sa.ForeignKey("report.id"), primary_key=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    for table in (
        "report_file",
        "report",
        "instance",
        "series",
        "study",
        "exam",
    ):
        op.drop_table(table)
