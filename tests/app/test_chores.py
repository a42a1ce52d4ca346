"""What runs beside people outlives its troubles."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.chores import Chores
from app.imaging import DecodePool
from app.messages import queue_mail
from app.portal import Portal
from app.ports import Mail
from app.use_case import by_itself
from tests.conftest import make_portal
from tests.databases import SQLiteFiles
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.scene import Scene


def queue(scene: Scene) -> None:
    with by_itself(scene.portal.parts, "tests.queue") as work:
        queue_mail(
            scene.portal.parts,
            work,
            "account_expiring",
            "amelia@example.org",
            site_id=scene.north,
            expires_on=scene.clock().date(),
            url="https://portal.harbour.example",
        )


class Bell(KeptMailer):
    """A mailer that rings when it has something."""

    def __init__(self) -> None:
        super().__init__()
        self.rang = threading.Event()

    def send(self, mail: Mail) -> None:
        super().send(mail)
        self.rang.set()


def test_chores_send_what_waits_until_they_are_stopped(scene: Scene) -> None:
    bell = Bell()
    chores = Chores(Portal(replace(scene.portal.parts, mailer=bell)), every_s=0.01)
    chores.start()
    for _ in range(2):
        bell.rang.clear()
        queue(scene)
        assert bell.rang.wait(60)
    chores.stop()
    assert not any(thread.name == "chores" for thread in threading.enumerate())
    queue(scene)
    assert len(bell.sent) == 2


def test_more_messages_than_one_round_takes_are_sent_in_one_go(scene: Scene, mailer: KeptMailer) -> None:
    for _ in range(45):
        queue(scene)
    assert Chores(scene.portal).work()
    assert len(mailer.sent) == 45


def test_nothing_is_done_and_nothing_complained_of_before_the_clinic_is_set_up(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    assert Chores(portal).work()
    assert caplog.records == []


def test_house_is_kept_once_a_minute_also_after_the_clock_was_set_back(
    scene: Scene, clock: FixedClock
) -> None:
    chores = Chores(scene.portal)
    kept: list[object] = []
    scene.portal.housekeep = lambda: kept.append(clock())  # type: ignore[method-assign]  # to count
    for _ in range(3):
        chores.work()
    assert len(kept) == 1
    clock.advance(timedelta(minutes=1))
    chores.work()
    clock.advance(timedelta(days=-2))
    chores.work()
    assert len(kept) == 3


def broken(scene: Scene) -> Callable[[], None]:
    """Take the table of messages away; return what brings it back."""
    with scene.portal.parts.database.writing() as session:
        session.execute(text("ALTER TABLE message RENAME TO elsewhere"))

    def mend() -> None:
        with scene.portal.parts.database.writing() as session:
            session.execute(text("ALTER TABLE elsewhere RENAME TO message"))

    return mend


def test_trouble_with_sending_does_not_keep_the_house_from_being_kept(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    chores = Chores(scene.portal)
    mend = broken(scene)
    kept: list[bool] = []
    monkeypatch.setattr(scene.portal, "housekeep", lambda: kept.append(True))
    with caplog.at_level(logging.WARNING):
        assert not chores.work()
    assert kept == [True]
    assert caplog.records  # a person can find out why
    mend()
    caplog.clear()
    assert chores.work()


def test_a_database_that_is_away_is_waited_for_quietly(
    sqlite_files: SQLiteFiles, tmp_path: Path, imaging: DecodePool, caplog: pytest.LogCaptureFixture
) -> None:
    clock, mailer = FixedClock(), KeptMailer()
    portal = make_portal(sqlite_files.upgraded(), tmp_path, clock, mailer, KeptTextSender(), imaging)
    file = portal.parts.database.file
    assert file is not None
    chores = Chores(portal)
    queue(Scene(portal, clock))
    away = file.with_suffix(".away")
    file.rename(away)
    with caplog.at_level(logging.WARNING):
        assert not chores.work()
    # A warning with what it is, and no unexpected error: nothing is wrong with the program.
    assert {(record.levelname, record.message) for record in caplog.records} == {("WARNING", "chores wait")}
    away.rename(file)
    assert chores.work()
    assert len(mailer.sent) == 1
    portal.parts.database.close()
