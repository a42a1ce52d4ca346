from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.portal import Acting, Portal
from app.rules.access import Relation, Role
from app.rules.account_life import AccountState
from app.rules.invitation import ExpiredBecause, InvitationState
from app.views.people import AccountRow, CodeIssued, NewPatient
from db.models import Account, AuditEvent, EmailConfirmation, Exam, Message
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.refusals import refusal
from tests.scene import PASSWORD, Known, Scene

BORN = date(1944, 5, 17)


def account_of(scene: Scene, patient: UUID, desk: Acting | None = None) -> AccountRow:
    return (desk or scene.acting("reception")).patients.open(patient).accounts[-1]


def code_of(issued: CodeIssued) -> str:
    assert issued.letter is not None
    return issued.letter.code


def activate(scene: Scene, code: str, user_name: str = "amelia44", digits: str = "") -> str:
    kiosk = scene.acting(scene.kiosk)
    return kiosk.activation.finish(code, BORN, user_name, PASSWORD, "1", digits)


def allow(scene: Scene, *ways: str) -> None:
    manager = scene.acting("manager")
    manager.clinic.change(replace(manager.clinic.settings(), codes_may_go_by=ways))


# Creating


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


@pytest.mark.rule("D1")
def test_codes_go_by_post_sms_or_mail_only_where_the_clinic_allows_it(scene: Scene) -> None:
    desk, patient = scene.acting("reception"), scene.patient()
    for way in ("post", "sms", "email"):
        assert refusal(desk.accounts.create, patient, "telephone", way) == "way_not_allowed"
    allow(scene, "post")
    assert refusal(desk.accounts.create, patient, "telephone", "sms") == "way_not_allowed"
    assert desk.accounts.create(patient, "called back on the number on file", "post").letter is not None


@pytest.mark.rule("D1")
def test_a_code_sent_by_sms_or_mail_is_not_shown_to_staff_and_works(
    scene: Scene, portal: Portal, mailer: KeptMailer, texts: KeptTextSender
) -> None:
    allow(scene, "sms", "email")
    desk, patient = scene.acting("reception"), scene.patient()
    by_sms = desk.accounts.create(patient, "called back", "sms")
    assert by_sms.letter is None
    portal.deliver_due()
    ((_key, number, text),) = texts.sent
    assert number == "+61491570156"
    first = next(word for word in text.split() if word.count("-") == 2).strip(".")
    desk.accounts.reissue(by_sms.account_id, "called back", "email", "no SMS came")
    portal.deliver_due()
    text = next(mail.text for mail in mailer.sent if "activation code for" in mail.subject)
    second = next(word for word in text.split() if word.count("-") == 2)
    assert refusal(activate, scene, first) == "code_dead"
    assert activate(scene, second) == "amelia44"
    with portal.parts.database.reading() as session:  # the secret is wiped once it was sent
        kept = session.scalars(select(Message.content).where(Message.kind == "activation_code")).all()
    assert kept == [None, None]


@pytest.mark.rule("D1")
def test_a_way_without_an_address_is_refused_and_how_identity_was_checked_is_asked(scene: Scene) -> None:
    allow(scene, "sms", "email")
    desk = scene.acting("reception")
    patient = scene.patient(email="", mobile="")
    assert refusal(desk.accounts.create, patient, "called back", "sms") == "no_address_for_way"
    assert refusal(desk.accounts.create, patient, "called back", "email") == "no_address_for_way"
    assert refusal(desk.accounts.create, patient, "  ") == "missing"
    assert desk.patients.open(patient).accounts == ()  # nothing of it was kept


def test_a_patient_has_one_account(scene: Scene) -> None:
    desk, patient = scene.acting("reception"), scene.patient()
    first = desk.accounts.create(patient, "passport")
    assert refusal(desk.accounts.create, patient, "passport") == "account_exists"
    desk.accounts.delete(first.account_id, "asked for it")
    assert desk.accounts.create(patient, "passport").account_id != first.account_id


# The code's life


@pytest.mark.rule("R12", "D3")
def test_a_code_works_for_a_month_to_the_end_of_that_day_at_the_site(scene: Scene, clock: FixedClock) -> None:
    clock.now = datetime(2026, 1, 31, 3, 0, tzinfo=UTC)  # the 31st in Sydney
    patients = scene.patient(), scene.patient("Ben")
    staff = scene.acting(scene.employee(Role.RECEPTION, scene.north))
    one, two = (staff.accounts.create(patient, "passport") for patient in patients)
    assert one.expires_on == date(2026, 2, 28)
    clock.now = datetime(2026, 2, 28, 12, 59, 59, tzinfo=UTC)  # 23:59:59 in Sydney
    assert activate(scene, code_of(one)) == "amelia44"
    clock.now = datetime(2026, 2, 28, 13, 0, tzinfo=UTC)
    assert refusal(scene.acting(scene.kiosk).activation.start, code_of(two)) == "code_expired"
    assert refusal(activate, scene, code_of(two), "benjamin") == "code_expired"


@pytest.mark.rule("R13", "D2")
def test_a_new_code_kills_the_old_one(scene: Scene, clock: FixedClock) -> None:
    desk, patient = scene.acting("reception"), scene.patient()
    old = desk.accounts.create(patient, "passport")
    clock.advance(timedelta(minutes=1))
    new = desk.accounts.reissue(old.account_id, "driving licence")
    assert refusal(activate, scene, code_of(old)) == "code_dead"
    assert activate(scene, code_of(new)) == "amelia44"
    assert refusal(desk.accounts.reissue, old.account_id, "passport") == "already_activated"


@pytest.mark.rule("R13")
def test_an_expired_code_is_followed_by_a_new_one(scene: Scene, clock: FixedClock) -> None:
    patient = scene.patient()
    issued = scene.acting("reception").accounts.create(patient, "passport")
    clock.advance(timedelta(days=40))
    staff = scene.acting(scene.employee(Role.RECEPTION, scene.north))
    assert staff.patients.open(patient).accounts[0].state is AccountState.CODE_EXPIRED
    again = staff.accounts.reissue(issued.account_id, "passport", "paper", "expired")
    assert activate(scene, code_of(again)) == "amelia44"


@pytest.mark.rule("D2")
def test_no_clear_code_is_stored(scene: Scene, portal: Portal) -> None:
    code = code_of(scene.acting("reception").accounts.create(scene.patient(), "passport"))
    with portal.parts.database.engine.connect() as connection:
        for table in ("activation_code", "account", "message", "audit_event", "replay"):
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}"):
                held = repr(tuple(row))
                assert code not in held
                assert f"{code[:4]}-{code[4:8]}" not in held


def test_two_identifiers_are_confirmed_before_the_letter_is_handed_over(scene: Scene, portal: Portal) -> None:
    desk, patient = scene.acting("reception"), scene.patient()
    account_id = desk.accounts.create(patient, "passport").account_id
    assert refusal(desk.accounts.handed_over, account_id, ("name",)) == "two_identifiers"
    assert refusal(desk.accounts.handed_over, account_id, ("name", "name", " ")) == "two_identifiers"
    assert not account_of(scene, patient).code_is_handed_over
    desk.accounts.handed_over(account_id, ("name", "birth_date"))
    row = account_of(scene, patient)
    assert (row.code_is_handed_over, row.code_expires_on) == (True, date(2026, 4, 12))
    with portal.parts.database.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.verb == "accounts.handed_over", AuditEvent.outcome == "done")
        ).one()
    assert (event.patient_id, event.account_id) == (patient, account_id)
    assert "birth_date" in event.detail


def test_a_letter_may_be_handed_over_and_used_before_the_desk_says_so(scene: Scene) -> None:
    desk, patient = scene.acting("reception"), scene.patient()
    issued = desk.accounts.create(patient, "passport")
    activate(scene, code_of(issued))
    desk.accounts.handed_over(issued.account_id, ("name", "birth_date"))
    void = desk.accounts.create(scene.patient("Cora"), "passport").account_id
    desk.accounts.void_letter(void, "misprint")
    assert refusal(desk.accounts.handed_over, void, ("name", "birth_date")) == "no_live_code"


def test_a_void_letter_opens_nothing(scene: Scene) -> None:
    desk, patient = scene.acting("reception"), scene.patient()
    issued = desk.accounts.create(patient, "passport")
    desk.accounts.void_letter(issued.account_id, "misprint")
    assert refusal(activate, scene, code_of(issued)) == "code_dead"
    assert account_of(scene, patient).state is AccountState.CODE_EXPIRED
    assert refusal(desk.accounts.void_letter, issued.account_id, "again") == "no_live_code"
    assert refusal(desk.accounts.send_activation_mail, issued.account_id) == "no_live_code"


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


# Blocking


@pytest.mark.rule("D27")
def test_a_block_ends_sessions_at_the_next_request_and_suspends_invitations(
    scene: Scene, portal: Portal
) -> None:
    patient = scene.patient()
    owner = scene.account(patient, user_name="amelia")
    exam = scene.exam(patient)
    scene.report(exam)
    scene.invitation(owner, exam, patient, number="0123456789AB")
    guest = portal.visiting(_visit(portal), address="203.0.113.9")
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


# Deleting


@pytest.mark.rule("R20", "D8")
def test_deleting_takes_credentials_and_contact_data_and_leaves_exams_audit_and_what_was_sent(
    scene: Scene, portal: Portal, mailer: KeptMailer
) -> None:
    patient = scene.patient()
    owner = scene.account(patient, user_name="amelia")
    exam = scene.exam(patient)
    scene.report(exam)
    scene.invitation(owner, exam, patient, number="0123456789AB")
    guest = portal.visiting(_visit(portal), address="203.0.113.9")
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


# Expiry and reinstatement


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


@pytest.mark.rule("D3")
def test_a_setting_changed_later_applies_to_new_events_only(scene: Scene) -> None:
    desk, patients = scene.acting("reception"), (scene.patient(), scene.patient("Ben"))
    first = desk.accounts.create(patients[0], "passport")
    manager = scene.acting("manager")
    settings = manager.clinic.settings()
    manager.clinic.change(replace(settings, rules=replace(settings.rules, activation_months=2)))
    second = desk.accounts.create(patients[1], "passport")
    rows = [desk.patients.open(patient).accounts[0].code_expires_on for patient in patients]
    assert rows == [first.expires_on, second.expires_on] == [date(2026, 4, 12), date(2026, 5, 12)]


# Name alert


@pytest.mark.rule("D4")
def test_where_two_patients_share_name_and_birth_date_activation_also_asks_the_last_digits(
    scene: Scene,
) -> None:
    desk = scene.acting("reception")
    one = desk.patients.register(NewPatient("Hart", "Amelia", BORN, mobile="0491 570 156"))
    desk.patients.register(NewPatient("Hart", "Amelia", BORN, mobile="0491 570 157"))
    issued = desk.accounts.create(one.id, "passport")
    assert issued.letter is not None
    assert issued.letter.asks_for_digits
    assert "0156" not in repr(issued.letter)
    assert scene.acting(scene.kiosk).activation.start(issued.letter.code).asks_for_digits
    assert refusal(activate, scene, issued.letter.code) == "answers_wrong"
    assert refusal(activate, scene, issued.letter.code, "amelia44", "0157") == "answers_wrong"
    assert activate(scene, issued.letter.code, "amelia44", "0156") == "amelia44"


@pytest.mark.rule("D4")
def test_without_any_digits_on_file_no_code_is_made_for_a_name_alert(scene: Scene) -> None:
    desk = scene.acting("reception")
    one = desk.patients.register(NewPatient("Hart", "Amelia", BORN))
    desk.patients.register(NewPatient("Hart", "Amelia", BORN))
    assert refusal(desk.accounts.create, one.id, "passport") == "needs_digits"


def _visit(portal: Portal) -> str:
    guest = portal.acting(portal.nobody("203.0.113.9"))
    return guest.visits.open_with_code("0123456789AB", "ABCDEFGH1234").token
