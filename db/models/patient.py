"""The person examined, by name, birth date and identifiers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base
from db.types import ByteText

# Compared byte by byte, as ByteText, in the type that the first version gave it.
_Number = Text().with_variant(Text(collation="C"), "postgresql")


class Patient(Base):
    """The person examined; contact data are what the clinic has on file."""

    __tablename__ = "patient"
    __table_args__ = (Index("ix_patient_sorting", "sort_key", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    family_name: Mapped[str]
    given_names: Mapped[str]
    sort_key: Mapped[str] = mapped_column(ByteText)  # unaccented lower case, made in Python
    birth_date: Mapped[date] = mapped_column(index=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), index=True)
    email: Mapped[str] = mapped_column(default="")
    mobile: Mapped[str] = mapped_column(_Number, default="", index=True)  # E.164
    postal_address: Mapped[str] = mapped_column(default="")  # lines, separated by newlines
    created_at: Mapped[datetime]
    name_alert: Mapped[bool] = mapped_column(
        default=False
    )  # another patient has the same name and birth date (D4)
    version: Mapped[int] = mapped_column(default=1)


class PatientIdentifier(Base):
    """What a system calls the patient: value + issuer (D30)."""

    __tablename__ = "patient_identifier"
    __table_args__ = (UniqueConstraint("value", "issuer"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    value: Mapped[str] = mapped_column(ByteText)
    issuer: Mapped[str] = mapped_column(ByteText)


class PatientNameWord(Base):
    """One word of a patient's name as it is searched for."""

    __tablename__ = "patient_name_word"

    word: Mapped[str] = mapped_column(ByteText, primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), primary_key=True, index=True)


class PatientSiteWord(Base):
    """The same word at each site that sees the patient; the database itself keeps these rows (triggers of 0009).

    Where a site does not see a patient any more, because an exam was moved, they stay: whoever reads them asks.
    """

    __tablename__ = "patient_site_word"
    __table_args__ = (
        ForeignKeyConstraint(
            ["word", "patient_id"],
            ["patient_name_word.word", "patient_name_word.patient_id"],
            ondelete="CASCADE",
        ),
        Index("ix_patient_site_word_of_patient", "patient_id", "word"),
    )

    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"), primary_key=True)
    word: Mapped[str] = mapped_column(ByteText, primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(primary_key=True)


class PatientLink(Base):
    """Two records of one person, linked and unlinked at the desk (D30)."""

    __tablename__ = "patient_link"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    other_patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    reason: Mapped[str]
    linked_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    linked_at: Mapped[datetime]
    unlinked_at: Mapped[datetime | None] = mapped_column(default=None)
    unlinked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), default=None)
