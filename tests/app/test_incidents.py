"""Accounts blocked, and letters given to the wrong person (D27)."""

from datetime import timedelta

import pytest

from app.portal import Portal
from app.rules.account_life import AccountState
from app.rules.invitation import ExpiredBecause, InvitationState
from tests.app.letters import BORN, activate, code_of, visit
from tests.fakes import FixedClock
from tests.refusals import refusal
from tests.scene import PASSWORD, Known, Scene


@pytest.mark.rule("D27")
def test_a_block_ends_sessions_at_the_next_request_and_suspends_invitations(
    scene: Scene, portal: Portal
) -> None:
    patient = scene.patient()
    owner = scene.account(patient, user_name="amelia")
    exam = scene.exam(patient)
    scene.report(exam)
    scene.invitation(owner, exam, patient, number="0123456789AB")
    guest = portal.visiting(visit(portal), address="203.0.113.9")
    assert scene.acting(guest).visits.mine().shared_by == "Amelia Hart"
    desk = scene.acting("reception")
    desk.accounts.block(owner.id, "lost telephone")
    assert refusal(scene.acting(owner).sessions.mine) == "signed_out"
    assert refusal(scene.acting(guest).visits.mine) == "visit_over"
    row = desk.patients.open(patient).invitations[0]
    assert (row.state, row.reason) == (InvitationState.EXPIRED, ExpiredBecause.ACCOUNT_BLOCKED)
    kiosk = scene.acting(scene.kiosk)
    assert refusal(kiosk.sessions.sign_in, "amelia", PASSWORD) == "account_blocked"
    assert refusal(desk.accounts.unblock, owner.id, "found again") == "not_allowed"
    scene.acting("manager").accounts.unblock(owner.id, "found again")
    assert desk.patients.open(patient).invitations[0].state is InvitationState.VIEWED
    assert kiosk.sessions.sign_in("amelia", PASSWORD).name == "Amelia Hart"


@pytest.mark.rule("D27")
def test_a_block_kills_codes_and_slips(scene: Scene) -> None:
    desk = scene.acting("reception")
    issued = desk.accounts.create(scene.patient(), "passport")
    desk.accounts.block(issued.account_id, "stolen letter")
    assert refusal(activate, scene, code_of(issued)) == "code_dead"
    assert refusal(desk.accounts.reissue, issued.account_id, "passport") == "account_blocked"
    owner = scene.account(scene.patient("Ben"), user_name="ben")
    slip = desk.accounts.reset_slip(owner.id, "passport")
    desk.accounts.block(owner.id, "stolen slip")
    kiosk = scene.acting(scene.kiosk)
    assert refusal(kiosk.recovery.reset, slip.code, BORN, "another heron lamp") == "link_dead"
    assert refusal(desk.accounts.reset_slip, owner.id, "passport") == "account_blocked"
    assert refusal(desk.accounts.block, owner.id, " ") == "missing"


@pytest.mark.rule("D27")
def test_a_letter_in_the_wrong_hands_is_undone_listed_and_replaced(
    scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    desk, patient = scene.acting("reception"), scene.patient()
    exam = scene.exam(patient)
    scene.report(exam)
    issued = desk.accounts.create(patient, "passport")
    desk.accounts.handed_over(issued.account_id, ("name", "birth_date"))
    clock.advance(timedelta(minutes=2))
    activate(scene, code_of(issued), "stranger")
    kiosk = scene.acting(scene.kiosk)
    token = kiosk.sessions.sign_in("stranger", PASSWORD).token
    stranger = portal.signed_in(token, station=scene.kiosk.caller)
    scene.acting(stranger).exams.open(exam)
    shared = scene.invitation(Known(issued.account_id, stranger), exam, patient, number="0123456789AB")
    nobody = portal.nobody("203.0.113.9")
    visit = portal.acting(nobody).visits.open_with_code("0123456789AB", "ABCDEFGH1234").token
    scene.acting(portal.visiting(visit, address="203.0.113.9")).exams.open(exam)
    clock.advance(timedelta(minutes=2))

    incident = desk.accounts.given_to_wrong_person(issued.account_id, "two patients of one name at the desk")

    guest = "With the invitation for Dr Sam Okafor"
    assert [(opening.who, opening.what, opening.where) for opening in incident.opened] == [
        ("stranger", "activated the account", "Kiosk 1"),
        ("stranger", "signed in", "Kiosk 1"),
        ("stranger", "opened your exam", "Kiosk 1"),
        (guest, "opened an invitation of yours", "Web portal"),
        (guest, "opened your exam", "Web portal"),
    ]
    assert refusal(scene.acting(stranger).sessions.mine) == "signed_out"
    assert refusal(kiosk.sessions.sign_in, "stranger", PASSWORD) == "sign_in_wrong"
    page = desk.patients.open(patient)
    assert {row.id: row.state for row in page.invitations}[shared] is InvitationState.REVOKED
    assert page.accounts[0].state is AccountState.CREATED
    assert [task.kind for task in scene.acting("manager").tasks.open()] == ["wrong_person"]
    assert activate(scene, code_of(incident.code), "amelia44") == "amelia44"
