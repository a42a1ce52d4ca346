"""Killed at any moment, an import leaves all or nothing: no row without its file, no file without its row."""

import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.portal import Portal
from db.models import Instance
from tests.made_dicom import Disc, folder_of
from tests.scene import Scene

HERE = Path(__file__).resolve()


def kill_an_import(portal: Portal, url: str, source: Path, patient: UUID, where: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            str(HERE.with_name("importing_killed.py")),
            url,
            str(portal.parts.settings.data_folder),
            str(source),
            str(patient),
            where,
        ],
        cwd=HERE.parents[2],
        env={"PYTHONPATH": str(HERE.parents[2]), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == -9, done.stderr.decode()


def state(portal: Portal) -> tuple[set[str], set[str]]:
    """What the database says is there, and what is there."""
    with portal.parts.database.reading() as session:
        rows = set(session.scalars(select(Instance.archive_key)))
    return rows, set(portal.parts.archive.keys())


@pytest.mark.parametrize(("where", "files", "left"), [("keeping", 0, 3), ("before", 0, 5), ("after", 5, 5)])
def test_a_killed_import_is_all_or_nothing_and_its_files_are_taken_back(
    scene: Scene, portal: Portal, database_url: str, tmp_path: Path, where: str, files: int, left: int
) -> None:
    patient = scene.patient(mrn="MRN1")
    disc = Disc()
    source = folder_of(tmp_path / "disc", *(disc.image(number) for number in range(1, 6)))

    kill_an_import(portal, database_url, source, patient, where)

    rows, there = state(portal)
    assert len(rows) == files
    assert len(there) == left  # the process did die where it was meant to
    assert rows <= there  # never a row without its file
    portal.housekeep()
    rows, there = state(portal)
    assert rows == there
    assert len(rows) == files
    surveys = portal.parts.settings.data_folder / "surveys"
    assert not list(surveys.iterdir())
    acting = scene.acting("reception")
    found = acting.imports.survey((str(source),), patient)
    done = acting.imports.take(found.id, patient)
    assert (done.files, done.already_there) == (5 - files, files)


def test_control_an_import_that_keeps_its_files_after_the_commit_loses_them(
    scene: Scene, portal: Portal, database_url: str, tmp_path: Path
) -> None:
    """The check above can fail: this one commits first, and the kill leaves rows without files."""
    patient = scene.patient(mrn="MRN1")
    source = folder_of(tmp_path / "disc", Disc().image(1))
    kill_an_import(portal, database_url, source, patient, "naive")
    rows, there = state(portal)
    assert not rows <= there
