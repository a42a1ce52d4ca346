"""What every test may ask for: databases, a portal with hand-made fakes around it, a scene with people."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.imaging import DecodePool
from app.portal import Portal, open_portal
from app.ports import Mailer
from app.settings import practice_settings
from tests.databases import PostgreSQL, SQLiteFiles, running_postgresql
from tests.fakes import FixedClock, KeptKeyRing, KeptMailer, KeptTextSender, quick_passwords
from tests.https_server import HttpsServer, running_https
from tests.machine import ANSWERS, Machine
from tests.scene import Scene


def pytest_collection_finish() -> None:
    """Take the code and the list of tests out of every search for garbage: they live as long as the process."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SQLiteFiles:
    return SQLiteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> SQLiteFiles | PostgreSQL:
    """The maker of databases, once of each kind; "https" and "alone" are PostgreSQL with a server before it."""
    if request.param == "sqlite":
        found: SQLiteFiles | PostgreSQL = request.getfixturevalue("sqlite_files")
    else:
        found = request.getfixturevalue("postgresql")
    return found


@pytest.fixture
def database_url(databases: SQLiteFiles | PostgreSQL) -> Iterator[str]:
    """A database with every table and nothing in them, on each kind in turn."""
    url = databases.upgraded()
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def imaging() -> Iterator[DecodePool]:
    pool = DecodePool(workers=1)
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def https_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpsServer]:
    with running_https(tmp_path_factory.mktemp("https")) as server:
        yield server


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def mailer() -> KeptMailer:
    return KeptMailer()


@pytest.fixture
def texts() -> KeptTextSender:
    return KeptTextSender()


def make_portal(
    url: str, folder: Path, clock: FixedClock, mailer: Mailer, texts: KeptTextSender, imaging: DecodePool
) -> Portal:
    """A portal as open_portal makes it, with fakes for the outside world."""
    settings = replace(practice_settings(folder), portal_url=url)
    return open_portal(
        settings,
        clock=clock,
        passwords=quick_passwords(folder / "slots"),
        mailer=mailer,
        texts=texts,
        imaging=imaging,
    )


@pytest.fixture
def portal(
    request: pytest.FixtureRequest,
    database_url: str,
    tmp_path: Path,
    clock: FixedClock,
    mailer: KeptMailer,
    texts: KeptTextSender,
    imaging: DecodePool,
) -> Iterator[Portal]:
    """The portal on each database in turn, with no clinic in it yet; stations ask over HTTPS on "https" and "alone".

    On "alone" they have a keyring: desks may go on without the server.
    """
    made = make_portal(database_url, tmp_path, clock, mailer, texts, imaging)
    callspec = getattr(request.node, "callspec", None)
    door = callspec.params.get("databases") if callspec is not None else None
    if door in {"https", "alone"}:
        server: HttpsServer = request.getfixturevalue("https_server")
        key_ring = KeptKeyRing(is_usable=door == "alone")
        with server.before(made, tmp_path, clock, imaging, key_ring) as both:
            yield both
    else:
        yield made
    made.parts.database.close()


@pytest.fixture
def scene(portal: Portal, clock: FixedClock) -> Scene:
    """A clinic with two sites, an employee of each role, stations and two patients."""
    return Scene(portal, clock)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def clinic(machine: Machine) -> Machine:
    """A machine whose clinic is set up."""
    said = machine.said("admin", "first-manager", answers=ANSWERS)
    assert "The clinic is set up." in said
    return machine
