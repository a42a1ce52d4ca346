from datetime import date

import pytest

from app.views.people import NewPatient
from tests.refusals import refusal
from tests.scene import Scene


@pytest.mark.rule("D30")
def test_sites_are_opened_changed_and_closed(scene: Scene) -> None:
    manager = scene.acting("manager")
    east = manager.sites.add(" East ", ("1 East Street", "", " Perth "), "+61 8 5550 1234", "Australia/Perth")
    assert (east.name, east.address, east.time_zone) == (
        "East",
        ("1 East Street", "Perth"),
        "Australia/Perth",
    )
    assert refusal(manager.sites.add, "EAST", ("1",), "1", "Australia/Perth") == "site_name_taken"
    assert refusal(manager.sites.add, "West", ("1",), "1", "Nowhere/City") == "time_zone_unknown"
    changed = manager.sites.change(east.id, "Far East", ("2 East Street",), "1", "Asia/Tokyo")
    assert (changed.name, changed.time_zone) == ("Far East", "Asia/Tokyo")
    assert manager.sites.close(east.id).is_closed
    manager.sites.close(scene.south)
    assert refusal(manager.sites.close, scene.north) == "last_site"
    assert refusal(manager.sites.close, scene.desk.id) == "site_unknown"
    assert [site.is_closed for site in manager.sites.all()] == [True, False, True]


def test_nobody_registers_at_a_closed_site(scene: Scene) -> None:
    scene.acting("manager").sites.close(scene.south)
    south = scene.acting("reception_south")
    assert refusal(south.patients.register, NewPatient("Hart", "Amelia", date(1944, 5, 17))) == "no_site"
