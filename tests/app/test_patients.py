from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.errors import Invalid
from app.portal import Portal
from app.rules.access import Role
from app.views.people import Identifier, NewPatient
from db.models import AuditEvent, Patient, SessionRecord
from tests.fakes import FixedClock, KeptMailer
from tests.refusals import refusal
from tests.scene import Scene

BORN = date(1944, 5, 17)


def new(given: str = "Amelia", family: str = "Hart", born: date = BORN, **more: object) -> NewPatient:
    return NewPatient(family, given, born, **more)  # type: ignore[arg-type]  # what the fields are


def ids(rows: tuple[object, ...]) -> list[UUID]:
    return [row.id for row in rows]  # type: ignore[attr-defined]  # rows of patients


def audited(portal: Portal, verb: str) -> list[AuditEvent]:
    with portal.parts.database.reading() as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.verb == verb)))


# Finding


@pytest.mark.parametrize(
    "typed",
    [
        "zoë",
        "zoe garcia",
        "GARCIA zo",
        "obrien",
        "O'Brien zoe",
        "brien",
        "17/5/1944",
        "17.05.44",
        "1944-05-17",
        "17 May 1944",
        "17051944",
        "gar 17-5-1944",
        "MRN77",
        "mrn7701",
        "0491 570 156",
        "0491570",
        "+61 491 570 156",
        "zoe 0491",
    ],
)
def test_a_patient_is_found_by_whatever_is_typed(scene: Scene, typed: str) -> None:
    desk = scene.acting("reception")
    found = desk.patients.register(
        new("Zoë", "García-O’Brien", identifiers=(Identifier("MRN7701", ""),), mobile="0491 570 156")
    )
    desk.patients.register(new("Zara", "Gant", date(1950, 1, 1), mobile="0491 570 999"))
    assert found.id in ids(desk.patients.find(typed))
    if typed not in {"0491570", "zoe 0491"}:
        assert ids(desk.patients.find(typed)) == [found.id]


@pytest.mark.parametrize(
    "typed", ["", "   ", "hartz", "18/5/1944", "amelia 18/5/1944", "%", "_", "0491 570 157"]
)
def test_nothing_is_found_by_what_does_not_fit(scene: Scene, typed: str) -> None:
    scene.patient()
    assert scene.acting("reception").patients.find(typed) == ()


def test_those_found_are_sorted_by_name_and_limited(scene: Scene) -> None:
    scene.patient("Cora", "Hart")
    scene.patient("Ann", "Hart")
    scene.patient("Ben", "Äbel-Hart")
    found = scene.acting("reception").patients.find("hart", limit=2)
    assert [row.full_name for row in found] == ["Ben Äbel-Hart", "Ann Hart"]


@pytest.mark.rule("D26")
def test_staff_find_and_open_only_patients_of_their_sites(scene: Scene) -> None:
    patient = scene.patient()
    south = scene.acting("reception_south")
    assert south.patients.find("hart") == ()
    assert south.patients.alike("Hart", "Amelia", BORN) == ()
    assert refusal(south.patients.open, patient) == "patient_unknown"
    assert refusal(south.patients.correct, patient, "Hart", "Amy", BORN, ()) == "patient_unknown"
    assert refusal(south.accounts.create, patient, "passport") == "patient_unknown"


def test_an_exam_at_a_site_brings_its_patient_within_reach(scene: Scene) -> None:
    patient = scene.patient()
    scene.exam(patient, site=scene.south)
    south = scene.acting("reception_south")
    assert ids(south.patients.find("hart")) == [patient]
    assert south.patients.open(patient).patient.id == patient


@pytest.mark.rule("D26")
def test_searching_other_sites_is_a_right_and_leaves_a_trace(scene: Scene, portal: Portal) -> None:
    patient = scene.patient()
    assert refusal(scene.acting("reception_south").patients.find_elsewhere, "hart") == "not_other_sites"
    wide = scene.acting(scene.employee(Role.RECEPTION, scene.south, other_sites=True))
    assert wide.patients.find("hart") == ()  # without asking for other sites, one's own only
    assert ids(wide.patients.find_elsewhere("hart")) == [patient]
    assert wide.patients.open(patient).patient.id == patient
    denied, searched = audited(portal, "patients.find_elsewhere")
    assert (denied.outcome, searched.outcome) == ("denied", "done")
    assert "hart" not in searched.detail
    assert '"other_site": true' in audited(portal, "patients.open")[0].detail


def test_finding_while_typing_leaves_no_trace_and_opening_does(scene: Scene, portal: Portal) -> None:
    patient = scene.patient()
    desk = scene.acting("reception")
    desk.patients.find("hart")
    assert audited(portal, "patients.find") == []
    desk.patients.open(patient)
    (opened,) = audited(portal, "patients.open")
    assert (opened.patient_id, opened.staff_id, opened.station_id, opened.site_id) == (
        patient,
        scene.staff["reception"].id,
        scene.desk.id,
        scene.north,
    )


@pytest.mark.rule("D24")
def test_a_page_is_refreshed_only_after_it_was_opened_in_this_session(
    scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    patient = scene.patient()
    desk = scene.acting("reception")
    assert refusal(desk.patients.look, patient) == "not_opened"
    desk.patients.open(patient)
    clock.advance(timedelta(minutes=6))
    assert desk.patients.look(patient).patient.id == patient
    assert len(audited(portal, "patients.open")) == 1
    assert refusal(scene.acting("clinical").patients.look, patient) == "not_opened"
    with portal.parts.database.reading() as session:  # refreshing does not keep the screen from locking
        seen = session.scalar(
            select(func.max(SessionRecord.last_active_at)).where(
                SessionRecord.staff_id == scene.staff["reception"].id
            )
        )
    assert seen == clock() - timedelta(minutes=6)


def test_the_command_line_finds_a_patient_by_the_whole_identifier(scene: Scene, portal: Portal) -> None:
    patient = scene.patient(mrn="MRN7701")
    line = portal.acting(portal.command_line())
    assert ids(line.patients.by_identifier(" MRN7701 ")) == [patient]
    assert line.patients.by_identifier("MRN770") == ()
    assert refusal(scene.acting("reception").patients.by_identifier, "MRN7701") == "not_allowed"


# Registering


def test_a_registered_patient_belongs_to_the_site_of_the_desk(scene: Scene) -> None:
    row = scene.acting("reception_south").patients.register(
        new(identifiers=(Identifier(" 4711 ", ""),), email=" Amelia@Example.ORG ", mobile="0491 570 156")
    )
    assert (row.site_id, row.identifiers) == (scene.south, (Identifier("4711", "Harbour Imaging"),))
    assert (row.email, row.mobile) == ("amelia@example.org", "+61491570156")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"family": "  "}, "family_name"),
        ({"family": "x" * 101}, "family_name"),
        ({"born": date(2026, 3, 14)}, "birth_date"),
        ({"born": date(1870, 1, 1)}, "birth_date"),
        ({"email": "amelia at example.org"}, "email"),
        ({"email": "amelia@example"}, "email"),
        ({"email": "a@b.org, c@d.org"}, "email"),
        ({"mobile": "12"}, "mobile"),
        ({"mobile": "call me"}, "mobile"),
        ({"identifiers": (Identifier("2950123456", "Medicare"),)}, "identifiers"),
        ({"identifiers": (Identifier("8003600000000000", "IHI"),)}, "identifiers"),
    ],
)
@pytest.mark.rule("D29")
def test_what_cannot_be_right_is_refused_beside_its_field(
    scene: Scene, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        scene.acting("reception").patients.register(new(**wrong))  # type: ignore[arg-type]  # one wrong field
    assert told.value.field == field


def test_who_is_born_today_at_the_site_can_be_registered(scene: Scene, clock: FixedClock) -> None:
    clock.now = clock.now.replace(hour=20)  # 13 March in Sydney, still the 12th in UTC
    scene.acting("reception")
    staff = scene.acting(scene.employee(Role.RECEPTION, scene.north))
    assert staff.patients.register(new(born=date(2026, 3, 13))).birth_date == date(2026, 3, 13)


def test_an_identifier_belongs_to_one_patient(scene: Scene) -> None:
    desk = scene.acting("reception")
    desk.patients.register(new(identifiers=(Identifier("4711", ""),)))
    again = new("Ben", "Moss", identifiers=(Identifier("4711", ""),))
    assert refusal(desk.patients.register, again) == "identifier_taken"
    other = desk.patients.register(new("Ben", "Moss", identifiers=(Identifier("4711", "Other Clinic"),)))
    assert ids(desk.patients.find("ben")) == [other.id]  # the refused one left nothing behind


@pytest.mark.parametrize(
    ("family", "given", "born", "warns"),
    [
        ("Hart", "Amelia", BORN, True),
        ("hart", "AMÉLIA", BORN, True),
        ("Amelia", "Hart", BORN, True),
        ("Hart", "Amelia Jane", BORN, True),
        ("Hart", "Amelia", date(1944, 5, 18), False),
        ("Hart", "Ben", BORN, False),
    ],
)
def test_who_may_be_the_same_person_is_shown_while_typing(
    scene: Scene, family: str, given: str, born: date, *, warns: bool
) -> None:
    patient = scene.patient()
    found = scene.acting("reception").patients.alike(family, given, born)
    assert ids(found) == ([patient] if warns else [])


@pytest.mark.rule("D4")
def test_the_same_name_and_birth_date_put_an_alert_on_both_and_a_correction_lifts_it_from_both(
    scene: Scene,
) -> None:
    first = scene.acting("reception").patients.register(new())
    second = scene.acting("reception_south").patients.register(new("AMELIA", "Hart"))
    assert not first.has_name_alert  # there was only one yet
    assert second.has_name_alert
    assert scene.acting("reception").patients.open(first.id).patient.has_name_alert
    corrected = scene.acting("reception_south").patients.correct(second.id, "Hart", "Amelie", BORN, ())
    assert not corrected.has_name_alert
    assert not scene.acting("reception").patients.open(first.id).patient.has_name_alert


@pytest.mark.rule("D4")
def test_a_corrected_birth_date_moves_the_alert(scene: Scene) -> None:
    desk = scene.acting("reception")
    one, two = desk.patients.register(new()), desk.patients.register(new())
    three = desk.patients.register(new(born=date(1950, 1, 1)))
    desk.patients.correct(two.id, "Hart", "Amelia", date(1950, 1, 1), ())
    alerts = {row.id: row.has_name_alert for row in desk.patients.find("hart")}
    assert alerts == {one.id: False, two.id: True, three.id: True}


# Correcting


@pytest.mark.rule("R18", "D7")
def test_staff_correct_personal_data_and_the_own_account_follows(scene: Scene) -> None:
    desk = scene.acting("reception")
    patient = desk.patients.register(new())
    desk.accounts.create(patient.id, "passport")
    desk.patients.correct(patient.id, "Hart-Lowe", "Amélie", date(1944, 5, 18), (Identifier("9", ""),))
    page = desk.patients.open(patient.id)
    assert page.patient.full_name == "Amélie Hart-Lowe"
    assert (page.accounts[0].holder_name, page.accounts[0].holder_birth_date) == (
        "Amélie Hart-Lowe",
        date(1944, 5, 18),
    )
    assert ids(desk.patients.find("amelie lowe")) == [patient.id]
    assert desk.patients.find("amelia") == ()


@pytest.mark.rule("R18", "D7")
def test_the_patient_can_look_at_personal_data_and_change_none(scene: Scene) -> None:
    patient = scene.patient()
    me = scene.acting(scene.account(patient, kind="web", user_name="amelia"))
    details = me.patients.my_details()
    assert (details.full_name, details.birth_date) == ("Amelia Hart", "17 May 1944")
    assert (details.email, details.mobile, details.user_name) == (
        "amelia@example.org",
        "+61491570156",
        "amelia",
    )
    assert refusal(me.patients.correct, patient, "Hart", "Amy", BORN, ()) == "not_allowed"
    assert refusal(me.patients.change_contact, patient, "new@example.org", "", ()) == "not_allowed"


@pytest.mark.rule("D7")
def test_personal_data_are_masked_on_the_kiosk(scene: Scene) -> None:
    details = scene.acting(scene.account(scene.patient(), kind="kiosk")).patients.my_details()
    assert (details.birth_date, details.email, details.mobile) == ("••• 1944", "a•••@e•••.org", "••• 156")


@pytest.mark.rule("D7")
def test_a_new_address_is_asked_to_prove_itself_and_the_old_one_is_told_without_naming_anybody(
    scene: Scene, portal: Portal, mailer: KeptMailer
) -> None:
    patient = scene.patient()
    account = scene.account(patient, user_name="amelia")
    desk = scene.acting("reception")
    desk.patients.change_contact(patient, "new@example.org", "0491 570 157", ("1 Road", "Sydney"))
    row = desk.patients.open(patient).accounts[0]
    assert (row.email, row.is_email_proved, row.mobile) == ("new@example.org", False, "+61491570157")
    portal.deliver_due()
    old, confirm = sorted(mailer.sent, key=lambda mail: mail.to)
    assert (old.to, confirm.to) == ("amelia@example.org", "new@example.org")
    assert not any(word in old.text for word in ("Amelia", "Hart", "new@example.org", "amelia"))
    link = next(line for line in confirm.text.splitlines() if "/confirm-email#" in line)
    visitor = portal.acting(portal.nobody("203.0.113.1"))
    visitor.recovery.confirm_email(link.partition("#")[2])
    visitor.recovery.confirm_email(link.partition("#")[2])  # pressed twice: no harm
    assert desk.patients.open(patient).accounts[0].is_email_proved
    assert account.id == row.id


@pytest.mark.rule("D7")
def test_an_unsafe_old_address_is_told_nothing(scene: Scene, portal: Portal, mailer: KeptMailer) -> None:
    patient = scene.patient()
    scene.account(patient)
    scene.acting("reception").patients.change_contact(
        patient, "new@example.org", "", (), old_email_is_unsafe=True
    )
    portal.deliver_due()
    assert [mail.to for mail in mailer.sent] == ["new@example.org"]


def test_the_button_of_an_older_mail_proves_nothing(scene: Scene, portal: Portal, mailer: KeptMailer) -> None:
    patient = scene.patient()
    scene.account(patient, email="")
    desk = scene.acting("reception")
    desk.patients.change_contact(patient, "first@example.org", "", ())
    desk.patients.change_contact(patient, "second@example.org", "", ())
    portal.deliver_due()
    first = next(mail for mail in mailer.sent if mail.to == "first@example.org" and "#" in mail.text)
    code = first.text.partition("/confirm-email#")[2].split()[0]
    visitor = portal.acting(portal.nobody("203.0.113.1"))
    assert refusal(visitor.recovery.confirm_email, code) == "link_unknown"
    assert not desk.patients.open(patient).accounts[0].is_email_proved


# Linking


@pytest.mark.rule("D30")
def test_two_records_of_one_person_are_linked_and_unlinked(scene: Scene, portal: Portal) -> None:
    one, two = scene.patient(), scene.patient("Amy")
    desk = scene.acting("reception")
    desk.patients.link(one, two, "same person, married name")
    assert ids(desk.patients.open(two).linked) == [one]
    assert ids(desk.patients.open(one).linked) == [two]
    assert refusal(desk.patients.link, two, one, "again") == "already_linked"
    assert refusal(desk.patients.link, one, one, "itself") == "same_record"
    desk.patients.unlink(two, one, "two people after all")
    assert desk.patients.open(one).linked == ()
    assert refusal(desk.patients.unlink, one, two, "again") == "not_linked"
    assert [event.patient_id for event in audited(portal, "patients.link")] == [one]


@pytest.mark.rule("D30")
def test_a_patient_has_many_identifiers(scene: Scene) -> None:
    row = scene.acting("reception").patients.register(
        new(identifiers=(Identifier("1", ""), Identifier("1", "Other Clinic"), Identifier("1", "")))
    )
    assert row.identifiers == (Identifier("1", "Harbour Imaging"), Identifier("1", "Other Clinic"))


def test_the_audit_trail_holds_ids_and_never_names_addresses_or_birth_dates(
    scene: Scene, portal: Portal
) -> None:
    desk = scene.acting("reception")
    patient = desk.patients.register(new("Qwertz", "Canary", email="canary@example.org"))
    desk.patients.open(patient.id)
    desk.patients.correct(patient.id, "Canary", "Qwertz", BORN, (Identifier("CANARY9", ""),))
    with portal.parts.database.reading() as session:
        details = " ".join(event.detail for event in session.scalars(select(AuditEvent)))
        assert session.scalar(select(func.count(Patient.id))) == 1
    assert "canary" not in details.lower()
    assert "qwertz" not in details.lower()
    assert "1944" not in details
