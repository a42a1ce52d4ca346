"""Looks at every file that somebody chose, through a decode worker, and follows what a DICOMDIR lists."""

import threading
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from app.errors import N_, PortalError
from app.ids import new_id
from app.imaging import DecodePool, FileDescription
from app.imaging.export import Progress
from app.importing.incoming import NO_IDENTITY, IncomingFile, incoming_file
from app.importing.sources import Found, Sources, listed_file, shown, stop_if
from app.views.exams import BrokenFile

NOT_THERE = N_("The disc lists this file, but it is not there.")


def look(
    imaging: DecodePool,
    survey_id: UUID,
    sources: Sources,
    paths: Sequence[str],
    progress: Progress,
    cancelled: threading.Event,
) -> list[tuple[FileDescription, IncomingFile]]:
    """Return every DICOM file with what it says of itself; what cannot be used is listed in sources.broken."""
    waiting: list[Found] = []
    for found in sources.files(paths):
        waiting.append(found)
        progress(0, len(waiting))
    # Beside a DICOMDIR lies the disc's own viewer: its parts are no broken images.
    is_disc = any(found.is_directory for found in waiting)
    seen = {found.path for found in waiting}
    described: list[tuple[FileDescription, IncomingFile]] = []
    for number, found in enumerate(waiting):  # a DICOMDIR adds to the list while it is gone over
        stop_if(cancelled)
        progress(number, len(waiting))
        try:
            what = imaging.describe(found.path, cancelled=cancelled)
        except PortalError as error:
            stop_if(cancelled)
            if error.kind != "not_dicom" or not is_disc:
                sources.broken.append(BrokenFile(found.name, error.sentence))
            continue
        if what.kind == "directory":
            if not found.is_unpacked:  # all that a ZIP holds is taken anyway
                waiting += _listed(found, what, seen, sources.broken)
            continue
        instance_id = new_id()
        file = incoming_file(
            what,
            instance_id=instance_id,
            archive_key=f"{survey_id}/{instance_id}",
            path=found.path.absolute(),
            name=found.name,
        )
        if file is None:
            sources.broken.append(BrokenFile(found.name, NO_IDENTITY))
        else:
            described.append((what, file))
    progress(len(waiting), len(waiting))
    return described


def _listed(
    found: Found, directory: FileDescription, seen: set[Path], broken: list[BrokenFile]
) -> list[Found]:
    """Return the files that a DICOMDIR lists and that are not on the list yet; name those that are missing."""
    more = []
    for parts in directory.referenced_files:
        name = shown("/".join(parts))
        path = listed_file(found.path.parent, parts)
        if path is None:
            broken.append(BrokenFile(name, NOT_THERE))
        elif path not in seen:
            seen.add(path)
            more.append(Found(path, name))
    return more
