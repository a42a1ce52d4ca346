"""Stations that follow the change feed: told at once, held by no thread, and cut off with their stay."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from threading import Event, Thread
from typing import Any

import pytest
import requests
from sqlalchemy import QueuePool, update

from app import journal
from app.callers import Standing
from app.ids import new_id
from app.outside.logs import InHand, in_hand
from app.rules.access import CallerKind, Role
from app.settings import ListenSettings
from app.transport import API_VERSION
from db.models import Journal, SessionRecord, Staff, StaffSite, Station
from db.queries.journal import Scope, changes_after
from tests.scene import PASSWORD, Known, Scene
from web import feed
from web.main import Application
from web.server import listening_socket, make_server

PROGRAM = Standing(CallerKind.FEED, frozenset({Role.FEED}))
PATIENCE_S = 60
MANY = 200  # five times the threads that answer pages


class Place:
    """A server on a clinic, and who follows its feed."""

    def __init__(self, scene: Scene, address: str, application: Application) -> None:
        self.scene, self.address, self.application = scene, address, application
        self.feed = application.feed
        self._to = ("127.0.0.1", int(address.rpartition(":")[2]))

    def signed_in(self, who: str, station: Known) -> dict[str, str]:
        """What a desk shows at the server once somebody has signed in there."""
        with self.scene.portal.parts.database.reading() as session:
            name = session.get_one(Staff, self.scene.staff[who].id).user_name
            desk = session.get_one(Station, station.id).name
        shown = {"Authorization": f"Bearer key of {desk}", "Portal-Api": str(API_VERSION)}
        said = self.ask("staff.sign_in", shown, user_name=name, password=PASSWORD)
        assert said.status_code == 200, said.text
        return shown | {"Portal-Session": said.json()["value"]["token"]}

    def ask(self, what: str, shown: dict[str, str], **arguments: Any) -> requests.Response:
        shown = shown | {"Portal-Request": str(new_id())}
        return requests.post(f"{self.address}/api/{what}", json=arguments, headers=shown, timeout=PATIENCE_S)

    def start(self, shown: dict[str, str]) -> dict[str, Any]:
        """Where the feed stands."""
        said = self.ask("changes.follow", shown).json()["value"]
        return {"epoch": said["epoch"], "number": said["number"]}

    def follow(self, shown: dict[str, str], **asked: Any) -> socket.socket:
        """Ask on a connection opened by hand: no library holds a thread for it here either."""
        body = json.dumps(asked).encode()
        head = {"Host": "127.0.0.1", "Content-Length": str(len(body)), "Connection": "close"} | shown
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        asking = socket.create_connection(self._to, timeout=PATIENCE_S)
        asking.sendall(f"POST /api/changes.follow HTTP/1.1\r\n{lines}\r\n".encode() + body)
        return asking

    def until_waiting(self, count: int) -> None:
        until(lambda: self.feed.followers == count)


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that has no other sign."""
    for _ in range(PATIENCE_S * 50):
        if is_so():
            return
        Event().wait(0.02)
    raise AssertionError("it did not come")


def answer(asking: socket.socket) -> tuple[int, Any]:
    """Status and content, once they have come."""
    with asking, asking.makefile("rb") as read:
        whole = read.read()
    head, _, body = whole.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def changed(scene: Scene, *changes: journal.Changed) -> None:
    with scene.portal.parts.database.writing() as session:
        journal.write(session, PROGRAM, scene.clock(), [], list(changes))


@contextmanager
def served(scene: Scene) -> Iterator[Place]:
    """Serve a clinic for as long as the context lasts; then nobody may hold the end up."""
    listening = listening_socket(ListenSettings(port=0))
    server = make_server(scene.portal, replace(scene.portal.parts.settings, listen=ListenSettings()))
    application = server.config.app
    assert isinstance(application, Application)
    thread = Thread(target=lambda: server.run(sockets=[listening]), name="web server")
    thread.start()
    try:
        yield Place(scene, f"http://127.0.0.1:{listening.getsockname()[1]}", application)
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        listening.close()
        assert not thread.is_alive()


@pytest.fixture
def never_without_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is answered has been woken: the answer without news takes longer than any test."""
    monkeypatch.setattr(feed, "ANSWER_AFTER_S", 3600.0)


@pytest.mark.rule("D26")
@pytest.mark.usefixtures("never_without_news")
def test_many_follow_without_a_thread_and_each_is_told_what_is_its_own(scene: Scene) -> None:
    with served(scene) as place:
        north = place.signed_in("reception", scene.desk)
        south = place.signed_in("reception_south", scene.desk_south)
        start = place.start(north)
        near = [place.follow(north, **start) for _ in range(MANY)]
        far = place.follow(south, **start)
        place.until_waiting(MANY + 1)
        # All forty threads are free for whoever asks now, and so is the database.
        pool = scene.portal.parts.database.engine.pool
        assert isinstance(pool, QueuePool)
        until(lambda: pool.checkedout() == 0)
        place.signed_in("clinical", scene.station("Desk 3", "desk", scene.north))
        place.until_waiting(MANY + 1)  # the control: they still wait

        new = new_id()
        changed(scene, journal.Changed("x", new, site_id=scene.north))
        for asking in near:
            status, said = answer(asking)
            assert (status, [row["row_id"] for row in said["value"]["rows"]]) == (200, [str(new)])
        place.until_waiting(1)
    # The server that stops tells whoever still waits, and does not wait for them.
    status, said = answer(far)
    assert (status, said["value"]["rows"]) == (200, [])


@pytest.mark.rule("D17", "D25")
@pytest.mark.usefixtures("never_without_news")
def test_whose_stay_or_station_is_over_is_cut_off(scene: Scene) -> None:
    with served(scene) as place:
        other = scene.station("Desk 3", "desk", scene.north)
        leaving, stolen = place.signed_in("reception", scene.desk), place.signed_in("clinical", other)
        start = place.start(leaving)
        first, second = place.follow(leaving, **start), place.follow(stolen, **start)
        place.until_waiting(2)
        # Without a row in the feed that would wake them: whatever ends a stay is found.
        with scene.portal.parts.database.writing() as session:
            session.execute(update(Station).where(Station.id == other.id).values(revoked_at=scene.clock()))
        assert (answer(second)[0], place.feed.followers) == (401, 1)
        assert place.ask("changes.follow", stolen).status_code == 401
        with scene.portal.parts.database.writing() as session:
            digest = scene.portal.signed_in(leaving["Portal-Session"]).digest
            ended = update(SessionRecord).where(SessionRecord.digest == digest)
            session.execute(ended.values(ended_at=scene.clock()))
        assert answer(first)[0] == 403


@pytest.mark.rule("D25", "D26")
@pytest.mark.usefixtures("never_without_news")
def test_who_waits_is_told_by_the_rights_of_that_moment(scene: Scene) -> None:
    with served(scene) as place:
        moved, stays = (place.signed_in(who, scene.desk) for who in ("reception", "clinical"))
        start = place.start(moved)
        waiting, beside = place.follow(moved, **start), place.follow(stays, **start)
        place.until_waiting(2)
        # Without a row in the feed that would tell of it: now they work at the other site.
        with scene.portal.parts.database.writing() as session:
            works_there = update(StaffSite).where(StaffSite.staff_id == scene.staff["reception"].id)
            session.execute(works_there.values(site_id=scene.south))
        south, north = new_id(), new_id()
        changed(scene, journal.Changed("x", south, site_id=scene.south))
        changed(scene, journal.Changed("x", north, site_id=scene.north))
        assert [row["row_id"] for row in answer(beside)[1]["value"]["rows"]] == [str(north)]
        # What came for their new site while they were still thought to work here is not skipped.
        assert [row["row_id"] for row in answer(waiting)[1]["value"]["rows"]] == [str(south)]


@pytest.mark.usefixtures("never_without_news")
def test_what_is_looked_up_for_all_is_said_of_no_ones_request(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    within: dict[str, list[InHand | None]] = {"news": [], "follow_together": []}

    def noting(name: str) -> None:
        work = getattr(feed, name)

        def noted(*words: Any) -> Any:
            within[name].append(in_hand.get())
            return work(*words)

        monkeypatch.setattr(feed, name, noted)

    noting("news")
    noting("follow_together")
    with served(scene) as place:
        desk = place.signed_in("reception", scene.desk)
        asking = place.follow(desk, **place.start(desk))
        place.until_waiting(1)
        changed(scene, journal.Changed("x", new_id(), site_id=scene.north))
        assert answer(asking)[0] == 200
    assert all(within.values())
    assert [one for seen in within.values() for one in seen if one is not None] == []


@pytest.mark.usefixtures("never_without_news")
def test_after_a_restore_whoever_waits_begins_again(scene: Scene) -> None:
    with served(scene) as place:
        desk = place.signed_in("reception", scene.desk)
        asking = place.follow(desk, **place.start(desk))
        place.until_waiting(1)
        epoch = new_id()
        with scene.portal.parts.database.writing() as session:
            session.execute(update(Journal).values(epoch=epoch))
        status, said = answer(asking)
        assert (status, said["value"]["epoch"]) == (200, str(epoch))


def test_without_news_there_is_an_answer_in_the_end_and_who_hangs_up_is_forgotten(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(scene) as place:
        desk = place.signed_in("reception", scene.desk)
        start = place.start(desk)
        place.follow(desk, **start).close()
        place.until_waiting(0)
        monkeypatch.setattr(feed, "ANSWER_AFTER_S", 0.5)
        changed(scene, journal.Changed("x", new_id(), site_id=scene.south))  # not theirs
        status, said = answer(place.follow(desk, **start))
        assert (status, said["value"]["rows"]) == (200, [])
        assert said["value"]["number"] > start["number"]


@pytest.mark.rule("D26")
def test_who_is_woken_is_who_would_be_told(scene: Scene) -> None:
    """The scope as the watch sees it and as the database asks it are one."""
    ids = [new_id() for _ in range(3)]
    chance = Random(7)
    some = [None, *ids]
    changes = [journal.Changed("x", new_id(), *(chance.choice(some) for _ in range(4))) for _ in range(60)]
    changed(scene, *changes)
    scopes = [
        Scope(site_ids=frozenset()),
        Scope(site_ids=frozenset(ids[:2])),
        Scope(account_id=ids[0]),
        Scope(account_id=ids[0], patient_ids=frozenset(ids[1:])),
        Scope(invitation_id=ids[2]),
    ]
    with scene.portal.parts.database.reading() as session:
        rows = changes_after(session, 0, None)
        for scope in scopes:
            told = {row.number for row in changes_after(session, 0, scope)}
            assert told == {row.number for row in rows if scope.holds(row)}
            assert 0 < len(told) < len(rows)
