import pytest

from app.portal import Portal
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
    assert refusal(portal.station, enrolled.key) == "station_unknown"
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
