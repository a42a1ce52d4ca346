from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.errors import PortalError
from app.portal import Portal
from app.rules.attempts import THROTTLES, CountedBy, Guarded
from tests.fakes import FixedClock
from tests.refusals import refusal
from tests.scene import Scene


def test_a_station_is_enrolled_with_a_key_said_once_and_switched_off(scene: Scene, portal: Portal) -> None:
    it = scene.acting("it")
    enrolled = it.stations.enrol(scene.north, " Kiosk 9 ", "kiosk")
    kiosk = portal.acting(portal.station(enrolled.key))
    assert (kiosk.stations.mine().name, kiosk.stations.mine().kind) == ("Kiosk 9", "kiosk")
    assert kiosk.stations.mine().site_name == "North"
    with portal.parts.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM station").all()
    assert enrolled.key not in repr(rows)
    it.stations.revoke(enrolled.id)
    assert refusal(kiosk.stations.mine) == "station_revoked"
    assert refusal(portal.station, enrolled.key) == "station_revoked"
    assert next(row for row in it.stations.all() if row.id == enrolled.id).revoked_at is not None


@pytest.mark.rule("D26")
def test_it_and_managers_look_after_the_stations_of_their_sites(scene: Scene, portal: Portal) -> None:
    for who in ("reception", "clinical", "privacy"):
        assert refusal(scene.acting(who).stations.enrol, scene.north, "Desk 9", "desk") == "not_allowed"
    south = scene.acting("it_south")
    assert [row.name for row in south.stations.all()] == ["Desk 2"]
    assert refusal(south.stations.enrol, scene.north, "Desk 9", "desk") == "site_unknown"
    assert refusal(south.stations.revoke, scene.desk.id) == "station_unknown"
    anywhere = portal.acting(portal.command_line())
    assert anywhere.stations.enrol(scene.north, "Desk 9", "desk").name == "Desk 9"
    assert refusal(anywhere.stations.enrol, scene.north, "desk 9", "desk") == "station_name_taken"
    assert refusal(anywhere.stations.enrol, scene.north, "Desk 10", "server") == "kind_unknown"


def test_a_station_has_a_printer_for_each_kind_of_document(scene: Scene) -> None:
    it = scene.acting("it")
    printers = (("letter", "Desk-1-A4"), ("report", "Big"), ("slip", " "))
    row = it.stations.change(scene.desk.id, "Front desk", printers, "Letter", True)
    assert (row.name, row.printers) == ("Front desk", (("letter", "Desk-1-A4"), ("report", "Big")))
    assert (row.paper, row.usb_download) == ("Letter", True)
    assert scene.acting(scene.desk).stations.mine() == row
    assert refusal(it.stations.change, scene.desk.id, "Kiosk 1", (), "A4", False) == "station_name_taken"
    assert refusal(it.stations.change, scene.desk.id, "Desk", (), "A3", False) == "paper_unknown"


@pytest.mark.usefixtures("scene")
def test_a_computer_that_is_no_station_is_told_so(portal: Portal) -> None:
    assert refusal(portal.acting(portal.nobody("203.0.113.1")).stations.mine) == "no_station"


def test_a_computer_enrols_itself_with_a_code_once_and_within_a_day(
    scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    office = scene.acting("it")
    first, second = (office.stations.expect(scene.north, f"Kiosk {n}", "kiosk") for n in (8, 9))
    here = portal.acting(portal.nobody("203.0.113.1")).stations
    assert refusal(here.enrol_with_code, "ABCD-EFGH-JKMN") == "enrolment_code_wrong"
    assert refusal(here.enrol_with_code, "not a code") == "code_unreadable"
    enrolled = here.enrol_with_code(first.code.lower().replace("-", " "))
    assert (enrolled.id, enrolled.name) == (first.station_id, "Kiosk 8")
    assert portal.acting(portal.station(enrolled.key)).stations.mine().kind == "kiosk"
    assert refusal(here.enrol_with_code, first.code) == "enrolment_code_wrong"
    clock.advance(timedelta(hours=24))
    assert second.expires_at == clock()
    assert refusal(here.enrol_with_code, second.code) == "enrolment_code_wrong"
    # The codes themselves are no keys.
    for code in (first.code, second.code):
        assert refusal(portal.station, code) == "station_unknown"


def test_a_code_that_is_used_twice_at_once_makes_one_station(scene: Scene, portal: Portal) -> None:
    code = scene.acting("it").stations.expect(scene.north, "Desk 9", "desk").code

    def enrol(number: int) -> str:
        try:
            return portal.acting(portal.nobody(f"203.0.113.{number}")).stations.enrol_with_code(code).key
        except PortalError as error:
            return error.kind

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(enrol, range(4)))
    assert answers.count("enrolment_code_wrong") == 3
    [key] = set(answers) - {"enrolment_code_wrong"}
    assert portal.station(key).station_kind == "desk"


def test_a_new_code_moves_a_station_to_another_computer(scene: Scene, portal: Portal) -> None:
    office = scene.acting("it")
    code = office.stations.new_code(scene.desk.id)
    assert (code.station_id, code.name) == (scene.desk.id, "Desk 1")
    assert refusal(portal.station, "key of Desk 1") == "station_unknown"
    enrolled = portal.acting(portal.nobody("203.0.113.1")).stations.enrol_with_code(code.code)
    assert portal.station(enrolled.key).station_id == scene.desk.id
    office.stations.revoke(scene.desk.id)
    assert refusal(office.stations.new_code, scene.desk.id) == "station_revoked"


def test_a_code_for_a_station_that_was_switched_off_opens_nothing(scene: Scene, portal: Portal) -> None:
    office = scene.acting("it")
    code = office.stations.expect(scene.north, "Desk 9", "desk")
    office.stations.revoke(code.station_id)
    here = portal.acting(portal.nobody("203.0.113.1")).stations
    assert refusal(here.enrol_with_code, code.code) == "enrolment_code_wrong"


def test_codes_cannot_be_tried_without_end(scene: Scene, portal: Portal) -> None:
    good = scene.acting("it").stations.expect(scene.north, "Desk 9", "desk").code
    here = portal.acting(portal.nobody("203.0.113.1")).stations
    limit = THROTTLES[Guarded.ENROLMENT, CountedBy.PLACE].limit
    for _ in range(limit):
        assert refusal(here.enrol_with_code, "ABCD-EFGH-JKMN") == "enrolment_code_wrong"
    assert refusal(here.enrol_with_code, good) == "too_many_tries"
    assert portal.acting(portal.nobody("203.0.113.2")).stations.enrol_with_code(good).name == "Desk 9"
