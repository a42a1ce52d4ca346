"""Studies on their way into the portal, as the files themselves describe them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from app.errors import N_
from app.imaging import FileDescription
from app.modalities import leading, plain_words
from app.rules.wrong_patient import Identified, Patientlike, differences
from app.views.exams import SurveyedStudy

_A_DAY = 24 * 60  # minutes
_UID = re.compile(r"[0-9.]{3,64}")
NO_IDENTITY = N_("This file does not say which exam it belongs to.")


@dataclass(frozen=True)
class IncomingFile:
    """One file, with the id that its instance will have; sha256 is known once the archive has kept it."""

    id: UUID
    path: Path
    name: str
    size: int
    modified_ns: int
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    kind: str
    modality: str
    series_description: str
    series_number: int
    number: int
    frames: int
    rows: int
    columns: int
    frame_time_ms: float | None
    problem: str | None
    archive_key: str
    sha256: str = ""


@dataclass(frozen=True)
class IncomingPerson:
    """A patient as files name them."""

    family_name: str
    given_names: str
    birth_date: date | None
    identifiers: tuple[Identified, ...]

    @property
    def full_name(self) -> str:
        """The name as it is spoken."""
        return f"{self.given_names} {self.family_name}".strip()

    def as_patient(self) -> Patientlike:
        """Return what the wrong-patient guard compares."""
        return Patientlike(self.full_name, self.birth_date, frozenset(self.identifiers))


@dataclass(frozen=True)
class IncomingStudy:
    """One study with its files, and everybody whom they name as its patient: more than one is a mix-up."""

    study_instance_uid: str
    accession_number: str
    description: str
    day: date | None
    at: time | None  # as on the device's clock
    utc_offset_minutes: int | None
    persons: tuple[IncomingPerson, ...]
    files: tuple[IncomingFile, ...]

    @property
    def modality(self) -> str:
        """What names the exam."""
        return leading(file.modality for file in self.files)

    @property
    def title(self) -> str:
        """What the exam will be called."""
        return self.description or plain_words(self.modality)

    def performed_at(self, zone: str, otherwise: datetime) -> datetime:
        """Return when the study was made: by the offset it gives, else in the site's time zone."""
        if self.day is None:
            return otherwise
        offset = self.utc_offset_minutes
        where = (
            ZoneInfo(zone) if offset is None or abs(offset) >= _A_DAY else timezone(timedelta(minutes=offset))
        )
        return datetime.combine(self.day, self.at or time(12), where).astimezone(UTC)

    def differs_from(self, patient: Patientlike) -> tuple[str, ...]:
        """Return what any of the files says otherwise than the patient's record."""
        found = {what for person in self.persons for what in differences(person.as_patient(), patient)}
        return tuple(what for what in ("name", "birth_date", "identifier") if what in found)

    def surveyed(self, patient: Patientlike | None, zone: str, now: datetime) -> SurveyedStudy:
        """Return the study as it is shown before it is imported."""
        person = self.persons[0]
        return SurveyedStudy(
            study_instance_uid=self.study_instance_uid,
            accession_number=self.accession_number,
            description=self.title,
            modality=self.modality,
            performed_at=self.performed_at(zone, now),
            is_dated=self.day is not None,
            patient_name=person.full_name,
            birth_date=person.birth_date.isoformat() if person.birth_date else "",
            identifiers=tuple(value for value, _ in person.identifiers),
            files=len(self.files),
            images=sum(file.frames for file in self.files if file.kind == "image"),
            differs=self.differs_from(patient) if patient else (),
        )


def incoming_file(
    described: FileDescription, *, instance_id: UUID, archive_key: str, path: Path, name: str
) -> IncomingFile | None:
    """Return a described file, or None when its UIDs are missing or no UIDs (PS3.5 9.1)."""
    uids = (described.study_instance_uid, described.series_instance_uid, described.sop_instance_uid)
    if not all(_UID.fullmatch(uid) for uid in uids):
        return None
    status = path.stat()
    return IncomingFile(
        id=instance_id,
        path=path,
        name=name,
        size=status.st_size,
        modified_ns=status.st_mtime_ns,
        series_instance_uid=described.series_instance_uid,
        sop_instance_uid=described.sop_instance_uid,
        sop_class_uid=described.sop_class_uid,
        transfer_syntax_uid=described.transfer_syntax_uid,
        kind=described.kind,
        modality=described.modality or "OT",
        series_description=described.series_description,
        series_number=_small(described.series_number),
        number=_small(described.instance_number),
        frames=_small(described.frame_count),
        rows=_small(described.rows),
        columns=_small(described.columns),
        frame_time_ms=described.frame_time_ms,
        problem=described.problem,
        archive_key=archive_key,
    )


def person_of(described: FileDescription) -> IncomingPerson:
    """Return whom a file names as its patient."""
    first = (described.patient_id,) if described.patient_id else ()
    return IncomingPerson(
        described.family_name,
        described.given_name,
        described.birth_date,
        tuple((one.value, one.issuer) for one in (*first, *described.other_ids)),
    )


def studies_of(described: Iterable[tuple[FileDescription, IncomingFile]]) -> tuple[IncomingStudy, ...]:
    """Return the files by study, in the order they came; the same instance twice counts once."""
    studies: dict[str, IncomingStudy] = {}
    seen: set[str] = set()
    files: dict[str, list[IncomingFile]] = {}
    for what, file in described:
        uid = what.study_instance_uid
        if uid not in studies:
            studies[uid] = IncomingStudy(
                uid,
                what.accession_number,
                what.study_description,
                what.study_date,
                what.study_time,
                what.utc_offset_minutes,
                (),
                (),
            )
            files[uid] = []
        elif studies[uid].day is None:
            studies[uid] = replace(studies[uid], day=what.study_date, at=what.study_time)
        person = person_of(what)
        if person not in studies[uid].persons:
            studies[uid] = replace(studies[uid], persons=(*studies[uid].persons, person))
        if file.sop_instance_uid not in seen:
            seen.add(file.sop_instance_uid)
            files[uid].append(file)
    return tuple(replace(study, files=tuple(files[uid])) for uid, study in studies.items())


def _small(number: int | None) -> int:
    """Return a number that fits an integer column."""
    return number if number is not None and -(1 << 31) <= number < 1 << 31 else 0
