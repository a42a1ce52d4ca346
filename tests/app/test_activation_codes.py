"""Activation codes: how they go out, how long they live (R12, R13, D1 to D4)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.portal import Portal
from app.rules.access import Role
from app.rules.account_life import AccountState
from app.views.people import NewPatient
from db.models import AuditEvent, Message
from tests.app.letters import BORN, account_of, activate, code_of
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.refusals import refusal
from tests.scene import Scene


def allow(scene: Scene, *ways: str) -> None:
    manager = scene.acting("manager")
    manager.clinic.change(replace(manager.clinic.settings(), codes_may_go_by=ways))


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
