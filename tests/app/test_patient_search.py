"""Finding a patient: by what is kept of names for each site, and as reading everybody would."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from alembic import command

from app.imaging import DecodePool
from app.migration import migrate
from app.rules.access import Role
from app.rules.names import search_words
from app.settings import practice_settings
from app.views.people import PatientRow
from db import schema
from db.database import Database
from tests.conftest import make_portal
from tests.databases import PostgreSQL
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.scene import Scene

BORN = date(1944, 5, 17)
PATIENCE_S = 60


def ids(rows: tuple[PatientRow, ...]) -> list[UUID]:
    return [row.id for row in rows]


@pytest.mark.rule("D26")
def test_each_site_finds_by_the_names_of_those_whom_it_sees_now(scene: Scene) -> None:
    desk, south = scene.acting("reception"), scene.acting("reception_south")
    both = scene.acting(scene.employee(Role.RECEPTION, scene.north, scene.south))
    ann, ben = scene.patient("Ann", "Hart"), scene.patient("Ben", "Hart")
    exam = scene.exam(ann, site=scene.south)
    assert ids(both.patients.find("hart")) == [ann, ben]  # once, though both sites see Ann
    desk.patients.correct(ann, "Lowe", "Ann", BORN, ())
    assert ids(south.patients.find("lowe a")) == ids(south.patients.find("an lo")) == [ann]
    assert south.patients.find("hart") == ()
    manager = scene.acting(scene.employee(Role.MANAGER, scene.north, scene.south))
    manager.exams.move(exam, ben, "wrong person")
    assert south.patients.find("lowe") == ()
    assert ids(south.patients.find("hart")) == [ben]
    assert ids(both.patients.find("ann")) == [ann]


def test_whatever_is_typed_finds_whom_reading_everybody_would_find(scene: Scene) -> None:
    chance = Random(9)
    known: dict[UUID, tuple[frozenset[UUID], set[str], str]] = {}
    for number in range(60):
        given, family = (
            chance.choice(("Ann", "Anna Bea", "Beate", "Åse")),
            chance.choice(("Abel", "O'Ann", "Bo")),
        )
        mrn, site = f"A{chance.randrange(100):02}{number:02}", chance.choice((scene.north, scene.south))
        patient = scene.patient(given, family, mrn=mrn, site=site)
        words = set(search_words(f"{given} {family}"))
        sees = {site}
        if chance.random() < 0.3:
            sees.add(scene.south)
            scene.exam(patient, site=scene.south)
        known[patient] = frozenset(sees), words, mrn
    people = {
        who: (scene.acting(scene.employee(Role.RECEPTION, *sites)), set(sites))
        for who, sites in {"north": (scene.north,), "both": (scene.north, scene.south)}.items()
    }
    typed = (
        "a",
        "an",
        "anna",
        "b",
        "be",
        "a b",
        "ann bo",
        "bo an",
        "ase",
        "A1",
        "a2 ann",
        "a 9",
        "obel",
        "ann a ab",
    )
    for text, (acting, sites) in product(typed, people.values()):
        wanted = {
            patient
            for patient, (sees, words, mrn) in known.items()
            if sees & sites
            and all(
                mrn.startswith(piece.upper())
                if any(map(str.isdecimal, piece))
                else any(word.startswith(piece) for word in words)
                for piece in text.split()
            )
        }
        assert set(ids(acting.patients.find(text, 200))) == wanted, text
        few = ids(acting.patients.find(text, 5))
        assert len(few) == min(5, len(wanted)), text
        assert set(few) <= wanted, text


# Words are listed by site while people work

LISTED = (
    "SELECT count(*) FROM pg_stat_activity WHERE query ^@ 'UPDATE alembic_version'"
    " AND wait_event_type = 'Lock' AND datname = current_database()"
)


@pytest.mark.rule("D26")
def test_whoever_was_there_before_or_comes_meanwhile_is_found(
    postgresql: PostgreSQL, clock: FixedClock, imaging: DecodePool, tmp_path: Path
) -> None:
    owner_url, url = postgresql.owned()
    settings = replace(practice_settings(tmp_path), portal_url=url)
    migrate(settings, owner_url)
    portal = make_portal(url, tmp_path, clock, KeptMailer(), KeptTextSender(), imaging)
    scene = Scene(portal, clock)
    desk, south = scene.acting("reception"), scene.acting("reception_south")
    owner = Database(owner_url)
    command.downgrade(schema.configuration(owner), "0008_past_rights")
    before, renamed = scene.patient("Ann", "Before"), scene.patient("Bea", "Before")
    scene.exam(before, site=scene.south)
    with ThreadPoolExecutor(1) as pool, owner.engine.connect() as holding, owner.engine.connect() as looking:
        holding.exec_driver_sql("SELECT 1 FROM alembic_version FOR UPDATE")
        running = pool.submit(migrate, settings, owner_url)
        for _ in range(PATIENCE_S * 20):
            if running.done() or looking.exec_driver_sql(LISTED).scalar_one():
                break
            looking.exec_driver_sql("SELECT pg_sleep(0.05)")
            looking.rollback()
        # Those of before are listed, and the server has no right yet to the list.
        assert not running.done()
        during = scene.patient("Cleo", "During")
        desk.patients.correct(renamed, "After", "Bea", BORN, ())
        scene.exam(renamed, site=scene.south)
        holding.rollback()
        assert running.result(PATIENCE_S).before == "0008_past_rights"
    assert ids(desk.patients.find("before")) == ids(south.patients.find("before")) == [before]
    assert ids(south.patients.find("aft")) == [renamed]
    assert ids(desk.patients.find("during cleo")) == [during]
    owner.close()
    portal.parts.database.close()
