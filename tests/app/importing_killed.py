"""Imports a folder and is killed on the way: run as a process of its own by test_import_crash.py.

Arguments: database URL, folder of the portal, folder to import, patient id, where to die: "keeping" (after three
files), "before" the commit, "after" it, or "naive", where the files would be kept after the commit.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from app.portal import open_portal
from app.settings import practice_settings
from tests.fakes import FixedClock


def main(url: str, folder: str, source: str, patient: str, where: str) -> None:
    portal = open_portal(replace(practice_settings(Path(folder)), portal_url=url), clock=FixedClock())
    imports = portal.acting(portal.command_line()).imports
    found = imports.survey((source,), UUID(patient))
    real_keep, kept = portal.parts.archive.keep, 0

    def keep(key: str, file: Path) -> str:
        nonlocal kept
        kept += 1
        if where == "keeping" and kept > 3:
            die()
        return "0" * 64 if where == "naive" else real_keep(key, file)

    with pytest.MonkeyPatch.context() as planted:
        planted.setattr(portal.parts.archive, "keep", keep)
        if where == "before":
            planted.setattr("app.use_case.journal.write", die)
        if where in {"after", "naive"}:
            planted.setattr("app.imports.remove_orphans", die)
        imports.take(found.id, UUID(patient))


def die(*_: object) -> None:
    os.kill(os.getpid(), 9)


if __name__ == "__main__":
    main(*sys.argv[1:])
