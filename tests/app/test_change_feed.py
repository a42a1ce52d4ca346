"""The change feed: nothing is skipped, a restored database begins anew, and nobody learns of what is not theirs."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from threading import Event
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import event, text

from app import journal
from app.backup import back_up, restore
from app.callers import Standing
from app.changes import follow_together
from app.errors import NotAllowed
from app.ids import new_id
from app.imaging import DecodePool
from app.portal import Acting, Portal
from app.rules.access import CallerKind, Role
from app.settings import practice_settings
from tests.app.world import World
from tests.conftest import make_portal
from tests.databases import PostgreSQL, SQLiteFiles
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.scene import Scene

PROGRAM = Standing(CallerKind.FEED, frozenset({Role.FEED}))
PATIENCE_S = 60


def changed(
    portal: Portal, *changes: journal.Changed, before: Event | None = None, after: Event | None = None
) -> None:
    """Write changes in one transaction; tell when they are numbered, and wait before they are saved."""
    with portal.parts.database.writing() as session:
        journal.write(session, PROGRAM, portal.parts.clock(), [], list(changes))
        if before is not None:
            before.set()
        if after is not None:
            assert after.wait(PATIENCE_S)


class Follower:
    """Somebody who asks for what changed, again and again, from where they were."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting
        start = acting.changes.since()
        self.epoch, self.number = start.epoch, start.number
        self.seen: list[UUID] = []

    def look(self) -> list[UUID]:
        """Return what is new; a new epoch means that everything before is void."""
        found = self._acting.changes.since(self.epoch, self.number)
        self.epoch, self.number = found.epoch, found.number
        new = [row.row_id for row in found.rows]
        self.seen += new
        return new


# Nothing is skipped


def test_a_change_that_is_saved_late_is_not_skipped(scene: Scene, portal: Portal) -> None:
    follower = Follower(scene.acting("reception"))
    slow, quick = new_id(), new_id()
    numbered, save = Event(), Event()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(
            changed, portal, journal.Changed("x", slow, scene.north), before=numbered, after=save
        )
        assert numbered.wait(PATIENCE_S)
        second = pool.submit(changed, portal, journal.Changed("x", quick, scene.north))
        # The second began after the first, is ready before it, and must not be seen before it.
        for _ in range(20):
            assert follower.look() == []
        assert not second.done()
        save.set()
        first.result(PATIENCE_S)
        second.result(PATIENCE_S)
    assert follower.look() == [slow, quick]


def test_control_numbers_from_a_sequence_lose_what_is_saved_late(postgresql: PostgreSQL) -> None:
    plain = postgresql.empty().replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as watching:
        watching.execute("CREATE TABLE naive (number bigserial, word text)")
        seen: list[str] = []
        last = 0

        def look() -> None:
            nonlocal last
            asked = "SELECT number, word FROM naive WHERE number > %s ORDER BY number"
            for number, word in watching.execute(asked, (last,)):
                seen.append(word)
                last = number

        with psycopg.connect(plain) as slow, psycopg.connect(plain) as quick:
            slow.execute("INSERT INTO naive (word) VALUES ('slow')")
            quick.execute("INSERT INTO naive (word) VALUES ('quick')")
            quick.commit()
            look()
            slow.commit()
            look()
        assert seen == ["quick"]


def test_of_many_slow_transactions_at_once_every_change_is_seen_once_and_in_order(
    scene: Scene, portal: Portal
) -> None:
    follower = Follower(scene.acting("reception"))
    writers, each = 6, 15
    desks = [scene.acting("reception") for _ in range(writers)]
    patients = [[scene.patient() for _ in range(each)] for _ in range(writers)]

    def write(number: int) -> list[UUID]:
        chance = Random(number)
        for patient in patients[number]:
            # Some are ready at once, some look at other things between, all interleave.
            desks[number].patients.change_contact(patient, "", "", ("1 Road",) * chance.randint(1, 3))
        return patients[number]

    with ThreadPoolExecutor(writers) as pool:
        running = [pool.submit(write, number) for number in range(writers)]
        while not all(one.done() for one in running):
            follower.look()
        written = [patient for one in running for patient in one.result()]
    follower.look()
    assert sorted(follower.seen) == sorted(written)
    for mine in patients:
        assert [patient for patient in follower.seen if patient in mine] == mine


# A restored database


def test_after_a_restore_followers_begin_again_and_miss_nothing(
    scene: Scene,
    portal: Portal,
    databases: SQLiteFiles | PostgreSQL,
    clock: FixedClock,
    imaging: DecodePool,
    tmp_path: Path,
) -> None:
    reception = scene.acting("reception")
    old = reception.changes.since()
    back_up(portal, tmp_path / "backup")
    for _ in range(3):  # undone by the restore, and known to whoever followed
        reception.patients.change_contact(scene.patient(), "", "", ("1 Road",))
    ahead = reception.changes.since(old.epoch, old.number)
    assert len(ahead.rows) == 3
    settings = replace(practice_settings(tmp_path / "there"), portal_url=databases.empty())
    restore(settings, tmp_path / "backup")
    shutil.copy(portal.parts.settings.key_file, settings.key_file)
    there = make_portal(
        settings.portal_url, settings.data_folder, clock, KeptMailer(), KeptTextSender(), imaging
    )
    changed(there, journal.Changed("x", new_id(), scene.north))
    again = there.acting(reception.changes.caller).changes
    found = again.since(ahead.epoch, ahead.number)
    assert (found.epoch == ahead.epoch, found.rows) == (False, ())
    fresh = new_id()
    changed(there, journal.Changed("x", fresh, scene.north))
    assert [row.row_id for row in again.since(found.epoch, found.number).rows] == [fresh]
    # The control: had the restore kept the epoch, what was done since would have been taken for old.
    with there.parts.database.writing() as session:
        session.execute(text("UPDATE journal SET epoch = :epoch"), {"epoch": _as_stored(there, ahead.epoch)})
    assert again.since(ahead.epoch, ahead.number).rows == ()
    there.parts.database.close()


def _as_stored(portal: Portal, epoch: UUID) -> UUID | str:
    return epoch.hex if portal.parts.database.file is not None else epoch


# Scope


@pytest.fixture
def world(portal: Portal, clock: FixedClock) -> World:
    return World(portal, clock)


@pytest.mark.rule("D26", "D31")
def test_nobody_learns_of_what_is_not_theirs(world: World, portal: Portal) -> None:
    north, south = world.scene.north, world.scene.south
    made = {
        "North's": journal.Changed("x", new_id(), site_id=north),
        "South's": journal.Changed("x", new_id(), site_id=south),
        "everybody's who works here": journal.Changed("x", new_id()),
        "the patient's at North": journal.Changed("x", new_id(), north, patient_id=world.patient),
        "the patient's at South": journal.Changed("x", new_id(), south, patient_id=world.patient),
        "the account's": journal.Changed("x", new_id(), north, account_id=world.account),
        "the invitation's": journal.Changed("x", new_id(), north, invitation_id=world.invitation),
    }
    called = {change.row_id: name for name, change in made.items()}
    at_north = {
        "North's",
        "everybody's who works here",
        "the patient's at North",
        "the account's",
        "the invitation's",
    }
    of_patient = {"the patient's at North", "the patient's at South"}
    expected = {
        "reception": at_north,
        "it": at_north,
        "reception with a locked screen": at_north,
        "reception of South": {"South's", "everybody's who works here", "the patient's at South"},
        "patient": of_patient | {"the account's"},
        "parent": of_patient,
        "other patient": set(),
        "parent whose grant ended": set(),
        "guest": {"the invitation's"},
        "guest of another": set(),
    }
    followers = {who: Follower(portal.acting(world.callers[who])) for who in expected}
    changed(portal, *made.values())
    seen = {who: {called[row] for row in follower.look()} for who, follower in followers.items()}
    assert seen == expected
    assert set().union(*seen.values()) == set(made)  # the control: each was there to be seen


@pytest.mark.rule("D26", "D31")
def test_who_follows_together_with_others_is_told_what_they_would_be_told_alone(
    world: World, portal: Portal
) -> None:
    start = portal.acting(world.callers["reception"]).changes.since()
    everybody = {who: portal.acting(caller).changes for who, caller in world.callers.items()}
    for sites, patients in ((world.scene.north, world.patient), (world.scene.south, world.patient)):
        changed(
            portal, journal.Changed("x", new_id(), sites), journal.Changed("x", new_id(), sites, patients)
        )
    changed(portal, journal.Changed("x", new_id(), invitation_id=world.invitation))
    asked = [(start.epoch, start.number), (start.epoch, start.number + 2), (None, 0), (new_id(), 7)]
    told = 0
    for epoch, number in asked:
        together = follow_together(portal.parts, [(noun, epoch, number) for noun in everybody.values()])
        for (who, noun), found in zip(everybody.items(), together, strict=True):
            try:
                alone = noun.follow(epoch, number)
            except NotAllowed:
                assert found is None, who
            else:
                assert found == alone, who
                told += len(alone.rows)
    assert told > 20  # the control
    # Whoever was away for long asks alone, and keeps nobody else from being told.
    changed(portal, *(journal.Changed("x", new_id(), world.scene.north) for _ in range(600)))
    near = everybody["reception"]
    last = near.since().number
    behind, recent = follow_together(
        portal.parts, [(near, start.epoch, start.number), (near, start.epoch, last - 1)]
    )
    assert behind is None
    assert recent == near.follow(start.epoch, last - 1)


def test_many_who_follow_together_ask_the_database_as_often_as_few(scene: Scene, portal: Portal) -> None:
    people = [scene.employee(Role.RECEPTION, scene.north) for _ in range(12)]
    desks = [scene.station(f"Desk {number}", "desk", scene.north) for number in range(3, 15)]
    nouns = [
        scene.acting(scene.session("staff", desk, staff_id=person.id)).changes
        for person, desk in zip(people, desks, strict=True)
    ]
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(portal.parts.database.engine, "before_cursor_execute", note)
    counts = []
    for many in (2, len(nouns)):
        asked.clear()
        assert None not in follow_together(portal.parts, [(noun, None, 0) for noun in nouns[:many]])
        counts.append(len(asked))
    event.remove(portal.parts.database.engine, "before_cursor_execute", note)
    assert counts == [counts[0]] * 2


@pytest.mark.rule("D26")
def test_what_is_done_at_one_site_is_not_told_at_another(world: World) -> None:
    """Of everything that names a patient, an exam or an invitation: only what is the clinic's as a whole has no site."""
    desk = world.scene.acting("reception")
    far = Follower(world.scene.acting("reception_south"))
    near = Follower(desk)
    clinical, manager = world.scene.acting("clinical"), world.scene.acting("manager")
    twin = world.scene.patient()
    desk.patients.correct(twin, "Hart", "Amelia", date(1944, 5, 17), ())
    clinical.exams.hold(world.exam, "asked by the doctor", date(2026, 4, 12))
    clinical.exams.end_hold(world.exam, "over")
    manager.exams.move(world.exam, world.newcomer, "wrong patient")
    assert len(near.look()) > 5  # the control
    assert far.look() == []
