"""DICOM files brought in from folders, ZIP files and discs."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from uuid import UUID

from app import reach
from app.errors import N_, Conflict, Invalid, NotFound
from app.ids import new_id
from app.imaging.export import Progress
from app.importing.filing import Filed, file_study
from app.importing.incoming import IncomingStudy, studies_of
from app.importing.keeping import (
    forget_left_over,
    keep_files,
    put_aside,
    remove_orphans,
    surveys_of,
    to_put_aside,
)
from app.importing.looking import look
from app.importing.sending import send
from app.importing.sources import Sources, shown
from app.importing.surveys import SurveyRecord, survey_gone
from app.rules.access import Role
from app.rules.wrong_patient import Patientlike
from app.tasks import finish_tasks, make_task
from app.typed import optional, required
from app.use_case import Effect, Noun, Work, use_case
from app.views.exams import Imported, Survey, SurveyedStudy, WaitingExam
from db.database import Session
from db.models import Patient, Site, UnmatchedExam
from db.queries import clinic as clinic_queries
from db.queries import imports as queries
from db.queries import patients as patient_queries

IMPORTERS = frozenset({Role.RECEPTION, Role.CLINICAL, Role.COMMAND_LINE})
DESK = frozenset({Role.RECEPTION, Role.CLINICAL})

LONGEST = 500


class Imports(Noun):
    """DICOM files brought in from folders, ZIP files and discs.

    survey() looks, take() stores. Both read files on this machine and hold no transaction while they do.
    """

    # Looking

    def survey(
        self,
        paths: Sequence[str],
        patient_id: UUID | None = None,
        progress: Progress | None = None,
        cancelled: threading.Event | None = None,
    ) -> Survey:
        """Look through files, folders, ZIP files and discs; nothing is stored yet.

        Raises Unavailable when cancelled, too large, or when the disk has no room for unpacking.
        """
        self.ready(patient_id)
        survey_id = new_id()
        stop = cancelled or threading.Event()
        if self.parts.server is not None:
            watch = progress or _nobody_watches
            sent, broken = send(self.parts, self.caller, survey_id, paths, watch, stop)
            survey = self.survey_sent(survey_id, sent, patient_id)
            return replace(survey, broken=(*broken, *survey.broken))
        forget_left_over(self.parts)
        self._look_through(survey_id, paths, progress or _nobody_watches, stop)
        return self.compare(survey_id, patient_id)

    def _look_through(
        self,
        survey_id: UUID,
        paths: Sequence[str],
        progress: Progress,
        stop: threading.Event,
        names: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Write down what the files say; names: what they were called where they came from."""
        surveys = surveys_of(self.parts)
        try:
            with surveys.working_on(survey_id) as unpacking:
                sources = Sources(unpacking, stop)
                looked = look(self.parts.imaging, survey_id, sources, paths, progress, stop)
                described = [
                    (what, replace(file, name=names.get(file.name, file.name))) for what, file in looked
                ]
                broken = (replace(one, name=names.get(one.name, one.name)) for one in sources.broken)
                studies = studies_of(described)
                surveys.write(
                    SurveyRecord(
                        id=survey_id,
                        made_by=self.caller.name,
                        made_at=self.parts.clock(),
                        studies=studies,
                        broken=tuple(broken),
                        repeated=len(described) - sum(len(study.files) for study in studies),
                    )
                )
        except BaseException:
            surveys.forget(survey_id)
            raise

    def _looked_through(
        self, survey_id: UUID, files: tuple[tuple[str, str], ...], patient_id: UUID | None = None
    ) -> Survey:
        self.ready(patient_id)
        sha256s = [sha256 for _name, sha256 in files]
        received = surveys_of(self.parts).received(survey_id, self.caller.name, sha256s)
        names = {path.name: shown(name) for path, (name, _) in zip(received, files, strict=True)}
        paths = [str(path) for path in received]
        self._look_through(survey_id, paths, _nobody_watches, threading.Event(), names)
        return self.compare(survey_id, patient_id)

    @use_case(IMPORTERS, prepare=_looked_through)
    def survey_sent(
        self,
        work: Work[Survey],
        survey_id: UUID,  # noqa: ARG002 - read by prepare
        files: tuple[tuple[str, str], ...],  # noqa: ARG002 - the same
        patient_id: UUID | None = None,  # noqa: ARG002 - the same
    ) -> Survey:
        """Look through the files that a station has sent; each with its name there and its SHA-256."""
        return work.prepared

    @use_case(IMPORTERS)
    def ready(self, work: Work[None], patient_id: UUID | None = None) -> None:
        """Raise NotFound unless the caller may import for this patient."""
        if patient_id is not None:
            reach.patient(work, patient_id)

    @use_case(IMPORTERS)
    def compare(self, work: Work[None], survey_id: UUID, patient_id: UUID | None = None) -> Survey:
        """Return what a survey found, compared with a patient by name, birth date and identifiers."""
        record = surveys_of(self.parts).read(survey_id, self.caller.name)
        patient = reach.patient(work, patient_id) if patient_id else None
        known = _patientlike(work.session, patient) if patient else None
        zone = self._site(work, patient).time_zone
        studies = tuple(study.surveyed(known, zone, work.now) for study in record.studies)
        return Survey(
            id=survey_id,
            studies=studies,
            broken=record.broken,
            matches_patient=patient is not None and not any(study.differs for study in studies),
        )

    # Storing

    def take(
        self,
        survey_id: UUID,
        patient_id: UUID | None = None,
        confirmed_difference: str = "",
        progress: Progress | None = None,
        cancelled: threading.Event | None = None,
        only: tuple[str, ...] = (),
    ) -> Imported:
        """Store what a survey found, all of it or nothing; broken files stay out.

        only: the study UIDs to store, where not all are meant. Without a patient each study goes to the one with
        the exact identifier and birth date, else onto the To do list. Raises Conflict ("patient_differs") unless a
        difference was confirmed with a reason.
        """
        if self.parts.server is not None:
            return self.take_sent(survey_id, patient_id, confirmed_difference, only)
        surveys = surveys_of(self.parts)
        with surveys.working_on(survey_id):
            compared = self.compare(survey_id, patient_id)
            differs = any(study.differs for study in compared.studies if _is_meant(study, only))
            if differs and not confirmed_difference.strip():
                raise _differs()
            record = surveys.read(survey_id, self.caller.name)
            record = replace(record, studies=tuple(one for one in record.studies if _is_meant(one, only)))
            surveys.begin_keeping(survey_id)
            stop = cancelled or threading.Event()
            try:
                surveys.write(keep_files(self.parts, record, progress or _nobody_watches, stop))
                imported = self.file(survey_id, patient_id, confirmed_difference)
            finally:
                remove_orphans(self.parts, record.archive_keys)
        surveys.forget(survey_id)
        return imported

    def _taken(
        self,
        survey_id: UUID,
        patient_id: UUID | None = None,
        confirmed_difference: str = "",
        only: tuple[str, ...] = (),
    ) -> Imported:
        return self.take(survey_id, patient_id, confirmed_difference, only=only)

    @use_case(IMPORTERS, Effect.WRITES, prepare=_taken)
    def take_sent(
        self,
        work: Work[Imported],
        survey_id: UUID,
        patient_id: UUID | None = None,
        confirmed_difference: str = "",  # noqa: ARG002 - read by prepare
        only: tuple[str, ...] = (),  # noqa: ARG002 - the same
    ) -> Imported:
        """Store what survey_sent found, as take() does for files on this machine."""
        work.about(patient_id=patient_id, survey=survey_id)
        return work.prepared

    def _kept_record(self, survey_id: UUID, *_: Any, **__: Any) -> SurveyRecord:
        record = surveys_of(self.parts).read(survey_id, self.caller.name)
        if not record.is_kept:
            raise survey_gone()
        return record

    @use_case(IMPORTERS, Effect.WRITES, prepare=_kept_record)
    def file(
        self,
        work: Work[SurveyRecord],
        survey_id: UUID,
        patient_id: UUID | None = None,
        confirmed_difference: str = "",
    ) -> Imported:
        """File what take() has let the archive keep: the one transaction of an import."""
        reason = optional(confirmed_difference, "confirmed_difference", LONGEST)
        record = work.prepared
        filed = Filed(already_there=record.repeated)
        unmatched = 0
        for study in record.studies:
            patient = self._whose(work, study, patient_id)
            if patient is None:
                unmatched += self._set_aside(work, study, filed)
                continue
            if patient_id is not None:
                differs = study.differs_from(_patientlike(work.session, patient))
                if differs and not reason:
                    raise _differs()
                work.about(patient_id=patient.id, differs=differs)
            site = self._site(work, patient)
            file_study(work, patient, site.id, site.time_zone, study, filed)
        if filed.refused and not filed.files and not filed.already_there:
            raise Conflict(
                "other_patient",
                N_("These images are stored for another patient already. Nothing was imported."),
            )
        broken = (*record.broken, *filed.refused)
        if reason:
            work.about(reason=reason)
        work.about(
            exam_id=filed.exam_ids[0] if filed.exam_ids else None,
            survey=survey_id,
            files=filed.files,
            already_there=filed.already_there,
            broken=len(broken),
            unmatched=unmatched,
        )
        return Imported(tuple(filed.exam_ids), filed.files, filed.already_there, broken, unmatched)

    # Studies that wait for a person

    @use_case(DESK)
    def waiting(self, work: Work[None]) -> tuple[WaitingExam, ...]:
        """Return the imported studies whose patient is not certain, with what their files say (D32)."""
        return tuple(
            WaitingExam(
                row.id, row.arrived_at, put_aside(self.parts.keys, row).surveyed(None, zone, work.now)
            )
            for row in queries.waiting(work.session, work.who.site_ids)
            for zone in (_zone(work.session, row.site_id),)
        )

    @use_case(DESK, Effect.WRITES)
    def match(self, work: Work[None], unmatched_id: UUID, patient_id: UUID, reason: str) -> Imported:
        """File a study that waited under the patient whom somebody chose."""
        row = queries.to_match(work.session, unmatched_id)
        if row is None or row.matched_at is not None or row.site_id not in work.who.site_ids:
            raise NotFound("unmatched_unknown", N_("These images are not waiting any more."))
        patient = patient_queries.locked(work.session, reach.patient(work, patient_id).id)
        assert patient is not None
        study = put_aside(self.parts.keys, row)
        filed = Filed()
        file_study(work, patient, row.site_id, _zone(work.session, row.site_id), study, filed)
        if filed.refused:
            raise Conflict("other_patient", N_("These images are stored for another patient already."))
        row.matched_at = work.now
        row.exam_id = filed.exam_ids[0] if filed.exam_ids else None
        work.about(
            patient_id=patient.id,
            exam_id=row.exam_id,
            reason=required(reason, "reason", LONGEST),
            differs=study.differs_from(_patientlike(work.session, patient)),
        )
        work.changed("unmatched_exam", row.id, site_id=row.site_id)
        finish_tasks(work, f"unmatched_exam:{row.id}")
        return Imported(tuple(filed.exam_ids), filed.files, filed.already_there, (), 0)

    def _whose(self, work: Work[Any], study: IncomingStudy, patient_id: UUID | None) -> Patient | None:
        """Return the chosen patient, or the only one with the exact identifier and birth date of all the files."""
        if patient_id is not None:
            reach.patient(work, patient_id)
            return patient_queries.locked(work.session, patient_id)
        found: set[UUID] = set()
        for person in study.persons:
            if person.birth_date is None or not person.identifiers:
                return None
            found |= set(queries.patients_called(work.session, person.identifiers, person.birth_date))
        if len(found) != 1:
            return None
        [patient_id] = found
        who = work.who
        is_everywhere = Role.COMMAND_LINE in who.roles or who.may_search_other_sites
        if not is_everywhere and not patient_queries.is_at_sites(work.session, patient_id, who.site_ids):
            return None
        return patient_queries.locked(work.session, patient_id)

    def _set_aside(self, work: Work[Any], study: IncomingStudy, filed: Filed) -> int:
        """Put a study on the To do list; return 0 when all of it is stored or waiting already."""
        owners = queries.owners_of_instances(work.session, (file.sop_instance_uid for file in study.files))
        there = set(owners) | {
            file.sop_instance_uid
            for row in queries.waiting(work.session)
            for file in put_aside(self.parts.keys, row).files
        }
        new = tuple(file for file in study.files if file.sop_instance_uid not in there)
        filed.already_there += len(study.files) - len(new)
        if not new:
            return 0
        site = self._site(work, None)
        row = UnmatchedExam(
            id=new_id(),
            site_id=site.id,
            arrived_at=work.now,
            described=to_put_aside(self.parts.keys, replace(study, files=new)),
        )
        work.session.add(row)
        work.changed("unmatched_exam", row.id, site_id=site.id)
        make_task(work, "unmatched_exam", f"unmatched_exam:{row.id}", site_id=site.id, unmatched=row.id)
        filed.files += len(new)
        return 1

    # What they have in common

    def _site(self, work: Work[Any], patient: Patient | None) -> Site:
        """Return where the exam is taken to have been made: the station's site, else the patient's, else the first."""
        site_id = work.who.site_id or (patient.site_id if patient else None)
        site = clinic_queries.site(work.session, site_id) if site_id else None
        if site is None:
            open_sites = [one for one in clinic_queries.sites(work.session) if one.closed_at is None]
            if not open_sites:
                raise Invalid("no_site", N_("The clinic has no site yet. Add one first."))
            site = open_sites[0]
        return site


def _nobody_watches(_done: int, _of: int) -> None:
    """The progress of an import that nobody looks at."""


def _is_meant(study: IncomingStudy | SurveyedStudy, only: tuple[str, ...]) -> bool:
    return not only or study.study_instance_uid in only


def _patientlike(session: Session, patient: Patient) -> Patientlike:
    return Patientlike(
        f"{patient.given_names} {patient.family_name}",
        patient.birth_date,
        frozenset((one.value, one.issuer) for one in patient_queries.identifiers(session, [patient.id])),
    )


def _zone(session: Session, site_id: UUID) -> str:
    site = clinic_queries.site(session, site_id)
    assert site is not None
    return site.time_zone


def _differs() -> Conflict:
    return Conflict(
        "patient_differs",
        N_(
            "The images name another patient than the one you chose. Compare name, date of birth and number. If they"
            " are this patient's all the same, say why."
        ),
    )
