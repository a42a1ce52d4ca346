"""A desk whose server goes away: it goes on, and what was acknowledged arrives once."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update

from app.callers import Caller, Held
from app.ids import new_id
from app.imaging import DecodePool
from app.offline.desk_server import DeskServer
from app.offline.outbox import DeskOutbox
from app.portal import Acting, Portal
from app.rules.access import Role
from app.rules.calendar import local_day
from app.views.people import NewPatient
from db import schema
from db.database import Database
from db.desk import file as desk_file
from db.desk import queries as desk_queries
from db.desk.models import DeskBase, WaitingOperation
from db.models import (
    AccessGrant,
    Account,
    ActivationCode,
    AuditEvent,
    EmailConfirmation,
    HandedIn,
    Journal,
    Message,
    Patient,
    PatientIdentifier,
    PatientNameWord,
    Replay,
    Staff,
)
from tests.fakes import FixedClock, KeptKeyRing
from tests.https_server import HttpsServer
from tests.line import Line, line_to
from tests.refusals import refusal
from tests.scene import PASSWORD, ZONE, Scene

IDA = NewPatient("Hale", "Ida", date(1950, 1, 2), email="ida@example.org")


@dataclass
class Desk:
    """A desk at North that goes on without its server, and the line between them."""

    scene: Scene
    portal: Portal
    line: Line
    key: str
    caller: Caller
    user_name: str
    key_ring: KeptKeyRing

    @property
    def outbox(self) -> DeskOutbox:
        assert self.server.file is not None
        return self.server.file.outbox

    @property
    def server(self) -> DeskServer:
        assert isinstance(self.portal.parts.server, DeskServer)
        return self.portal.parts.server

    def reception(self) -> Acting:
        return self.portal.acting(self.caller, new_id())

    def kept(self) -> list[WaitingOperation]:
        file = self.server.file
        assert file is not None
        with file.database.reading() as session:
            return list(session.scalars(select(WaitingOperation).order_by(WaitingOperation.number)))


def open_desk(scene: Scene, portal: Portal, line: Line, key_ring: KeptKeyRing) -> Desk:
    key = "key of Desk 1"
    station = portal.station(key)
    with scene.portal.parts.database.reading() as session:
        user_name = session.get_one(Staff, scene.staff["reception"].id).user_name
    token = portal.acting(station).staff.sign_in(user_name, PASSWORD).token
    caller = portal.signed_in(token, station=station)
    return Desk(scene, portal, line, key, caller, user_name, key_ring)


def manager_elsewhere(scene: Scene) -> Acting:
    """A manager of North who sits at South's desk."""
    return scene.acting(scene.employee(Role.MANAGER, scene.south, scene.north))


@pytest.fixture
def desk(
    scene: Scene, https_server: HttpsServer, tmp_path: Path, clock: FixedClock, imaging: DecodePool
) -> Iterator[Desk]:
    scene.exam(scene.patient())
    with https_server.serving(scene.portal), line_to(https_server.address) as (line, address):
        key_ring = KeptKeyRing()
        portal = https_server.station(tmp_path, clock, imaging, address, key_ring)
        yield open_desk(scene, portal, line, key_ring)
        assert portal.parts.server is not None
        portal.parts.server.close()


def test_a_desk_goes_on_without_its_server_and_nothing_is_lost_or_doubled(
    desk: Desk, clock: FixedClock
) -> None:
    scene = desk.scene
    desk.line.go_away()
    clock.advance(timedelta(hours=3))
    assert refusal(desk.reception().patients.find, "hart") == "locked"
    desk.reception().staff.unlock(PASSWORD)

    found = desk.reception().patients.find("hart")
    assert [row.given_names for row in found] == ["Amelia"]
    desk.reception().patients.open(found[0].id)
    ida = desk.reception().patients.register(IDA)
    issued = desk.reception().accounts.create(ida.id, "passport")
    assert issued.letter is not None
    assert issued.letter.works_later
    assert [row.id for row in desk.reception().patients.find("hale ida")] == [ida.id]
    made_at = clock()
    line = desk.server.line()
    assert (line.is_online, line.waiting, line.attention) == (False, 2, 0)
    assert line.offline_since == made_at - timedelta(hours=3)
    assert refusal(desk.reception().tasks.open) == "needs_server"

    clock.advance(timedelta(hours=5))
    desk.line.come_back()
    desk.line.break_after(4000)  # wherever that is: what was not acknowledged is sent again
    desk.server.keep()
    desk.server.keep()
    assert desk.server.line().waiting == 0
    assert desk.server.line().is_online
    with scene.portal.parts.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Patient).where(Patient.id == ida.id)) == 1
        account = session.scalars(select(Account).where(Account.id == issued.account_id)).one()
        code = session.scalars(select(ActivationCode).where(ActivationCode.account_id == account.id)).one()
        assert account.created_at == made_at
        assert local_day(code.expires_at - timedelta(seconds=1), ZONE) == issued.expires_on
        verbs = session.scalars(
            select(AuditEvent.verb).where(AuditEvent.at == made_at, AuditEvent.station_id == scene.desk.id)
        ).all()
        assert sorted(verbs) == ["accounts.create", "patients.open", "patients.register"]
        # Looked at without the server, audited there once and as of then.
        [opening] = session.scalars(select(AuditEvent).where(AuditEvent.verb == "patients.open"))
        assert (opening.at, opening.patient_id) == (made_at, found[0].id)
        assert (opening.staff_id, opening.station_id) == (scene.staff["reception"].id, scene.desk.id)
    start = scene.portal.acting(scene.portal.nobody()).activation.start(issued.letter.code)
    assert not start.asks_for_digits
    assert {(row.state, row.code) for row in desk.kept()} == {("done", "")}


def test_the_file_is_encrypted_and_a_copy_is_refused_after_a_week_while_the_outbox_still_drains(
    desk: Desk, clock: FixedClock, tmp_path: Path
) -> None:
    desk.line.go_away()
    ida = desk.reception().patients.register(IDA)
    content = b"".join(path.read_bytes() for path in (tmp_path / "station").glob("desk.db*"))
    assert content
    assert b"Hale" not in content
    assert b"SQLite format 3" not in content
    # The control: the same bytes in a file that is not encrypted would be found.
    assert b"Hale" in json.dumps({"name": "Hale"}).encode()
    clock.advance(timedelta(days=7, minutes=1))
    assert refusal(desk.reception().patients.find, "hart") == "desk_copy_too_old"
    desk.line.come_back()
    desk.server.keep()
    with desk.scene.portal.parts.database.reading() as session:
        assert session.get(Patient, ida.id) is not None


def test_staff_who_signed_in_here_lately_sign_in_without_the_server(desk: Desk, clock: FixedClock) -> None:
    desk.line.go_away()
    station = desk.portal.station(desk.key)
    here = desk.portal.acting(station).staff
    assert refusal(here.sign_in, desk.user_name, "wrong") == "sign_in_wrong"
    token = here.sign_in(desk.user_name, PASSWORD).token
    signed_in = desk.portal.acting(desk.portal.signed_in(token, station=station))
    assert [row.given_names for row in signed_in.patients.find("hart")] == ["Amelia"]
    desk.line.come_back()
    desk.server.keep()
    # The stay began here: what only the server does needs the password once more.
    assert refusal(signed_in.tasks.open) == "needs_sign_in"
    signed_in.staff.lock()
    signed_in.staff.unlock(PASSWORD)
    assert signed_in.tasks.open() == ()
    desk.line.go_away()
    clock.advance(timedelta(days=7, minutes=1))
    assert refusal(here.sign_in, desk.user_name, PASSWORD) == "desk_copy_too_old"


def test_a_desk_that_is_switched_off_hands_in_what_it_has_and_erases_its_file(
    desk: Desk, tmp_path: Path
) -> None:
    scene, manager = desk.scene, manager_elsewhere(desk.scene)
    desk.reception().patients.register(replace(IDA, given_names="Known"))  # the server has it
    desk.server.keep()
    desk.line.go_away()
    ida = desk.reception().patients.register(IDA)
    letter = desk.reception().accounts.create(ida.id, "passport").letter
    assert letter is not None
    desk.reception().patients.change_contact(ida.id, "wrong@example.org", "", ())
    desk.reception().patients.open(ida.id)
    scene.acting("it").stations.revoke(scene.desk.id)
    desk.line.come_back()
    desk.line.break_after(0)  # wherever that is: what was not acknowledged is handed in again
    desk.server.keep()
    desk.server.keep()

    assert list((tmp_path / "station").glob("desk.db*")) == []
    assert desk.key_ring.kept == {}
    for _ in range(2):
        assert refusal(desk.reception().patients.find, "hart") == "station_revoked"
        assert refusal(desk.reception().patients.register, IDA) == "station_revoked"
        desk.line.go_away()
    assert not desk.server.line().can_go_on

    row = next(row for row in manager.stations.all() if row.id == scene.desk.id)
    assert row.handed_in == 3
    handed_in = manager.handed_in.undecided(scene.desk.id)
    assert [(one.use_case, one.name, one.birth_date, one.printed_letter) for one in handed_in] == [
        ("patients.register", "Ida Hale", IDA.birth_date, False),
        ("accounts.create", "Ida Hale", IDA.birth_date, True),
        ("patients.change_contact", "Ida Hale", IDA.birth_date, False),
    ]
    assert {one.done_by for one in handed_in} == {"Robin Reception"}
    with scene.portal.parts.database.reading() as session:
        assert session.get(Patient, ida.id) is None
        opened = session.scalars(select(AuditEvent).where(AuditEvent.verb == "patients.open")).all()
        assert [(one.patient_id, one.staff_id) for one in opened] == [(ida.id, scene.staff["reception"].id)]
        kept = [f"{vars(one)}" for one in session.scalars(select(HandedIn))]
    assert not any(letter.code in one or letter.code.replace("-", "") in one for one in kept)

    register, create, contact = (one.id for one in handed_in)
    assert refusal(scene.acting("manager_south").handed_in.discard, contact) == "handed_in_unknown"
    manager.handed_in.carry_out(register)
    manager.handed_in.carry_out(create)
    manager.handed_in.discard(contact)
    assert refusal(manager.handed_in.carry_out, contact) == "decided"
    assert manager.handed_in.undecided(scene.desk.id) == ()
    with scene.portal.parts.database.reading() as session:
        assert session.get_one(Patient, ida.id).email == IDA.email
        assert {(one.arguments, one.sealed, one.name) for one in session.scalars(select(HandedIn))} == {
            ("", b"", "")
        }
        events = session.execute(
            select(AuditEvent.verb, AuditEvent.staff_id).where(AuditEvent.verb.startswith("handed_in."))
        ).all()
    assert [verb for verb, _by in events] == [
        "handed_in.carry_out",
        "handed_in.carry_out",
        "handed_in.discard",
    ]
    assert {by for _verb, by in events} == {manager.staff.me().id}
    # The letter that was printed there works.
    scene.portal.acting(scene.portal.nobody()).activation.start(letter.code)


def test_only_a_desk_that_was_switched_off_hands_in_and_it_does_nothing_else(
    desk: Desk, tmp_path: Path, clock: FixedClock, imaging: DecodePool, https_server: HttpsServer
) -> None:
    scene = desk.scene
    desk.line.go_away()
    ida = desk.reception().patients.register(IDA)
    [left] = desk.outbox.left_over()
    desk.line.come_back()
    remote = desk.server._remote
    for key, kind in (("key of Desk 1", "station_in_use"), ("of nobody", "station_unknown")):
        assert refusal(remote.hand_in, Held(key), left) == kind
    assert refusal(remote.hand_in, Held("key of Kiosk 1"), left) == "station_in_use"
    scene.acting("it").stations.revoke(scene.kiosk.id)
    assert refusal(remote.hand_in, Held("key of Kiosk 1"), left) == "station_in_use"
    scene.acting("it").stations.revoke(scene.desk.id)
    nonsense = replace(left, operation=replace(left.operation, use_case="staff.all"))
    assert refusal(remote.hand_in, Held(desk.key), nonsense) == "request_unreadable"
    assert refusal(remote.take_over, Held(desk.key), left.operation) == "station_revoked"
    # The program was not running when the desk was switched off: it hands in at its next start.
    desk.server.close()
    again = https_server.station(tmp_path, clock, imaging, "", desk.key_ring)
    assert refusal(again.station, desk.key) == "station_revoked"
    assert list((tmp_path / "station").glob("desk.db*")) == []
    assert desk.key_ring.kept == {}
    manager = manager_elsewhere(scene)
    [row] = manager.handed_in.undecided(scene.desk.id)
    assert (row.use_case, row.name) == ("patients.register", "Ida Hale")
    # Somebody of the same name and birth date was registered meanwhile: a manager says who it is.
    scene.patient(IDA.given_names, IDA.family_name, IDA.birth_date)
    assert refusal(manager.handed_in.carry_out, row.id) == "perhaps_registered"
    manager.handed_in.carry_out(row.id, is_another=True)
    with scene.portal.parts.database.reading() as session:
        assert session.get(Patient, ida.id) is not None
    assert again.parts.server is not None
    again.parts.server.close()


def test_after_a_backup_came_back_everything_is_sent_again_and_letters_work(desk: Desk) -> None:
    scene = desk.scene
    ida = desk.reception().patients.register(IDA)
    letter = desk.reception().accounts.create(ida.id, "passport").letter
    assert letter is not None
    desk.server.keep()
    assert {(row.state, row.code) for row in desk.kept()} == {("done", "")}
    # The backup was made before all of it.
    with scene.portal.parts.database.writing() as session:
        for table in (Message, EmailConfirmation, ActivationCode, AccessGrant, Account, Replay):
            session.execute(delete(table))
        for part in (PatientNameWord, PatientIdentifier):
            session.execute(delete(part).where(part.patient_id == ida.id))
        session.execute(delete(Patient).where(Patient.id == ida.id))
        session.execute(update(Journal).values(epoch=new_id()))
    desk.line.go_away()
    desk.reception().accounts.block(UUID(letter.account_id), "asked for by telephone")
    desk.line.come_back()
    desk.server.keep()
    assert desk.server.attention() == ()
    with scene.portal.parts.database.reading() as session:
        account = session.scalars(select(Account)).one()
        assert (str(account.id), account.blocked_reason) == (letter.account_id, "asked for by telephone")
        code = session.scalars(select(ActivationCode)).one()
        assert code.digest == scene.portal.parts.keys.digest("activation", letter.code)


@pytest.mark.rule("D24")
def test_after_a_backup_came_back_openings_that_it_lacks_are_audited_again_and_the_others_are_not(
    desk: Desk, clock: FixedClock, tmp_path: Path
) -> None:
    scene, database = desk.scene, desk.scene.portal.parts.database
    [amelia] = desk.reception().patients.find("hart")

    def open_alone(then: timedelta) -> datetime:
        again = open_desk(scene, desk.portal, desk.line, desk.key_ring)
        desk.server.keep()
        desk.line.go_away()
        clock.advance(timedelta(minutes=1))
        at = clock()
        again.reception().patients.open(amelia.id)
        clock.advance(then)
        desk.line.come_back()
        desk.server.keep()
        return at

    def audited() -> Counter[datetime]:
        with database.reading() as session:
            return Counter(session.scalars(select(AuditEvent.at).where(AuditEvent.verb == "patients.open")))

    def come_back_from_backup() -> None:
        with database.writing() as session:
            session.execute(delete(Replay).where(Replay.at > backed_up_at))
            session.execute(update(Journal).values(epoch=new_id()))

    in_backup = open_alone(timedelta(0))
    backed_up_at = clock()
    lost = [open_alone(timedelta(0)), open_alone(timedelta(days=9))]
    once = dict.fromkeys((in_backup, *lost), 1)
    assert audited() == once

    # What the trail said of them is not taken out here: what is audited anew stands there twice.
    come_back_from_backup()
    last = open_alone(timedelta(0))  # nothing but this tells the desk
    desk.server.keep()
    assert audited() == once | dict.fromkeys(lost, 2) | {last: 1}

    # A desk that is switched off before it noticed: the server gets what it lacks, and only then the file goes.
    open_desk(scene, desk.portal, desk.line, desk.key_ring).reception().patients.register(IDA)
    desk.server.keep()
    come_back_from_backup()
    scene.acting(scene.employee(Role.IT, scene.north)).stations.revoke(scene.desk.id)
    assert refusal(desk.reception().patients.find, "hart") == "station_revoked"
    desk.server.keep()
    assert list((tmp_path / "station").glob("desk.db*")) == []
    assert audited() == once | dict.fromkeys(lost, 3) | {last: 2}
    [row] = manager_elsewhere(scene).handed_in.undecided(scene.desk.id)
    assert (row.use_case, row.name) == ("patients.register", "Ida Hale")


def test_a_file_of_the_version_before_is_brought_up_to_date(tmp_path: Path) -> None:
    path, key = tmp_path / "desk.db", b"k" * 32
    database = Database(f"sqlite:///{path}", cipher_key=key)
    schema.upgrade(database)
    with database.engine.execution_options(writing=True).begin() as connection:
        first = [table for name, table in DeskBase.metadata.tables.items() if name != "desk_handed_over"]
        DeskBase.metadata.create_all(connection, tables=first)
        connection.exec_driver_sql("PRAGMA user_version = 1")
    database.close()
    opened = desk_file.open_file(path, key)
    with opened.writing() as session:
        desk_queries.note_handed_over(session, 7)
    opened.close()
