"""Puts kept files into exams: one exam for an accession number, else one for a study."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.errors import N_
from app.exams import exam_changed
from app.ids import new_id
from app.importing.incoming import IncomingFile, IncomingStudy
from app.modalities import leading
from app.use_case import Work
from app.views.exams import BrokenFile
from db.models import Exam, Instance, Patient, Series, Study
from db.queries import imports as queries

OF_ANOTHER_PATIENT = N_("This exam is stored for another patient. A manager can move it.")


@dataclass
class Filed:
    """What became of the files so far."""

    exam_ids: list[UUID] = field(default_factory=list)
    files: int = 0
    already_there: int = 0
    refused: list[BrokenFile] = field(default_factory=list)


def file_study(
    work: Work[Any], patient: Patient, site_id: UUID, zone: str, incoming: IncomingStudy, filed: Filed
) -> None:
    """Store a study under a patient. What is stored under another patient is refused, all of the study."""
    owners = queries.owners_of_instances(work.session, (file.sop_instance_uid for file in incoming.files))
    stored = queries.study(work.session, incoming.study_instance_uid)
    series = queries.series(work.session, {file.series_instance_uid for file in incoming.files})
    is_elsewhere = any(owner != patient.id for owner in owners.values()) or (
        stored is not None and stored[1].patient_id != patient.id
    )
    if is_elsewhere or any(stored is None or one.study_id != stored[0].id for one in series.values()):
        filed.refused += [BrokenFile(file.name, OF_ANOTHER_PATIENT) for file in incoming.files]
        return
    new = [file for file in incoming.files if file.sop_instance_uid not in owners]
    filed.already_there += len(incoming.files) - len(new)
    if not new:
        return
    study, exam = stored or _new_study(work, patient, site_id, zone, incoming)
    if exam.modality == leading(()):
        exam.modality = incoming.modality
    for file in new:
        if file.series_instance_uid not in series:
            series[file.series_instance_uid] = _new_series(work, study, file)
    work.session.flush()
    work.session.add_all(_instance(file, series[file.series_instance_uid].id) for file in new)
    filed.files += len(new)
    if exam.id not in filed.exam_ids:
        filed.exam_ids.append(exam.id)
        exam_changed(work, exam)


def _new_study(
    work: Work[Any], patient: Patient, site_id: UUID, zone: str, incoming: IncomingStudy
) -> tuple[Study, Exam]:
    accession = incoming.accession_number or None
    exam = queries.exam_by_accession(work.session, accession, patient.id) if accession else None
    if exam is None:
        # Discs from elsewhere may bear a number that is another patient's here: then the study stands for itself.
        if accession and queries.accession_is_taken(work.session, accession, ""):
            accession = None
        exam = Exam(
            id=new_id(),
            patient_id=patient.id,
            site_id=site_id,
            accession_number=accession,
            description=incoming.title,
            modality=incoming.modality,
            performed_at=incoming.performed_at(zone, work.now),
            created_at=work.now,
        )
        work.session.add(exam)
        work.session.flush()
    study = Study(
        id=new_id(),
        exam_id=exam.id,
        study_instance_uid=incoming.study_instance_uid,
        description=incoming.description,
    )
    work.session.add(study)
    work.session.flush()
    return study, exam


def _new_series(work: Work[Any], study: Study, file: IncomingFile) -> Series:
    series = Series(
        id=new_id(),
        study_id=study.id,
        series_instance_uid=file.series_instance_uid,
        number=file.series_number,
        modality=file.modality,
        description=file.series_description,
    )
    work.session.add(series)
    return series


def _instance(file: IncomingFile, series_id: UUID) -> Instance:
    return Instance(
        id=file.id,
        series_id=series_id,
        sop_instance_uid=file.sop_instance_uid,
        sop_class_uid=file.sop_class_uid,
        transfer_syntax_uid=file.transfer_syntax_uid,
        kind=file.kind,
        number=file.number,
        frames=file.frames,
        rows=file.rows,
        columns=file.columns,
        frame_time_ms=file.frame_time_ms,
        archive_key=file.archive_key,
        sha256=file.sha256,
        size=file.size,
        problem=file.problem,
    )
