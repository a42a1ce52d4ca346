from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, select, text, update

from app.errors import NotAllowed, PortalError
from app.portal import Portal
from app.use_case import by_itself
from db.errors import DatabaseConflictError
from db.models import Base
from db.queries import journal as queries
from tests.fakes import FixedClock
from tests.scene import Scene

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def verbs(portal: Portal) -> list[tuple[str, str]]:
    with portal.parts.database.reading() as session:
        return [(e.verb, e.outcome) for e in queries.audit_events(session, 0, 1000)]


@pytest.mark.rule("D24")
def test_who_opened_my_records_says_it_in_plain_words_to_privacy_and_to_the_patient(
    scene: Scene, portal: Portal
) -> None:
    patient = scene.patient()
    owner = scene.account(patient)
    exam = scene.exam(patient)
    report = scene.report(exam)
    scene.invitation(owner, exam, patient, number="0123456789AB")
    scene.acting("reception").patients.open(patient)
    scene.acting(owner).exams.open(exam)
    opened = portal.acting(portal.nobody("203.0.113.9")).visits.open_with_code("0123456789AB", "ABCDEFGH1234")
    guest = portal.visiting(opened.token, address="203.0.113.9")
    scene.acting(guest).reports.read(report)
    listed = scene.acting("privacy").audit.who_opened(patient, *MARCH)
    lines = [(line.who, line.what, line.where) for line in listed.openings]
    assert ("Robin Reception", "looked at your page at reception", "Desk 1") in lines
    assert ("Amelia Hart", "opened your exam", "Kiosk 1") in lines
    assert ("With the invitation for Dr Sam Okafor", "opened an invitation of yours", "Web portal") in lines
    assert ("With the invitation for Dr Sam Okafor", "read your report", "Web portal") in lines
    mine = scene.acting(owner).audit.who_opened(patient, *MARCH)
    assert mine.openings[: len(listed.openings)] == listed.openings
    assert [line.what for line in mine.openings[len(listed.openings) :]] == [
        "looked up who opened your records"
    ]


@pytest.mark.rule("D24", "D26")
def test_only_the_privacy_role_searches_and_the_search_is_audited_too(scene: Scene, portal: Portal) -> None:
    patient = scene.patient()
    with pytest.raises(NotAllowed):
        scene.acting("manager").audit.search(*MARCH)
    rows = scene.acting("privacy").audit.search(*MARCH, patient_id=patient)
    assert rows == ()
    assert verbs(portal)[-2:] == [("audit.search", "denied"), ("audit.search", "done")]


def test_another_patients_list_is_nobodys_business(scene: Scene) -> None:
    other = scene.patient("Ben", "Okoro")
    owner = scene.account(scene.patient())
    with pytest.raises(PortalError) as caught:
        scene.acting(owner).audit.who_opened(other, *MARCH)
    assert caught.value.kind == "patient_unknown"


@pytest.mark.rule("D24")
def test_a_changed_a_removed_and_a_cut_event_are_each_found(scene: Scene, portal: Portal) -> None:
    for _ in range(4):
        scene.acting("privacy").audit.search(*MARCH)
    check = portal.acting(portal.command_line()).audit
    head = check.head()
    assert check.verify(head).broken == ()  # the control: an untouched chain is whole
    is_sqlite = portal.parts.database.engine.dialect.name == "sqlite"

    def tamper(statement: str) -> tuple[tuple[int, ...], bool | None]:
        with portal.parts.database.writing() as session:
            if is_sqlite:
                session.execute(text("DROP TRIGGER IF EXISTS audit_event_stays"))
                session.execute(text("DROP TRIGGER IF EXISTS audit_event_remains"))
            else:
                session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER audit_event_stays"))
            session.execute(text(statement))
        found = check.verify(head)
        return found.broken, found.head_is_known

    assert tamper("UPDATE audit_event SET verb = 'audit.other' WHERE number = 2")[0] == (2,)
    broken, known = tamper("DELETE FROM audit_event WHERE number = 4")
    assert 4 in broken
    assert known is False


@pytest.mark.rule("D24")
def test_whatever_is_changed_in_an_event_is_found_and_the_event_named(scene: Scene, portal: Portal) -> None:
    for _ in range(3):
        scene.acting("privacy").audit.search(*MARCH)
    check = portal.acting(portal.command_line()).audit
    is_sqlite = portal.parts.database.file is not None
    with portal.parts.database.writing() as session:
        for statement in KEPT_SQLITE if is_sqlite else KEPT_POSTGRESQL:
            session.execute(text(statement))
    table = Base.metadata.tables["audit_event"]
    for column in table.columns:
        with portal.parts.database.writing() as session:
            row = session.execute(select(table).where(table.c.number == 2)).mappings().one()
            changed = {column.name: another(row[column.name], column)}
            session.execute(update(table).where(table.c.number == 2).values(changed))
        # A changed number leaves a hole where it was.
        assert min(check.verify().broken) == (3 if column.name == "number" else 2), column.name
        with portal.parts.database.writing() as session:
            back = update(table).where(table.c.number == changed.get("number", 2))
            session.execute(back.values({column.name: row[column.name]}))
        assert check.verify().broken == (), column.name


KEPT_SQLITE = ("DROP TRIGGER audit_event_stays", "DROP TRIGGER audit_event_remains")
KEPT_POSTGRESQL = ("ALTER TABLE audit_event DISABLE TRIGGER audit_event_stays",)


def another(value: Any, column: Column[Any]) -> Any:
    """The least that a value can change by."""
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    kind = column.type.python_type
    if kind is UUID:
        return UUID(int=value.int ^ 1 if value else 1)
    if kind is bytes:
        return bytes([value[0] ^ 1, *value[1:]])
    return value + 1000 if kind is int else f"{value} "


def test_a_tail_cut_together_with_the_counter_is_found_by_a_head_noted_before(
    scene: Scene, portal: Portal
) -> None:
    scene.acting("privacy").audit.search(*MARCH)
    check = portal.acting(portal.command_line()).audit
    early = check.head()
    scene.acting("privacy").audit.search(*MARCH)
    late = check.head()
    with portal.parts.database.writing() as session:
        if portal.parts.database.engine.dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER audit_event_remains"))
        else:
            session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER audit_event_stays"))
        session.execute(text("DELETE FROM audit_event WHERE number = 2"))
        number, digest = early.split(":")
        session.execute(
            text("UPDATE journal SET audit_number = :n, audit_hash = :h"),
            {"n": int(number), "h": bytes.fromhex(digest)},
        )
    assert check.verify().broken == ()  # the control: without a head kept elsewhere the cut is invisible
    assert check.verify(late).head_is_known is False
    assert check.verify(early).head_is_known is True


def test_audit_events_cannot_be_changed_or_deleted(scene: Scene, portal: Portal) -> None:
    scene.acting("privacy").audit.search(*MARCH)
    for statement in ("UPDATE audit_event SET verb = 'x'", "DELETE FROM audit_event"):
        with pytest.raises(DatabaseConflictError), portal.parts.database.writing() as session:
            session.execute(text(statement))


def test_stations_learn_what_changed_and_only_what_is_theirs(scene: Scene) -> None:
    patient = scene.patient()
    owner = scene.account(patient)
    stranger = scene.account(scene.patient("Ben", "Okoro"))
    exam = scene.exam(patient)
    scene.report(exam)
    watched = {who: scene.acting(who).changes.since() for who in ("reception", "reception_south")}
    mine, others = scene.acting(owner).changes.since(), scene.acting(stranger).changes.since()
    from app.views.sharing import NewInvitation

    made = scene.acting(owner).sharing.invite(
        exam, NewInvitation("paper", "Dr Sam", understands_sensitive=True)
    )
    for who, before in watched.items():
        rows = scene.acting(who).changes.since(before.epoch, before.number).rows
        assert [row.noun for row in rows] == (["invitation"] if who == "reception" else [])
    found = scene.acting(owner).changes.since(mine.epoch, mine.number)
    assert [(row.noun, row.row_id) for row in found.rows] == [("invitation", made.invitation_id)]
    assert scene.acting(owner).changes.since(found.epoch, found.number).rows == ()
    assert scene.acting(stranger).changes.since(others.epoch, others.number).rows == ()


def test_another_epoch_begins_again_at_the_end(scene: Scene) -> None:
    from uuid import uuid4

    scene.acting("reception").patients.open(scene.patient())
    found = scene.acting("reception").changes.since(uuid4(), 0)
    assert found.rows == ()
    assert scene.acting("reception").changes.since(found.epoch, found.number).rows == ()


@pytest.mark.rule("D32")
def test_time_alone_puts_things_on_the_list_once(scene: Scene, portal: Portal, clock: FixedClock) -> None:
    patient = scene.patient()
    exam = scene.exam(patient)
    scene.report(exam, status="preliminary")
    clock.advance(timedelta(seconds=1))
    for _ in range(2):
        portal.housekeep()
    assert [task.kind for task in scene.acting("reception").tasks.open()] == ["report_overdue"]


@pytest.mark.rule("D18")
def test_thirty_days_before_an_account_expires_its_patient_is_told_once(
    scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    from tests.fakes import KeptMailer

    scene.account(scene.patient())
    mailer = portal.parts.mailer
    assert isinstance(mailer, KeptMailer)
    clock.advance(timedelta(days=334))
    portal.housekeep()
    portal.deliver_due()
    assert mailer.sent == []
    clock.advance(timedelta(days=2))
    for _ in range(2):
        portal.housekeep()
        portal.deliver_due()
    (mail,) = mailer.sent
    assert "will expire" in mail.subject


def test_the_program_leaves_no_trace_where_nothing_was_done(scene: Scene, portal: Portal) -> None:
    before = verbs(portal)
    portal.housekeep()
    with by_itself(portal.parts, "tests.nothing"):
        pass
    assert verbs(portal) == before
