"""Walks every use case with every kind of caller against the one table of who may."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import app.portal
from app.audit import PLAIN
from app.callers import Caller
from app.errors import NotAllowed, NotFound, PortalError
from app.imaging import DecodePool
from app.portal import Portal
from app.use_case import Effect, Noun, UseCase
from db.database import Database
from tests.app.who_may import SIGNED_OUT, TABLE, Row
from tests.app.world import World
from tests.conftest import make_portal
from tests.databases import SQLiteFiles
from tests.fakes import FixedClock, KeptMailer, KeptTextSender

USE_CASES = {
    found.name: (noun, found)
    for noun in vars(app.portal).values()
    if isinstance(noun, type) and issubclass(noun, Noun)
    for found in vars(noun).values()
    if isinstance(found, UseCase)
}


@dataclass(frozen=True)
class Prepared:
    """A world in a SQLite file, to be copied for every call that may change it."""

    world: World
    portal: Portal
    file: Path


@pytest.fixture(scope="module")
def prepared(
    sqlite_files: SQLiteFiles, tmp_path_factory: pytest.TempPathFactory, imaging: DecodePool
) -> Prepared:
    clock = FixedClock()
    url = sqlite_files.upgraded()
    portal = make_portal(
        url, tmp_path_factory.mktemp("world"), clock, KeptMailer(), KeptTextSender(), imaging
    )
    world = World(portal, clock)
    with portal.parts.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    portal.parts.database.close()
    return Prepared(world, portal, Path(url.removeprefix("sqlite:///")))


def gets_through(prepared: Prepared, name: str, row: Row, caller: Caller, copy: Path) -> bool:
    """Call the use case on a fresh copy of the world; tell whether the caller was let through."""
    shutil.copyfile(prepared.file, copy)
    database = Database(f"sqlite:///{copy}")
    parts = replace(prepared.portal.parts, database=database)
    noun, _use_case = USE_CASES[name]
    call = getattr(noun(parts, caller), name.split(".")[1])
    try:
        call(*row.arguments(prepared.world))
    except NotAllowed:
        return False
    except NotFound:
        return row.asks_only
    except PortalError:
        return True  # let through, and told what is wrong with the request
    finally:
        database.close()
        copy.with_name(copy.name + "-wal").unlink(missing_ok=True)
    return True


@pytest.mark.rule("D26", "D30", "D31")
def test_every_use_case_has_a_row_and_every_row_a_use_case() -> None:
    assert set(TABLE) == set(USE_CASES)


@pytest.mark.rule("R1", "R18", "R19", "R20", "D10", "D24", "D26", "D30", "D31")
@pytest.mark.parametrize("name", sorted(TABLE))
def test_exactly_those_of_the_table_get_through(prepared: Prepared, name: str, tmp_path: Path) -> None:
    row = TABLE[name]
    through = {
        who
        for who, caller in prepared.world.callers.items()
        if gets_through(prepared, name, row, caller, tmp_path / "copy.db")
    }
    # Where only the right to ask is looked at, another site's staff are told apart by the use case's own tests.
    expected = row.who
    if row.asks_only:
        expected = expected | {who for who in through if who.removesuffix(" of South") in expected}
        expected = expected | {who for who in through if who in _SAME_RIGHT and _SAME_RIGHT[who] in expected}
    assert through == expected


_SAME_RIGHT = {
    "other patient": "patient",
    "parent whose grant ended": "patient",
    "guest of another": "guest",
}


@pytest.mark.rule("D24")
def test_every_way_of_opening_somebodys_data_stands_in_who_opened_my_records() -> None:
    opening = {name for name, (_noun, found) in USE_CASES.items() if found.declaration.effect is Effect.OPENS}
    # A search opens nobody's records yet: what is found is opened afterwards.
    assert opening - set(PLAIN) == {"audit.find_patient", "patients.find_elsewhere", "stations.desk_copy"}
    assert set(PLAIN) <= set(USE_CASES)


def test_whoever_lost_their_standing_gets_through_nowhere_but_where_everybody_does(
    prepared: Prepared,
) -> None:
    assert set(prepared.world.callers) >= SIGNED_OUT
    assert not any(SIGNED_OUT & row.who for row in TABLE.values())
