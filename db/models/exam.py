"""What the patient came for, and the DICOM levels below it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, only_of
from db.types import ByteText


class Exam(Base):
    """One accession number, one or more studies."""

    __tablename__ = "exam"
    __table_args__ = (
        UniqueConstraint("accession_number", "issuer"),
        Index("ix_exam_of_patient", "patient_id", "performed_at"),
        Index("ix_exam_at_site", "patient_id", "site_id"),
        only_of("ix_exam_withheld", "withheld_review_on", where="withheld_at IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"))
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    accession_number: Mapped[str | None] = mapped_column(ByteText, default=None)
    issuer: Mapped[str] = mapped_column(ByteText, default="")
    description: Mapped[str]
    modality: Mapped[str]  # (0008,0060) of the first series, "OT" where there is none yet
    performed_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime]
    withheld_at: Mapped[datetime | None] = mapped_column(default=None)
    withheld_ground: Mapped[str | None] = mapped_column(default=None)
    withheld_review_on: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)


class Study(Base):
    """DICOM study, by its UID."""

    __tablename__ = "study"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id"), index=True)
    study_instance_uid: Mapped[str] = mapped_column(ByteText, unique=True)
    description: Mapped[str] = mapped_column(default="")


class Series(Base):
    """DICOM series, by its UID."""

    __tablename__ = "series"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"), index=True)
    series_instance_uid: Mapped[str] = mapped_column(ByteText, unique=True)
    number: Mapped[int] = mapped_column(default=0)
    modality: Mapped[str]
    description: Mapped[str] = mapped_column(default="")


class Instance(Base):
    """DICOM instance: one stored file."""

    __tablename__ = "instance"
    __table_args__ = (Index("ix_instance_of_series", "series_id", "number", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    series_id: Mapped[UUID] = mapped_column(ForeignKey("series.id"))
    sop_instance_uid: Mapped[str] = mapped_column(ByteText, unique=True)
    sop_class_uid: Mapped[str]
    transfer_syntax_uid: Mapped[str]
    kind: Mapped[str]  # what app.imaging.describe calls it: image, document_pdf, ...
    number: Mapped[int] = mapped_column(default=0)
    frames: Mapped[int]
    rows: Mapped[int]
    columns: Mapped[int]
    frame_time_ms: Mapped[float | None] = mapped_column(default=None)
    archive_key: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    problem: Mapped[str | None] = mapped_column(default=None)  # why it cannot be shown, as a message id
