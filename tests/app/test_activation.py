from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.errors import Invalid, Refused
from app.portal import Acting, Portal
from app.rules.account_life import AccountState
from app.rules.attempts import THROTTLES, CountedBy, Guarded
from app.rules.codes import new_code
from db.models import Account, ActivationCode
from db.queries import journal
from tests.fakes import FixedClock, KeptMailer
from tests.refusals import refusal
from tests.scene import PASSWORD, Scene

BORN = date(1944, 5, 17)


@pytest.fixture
def code(scene: Scene) -> str:
    letter = scene.acting("reception").accounts.create(scene.patient(), "passport").letter
    assert letter is not None
    return letter.code


@pytest.fixture
def kiosk(scene: Scene) -> Acting:
    return scene.acting(scene.kiosk)


def stored(scene: Scene) -> Account:
    with scene.portal.parts.database.reading() as session:
        return session.scalars(select(Account)).one()


@pytest.mark.rule("R8", "R9", "R10", "R11", "D4", "D29")
def test_code_birth_date_user_name_and_password_activate_and_then_the_patient_signs_in(
    scene: Scene, kiosk: Acting, code: str, clock: FixedClock
) -> None:
    assert not kiosk.activation.start(code).asks_for_digits
    assert kiosk.activation.finish(code, BORN, " Amelia 44 ", PASSWORD, "1") == "Amelia 44"
    account = stored(scene)
    assert (account.notice_version, account.notice_agreed_at) == ("1", clock())
    assert account.last_signed_in_at is None  # activation does not replace signing in
    assert kiosk.sessions.sign_in("amelia 44", PASSWORD).kind == "kiosk"


@pytest.mark.rule("D2")
def test_a_code_is_read_however_it_is_written(kiosk: Acting) -> None:
    with pytest.raises(Refused):  # read, and not known
        kiosk.activation.start("o1l-234 567–89a")
    for typed in ("", "123", "0123456789AU", "0123456789ABC"):
        with pytest.raises(Invalid) as told:
            kiosk.activation.start(typed)
        assert (told.value.kind, told.value.field) == ("code_unreadable", "code")


@pytest.mark.rule("D2")
def test_a_code_works_in_lower_case_with_spaces(kiosk: Acting, code: str) -> None:
    typed = f" {code[:4].lower()} {code[4:8]}-{code[8:].lower()} "
    assert kiosk.activation.finish(typed, BORN, "amelia44", PASSWORD, "1") == "amelia44"


@pytest.mark.rule("D2")
def test_a_used_code_says_so(kiosk: Acting, code: str) -> None:
    kiosk.activation.finish(code, BORN, "amelia44", PASSWORD, "1")
    assert refusal(kiosk.activation.start, code) == "code_used"
    assert refusal(kiosk.activation.finish, code, BORN, "other name", PASSWORD, "1") == "code_used"


@pytest.mark.rule("D4")
def test_the_tenth_wrong_birth_date_kills_the_code_whatever_comes_between(
    scene: Scene, portal: Portal, code: str, clock: FixedClock
) -> None:
    for number in range(9):
        visitor = portal.acting(portal.nobody(f"203.0.113.{number}"))
        wrong = date(1944, 5, 1) + timedelta(days=number)
        assert refusal(visitor.activation.finish, code, wrong, "amelia44", PASSWORD, "1") == "answers_wrong"
        visitor.activation.start(code)  # opening the page again forgives nothing
        clock.advance(timedelta(hours=1))
    visitor = portal.acting(portal.nobody("203.0.113.99"))
    assert (
        refusal(visitor.activation.finish, code, date(1990, 1, 1), "amelia44", PASSWORD, "1") == "code_dead"
    )
    assert refusal(visitor.activation.finish, code, BORN, "amelia44", PASSWORD, "1") == "code_dead"
    with portal.parts.database.reading() as session:
        row = session.scalars(select(ActivationCode)).one()
    assert (row.wrong_birth_dates, row.killed_reason) == (10, "wrong_birth_dates")
    assert stored(scene).activated_at is None


@pytest.mark.rule("D4")
def test_unknown_codes_count_against_the_place(
    portal: Portal, kiosk: Acting, code: str, clock: FixedClock
) -> None:
    limit = THROTTLES[Guarded.ACTIVATION, CountedBy.PLACE].limit
    for _ in range(limit):
        assert refusal(kiosk.activation.start, new_code()) == "code_unknown"
    assert refusal(kiosk.activation.start, code) == "too_many_tries"
    elsewhere = portal.acting(portal.nobody("203.0.113.1"))
    assert not elsewhere.activation.start(code).asks_for_digits
    clock.advance(THROTTLES[Guarded.ACTIVATION, CountedBy.PLACE].window)
    assert not kiosk.activation.start(code).asks_for_digits


@pytest.mark.rule("D4")
def test_unknown_codes_count_overall(portal: Portal, scene: Scene, code: str) -> None:
    limit = THROTTLES[Guarded.ACTIVATION, CountedBy.OVERALL].limit
    with portal.parts.database.writing() as session:  # as if so many had come from many places
        now = portal.parts.clock()
        for _ in range(limit):
            journal.count_try(
                session,
                "activation:overall",
                limit=limit,
                now=now,
                window_ends_at=now + timedelta(minutes=15),
            )
    assert refusal(portal.acting(portal.nobody("203.0.113.1")).activation.start, code) == "too_many_tries"
    # An attack from the network leaves the clinic's own kiosks open.
    assert not scene.acting(scene.kiosk).activation.start(code).asks_for_digits


def test_good_codes_do_not_fill_up_a_kiosks_tries(scene: Scene, kiosk: Acting, code: str) -> None:
    limit = THROTTLES[Guarded.ACTIVATION, CountedBy.PLACE].limit
    for _ in range(limit + 2):
        kiosk.activation.start(code)
    assert stored(scene).activated_at is None


def test_a_good_try_does_not_wash_away_the_bad_ones_of_a_place(
    scene: Scene, kiosk: Acting, code: str
) -> None:
    limit = THROTTLES[Guarded.ACTIVATION, CountedBy.PLACE].limit
    for _ in range(limit - 1):
        refusal(kiosk.activation.start, new_code())
        kiosk.activation.start(code)
    refusal(kiosk.activation.start, new_code())
    assert refusal(kiosk.activation.start, code) == "too_many_tries"
    assert stored(scene).activated_at is None


@pytest.mark.rule("D5")
@pytest.mark.parametrize(
    ("user_name", "password", "kind", "field"),
    [
        ("abc", PASSWORD, "user_name_too_short", "user_name"),
        ("a" * 65, PASSWORD, "user_name_too_long", "user_name"),
        ("amelia\u200b44\u0007", PASSWORD, "user_name_unreadable", "user_name"),
        ("amelia44", "short", "password_too_short", "password"),
        ("amelia44", "x" * 129, "password_too_long", "password"),
        ("amelia44", "my amelia44 word", "password_has_user_name", "password"),
        ("amelia44", "harbour-imaging 1", "password_has_clinic_name", "password"),
        ("amelia44", "passwordpassword", "password_common", "password"),
    ],
)
def test_user_names_and_passwords_that_cannot_be_used_are_refused_and_the_code_stays(
    scene: Scene, kiosk: Acting, code: str, user_name: str, password: str, kind: str, field: str
) -> None:
    with pytest.raises(Invalid) as told:
        kiosk.activation.finish(code, BORN, user_name, password, "1")
    assert (told.value.kind, told.value.field) == (kind, field)
    assert kiosk.activation.finish(code, BORN, "amelia44", PASSWORD, "1") == "amelia44"
    assert stored(scene).user_name == "amelia44"


@pytest.mark.rule("D5")
def test_a_user_name_is_taken_without_regard_to_case_and_accents(
    scene: Scene, kiosk: Acting, code: str
) -> None:
    scene.account(scene.patient("Ben"), user_name="Amélie")
    with pytest.raises(Invalid) as told:
        kiosk.activation.finish(code, BORN, "AMELIE", PASSWORD, "1")
    assert (told.value.kind, told.value.field) == ("user_name_taken", "user_name")
    assert kiosk.activation.finish(code, BORN, "amelie2", PASSWORD, "1") == "amelie2"


def test_a_taken_user_name_is_told_only_to_who_knows_the_birth_date(
    scene: Scene, kiosk: Acting, code: str
) -> None:
    scene.account(scene.patient("Ben"), user_name="benjamin")
    wrong = date(1944, 5, 18)
    assert refusal(kiosk.activation.finish, code, wrong, "benjamin", PASSWORD, "1") == "answers_wrong"


@pytest.mark.rule("D29")
def test_another_notice_than_the_present_one_is_not_agreed_to(kiosk: Acting, code: str) -> None:
    assert refusal(kiosk.activation.finish, code, BORN, "amelia44", PASSWORD, "0") == "notice_changed"
    assert refusal(kiosk.activation.finish, code, BORN, "amelia44", PASSWORD, "") == "notice_changed"
    assert kiosk.activation.finish(code, BORN, "amelia44", PASSWORD, "1") == "amelia44"


@pytest.mark.rule("R6", "R7", "D6")
def test_the_button_in_the_mail_proves_the_address_and_spends_nothing(
    scene: Scene, portal: Portal, code: str, mailer: KeptMailer
) -> None:
    portal.deliver_due()
    proof = mailer.sent[0].text.partition("#mail=")[2].split()[0]
    visitor = portal.acting(portal.nobody("203.0.113.1"))
    assert stored(scene).email_proved_at is None
    visitor.activation.open_mail_link(proof)
    visitor.activation.open_mail_link(proof)
    assert stored(scene).email_proved_at is not None
    assert refusal(visitor.activation.open_mail_link, new_code()) == "link_unknown"
    assert refusal(visitor.activation.start, proof) == "code_unknown"  # it is no activation code
    assert visitor.activation.finish(code, BORN, "amelia44", PASSWORD, "1") == "amelia44"


def test_no_desk_and_no_signed_in_patient_activates(scene: Scene, code: str) -> None:
    assert refusal(scene.acting("reception").activation.start, code) == "not_allowed"
    signed_in = scene.acting(scene.account(scene.patient("Ben")))
    assert refusal(signed_in.activation.start, code) == "not_allowed"


def test_the_state_of_a_waiting_account_is_seen_at_the_desk(scene: Scene, kiosk: Acting, code: str) -> None:
    desk = scene.acting("reception")
    patient = desk.patients.find("hart")[0].id
    assert desk.patients.open(patient).accounts[0].state is AccountState.CREATED
    kiosk.activation.finish(code, BORN, "amelia44", PASSWORD, "1")
    row = desk.patients.open(patient).accounts[0]
    assert (row.state, row.user_name, row.code_expires_on) == (AccountState.ACTIVE, "amelia44", None)
