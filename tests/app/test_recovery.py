import re
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from app.ids import new_id
from app.portal import Acting, Portal
from app.rules.attempts import THROTTLES, CountedBy, Guarded
from app.rules.codes import new_code
from db.models import RecoveryRequest
from tests.fakes import FixedClock, KeptMailer
from tests.refusals import refusal
from tests.scene import PASSWORD, Scene

BORN = date(1944, 5, 17)
NEW = "another heron lamp"


@pytest.fixture
def visitor(portal: Portal) -> Acting:
    return portal.acting(portal.nobody("203.0.113.1"))


def links(text: str) -> dict[str, str]:
    """User name to the code of its link."""
    return dict(re.findall(r"^(\S.*)\nhttps://\S+/reset#(\w+)$", text, re.MULTILINE))


@pytest.mark.rule("R14", "R15", "R16", "R17", "D6")
def test_the_mail_names_the_user_name_and_has_a_link_that_asks_the_birth_date_for_a_new_password(
    scene: Scene, portal: Portal, visitor: Acting, mailer: KeptMailer
) -> None:
    scene.account(scene.patient(), user_name="amelia")
    visitor.recovery.forgot("Amelia")
    portal.deliver_due()
    (mail,) = mailer.sent
    assert mail.to == "amelia@example.org"
    assert PASSWORD not in mail.text  # never a password, since none is stored
    code = links(mail.text)["amelia"]
    assert refusal(visitor.recovery.reset, code, date(1944, 5, 18), NEW) == "answers_wrong"
    assert visitor.recovery.reset(code, BORN, NEW) == "amelia"
    assert refusal(visitor.sessions.sign_in, "amelia", PASSWORD) == "sign_in_wrong"
    assert visitor.sessions.sign_in("amelia", NEW).kind == "web"
    assert refusal(visitor.recovery.reset, code, BORN, "a third heron lamp") == "link_dead"


@pytest.mark.rule("R15", "R16", "D6")
def test_one_mail_for_a_family_address_lists_each_user_name_with_its_own_link(
    scene: Scene, portal: Portal, visitor: Acting, mailer: KeptMailer
) -> None:
    for name in ("amelia", "benjamin", "coral"):
        scene.account(scene.patient(name), user_name=name, email="family@example.org")
    scene.account(scene.patient("Dan"), user_name="other", email="other@example.org")
    visitor.recovery.forgot(" Family@Example.org ")
    portal.deliver_due()
    (mail,) = mailer.sent
    found = links(mail.text)
    assert list(found) == ["amelia", "benjamin", "coral"]
    assert len(set(found.values())) == 3
    assert visitor.recovery.reset(found["benjamin"], BORN, NEW) == "benjamin"
    assert visitor.recovery.reset(found["coral"], BORN, NEW) == "coral"


@pytest.mark.rule("D6")
def test_only_a_proved_address_gets_the_mail(
    scene: Scene, portal: Portal, visitor: Acting, mailer: KeptMailer
) -> None:
    patient = scene.patient()
    scene.account(patient, user_name="amelia")
    scene.acting("reception").patients.change_contact(patient, "new@example.org", "", ())
    for typed in ("amelia", "new@example.org", "amelia@example.org"):
        visitor.recovery.forgot(typed)
    portal.deliver_due()
    assert not [mail for mail in mailer.sent if "/reset#" in mail.text]


@pytest.mark.rule("D6")
def test_known_and_unknown_names_get_the_same_answer_for_the_same_work(
    scene: Scene, portal: Portal, visitor: Acting, mailer: KeptMailer
) -> None:
    for name in ("amelia", "benjamin"):
        scene.account(scene.patient(name), user_name=name, email="family@example.org")
    statements: list[str] = []
    event.listen(
        portal.parts.database.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: statements.append(statement),
    )
    done = []
    for typed in ("amelia", "nobody at all", "family@example.org", "nobody@example.org"):
        statements.clear()
        visitor.recovery.forgot(typed)
        done.append(list(statements))
    assert done[0] == done[1] == done[2] == done[3]
    portal.deliver_due()
    assert len(mailer.sent) == 2


@pytest.mark.rule("D6")
def test_asking_too_often_is_answered_alike_for_known_and_unknown_names(scene: Scene, portal: Portal) -> None:
    scene.account(scene.patient(), user_name="amelia")
    limit = THROTTLES[Guarded.RESET, CountedBy.ACCOUNT].limit
    for typed in ("amelia", "nobody at all"):
        for number in range(limit):
            portal.acting(portal.nobody(f"203.0.113.{number}")).recovery.forgot(typed)
        elsewhere = portal.acting(portal.nobody("203.0.113.77"))
        assert refusal(elsewhere.recovery.forgot, typed) == "too_many_tries"


@pytest.mark.rule("D6")
def test_a_link_works_for_an_hour(
    scene: Scene, portal: Portal, visitor: Acting, mailer: KeptMailer, clock: FixedClock
) -> None:
    for name in ("amelia", "benjamin"):
        scene.account(scene.patient(name), user_name=name, email="family@example.org")
    visitor.recovery.forgot("family@example.org")
    portal.deliver_due()
    found = links(mailer.sent[0].text)
    clock.advance(timedelta(minutes=60) - timedelta(seconds=1))
    assert visitor.recovery.reset(found["amelia"], BORN, NEW) == "amelia"
    clock.advance(timedelta(seconds=1))
    assert refusal(visitor.recovery.reset, found["benjamin"], BORN, NEW) == "link_dead"


@pytest.mark.rule("D6")
def test_a_newer_link_kills_the_older_one_and_ten_wrong_birth_dates_kill_any(
    scene: Scene, portal: Portal, visitor: Acting, mailer: KeptMailer
) -> None:
    scene.account(scene.patient(), user_name="amelia")
    for _ in range(2):
        visitor.recovery.forgot("amelia")
        portal.deliver_due()
    old, new = (links(mail.text)["amelia"] for mail in mailer.sent)
    assert refusal(visitor.recovery.reset, old, BORN, NEW) == "link_dead"
    for number in range(9):
        elsewhere = portal.acting(portal.nobody(f"203.0.113.{100 + number}"))
        assert refusal(elsewhere.recovery.reset, new, date(1950, 1, 1), NEW) == "answers_wrong"
    assert refusal(visitor.recovery.reset, new, date(1950, 1, 1), NEW) == "link_dead"
    assert refusal(visitor.recovery.reset, new, BORN, NEW) == "link_dead"


@pytest.mark.rule("D6")
def test_a_reset_ends_every_other_session(scene: Scene, portal: Portal, visitor: Acting) -> None:
    owner = scene.account(scene.patient(), user_name="amelia")
    slip = scene.acting("reception").accounts.reset_slip(owner.id, "passport")
    visitor.recovery.reset(slip.code, BORN, NEW)
    assert refusal(scene.acting(owner).sessions.mine) == "signed_out"


@pytest.mark.rule("D6")
def test_a_patient_without_a_proved_address_gets_a_slip_at_the_desk(
    scene: Scene, portal: Portal, mailer: KeptMailer
) -> None:
    owner = scene.account(scene.patient(), user_name="amelia", email="")
    assert refusal(scene.acting(owner).recovery.change_my_password) == "no_proved_email"
    slip = scene.acting("reception").accounts.reset_slip(owner.id, "passport")
    assert (slip.user_name, slip.recipient) == ("amelia", "Amelia Hart")
    assert slip.expires_at == portal.parts.clock() + timedelta(minutes=60)
    assert "1944" not in repr(slip)
    kiosk = scene.acting(scene.kiosk)
    spaced = f"{slip.code[:4]} {slip.code[4:8]} {slip.code[8:]}".lower()
    assert kiosk.recovery.reset(spaced, BORN, NEW) == "amelia"
    assert mailer.sent == []


@pytest.mark.rule("R14", "D6")
def test_changing_the_password_inside_the_portal_starts_the_same_mail(
    scene: Scene, portal: Portal, mailer: KeptMailer
) -> None:
    scene.acting(scene.account(scene.patient(), user_name="amelia")).recovery.change_my_password()
    portal.deliver_due()
    assert list(links(mailer.sent[0].text)) == ["amelia"]


def test_a_weak_new_password_is_refused_and_the_link_stays(scene: Scene, visitor: Acting) -> None:
    owner = scene.account(scene.patient(), user_name="amelia")
    code = scene.acting("reception").accounts.reset_slip(owner.id, "passport").code
    assert refusal(visitor.recovery.reset, code, BORN, "too short") == "password_too_short"
    assert refusal(visitor.recovery.reset, code, BORN, "this is amelia here") == "password_has_user_name"
    assert visitor.recovery.reset(code, BORN, NEW) == "amelia"


@pytest.mark.usefixtures("scene")
def test_guessed_links_are_slowed_down(visitor: Acting) -> None:
    limit = THROTTLES[Guarded.RESET, CountedBy.PLACE].limit
    for _ in range(limit):
        assert refusal(visitor.recovery.reset, new_code(), BORN, NEW) == "link_dead"
    assert refusal(visitor.recovery.reset, new_code(), BORN, NEW) == "too_many_tries"


def test_expired_and_blocked_accounts_get_no_link(
    scene: Scene, portal: Portal, visitor: Acting, mailer: KeptMailer, clock: FixedClock
) -> None:
    owner = scene.account(scene.patient(), user_name="amelia")
    scene.acting("reception").accounts.block(owner.id, "lost telephone")
    scene.account(scene.patient("Ben"), user_name="benjamin")
    clock.advance(timedelta(days=366))
    visitor.recovery.forgot("amelia")
    visitor.recovery.forgot("benjamin")
    portal.deliver_due()
    assert mailer.sent == []


@pytest.mark.rule("D6")
@pytest.mark.usefixtures("scene")
def test_nothing_that_was_typed_is_kept_readable(portal: Portal, visitor: Acting) -> None:
    visitor.recovery.forgot("canary@example.org")
    with portal.parts.database.engine.connect() as connection:
        for table in ("recovery_request", "audit_event", "throttle", "change"):
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}"):
                assert "canary" not in repr(tuple(row))
    portal.deliver_due()
    with portal.parts.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM recovery_request").scalar() == 0


@pytest.mark.usefixtures("scene")
def test_a_request_that_no_key_can_read_does_not_stand_in_the_way_of_mail(portal: Portal) -> None:
    with portal.parts.database.writing() as session:
        session.add(RecoveryRequest(id=new_id(), typed=b"of another key", made_at=portal.parts.clock()))
    portal.deliver_due()
    with portal.parts.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM recovery_request").scalar() == 0
