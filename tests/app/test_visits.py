from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.callers import Caller
from app.errors import NotAllowed, PortalError, Refused
from app.ids import new_id
from app.portal import Portal
from app.rules.invitation import ExpiredBecause, InvitationState
from app.views.sharing import InvitationRow
from app.words import Words
from db.models import Account, AuditEvent, Series, Study, Visit
from tests.fakes import FixedClock
from tests.scene import Known, Scene

CODE = "ABCDEFGH1234"


class Shared:
    """One exam with a visible report, shared on paper."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.patient = scene.patient()
        self.owner = scene.account(self.patient, kind="web")
        self.exam = scene.exam(self.patient)
        self.report = scene.report(self.exam)
        self.number = "0123456789AB"
        self.id = scene.invitation(self.owner, self.exam, self.patient, number=self.number, code=CODE)

    def enter(self, code: str = CODE, *, number: str = "", at: Caller | None = None) -> Caller:
        portal = self.scene.portal
        where = at or portal.nobody("203.0.113.9")
        opened = portal.acting(where).visits.open_with_code(number or self.number, code)
        return portal.visiting(opened.token, station=at, address="" if at else "203.0.113.9")

    def row(self) -> InvitationRow:
        return self.scene.acting(self.owner).sharing.open(self.id).invitation

    def accesses(self) -> tuple[int, int]:
        """The count on the invitation, and how many visits there really were."""
        with self.scene.portal.parts.database.reading() as session:
            return self.row().accesses, session.scalar(select(func.count()).select_from(Visit)) or 0


@pytest.fixture
def shared(scene: Scene) -> Shared:
    return Shared(scene)


def refused(call: object, *arguments: object, **more: object) -> str:
    with pytest.raises(PortalError) as caught:
        call(*arguments, **more)  # type: ignore[operator]  # a bound method
    return caught.value.kind


@pytest.mark.rule("R59", "R65", "R73", "R74", "D13")
def test_one_correct_code_is_one_access_and_turns_active_to_viewed(shared: Shared, scene: Scene) -> None:
    assert shared.row().state is InvitationState.ACTIVE
    guest = shared.enter("abcd-efgh-i234")  # forgiving: i is 1
    assert scene.acting(guest).visits.mine().exam_id == shared.exam
    assert shared.row().state is InvitationState.VIEWED
    assert shared.accesses() == (1, 1)


@pytest.mark.rule("R65", "R66", "D13")
def test_the_tenth_opening_works_to_its_end_and_the_eleventh_is_refused(shared: Shared, scene: Scene) -> None:
    guests = [shared.enter() for _ in range(10)]
    assert refused(shared.enter) == "invitation_used_up"
    assert scene.acting(guests[9]).visits.mine().exam_id == shared.exam
    assert shared.accesses() == (10, 10)
    row = shared.row()
    assert (row.state, row.reason) == (InvitationState.EXPIRED, ExpiredBecause.USES)


@pytest.mark.rule("R64", "R75", "D3", "D14")
def test_after_its_last_local_day_a_right_code_is_told_that_it_has_expired(
    shared: Shared, clock: FixedClock
) -> None:
    row = shared.row()
    assert row.shared_until == date(2026, 4, 11)
    # Sydney leaves daylight saving on 5 April 2026: the 11th ends at 14:00 UTC.
    clock.now = clock.now.replace(month=4, day=11, hour=13, minute=59, second=59)
    owner = shared.scene.session("web", account_id=shared.owner.id)
    shared.enter()
    clock.advance(timedelta(seconds=1))
    assert refused(shared.enter) == "invitation_expired"
    page = shared.scene.acting(owner).sharing.open(shared.id).invitation
    assert (page.state, page.reason) == (InvitationState.EXPIRED, ExpiredBecause.DATE)


@pytest.mark.rule("D14")
def test_wrong_unknown_and_locked_are_answered_alike(shared: Shared, scene: Scene) -> None:
    wrong = [refused(shared.enter, "WRNGWRNGWRNG") for _ in range(5)]
    locked = refused(shared.enter)
    unknown = refused(shared.enter, number="ZZZZZZZZZZZZ")
    unreadable = refused(shared.enter, "u", number="u")
    assert {*wrong, locked, unknown, unreadable} == {"code_wrong"}
    with pytest.raises(Refused) as told:
        shared.enter()
    assert "Check the letters of the number and the code, or wait 15 minutes." in Words().error(told.value)
    assert shared.accesses() == (0, 0)


@pytest.mark.rule("D14")
def test_five_wrong_codes_lock_for_fifteen_minutes_and_fifteen_until_unlocked(
    shared: Shared, scene: Scene, clock: FixedClock
) -> None:
    def wrong_five_times(place: int) -> None:
        for _ in range(5):
            where = scene.portal.nobody(f"203.0.113.{place}")
            assert (
                refused(scene.portal.acting(where).visits.open_with_code, shared.number, "WRNGWRNGWRNG")
                == "code_wrong"
            )

    wrong_five_times(1)
    assert shared.row().is_locked
    clock.advance(timedelta(minutes=15))
    shared_owner = scene.session("web", account_id=shared.owner.id)
    assert not scene.acting(shared_owner).sharing.open(shared.id).invitation.is_locked
    wrong_five_times(2)
    clock.advance(timedelta(minutes=15))
    wrong_five_times(3)
    clock.advance(timedelta(days=2))
    assert refused(shared.enter) == "code_wrong"
    desk = Known(
        scene.staff["reception"].id, scene.session("staff", scene.desk, staff_id=scene.staff["reception"].id)
    )
    tasks = scene.acting(desk).tasks.open()
    assert [task.kind for task in tasks] == ["invitation_locked"]
    scene.acting(desk).sharing.unlock(shared.id)
    assert scene.acting(desk).tasks.open() == ()
    shared.enter()
    assert scene.acting(desk).sharing.open(shared.id).invitation.accesses == 1


@pytest.mark.rule("D14")
def test_guessing_over_many_invitations_is_throttled_by_place(shared: Shared, scene: Scene) -> None:
    answers = [refused(shared.enter, number=f"{n:012}") for n in range(21)]
    assert answers == ["code_wrong"] * 20 + ["too_many_tries"]
    elsewhere = scene.portal.acting(scene.portal.nobody("198.51.100.7"))
    elsewhere.visits.open_with_code(shared.number, CODE)


@pytest.mark.rule("R70", "R71", "R76", "D17")
def test_revoking_ends_open_visits_at_the_next_request_and_cannot_be_undone(
    shared: Shared, scene: Scene
) -> None:
    guest = shared.enter()
    row = scene.acting(shared.owner).sharing.revoke(shared.id)
    assert (row.state, row.can_revoke, row.can_edit) == (InvitationState.REVOKED, False, False)
    assert refused(scene.acting(guest).visits.mine) == "visit_over"
    assert refused(shared.enter) == "invitation_revoked"
    assert (
        refused(scene.acting(shared.owner).sharing.change_shared_until, shared.id, date(2026, 5, 1))
        == "revoked"
    )


@pytest.mark.rule("D13")
def test_a_visit_ends_after_30_idle_minutes_or_two_hours_and_a_second_look_costs_another_access(
    shared: Shared, scene: Scene, clock: FixedClock
) -> None:
    guest = shared.enter()
    for _ in range(5):
        clock.advance(timedelta(minutes=23))
        assert scene.acting(guest).visits.mine().exam_id == shared.exam
    clock.advance(timedelta(minutes=5))
    assert refused(scene.acting(guest).visits.mine) == "visit_over"
    idle = shared.enter()
    clock.advance(timedelta(minutes=30))
    assert refused(scene.acting(idle).visits.mine) == "visit_over"


@pytest.mark.rule("D13", "D23")
def test_a_visit_at_a_kiosk_counts_alike_and_is_bound_to_that_station(
    shared: Shared, scene: Scene, portal: Portal
) -> None:
    opened = portal.acting(scene.kiosk.caller).visits.open_with_code(shared.number, CODE)
    here = portal.visiting(opened.token, station=scene.kiosk.caller)
    assert scene.acting(here).visits.mine().exam_id == shared.exam
    elsewhere = portal.visiting(opened.token, address="203.0.113.9")
    assert refused(scene.acting(elsewhere).visits.mine) == "visit_over"
    assert shared.accesses() == (1, 1)


@pytest.mark.rule("D15", "D18", "D27")
def test_a_blocked_or_expired_account_suspends_its_invitations_and_they_come_back(
    shared: Shared, scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    guest = shared.enter()

    def set_account(**values: object) -> None:
        with portal.parts.database.writing() as session:
            account = session.get_one(Account, shared.owner.id)
            for name, value in values.items():
                setattr(account, name, value)

    set_account(blocked_at=clock())
    assert refused(scene.acting(guest).visits.mine) == "visit_over"
    assert refused(shared.enter) == "invitation_unavailable"
    row = scene.acting("reception").sharing.open(shared.id).invitation
    assert (row.state, row.reason) == (InvitationState.EXPIRED, ExpiredBecause.ACCOUNT_BLOCKED)
    set_account(blocked_at=None, expires_at=clock() - timedelta(days=1))
    row = scene.acting("reception").sharing.open(shared.id).invitation
    assert (row.state, row.reason) == (InvitationState.EXPIRED, ExpiredBecause.ACCOUNT_INACTIVE)
    set_account(expires_at=clock() + timedelta(days=300))
    shared.enter()
    assert shared.accesses() == (2, 2)


def test_a_guest_is_nothing_else(shared: Shared, scene: Scene) -> None:
    guest = shared.enter()
    with pytest.raises(NotAllowed):
        scene.acting(guest).sharing.mine()
    with pytest.raises(NotAllowed):
        scene.acting(guest).tasks.open()


def test_the_refusal_is_remembered_although_it_is_raised(shared: Shared, portal: Portal) -> None:
    with pytest.raises(Refused):
        shared.enter("WRNGWRNGWRNG")
    from db.queries import journal

    with portal.parts.database.reading() as session:
        last = journal.audit_events(session, 0, 100)[-1]
    assert (last.verb, last.outcome, last.invitation_id) == ("visits.open_with_code", "refused", shared.id)


@pytest.mark.rule("D24")
def test_each_visit_is_written_down_for_itself(shared: Shared, scene: Scene, portal: Portal) -> None:
    series = scene_series(scene, shared.exam)
    first, second = scene.acting(shared.enter()), scene.acting(shared.enter())
    first.exams.open(shared.exam)
    first.images.shown(shared.exam, series, (1,))
    assert refused(second.exams.look, shared.exam) == "not_opened"
    second.exams.open(shared.exam)
    second.images.shown(shared.exam, series, (1,))
    second.images.shown(shared.exam, series, (1,))
    with portal.parts.database.reading() as session:
        shown = session.scalars(
            select(AuditEvent).where(AuditEvent.verb == "images.shown", AuditEvent.outcome == "done")
        ).all()
    assert [event.invitation_id for event in shown] == [shared.id] * 2
    assert len({event.session_id for event in shown}) == 2


def scene_series(scene: Scene, exam: UUID) -> UUID:
    study, series = new_id(), new_id()
    scene.add(Study(id=study, exam_id=exam, study_instance_uid="2.25.1"))
    scene.add(Series(id=series, study_id=study, series_instance_uid="2.25.2", modality="CT"))
    return series
