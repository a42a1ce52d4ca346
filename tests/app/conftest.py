"""What tests of the application have besides a portal and a scene: a report on its way, and the contract's third door."""

import pytest

from tests.app.story import Story
from tests.scene import Scene

# Held by the portal on SQLite, on PostgreSQL and over HTTPS alike: what people do at desks and kiosks.
CONTRACT = frozenset(
    {
        "test_accounts",
        "test_activation",
        "test_exams",
        "test_family",
        "test_images",
        "test_print_requests",
        "test_reports",
        "test_sessions",
        "test_sharing",
        "test_staff",
        "test_visits",
    }
)

# Of these over HTTPS from stations that may go on alone: while the server is there nothing may be different.
MAY_GO_ON_ALONE = frozenset({"test_accounts", "test_sessions", "test_staff"})


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    name = metafunc.module.__name__.rpartition(".")[2]
    if name in CONTRACT and "databases" in metafunc.fixturenames:
        doors = ["sqlite", "postgresql", "alone" if name in MAY_GO_ON_ALONE else "https"]
        metafunc.definition.add_marker(pytest.mark.parametrize("databases", doors, indirect=True))


@pytest.fixture
def story(scene: Scene) -> Story:
    return Story(scene)
