from dataclasses import replace

import pytest

from app.portal import Portal
from app.rules.access import Role
from app.views.clinic import FirstStart
from tests.refusals import refusal
from tests.scene import PASSWORD

FIRST = FirstStart(
    clinic_name="Harbour Imaging",
    email="Portal@harbour.example",
    public_address="https://portal.harbour.example/",
    site_name="North",
    site_address=("1 North Street", "Sydney NSW 2000"),
    site_phone="+61 2 5550 1234",
    time_zone="Australia/Sydney",
    full_name="Robin Manager",
    user_name="robin",
    password=PASSWORD,
)


@pytest.mark.rule("R79")
def test_the_first_start_makes_the_clinic_its_site_and_its_manager(portal: Portal) -> None:
    assert not portal.is_set_up()
    nobody = portal.acting(portal.nobody())
    assert refusal(nobody.clinic.settings) == "not_set_up"
    portal.begin(FIRST)
    assert portal.is_set_up()
    clinic = nobody.clinic.settings()
    assert (clinic.name, clinic.email) == ("Harbour Imaging", "portal@harbour.example")
    assert clinic.public_address == "https://portal.harbour.example"
    (site,) = nobody.sites.all()
    assert (site.name, site.address, site.time_zone) == ("North", FIRST.site_address, "Australia/Sydney")
    manager = portal.acting(portal.signed_in(nobody.staff.sign_in("robin", PASSWORD).token))
    assert manager.staff.me().roles == (Role.MANAGER,)
    assert manager.staff.me().site_ids == (site.id,)
    assert refusal(portal.begin, replace(FIRST, user_name="second")) == "already_set_up"
    assert len(manager.staff.all()) == 1


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"clinic_name": " "}, "missing"),
        ({"email": "portal"}, "email_unreadable"),
        ({"public_address": "portal.harbour.example"}, "public_address_unreadable"),
        ({"public_address": "http://portal.harbour.example"}, "public_address_unreadable"),
        ({"public_address": "https://portal.harbour.example/?a=1"}, "public_address_too_much"),
        ({"time_zone": "Sydney"}, "time_zone_unknown"),
        ({"time_zone": "../etc/passwd"}, "time_zone_unknown"),
        ({"site_phone": ""}, "missing"),
        ({"user_name": "r"}, "user_name_too_short"),
        ({"password": "short"}, "password_too_short"),
        ({"password": "harbour imaging 22"}, "password_has_clinic_name"),
        ({"country": "XX"}, "country_unknown"),
    ],
)
def test_a_first_start_that_cannot_work_leaves_nothing_behind(
    portal: Portal, wrong: dict[str, str], kind: str
) -> None:
    assert refusal(portal.begin, replace(FIRST, **wrong)) == kind  # type: ignore[arg-type]  # one wrong field
    assert not portal.is_set_up()


def test_practice_may_be_served_from_this_machine(portal: Portal) -> None:
    portal.begin(replace(FIRST, public_address="http://127.0.0.1:8080", practice=True))
    assert portal.acting(portal.nobody()).clinic.settings().practice
