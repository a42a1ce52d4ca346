"""What time alone brings, once each and no earlier."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from app.housekeeping import _send_audit_head
from app.imaging import DecodePool
from app.portal import Acting, Portal
from app.use_case import by_itself
from db.models import Message
from db.queries import housekeeping as queries
from tests.conftest import make_portal
from tests.databases import PostgreSQL
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.scene import PASSWORD, Scene


def desk(scene: Scene) -> Acting:
    """Reception, signed in now."""
    return scene.acting(scene.session("staff", scene.desk, staff_id=scene.staff["reception"].id))


def kept(scene: Scene) -> list[str]:
    """Keep house twice; return what stands on the list."""
    for _ in range(2):
        scene.portal.housekeep()
    return [task.kind for task in desk(scene).tasks.open()]


@pytest.fixture
def patient(scene: Scene) -> UUID:
    return scene.patient()


@pytest.mark.rule("D32")
def test_a_code_stands_on_the_list_seven_days_before_it_expires_until_there_is_a_new_one(
    scene: Scene, patient: UUID, clock: FixedClock
) -> None:
    issued = desk(scene).accounts.create(patient, "passport")  # until 12 April in Sydney
    clock.now = clock.now.replace(month=4, day=5, hour=13)
    assert kept(scene) == []
    clock.advance(timedelta(hours=1))
    assert kept(scene) == ["code_expiring"]
    desk(scene).accounts.reissue(issued.account_id, "passport")
    assert kept(scene) == []


@pytest.mark.rule("D18", "D32")
def test_an_account_stands_on_the_list_thirty_days_before_it_expires_until_its_patient_signs_in(
    scene: Scene, patient: UUID, clock: FixedClock
) -> None:
    scene.account(patient, user_name="amelia", email="")  # expires in 365 days
    clock.advance(timedelta(days=335) - timedelta(seconds=1))
    assert kept(scene) == []
    clock.advance(timedelta(seconds=1))
    assert kept(scene) == ["account_expiring"]
    scene.acting(scene.kiosk).sessions.sign_in("amelia", PASSWORD)
    assert kept(scene) == []


@pytest.mark.rule("D10", "D32")
def test_what_is_withheld_stands_on_the_list_after_its_review_date_until_the_hold_ends(
    scene: Scene, patient: UUID, clock: FixedClock
) -> None:
    exam = scene.exam(patient)
    report = scene.report(exam, visible=False)
    clinical = scene.staff["clinical"].id

    def doctor() -> Acting:
        return scene.acting(scene.session("staff", scene.desk, staff_id=clinical))

    doctor().exams.hold(exam, "asked by the doctor", date(2026, 3, 20))
    doctor().reports.hold(report, "asked by the doctor", date(2026, 3, 21))
    clock.now = clock.now.replace(day=20, hour=12, minute=59)  # a minute before midnight in Sydney
    assert kept(scene) == []
    clock.advance(timedelta(minutes=1))
    assert kept(scene) == ["review_due"]
    clock.advance(timedelta(days=1))
    assert kept(scene) == ["review_due"] * 2
    doctor().exams.end_hold(exam, "looked at")
    doctor().reports.end_hold(report, "looked at")
    assert kept(scene) == []


def test_what_a_killed_program_left_half_copied_goes_after_a_day(
    scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    left = portal.parts.settings.archive_folder / ".unfinished" / "half"
    left.write_bytes(b"half an image")
    os.utime(left, (clock().timestamp(), clock().timestamp()))
    clock.advance(timedelta(days=1))
    portal.housekeep()
    assert left.exists()
    clock.advance(timedelta(seconds=1))
    portal.housekeep()
    assert not left.exists()


def test_a_clock_that_was_set_back_stands_on_every_sites_list_and_a_small_difference_does_not(
    scene: Scene, patient: UUID, clock: FixedClock
) -> None:
    desk(scene).accounts.create(patient, "passport")
    clock.advance(-timedelta(minutes=5))
    assert kept(scene) == []
    clock.advance(-timedelta(seconds=1))
    assert kept(scene) == ["clock_wrong"]
    assert [task.kind for task in scene.acting("reception_south").tasks.open()] == ["clock_wrong"]


@pytest.mark.rule("D24")
def test_the_head_of_the_audit_trail_leaves_the_server_once_a_day_where_that_is_set(
    scene: Scene, portal: Portal, mailer: KeptMailer, clock: FixedClock
) -> None:
    portal.housekeep()
    portal.deliver_due()
    assert mailer.sent == []
    manager = scene.acting("manager").clinic
    manager.change(replace(manager.settings(), audit_head_email="Keeper@Notary.example"))
    head = portal.acting(portal.command_line()).audit.head()
    for _ in range(2):
        portal.housekeep()
        portal.deliver_due()
    (mail,) = mailer.sent
    assert mail.to == "keeper@notary.example"
    assert head in mail.text
    assert portal.acting(portal.command_line()).audit.verify(head).head_is_known
    clock.advance(timedelta(days=1))
    portal.housekeep()
    portal.deliver_due()
    assert len(mailer.sent) == 2


# Several server processes


def waiting_heads(portal: Portal) -> int:
    with portal.parts.database.reading() as session:
        return session.query(Message).filter_by(kind="audit_head").count()


@pytest.fixture
def with_keeper(
    postgresql: PostgreSQL,
    tmp_path: Path,
    clock: FixedClock,
    mailer: KeptMailer,
    texts: KeptTextSender,
    imaging: DecodePool,
) -> Iterator[Portal]:
    """A clinic on PostgreSQL whose audit head is due to be mailed."""
    url = postgresql.upgraded()
    portal = make_portal(url, tmp_path, clock, mailer, texts, imaging)
    manager = Scene(portal, clock).acting("manager").clinic
    manager.change(replace(manager.settings(), audit_head_email="keeper@notary.example"))
    yield portal
    portal.parts.database.close()
    postgresql.drop(url)


def in_the_middle(portal: Portal, meanwhile: Callable[[], None], *, alone: bool) -> None:
    """Mail the head as one process does, and before it is saved let another one work."""
    with by_itself(portal.parts, "housekeeping.run") as work:
        if alone:
            queries.alone(work.session)
        _send_audit_head(portal.parts, work)
        work.session.flush()
        meanwhile()


def test_of_two_processes_that_keep_house_at_once_one_waits_and_does_nothing_twice(
    with_keeper: Portal,
) -> None:
    with ThreadPoolExecutor(1) as pool:
        other: list[Future[None]] = []

        def meanwhile() -> None:
            other.append(pool.submit(with_keeper.housekeep))
            with with_keeper.parts.database.reading() as session:
                waits = text(
                    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
                )
                while not session.scalar(waits):
                    session.rollback()

        in_the_middle(with_keeper, meanwhile, alone=True)
        other[0].result(60)
    assert waiting_heads(with_keeper) == 1


def test_control_processes_that_do_not_wait_for_each_other_do_it_twice(with_keeper: Portal) -> None:
    in_the_middle(with_keeper, with_keeper.housekeep, alone=False)
    assert waiting_heads(with_keeper) == 2
