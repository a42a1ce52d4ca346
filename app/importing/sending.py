"""Sends what somebody imports at a station to the clinic's server: only what is DICOM, piece by piece."""

import threading
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from app.callers import Caller
from app.imaging.export import Progress
from app.importing.looking import look
from app.importing.sources import Sources, stop_if
from app.parts import Parts
from app.views.exams import BrokenFile


def send(
    parts: Parts,
    caller: Caller,
    survey_id: UUID,
    paths: Sequence[str],
    progress: Progress,
    cancelled: threading.Event,
) -> tuple[tuple[tuple[str, str], ...], tuple[BrokenFile, ...]]:
    """Look through files here and send those that are DICOM; return each one's name and SHA-256, and what was left out.

    Raises Unavailable when cancelled, too large, or when the disk here or there has no room.
    """
    assert parts.server is not None
    sent: list[tuple[str, str]] = []
    with TemporaryDirectory(prefix="portal-") as folder:
        sources = Sources(Path(folder), cancelled)
        described = look(parts.imaging, survey_id, sources, paths, progress, cancelled)
        for number, (_what, file) in enumerate(described):
            stop_if(cancelled)
            progress(number, len(described))
            sha256 = parts.server.upload(caller, survey_id, number, file.path, lambda: stop_if(cancelled))
            sent.append((file.name, sha256))
        progress(len(described), len(described))
    return tuple(sent), tuple(sources.broken)
