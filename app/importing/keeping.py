"""Lets the archive keep a survey's files before they are filed, and takes back what was never filed."""

import threading
from collections.abc import Iterable
from dataclasses import replace

from pydantic import TypeAdapter

from app.errors import PortalError
from app.imaging.export import Progress
from app.importing.incoming import IncomingFile, IncomingStudy
from app.importing.sources import UNREADABLE, stop_if
from app.importing.surveys import SurveyRecord, Surveys
from app.parts import Parts
from app.ports import Keys
from app.views.exams import BrokenFile
from db.models import UnmatchedExam
from db.queries import imports as queries

_study = TypeAdapter(IncomingStudy)


def surveys_of(parts: Parts) -> Surveys:
    """Return the surveys of this machine."""
    return Surveys(parts.settings.data_folder / "surveys", parts.keys)


def keep_files(
    parts: Parts, record: SurveyRecord, progress: Progress, cancelled: threading.Event
) -> SurveyRecord:
    """Let the archive keep every file that is new; one that cannot be read any more becomes a broken one."""
    with parts.database.reading() as session:
        uids = (file.sop_instance_uid for study in record.studies for file in study.files)
        stored = queries.owners_of_instances(session, uids)
    total = len(record.archive_keys)
    done = 0
    broken = list(record.broken)
    studies = []
    for study in record.studies:
        files = []
        for file in study.files:
            stop_if(cancelled)
            progress(done, total)
            done += 1
            if file.sop_instance_uid in stored:
                files.append(file)
            elif (digest := _keep(parts, file)) is None:
                broken.append(BrokenFile(file.name, UNREADABLE))
            else:
                files.append(replace(file, sha256=digest))
        if files:
            studies.append(replace(study, files=tuple(files)))
    progress(total, total)
    return replace(record, studies=tuple(studies), broken=tuple(broken), is_kept=True)


def _keep(parts: Parts, file: IncomingFile) -> str | None:
    try:
        status = file.path.stat()
    except OSError:
        return None
    if (status.st_size, status.st_mtime_ns) != (file.size, file.modified_ns):
        return None  # not the file any more that was compared with the patient
    try:
        return parts.archive.keep(file.archive_key, file.path)
    except PortalError as error:
        if error.kind == "source_unreadable":
            return None
        raise


def remove_orphans(parts: Parts, archive_keys: Iterable[str]) -> None:
    """Remove from the archive whatever of these no exam has and nobody is to match."""
    keys = set(archive_keys)
    with parts.database.reading() as session:
        keys -= queries.stored_keys(session, keys)
        if keys:
            for row in queries.waiting(session):
                keys -= {file.archive_key for file in put_aside(parts.keys, row).files}
    for key in keys:
        parts.archive.remove(key)


def forget_left_over(parts: Parts) -> None:
    """Clean up after imports that were killed, or that nobody came back to; part of housekeeping."""
    surveys = surveys_of(parts)
    for left in surveys.left_over(parts.clock()):
        if isinstance(left, SurveyRecord):
            remove_orphans(parts, left.archive_keys)
            surveys.forget(left.id)
        else:
            surveys.forget(left)


def put_aside(keys: Keys, row: UnmatchedExam) -> IncomingStudy:
    """Return the study that waits for a person to say whose it is."""
    return _study.validate_json(keys.decrypt("unmatched", row.described))


def to_put_aside(keys: Keys, study: IncomingStudy) -> bytes:
    """Return a study as it is stored until somebody says whose it is: encrypted, for it names a patient."""
    return keys.encrypt("unmatched", _study.dump_json(study))
