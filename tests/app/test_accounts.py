"""Accounts created, deleted, expired and reinstated."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.portal import Portal
from app.rules.access import Relation, Role
from app.rules.account_life import AccountState
from app.rules.invitation import ExpiredBecause, InvitationState
from db.models import Account, AuditEvent, EmailConfirmation, Exam
from tests.app.letters import BORN, account_of, activate, code_of, visit
from tests.fakes import FixedClock, KeptMailer
from tests.refusals import refusal
from tests.scene import PASSWORD, Scene


@pytest.mark.rule("R1", "R2", "D1")
def test_the_receptionist_creates_the_account_and_gets_a_letter_with_the_code(scene: Scene) -> None:
    patient = scene.patient()
    issued = scene.acting("reception").accounts.create(patient, "passport")
    letter = issued.letter
    assert letter is not None
    assert (letter.recipient, letter.recipient_address) == (
        "Amelia Hart",
        ("12 Long Lane", "Sydney NSW 2000"),
    )
    assert letter.letterhead.public_address == "https://portal.harbour.example"
    assert letter.letterhead.email == "portal@harbour.example"
    assert len(letter.code) == 12
    row = account_of(scene, patient)
    assert (row.state, row.user_name, row.relation) == (AccountState.CREATED, None, Relation.SELF)
    assert "1944" not in repr(letter)  # never what activation asks for (D4)


@pytest.mark.rule("R1")
@pytest.mark.parametrize("who", ["patient", "nobody", "kiosk", "privacy", "it", "clinical"])
def test_nobody_but_the_desk_creates_an_account(scene: Scene, portal: Portal, who: str) -> None:
    patient = scene.patient()
    acting = {
        "patient": lambda: scene.acting(scene.account(patient)),
        "nobody": lambda: portal.acting(portal.nobody("203.0.113.1")),
        "kiosk": lambda: scene.acting(scene.kiosk),
    }.get(who, lambda: scene.acting(who))()
    assert refusal(acting.accounts.create, patient, "passport") in {"not_allowed", "signed_out"}


@pytest.mark.rule("R3", "R5", "R6", "R7", "D1")
def test_the_mail_has_the_address_and_the_button_and_not_the_code(
    scene: Scene, portal: Portal, mailer: KeptMailer
) -> None:
    issued = scene.acting("reception").accounts.create(scene.patient(), "passport")
    portal.deliver_due()
    (mail,) = mailer.sent
    assert mail.to == "amelia@example.org"
    assert "https://portal.harbour.example/activate#mail=" in mail.text
    assert "Activate Account</a>" in mail.html
    assert "1. " in mail.text  # instructions
    code = code_of(issued)
    for text in (mail.text, mail.html, mail.subject):
        assert code not in text.replace("-", "")


@pytest.mark.rule("D1")
def test_a_patient_without_an_address_activates_with_the_letter_alone(
    scene: Scene, portal: Portal, mailer: KeptMailer
) -> None:
    issued = scene.acting("reception").accounts.create(scene.patient(email="", mobile=""), "passport")
    portal.deliver_due()
    assert mailer.sent == []
    assert activate(scene, code_of(issued)) == "amelia44"


def test_a_patient_has_one_account(scene: Scene) -> None:
    desk, patient = scene.acting("reception"), scene.patient()
    first = desk.accounts.create(patient, "passport")
    assert refusal(desk.accounts.create, patient, "passport") == "account_exists"
    desk.accounts.delete(first.account_id, "asked for it")
    assert desk.accounts.create(patient, "passport").account_id != first.account_id


@pytest.mark.rule("R5", "R6")
def test_the_mail_can_be_sent_again(scene: Scene, portal: Portal, mailer: KeptMailer) -> None:
    desk, patient = scene.acting("reception"), scene.patient()
    account_id = desk.accounts.create(patient, "passport").account_id
    desk.accounts.send_activation_mail(account_id)
    portal.deliver_due()
    assert ["Activate Account" in mail.html for mail in mailer.sent] == [True, True]
    without = desk.accounts.create(scene.patient(email=""), "passport").account_id
    assert refusal(desk.accounts.send_activation_mail, without) == "no_email"


@pytest.mark.rule("D6", "D7")
def test_an_active_account_with_an_unproved_address_is_asked_again_to_confirm_it(
    scene: Scene, portal: Portal, mailer: KeptMailer, clock: FixedClock
) -> None:
    patient = scene.patient()
    issued = scene.acting("reception").accounts.create(patient, "passport")
    activate(scene, code_of(issued))  # with the letter alone; the button in the mail was never pressed
    clock.advance(timedelta(days=60))
    desk = scene.acting(scene.employee(Role.RECEPTION, scene.north))
    desk.accounts.send_activation_mail(issued.account_id)
    portal.deliver_due()
    mail = mailer.sent[-1]
    assert "Confirm this address" in mail.html
    proof = mail.text.partition("/confirm-email#")[2].split()[0]
    portal.acting(portal.nobody("203.0.113.1")).recovery.confirm_email(proof)
    assert account_of(scene, patient, desk).is_email_proved
    assert refusal(desk.accounts.send_activation_mail, issued.account_id) == "email_proved"
    desk.accounts.block(issued.account_id, "lost telephone")
    assert refusal(desk.accounts.send_activation_mail, issued.account_id) == "account_blocked"


@pytest.mark.rule("R20", "D8")
def test_deleting_takes_credentials_and_contact_data_and_leaves_exams_audit_and_what_was_sent(
    scene: Scene, portal: Portal, mailer: KeptMailer
) -> None:
    patient = scene.patient()
    owner = scene.account(patient, user_name="amelia")
    exam = scene.exam(patient)
    scene.report(exam)
    scene.invitation(owner, exam, patient, number="0123456789AB")
    guest = portal.visiting(visit(portal), address="203.0.113.9")
    scene.acting(owner).recovery.change_my_password()
    portal.deliver_due()
    desk = scene.acting("reception")
    desk.accounts.block(owner.id, "while we look into it")

    desk.accounts.delete(owner.id, "the patient asked for it")

    page = desk.patients.open(patient)
    row = page.accounts[0]
    assert (row.state, row.user_name, row.email, row.mobile) == (AccountState.DELETED, None, "", "")
    assert not row.grants[0].is_in_force
    assert [invitation.state for invitation in page.invitations] == [InvitationState.REVOKED]
    assert [desk_exam.exam.id for desk_exam in page.exams] == [exam]
    assert [(message.kind, message.recipient) for message in page.messages] == [
        ("recovery", "amelia@example.org")
    ]
    assert refusal(scene.acting(owner).sessions.mine) == "signed_out"
    assert refusal(scene.acting(guest).visits.mine) == "visit_over"
    assert refusal(scene.acting(scene.kiosk).sessions.sign_in, "amelia", PASSWORD) == "sign_in_wrong"
    with portal.parts.database.reading() as session:
        assert session.scalar(select(func.count(Exam.id))) == 1
        events = session.scalars(select(AuditEvent.verb).where(AuditEvent.account_id == owner.id)).all()
    assert {"accounts.delete", "recovery.change_my_password"} <= set(events)
    assert mailer.sent
    assert refusal(desk.accounts.delete, owner.id, "again") == "already_deleted"
    assert refusal(desk.accounts.delete, owner.id, "") == "missing"


@pytest.mark.rule("D8")
def test_no_address_is_left_of_a_deleted_account(scene: Scene, portal: Portal) -> None:
    issued = scene.acting("reception").accounts.create(scene.patient(), "passport")

    def addresses() -> list[str]:
        with portal.parts.database.reading() as session:
            return [
                *session.scalars(select(EmailConfirmation.email)),
                *session.scalars(select(Account.email)),
            ]

    assert addresses() == ["amelia@example.org"] * 2
    scene.acting("reception").accounts.delete(issued.account_id, "asked for it")
    assert addresses() == [""]


@pytest.mark.rule("R19", "D8")
def test_a_patient_cannot_delete_the_account(scene: Scene) -> None:
    owner = scene.account(scene.patient())
    assert refusal(scene.acting(owner).accounts.delete, owner.id, "mine") == "not_allowed"
    assert scene.acting(owner).sessions.mine().name == "Amelia Hart"


@pytest.mark.rule("D8")
def test_a_deleted_user_name_is_free_again_and_waiting_mail_is_not_sent(
    scene: Scene, portal: Portal, mailer: KeptMailer
) -> None:
    desk, patient = scene.acting("reception"), scene.patient()
    issued = desk.accounts.create(patient, "passport")
    activate(scene, code_of(issued), "amelia44")
    desk.accounts.delete(issued.account_id, "asked for it")
    portal.deliver_due()
    assert mailer.sent == []
    again = desk.accounts.create(patient, "passport")
    assert activate(scene, code_of(again), "Amelia44") == "Amelia44"


@pytest.mark.rule("R50", "R51", "D18")
def test_an_account_unused_for_a_year_expires_and_the_desk_reinstates_it(
    scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    patient = scene.patient()
    issued = scene.acting("reception").accounts.create(patient, "passport")
    activate(scene, code_of(issued), "amelia44")
    kiosk = scene.acting(scene.kiosk)
    clock.advance(timedelta(days=200))
    kiosk.sessions.sign_in("amelia44", PASSWORD)  # 28 September: counts anew from here
    clock.now = datetime(2027, 9, 28, 13, 59, 59, tzinfo=UTC)  # the last second of 28 September in Sydney
    desk = scene.acting(scene.employee(Role.RECEPTION, scene.north))
    assert desk.patients.open(patient).accounts[0].state is AccountState.ACTIVE
    assert refusal(desk.accounts.reinstate, issued.account_id, "passport") == "not_expired"
    clock.advance(timedelta(seconds=1))
    assert desk.patients.open(patient).accounts[0].state is AccountState.EXPIRED
    assert refusal(kiosk.sessions.sign_in, "amelia44", PASSWORD) == "account_expired"
    assert refusal(kiosk.sessions.sign_in, "amelia44", "a wrong password") == "sign_in_wrong"
    assert refusal(desk.accounts.reset_slip, issued.account_id, "passport") == "account_expired"

    slip = desk.accounts.reinstate(issued.account_id, "passport")

    assert slip.user_name == "amelia44"
    assert refusal(kiosk.sessions.sign_in, "amelia44", PASSWORD) == "sign_in_wrong"  # a new one is asked for
    assert kiosk.recovery.reset(slip.code, BORN, "another heron lamp") == "amelia44"
    assert kiosk.sessions.sign_in("amelia44", "another heron lamp").name == "Amelia Hart"
    assert portal.parts.clock() == clock()


@pytest.mark.rule("D18")
def test_invitations_of_an_expired_account_are_suspended_until_it_is_reinstated(
    scene: Scene, clock: FixedClock
) -> None:
    patient = scene.patient()
    owner = scene.account(patient, user_name="amelia")
    exam = scene.exam(patient)
    scene.report(exam)
    scene.invitation(owner, exam, patient, until=date(2027, 12, 31))
    clock.advance(timedelta(days=366))
    desk = scene.acting(scene.employee(Role.RECEPTION, scene.north))
    row = desk.patients.open(patient).invitations[0]
    assert (row.state, row.reason) == (InvitationState.EXPIRED, ExpiredBecause.ACCOUNT_INACTIVE)
    desk.accounts.reinstate(owner.id, "passport")
    assert desk.patients.open(patient).invitations[0].state is InvitationState.ACTIVE
