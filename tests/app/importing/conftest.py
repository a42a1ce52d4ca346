"""A patient, and the desk that imports."""

from uuid import UUID

import pytest

from app.portal import Acting
from tests.scene import Scene


@pytest.fixture
def patient(scene: Scene) -> UUID:
    return scene.patient(mrn="MRN1")


@pytest.fixture
def desk(scene: Scene) -> Acting:
    return scene.acting("reception")
