from datetime import date, timedelta

import pytest

from app.callers import Caller
from app.errors import Refused
from app.outside.passwords import Argon2Passwords
from app.portal import Acting, Portal
from app.rules.access import Relation
from app.rules.attempts import THROTTLES, CountedBy, Guarded
from app.words import Words
from db.models import Account
from tests.fakes import FixedClock
from tests.refusals import refusal
from tests.scene import PASSWORD, Known, Scene


@pytest.fixture
def amelia(scene: Scene) -> Known:
    return scene.account(scene.patient(), user_name="amelia")


def signed_in(scene: Scene, portal: Portal, station: Known | None) -> Caller:
    place = station.caller if station else None
    who = portal.acting(place or portal.nobody("203.0.113.1"))
    token = who.sessions.sign_in("amelia", PASSWORD).token
    return portal.signed_in(token, station=place, address="" if place else "203.0.113.1")


@pytest.mark.rule("R11", "D5")
@pytest.mark.usefixtures("amelia")
def test_a_patient_signs_in_without_regard_to_the_case_of_the_user_name(scene: Scene) -> None:
    signed = scene.acting(scene.kiosk).sessions.sign_in(" AMELIA ", PASSWORD)
    assert (signed.kind, signed.name) == ("kiosk", "Amelia Hart")


@pytest.mark.usefixtures("amelia")
def test_wrong_names_and_wrong_passwords_are_answered_alike(scene: Scene) -> None:
    kiosk = scene.acting(scene.kiosk)
    assert refusal(kiosk.sessions.sign_in, "amelia", "not the password") == "sign_in_wrong"
    assert refusal(kiosk.sessions.sign_in, "nobody", PASSWORD) == "sign_in_wrong"
    assert refusal(kiosk.sessions.sign_in, "amelia", PASSWORD + "x" * 200) == "sign_in_wrong"
    assert refusal(kiosk.sessions.sign_in, "a" * 5000, "") == "sign_in_wrong"


@pytest.mark.usefixtures("amelia")
def test_tries_are_counted_by_account_and_a_good_one_forgives_them(
    scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    limit = THROTTLES[Guarded.SIGN_IN, CountedBy.ACCOUNT].limit
    kiosk = scene.acting(scene.kiosk)
    for _ in range(limit - 1):
        refusal(kiosk.sessions.sign_in, "amelia", "not the password")
    kiosk.sessions.sign_in("amelia", PASSWORD)
    for _ in range(limit):
        assert refusal(kiosk.sessions.sign_in, "amelia", "not the password") == "sign_in_wrong"
    elsewhere = portal.acting(portal.nobody("203.0.113.7"))
    assert refusal(elsewhere.sessions.sign_in, "amelia", PASSWORD) == "too_many_tries"
    clock.advance(THROTTLES[Guarded.SIGN_IN, CountedBy.ACCOUNT].window)
    assert elsewhere.sessions.sign_in("amelia", PASSWORD).kind == "web"


@pytest.mark.usefixtures("amelia")
def test_the_time_to_wait_is_said_in_minutes(scene: Scene) -> None:
    kiosk = scene.acting(scene.kiosk)
    for _ in range(5):
        refusal(kiosk.sessions.sign_in, "amelia", "not the password")
    with pytest.raises(Refused) as told:
        kiosk.sessions.sign_in("amelia", PASSWORD)
    assert "15 minutes" in Words().error(told.value)


@pytest.mark.usefixtures("amelia")
def test_many_people_may_err_at_one_kiosk_before_it_must_wait(scene: Scene) -> None:
    limit = THROTTLES[Guarded.SIGN_IN, CountedBy.PLACE].limit
    kiosk = scene.acting(scene.kiosk)
    for number in range(limit):
        assert refusal(kiosk.sessions.sign_in, f"guess {number}", PASSWORD) == "sign_in_wrong"
    assert refusal(kiosk.sessions.sign_in, "amelia", PASSWORD) == "too_many_tries"


@pytest.mark.usefixtures("amelia")
def test_patients_do_not_sign_in_at_the_desk(scene: Scene) -> None:
    assert refusal(scene.acting(scene.desk).sessions.sign_in, "amelia", PASSWORD) == "not_here"


@pytest.mark.rule("D25")
@pytest.mark.usefixtures("amelia")
def test_a_kiosk_session_warns_after_90_seconds_and_is_over_30_seconds_later(
    scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    me = scene.acting(signed_in(scene, portal, scene.kiosk))
    row = me.sessions.mine()
    assert (row.warns_at - clock(), row.ends_at - clock()) == (timedelta(seconds=90), timedelta(seconds=120))
    clock.advance(timedelta(seconds=119))
    assert me.sessions.mine().ends_at - clock() == timedelta(seconds=1)  # looking is not being there
    clock.advance(timedelta(seconds=1))
    assert refusal(me.sessions.mine) == "session_over"
    assert refusal(me.exams.mine) == "session_over"


@pytest.mark.rule("D25")
@pytest.mark.usefixtures("amelia")
def test_being_there_keeps_a_kiosk_session_for_20_minutes_and_the_patient_can_extend_it(
    scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    me = scene.acting(signed_in(scene, portal, scene.kiosk))
    for _ in range(19):
        clock.advance(timedelta(seconds=60))
        me.sessions.touch()
    assert me.sessions.mine().ends_at - clock() == timedelta(seconds=60)
    assert me.sessions.mine().warns_at - clock() == timedelta(seconds=30)
    assert me.sessions.extend().ends_at - clock() == timedelta(seconds=120)
    for _ in range(20):
        assert me.sessions.touch().kind == "kiosk"
        clock.advance(timedelta(seconds=60))
    assert refusal(me.sessions.touch) == "session_over"


@pytest.mark.rule("D25")
@pytest.mark.usefixtures("amelia")
def test_a_web_session_lasts_15_minutes_untouched_and_8_hours_at_most(
    scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    me = scene.acting(signed_in(scene, portal, None))
    assert me.sessions.mine().ends_at - clock() == timedelta(minutes=15)
    for _ in range(8 * 6):
        assert me.sessions.touch().kind == "web"
        clock.advance(timedelta(minutes=10))
    assert refusal(me.sessions.touch) == "session_over"
    again = scene.acting(signed_in(scene, portal, None))
    clock.advance(timedelta(minutes=15))
    assert refusal(again.sessions.mine) == "session_over"


@pytest.mark.rule("D25")
def test_signing_out_ends_the_session(scene: Scene, amelia: Known) -> None:
    me = scene.acting(amelia)
    me.sessions.sign_out()
    assert refusal(me.sessions.mine) == "signed_out"


def test_the_next_patient_at_a_kiosk_ends_the_session_of_the_one_before(
    scene: Scene, portal: Portal, amelia: Known
) -> None:
    signed_in(scene, portal, scene.kiosk)
    assert refusal(scene.acting(amelia).sessions.mine) == "signed_out"


@pytest.mark.usefixtures("amelia")
def test_a_token_works_only_at_the_station_where_it_was_given(scene: Scene, portal: Portal) -> None:
    token = scene.acting(scene.kiosk).sessions.sign_in("amelia", PASSWORD).token
    for elsewhere in (portal.signed_in(token), portal.signed_in(token, station=scene.desk.caller)):
        assert refusal(portal.acting(elsewhere).sessions.mine) == "signed_out"


@pytest.mark.rule("D31")
def test_the_session_says_whose_exams_can_be_seen_the_holder_first(scene: Scene) -> None:
    own, child = scene.patient(), scene.patient("Ada", "Archer", date(2015, 1, 1))
    holder = scene.account(own)
    scene.acting("reception").family.grant(holder.id, child, Relation.PARENT, "birth certificate")
    patients = scene.acting(holder).sessions.mine().patients
    assert [(name, relation) for _id, name, relation in patients] == [
        ("Amelia Hart", Relation.SELF),
        ("Ada Archer", Relation.PARENT),
    ]


def test_large_text_is_remembered(scene: Scene, portal: Portal, amelia: Known) -> None:
    me = scene.acting(amelia)
    assert not me.sessions.mine().large_text
    me.sessions.set_large_text(True)
    assert scene.acting(signed_in(scene, portal, None)).sessions.mine().large_text


@pytest.mark.rule("D5")
def test_an_older_hash_is_made_anew_at_sign_in(scene: Scene, portal: Portal, amelia: Known) -> None:
    older = Argon2Passwords(portal.parts.settings.data_folder / "older", memory_kib=16, passes=1)
    with portal.parts.database.writing() as session:
        session.get_one(Account, amelia.id).password_hash = older.hash(PASSWORD)
    scene.acting(scene.kiosk).sessions.sign_in("amelia", PASSWORD)
    with portal.parts.database.reading() as session:
        hashed = session.get_one(Account, amelia.id).password_hash
    assert hashed is not None
    assert "m=8," in hashed
    assert scene.acting(scene.kiosk).sessions.sign_in("amelia", PASSWORD).kind == "kiosk"


def test_nobody_signed_in_has_no_session(portal: Portal, scene: Scene) -> None:
    stranger: Acting = portal.acting(portal.nobody("203.0.113.1"))
    assert refusal(stranger.sessions.mine) == "signed_out"
    assert refusal(scene.acting(scene.kiosk).sessions.touch) == "signed_out"
    assert refusal(portal.acting(portal.signed_in("made up")).sessions.mine) == "signed_out"
