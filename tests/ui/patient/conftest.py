"""What tests of a patient's pages have: an exam with real images, opened."""

from datetime import date, time
from pathlib import Path
from uuid import UUID

import pytest

from app.imaging.phantoms import SampleExam, SamplePatient, make_ct, make_ultrasound
from tests.databases import SQLiteFiles
from tests.scene import Known, Scene

PERSON = SamplePatient("Hart", "Amelia", date(1944, 5, 17), "M1000123", "F")


@pytest.fixture
def databases(sqlite_files: SQLiteFiles) -> SQLiteFiles:
    """Windows are tested on SQLite alone: what lies below them is tested on both."""
    return sqlite_files


@pytest.fixture
def patient(scene: Scene) -> UUID:
    return scene.patient(mrn="M1000123")


@pytest.fixture
def account(scene: Scene, patient: UUID) -> Known:
    return scene.account(patient)


@pytest.fixture
def exam(scene: Scene, patient: UUID, tmp_path: Path) -> UUID:
    """Four slices of a CT, and a film of an ultrasound with five frames."""
    folder = tmp_path / "dicom"
    folder.mkdir()
    made = SampleExam("A1", date(2026, 3, 12), time(9, 30), "CT of the head")
    make_ct(folder, PERSON, made, slices=4, side=64)
    make_ultrasound(folder, PERSON, made, frames=5, series=2)
    desk = scene.acting("reception").imports
    survey = desk.survey([str(folder)], patient)
    return desk.take(survey.id, patient, confirmed_difference="made for a test").exam_ids[0]
