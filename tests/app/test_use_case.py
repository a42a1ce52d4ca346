from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import QueuePool, func, select

from app.errors import N_, Conflict, Refused
from app.ids import new_id
from app.portal import Portal
from app.rules.access import Role
from app.rules.attempts import Guarded
from app.throttles import count_try
from app.use_case import Effect, Noun, Work, use_case
from db.models import AuditEvent, Change, Patient, Replay, SessionRecord, Staff, StaffRole, Throttle
from tests.fakes import FixedClock
from tests.refusals import refusal
from tests.scene import Known, Scene

DESK = frozenset({Role.RECEPTION})


@dataclass(frozen=True)
class Answer:
    code: str
    at: date


class Probe(Noun):
    """A noun with one use case of each kind."""

    def __init__(self, scene: Scene, who: Known | None = None, request_id: UUID | None = None) -> None:
        caller = who.caller if who else scene.portal.nobody("203.0.113.1")
        super().__init__(scene.portal.parts, caller, request_id)
        self.ran: list[str] = []
        self.meanwhile: Any = None

    def _prepared(self, name: str) -> str:
        pool = self.parts.database.engine.pool
        assert isinstance(pool, QueuePool)
        self.ran.append(f"prepare, {pool.checkedout()} connections in use")
        if self.meanwhile:
            self.meanwhile()
        return name.upper()

    @use_case(DESK, Effect.WRITES, prepare=_prepared)
    def rename(self, work: Work[str], name: str) -> str:
        """Give every patient the family name."""
        self.ran.append("body")
        for patient in work.session.scalars(select(Patient)):
            patient.family_name = work.prepared
            work.about(patient_id=patient.id)
            work.changed("patient", patient.id, patient_id=patient.id)
        if name == "conflict":
            raise Conflict("some_conflict", N_("This cannot be."))
        if name == "refused":
            raise Refused("some_refusal", N_("This try counts."))
        if name == "bug":
            raise RuntimeError("a bug")
        return work.prepared

    @use_case(DESK, Effect.WRITES, secret=True)
    def issue(self, work: Work[None], day: date) -> Answer:
        """Return a secret."""
        self.ran.append("body")
        return Answer(f"CANARY{len(self.ran)}{work.now:%H%M%S}", day)

    @use_case(DESK, Effect.OPENS)
    def open(self, work: Work[None], patient_id: UUID) -> str:
        """Look at a patient's data."""
        work.about(patient_id=patient_id, pages=3)
        return "opened"

    @use_case(DESK)
    def read(self, work: Work[None]) -> bool:
        """Look at something that is nobody's."""
        return work.who.is_locked

    @use_case(DESK, is_activity=False)
    def poll(self, work: Work[None]) -> bool:
        """Look again, without anybody being there."""
        return work.who.is_locked

    @use_case(DESK, Effect.WRITES)
    def guess(self, work: Work[None]) -> None:
        """Try something that is counted, and fail."""
        count_try(work.session, Guarded.CODE, work.who, work.now)
        raise Refused("wrong", N_("This is wrong."))

    @use_case(DESK, Effect.WRITES)
    def twice(self, work: Work[None]) -> None:
        """Store what may be there only once."""
        known = work.session.scalars(select(Staff)).first()
        assert known is not None
        work.session.add(
            Staff(
                id=new_id(),
                user_name="x",
                user_name_key=known.user_name_key,
                full_name="x",
                password_hash="",
                must_change_password=True,
                created_at=work.now,
            )
        )


def events(portal: Portal, outcome: str = "done") -> list[AuditEvent]:
    with portal.parts.database.reading() as session:
        query = select(AuditEvent).where(AuditEvent.verb.startswith("probe."), AuditEvent.outcome == outcome)
        return list(session.scalars(query))


def names(portal: Portal) -> list[str]:
    with portal.parts.database.reading() as session:
        return list(session.scalars(select(Patient.family_name)))


def changes(portal: Portal) -> int:
    with portal.parts.database.reading() as session:
        return session.scalar(select(func.count(Change.number))) or 0


@pytest.fixture
def desk(scene: Scene) -> Known:
    scene.patient()
    return scene.staff["reception"]


# Order


def test_permission_comes_first_then_preparation_without_a_transaction_then_the_body(
    scene: Scene, portal: Portal, desk: Known
) -> None:
    allowed = Probe(scene, desk)
    assert allowed.rename("moss") == "MOSS"
    assert allowed.ran == ["prepare, 0 connections in use", "body"]
    denied = Probe(scene, scene.staff["it"])
    assert refusal(denied.rename, "hill") == "not_allowed"
    assert denied.ran == []
    assert names(portal) == ["MOSS"]


def test_a_right_lost_during_preparation_is_lost(scene: Scene, portal: Portal, desk: Known) -> None:
    probe = Probe(scene, desk)

    def take_away() -> None:
        with portal.parts.database.writing() as session:
            session.get_one(StaffRole, (desk.id, "reception")).role = "it"

    probe.meanwhile = take_away
    assert refusal(probe.rename, "moss") == "not_allowed"
    assert names(portal) == ["Hart"]


# What is remembered


@pytest.mark.rule("D24")
def test_writing_and_opening_are_audited_with_who_and_where_and_reading_is_not(
    scene: Scene, portal: Portal, desk: Known, clock: FixedClock
) -> None:
    probe = Probe(scene, desk)
    patient = scene.patient("Ben")
    probe.read()
    probe.open(patient)
    probe.rename("moss")
    opened, written = events(portal)
    assert (opened.verb, written.verb) == ("probe.open", "probe.rename")
    assert (opened.patient_id, opened.staff_id, opened.station_id, opened.site_id) == (
        patient,
        desk.id,
        scene.desk.id,
        scene.north,
    )
    assert (opened.at, opened.caller, opened.detail) == (clock(), "staff", '{"pages": 3}')
    assert opened.session_id is not None
    assert changes(portal) == 2  # one for each patient that has another name


def test_a_denied_use_case_is_remembered_and_a_signed_out_one_only_told(
    scene: Scene, portal: Portal, desk: Known
) -> None:
    assert refusal(Probe(scene, scene.staff["it"]).open, desk.id) == "not_allowed"
    assert refusal(Probe(scene).open, desk.id) == "signed_out"
    (denied,) = events(portal, "denied")
    assert (denied.verb, denied.staff_id) == ("probe.open", scene.staff["it"].id)


def test_a_refusal_is_kept_with_its_counter_and_every_other_error_leaves_nothing(
    scene: Scene, portal: Portal, desk: Known
) -> None:
    probe = Probe(scene, desk)
    assert refusal(probe.rename, "conflict") == "some_conflict"
    with pytest.raises(RuntimeError):
        probe.rename("bug")
    assert names(portal) == ["Hart"]
    assert events(portal) == events(portal, "refused") == []
    assert changes(portal) == 0
    assert refusal(probe.guess) == "wrong"
    (kept,) = events(portal, "refused")
    assert (kept.verb, kept.detail) == ("probe.guess", '{"refusal": "wrong"}')
    with portal.parts.database.reading() as session:
        assert set(session.scalars(select(Throttle.tries))) == {1}


def test_the_audit_chain_and_the_change_feed_have_no_gaps(scene: Scene, portal: Portal, desk: Known) -> None:
    probe = Probe(scene, desk)
    for name in ("moss", "conflict", "hill", "refused", "vale"):
        try:
            probe.rename(name)
        except (Conflict, Refused):
            continue
    with portal.parts.database.reading() as session:
        audited = list(session.scalars(select(AuditEvent.number).order_by(AuditEvent.number)))
        changed = list(session.scalars(select(Change.number).order_by(Change.number)))
    assert audited == list(range(1, len(audited) + 1))
    assert changed == list(range(1, len(changed) + 1))
    assert len(events(portal)) == 3
    report = portal.acting(portal.command_line()).audit.verify()
    assert (report.broken, report.events) == ((), len(audited))


# Replay


def test_the_same_request_is_carried_out_once_and_answered_alike(
    scene: Scene, portal: Portal, desk: Known
) -> None:
    request = new_id()
    first, again = Probe(scene, desk, request), Probe(scene, desk, request)
    assert first.rename("moss") == "MOSS"
    Probe(scene, desk).rename("hill")
    assert again.rename("moss") == "MOSS"
    assert again.ran == []
    assert names(portal) == ["HILL"]


def test_a_request_with_other_contents_is_refused(scene: Scene, portal: Portal, desk: Known) -> None:
    request = new_id()
    Probe(scene, desk, request).rename("moss")
    assert refusal(Probe(scene, desk, request).rename, "hill") == "request_reused"
    assert names(portal) == ["MOSS"]


def test_a_request_id_belongs_to_its_caller_and_its_use_case(
    scene: Scene, portal: Portal, desk: Known
) -> None:
    request = new_id()
    Probe(scene, desk, request).rename("moss")
    other = scene.employee(Role.RECEPTION, scene.north)
    assert Probe(scene, other, request).rename("hill") == "HILL"
    assert Probe(scene, desk, request).issue(date(2026, 1, 1)).at == date(2026, 1, 1)
    assert names(portal) == ["HILL"]


def test_a_replay_asks_for_permission_again(scene: Scene, portal: Portal, desk: Known) -> None:
    request = new_id()
    Probe(scene, desk, request).rename("moss")
    with portal.parts.database.writing() as session:
        session.get_one(StaffRole, (desk.id, "reception")).role = "it"
    assert refusal(Probe(scene, desk, request).rename, "moss") == "not_allowed"


def test_a_refused_request_may_be_sent_again(scene: Scene, desk: Known) -> None:
    request = new_id()
    assert refusal(Probe(scene, desk, request).guess) == "wrong"
    assert refusal(Probe(scene, desk, request).guess) == "wrong"


@pytest.mark.rule("D2")
def test_a_secret_answer_is_stored_encrypted_for_15_minutes_and_then_gone(
    scene: Scene, portal: Portal, desk: Known, clock: FixedClock
) -> None:
    request = new_id()
    first = Probe(scene, desk, request).issue(date(2026, 1, 1))
    clock.advance(timedelta(minutes=9))
    assert Probe(scene, desk, request).issue(date(2026, 1, 1)) == first
    with portal.parts.database.reading() as session:
        row = session.scalars(select(Replay)).one()
    assert row.answer is not None
    assert b"CANARY" not in row.answer
    assert b"CANARY" not in row.arguments
    clock.advance(timedelta(minutes=6))
    gone = Probe(scene, desk, request)
    assert refusal(gone.issue, date(2026, 1, 1)) == "done_secret_gone"
    assert gone.ran == []
    portal.housekeep()
    with portal.parts.database.reading() as session:
        assert session.scalars(select(Replay.answer)).one() is None
    assert refusal(Probe(scene, desk, request).issue, date(2026, 1, 1)) == "done_secret_gone"


def test_of_the_same_request_twice_at_once_one_is_carried_out_and_both_get_its_answer(
    scene: Scene, portal: Portal, desk: Known
) -> None:
    request = new_id()
    slow = Probe(scene, desk, request)
    slow.meanwhile = lambda: Probe(scene, desk, request).rename("moss")  # the other one is faster
    assert slow.rename("moss") == "MOSS"
    assert len(events(portal)) == 1
    assert changes(portal) == 1


# Being there


@pytest.mark.rule("D25")
def test_using_the_portal_is_being_there_and_polling_is_not(
    scene: Scene, portal: Portal, desk: Known, clock: FixedClock
) -> None:
    def seen() -> timedelta:
        with portal.parts.database.reading() as session:
            query = select(SessionRecord.last_active_at).where(SessionRecord.staff_id == desk.id)
            return clock() - session.scalars(query).one()

    clock.advance(timedelta(minutes=3))
    Probe(scene, desk).poll()
    assert seen() == timedelta(minutes=3)
    Probe(scene, desk).read()
    assert seen() == timedelta()
    clock.advance(timedelta(seconds=2))  # written down every five seconds at most
    Probe(scene, desk).read()
    assert seen() == timedelta(seconds=2)


@pytest.mark.rule("D25")
def test_a_screen_that_has_locked_itself_is_not_unlocked_by_trying(
    scene: Scene, desk: Known, clock: FixedClock
) -> None:
    clock.advance(timedelta(minutes=10))
    for _ in range(2):
        assert refusal(Probe(scene, desk).read) == "locked"


# The database


def test_what_may_be_there_only_once_is_said_in_plain_words(scene: Scene, desk: Known) -> None:
    assert refusal(Probe(scene, desk).twice) == "changed_meanwhile"


def test_errors_of_the_database_carry_no_values(scene: Scene, desk: Known) -> None:
    with pytest.raises(Conflict) as told:
        Probe(scene, desk).twice()
    error: BaseException | None = told.value
    while error is not None:
        assert "Robin" not in str(error)
        assert "[parameters: [" not in str(error)
        error = error.__cause__
