from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.clinic import month_csv
from app.portal import Portal
from app.rules.access import Role
from tests.fakes import FixedClock, KeptTextSender
from tests.refusals import refusal
from tests.scene import Scene


@pytest.mark.rule("R4", "R33", "R79")
def test_everybody_is_shown_the_clinics_address_which_the_manager_sets(scene: Scene, portal: Portal) -> None:
    manager = scene.acting("manager")
    settings = manager.clinic.settings()
    manager.clinic.change(replace(settings, email="help@harbour.example", name="Harbour & Co"))
    for caller in (portal.nobody(), scene.kiosk.caller, scene.account(scene.patient()).caller):
        clinic = portal.acting(caller).clinic.settings()
        assert (clinic.email, clinic.name) == ("help@harbour.example", "Harbour & Co")


def test_of_two_managers_the_second_is_told_that_settings_changed(scene: Scene) -> None:
    settings = scene.acting("manager").clinic.settings()
    changed = scene.acting("manager").clinic.change(replace(settings, name="One"))
    other = scene.acting("manager_south")
    assert refusal(other.clinic.change, replace(settings, name="Two")) == "settings_changed"
    assert other.clinic.change(replace(changed, name="Two")).name == "Two"


@pytest.mark.rule("D26")
def test_only_a_manager_changes_settings_sites_and_reads_the_month_page(scene: Scene) -> None:
    settings = scene.acting("manager").clinic.settings()
    for who in ("reception", "clinical", "privacy", "it"):
        acting = scene.acting(who)
        assert refusal(acting.clinic.change, settings) == "not_allowed"
        assert refusal(acting.clinic.month, 2026, 3) == "not_allowed"
        assert refusal(acting.sites.add, "East", ("1 East St",), "1", "Australia/Perth") == "not_allowed"


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"codes_may_go_by": ("pigeon",)}, "way_unknown"),
        ({"swipe_direction": "up"}, "swipe_unknown"),
        ({"email": ""}, "missing"),
        ({"public_address": "ftp://x"}, "public_address_unreadable"),
    ],
)
def test_settings_that_cannot_be_are_refused(scene: Scene, wrong: dict[str, object], kind: str) -> None:
    manager = scene.acting("manager")
    settings = manager.clinic.settings()
    assert refusal(manager.clinic.change, replace(settings, **wrong)) == kind  # type: ignore[arg-type]  # one wrong field
    assert manager.clinic.settings() == settings


def test_practice_mode_cannot_be_switched_on_in_a_real_clinic(scene: Scene) -> None:
    manager = scene.acting("manager")
    assert not manager.clinic.change(replace(manager.clinic.settings(), practice=True)).practice


# The month page


def test_the_month_page_counts_what_happened_in_that_month_at_the_site(
    scene: Scene, portal: Portal, texts: KeptTextSender
) -> None:
    manager = scene.acting("manager")
    settings = manager.clinic.settings()
    manager.clinic.change(replace(settings, codes_may_go_by=("sms",)))
    desk = scene.acting("reception")
    desk.accounts.create(scene.patient(), "called back", "sms")
    patient = scene.patient("Ben")
    owner = scene.account(patient)
    exam = scene.exam(patient)
    scene.report(exam)
    scene.invitation(owner, exam, patient, number="0123456789AB")
    scene.invitation(owner, exam, patient)
    portal.acting(portal.nobody("203.0.113.9")).visits.open_with_code("0123456789AB", "ABCDEFGH1234")
    portal.deliver_due()
    assert len(texts.sent) == 1
    page = manager.clinic.month(2026, 3)
    assert (page.accounts_created, page.accounts_activated) == (2, 1)
    assert (page.sms_sent, page.sms_failed) == (1, 0)
    assert (page.invitations, page.invitations_opened) == (2, 1)
    assert manager.clinic.month(2026, 3, scene.south).accounts_created == 0
    assert manager.clinic.month(2026, 2).accounts_created == 0
    assert month_csv(page).splitlines()[:3] == ["What,2026-03", "Accounts created,2", "Accounts activated,1"]
    assert "Hart" not in month_csv(page)


@pytest.mark.rule("D8")
def test_exams_older_than_the_retention_period_are_counted_and_none_is_deleted(scene: Scene) -> None:
    exam = scene.exam(scene.patient())  # performed on 12 March 2026 in Sydney
    manager = scene.acting("manager")
    assert manager.clinic.month(2033, 2).exams_past_retention == 0
    assert manager.clinic.month(2033, 3).exams_past_retention == 1
    settings = manager.clinic.settings()
    manager.clinic.change(replace(settings, rules=replace(settings.rules, retention_years=10)))
    assert manager.clinic.month(2033, 3).exams_past_retention == 0
    scene.portal.housekeep()
    assert scene.acting("reception").exams.open(exam).exam.id == exam


def test_a_month_begins_and_ends_at_the_sites_midnight(scene: Scene, clock: FixedClock) -> None:
    clock.now = datetime(2026, 3, 31, 13, 30, tzinfo=UTC)  # half past midnight on 1 April in Sydney
    scene.acting(scene.employee(Role.RECEPTION, scene.north)).accounts.create(scene.patient(), "passport")
    manager = scene.acting(scene.employee(Role.MANAGER, scene.north))
    assert manager.clinic.month(2026, 3).accounts_created == 0
    assert manager.clinic.month(2026, 4).accounts_created == 1
    for year, month in ((2026, 0), (2026, 13), (0, 1), (9999, 12)):
        assert refusal(manager.clinic.month, year, month) == "no_such_month"
    assert refusal(manager.clinic.month, 2026, 3, scene.desk.id) == "site_unknown"
