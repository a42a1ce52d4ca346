"""Surveys on this machine's disk: what was found, from looking until it is imported or forgotten."""

import hashlib
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from app.errors import N_, Conflict, NotFound
from app.importing.incoming import IncomingStudy
from app.importing.sources import LEFT_FREE, disk_full
from app.outside.durable import make_folder, write_whole
from app.ports import Keys
from app.views.exams import BrokenFile

# Long enough to fetch somebody who knows the patient; unpacked ZIP files lie on the disk until then.
FORGOTTEN_AFTER = timedelta(hours=12)
_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class SurveyRecord:
    """Everything that one look at the files brought."""

    id: UUID
    made_by: str  # the caller's name
    made_at: datetime
    studies: tuple[IncomingStudy, ...]
    broken: tuple[BrokenFile, ...]
    repeated: int  # files that came twice
    is_kept: bool = False  # the archive has every file

    @property
    def archive_keys(self) -> tuple[str, ...]:
        """Where the archive would keep the files."""
        return tuple(file.archive_key for study in self.studies for file in study.files)


_record = TypeAdapter(SurveyRecord)


class Surveys:
    """The folder with one folder for each survey. A lock shows that a process is at work on one."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self._folder = folder
        self._keys = keys

    @contextmanager
    def working_on(self, survey_id: UUID) -> Iterator[Path]:
        """Hold a survey, which may be a new one, against any other process; give its unpacking folder."""
        make_folder(self._folder)
        lock = FileLock(self._lock(survey_id))
        try:
            with lock.acquire(timeout=0):
                unpacking = self._folder / str(survey_id) / "unpacked"
                make_folder(unpacking)
                yield unpacking
        except Timeout:
            raise Conflict("import_running", N_("These files are being imported already.")) from None

    def write(self, record: SurveyRecord) -> None:
        """Store a survey. It names patients, so it is encrypted."""
        content = self._keys.encrypt("survey", _record.dump_json(record))
        write_whole(self._folder / str(record.id) / "record", content)

    def read(self, survey_id: UUID, made_by: str) -> SurveyRecord:
        """Return a survey to whoever made it; raises NotFound."""
        record = self._read(survey_id)
        if record is None or record.made_by != made_by:
            raise survey_gone()
        return record

    def receive(self, survey_id: UUID, made_by: str, number: int, offset: int, content: bytes) -> None:
        """Put a piece of a file that a station sends at its place; the same piece may come again.

        Raises NotFound for somebody else's files and for a piece after one that is missing, Unavailable when the disk
        is full or more comes than one import may bring.
        """
        folder = self._sent_folder(survey_id)
        if shutil.disk_usage(self._folder.parent).free - len(content) < LEFT_FREE:
            raise disk_full()
        try:
            make_folder(folder)
            owner = folder / "owner"
            if not owner.exists():
                write_whole(owner, self._keys.digest("upload", made_by))
            if owner.read_bytes() != self._keys.digest("upload", made_by):
                raise survey_gone()
            file = folder / f"{number:06}"
            if offset > (file.stat().st_size if file.exists() else 0):
                raise survey_gone()
            with file.open("r+b" if file.exists() else "xb") as writing:
                writing.seek(offset)
                writing.truncate()
                writing.write(content)
        except OSError:
            raise disk_full() from None

    def received(self, survey_id: UUID, made_by: str, sha256s: Sequence[str]) -> list[Path]:
        """Return the files that a station has sent; raises NotFound unless all are there, whole and from this caller."""
        folder = self._sent_folder(survey_id)
        files = [folder / f"{number:06}" for number in range(len(sha256s))]
        try:
            if files and (folder / "owner").read_bytes() != self._keys.digest("upload", made_by):
                raise survey_gone()
            if any(_sha256(file) != sha256 for file, sha256 in zip(files, sha256s, strict=True)):
                raise survey_gone()
        except OSError:
            raise survey_gone() from None
        return files

    def _sent_folder(self, survey_id: UUID) -> Path:
        return self._folder / str(survey_id) / "sent"

    def begin_keeping(self, survey_id: UUID) -> None:
        """Note, durably, that from now on the archive may hold files of this survey that no exam has."""
        write_whole(self._folder / str(survey_id) / "keeping", b"")

    def forget(self, survey_id: UUID) -> None:
        """Delete a survey with what was unpacked for it."""
        shutil.rmtree(self._folder / str(survey_id), ignore_errors=True)
        with suppress(OSError):  # Windows keeps a lock file that is held
            self._lock(survey_id).unlink()

    def left_over(self, now: datetime) -> Iterator[SurveyRecord | UUID]:
        """Go over surveys that a killed process left while keeping, or that nobody came back to.

        Each is held while the caller looks at it; one that was killed before it was written down is only an id.
        """
        for folder in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
            if not folder.is_dir() or not _NAME.fullmatch(folder.name):
                continue
            survey_id = UUID(folder.name)
            try:
                with FileLock(self._lock(survey_id)).acquire(timeout=0):
                    record = self._read(survey_id)
                    if record is None:
                        if not _is_coming(folder / "sent", now):
                            yield survey_id
                    elif (folder / "keeping").exists() or now - record.made_at >= FORGOTTEN_AFTER:
                        yield record
            except Timeout:
                continue

    def _read(self, survey_id: UUID) -> SurveyRecord | None:
        try:
            content = (self._folder / str(survey_id) / "record").read_bytes()
            return _record.validate_json(self._keys.decrypt("survey", content))
        except (OSError, ValueError):
            return None

    def _lock(self, survey_id: UUID) -> Path:
        return self._folder / f"{survey_id}.lock"


def _is_coming(sent: Path, now: datetime) -> bool:
    """Tell whether a station may still be sending files into the folder."""
    try:
        return now.timestamp() - sent.stat().st_mtime < FORGOTTEN_AFTER.total_seconds()
    except OSError:
        return False


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def survey_gone() -> NotFound:
    """Return the error of a survey that is not there, or not for this caller."""
    return NotFound("survey_gone", N_("These files are not waiting any more. Choose them again."))
