"""What tests of the application have besides a portal and a scene: a report on its way to the patient."""

import pytest

from tests.app.story import Story
from tests.scene import Scene


@pytest.fixture
def story(scene: Scene) -> Story:
    return Story(scene)
