from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.portal import Portal
from db.models import PrintRequest
from tests.fakes import FixedClock
from tests.made_dicom import a_pdf
from tests.refusals import refusal
from tests.scene import Known, Scene

BOTH = ("name", "birth date")


@pytest.fixture
def patient(scene: Scene) -> UUID:
    return scene.patient()


@pytest.fixture
def owner(scene: Scene, patient: UUID) -> Known:
    return scene.account(patient)


def kinds(scene: Scene, who: str = "reception") -> list[str]:
    return [task.kind for task in scene.acting(who).tasks.open()]


@pytest.mark.rule("D19")
def test_what_a_kiosk_asks_for_is_printed_at_its_desk_and_handed_over_after_two_identifiers(
    scene: Scene, owner: Known, patient: UUID
) -> None:
    pdf = a_pdf(pages=1)
    request = scene.acting(owner).print_requests.ask("invitation", pdf, patient)
    desk = scene.acting("reception").print_requests
    (row,) = desk.waiting()
    assert (row.id, row.kind, row.patient_name, row.is_printed) == (
        request,
        "invitation",
        "Amelia Hart",
        False,
    )
    assert kinds(scene) == ["print_waiting"]
    assert desk.content(request) == pdf
    assert desk.waiting()[0].is_printed
    assert refusal(desk.handed_over, request, ("name",)) == "identifiers_missing"
    assert refusal(desk.handed_over, request, ("name", "name")) == "identifiers_missing"
    assert refusal(desk.handed_over, request, ("name", " ")) == "identifiers_missing"
    desk.handed_over(request, BOTH)
    assert desk.waiting() == ()
    assert kinds(scene) == []
    assert refusal(desk.content, request) == "print_over"


@pytest.mark.rule("D19")
def test_only_the_desk_of_the_kiosks_site_sees_it(scene: Scene, owner: Known, patient: UUID) -> None:
    request = scene.acting(owner).print_requests.ask("report", a_pdf(pages=1), patient)
    south = scene.acting("reception_south").print_requests
    assert south.waiting() == ()
    assert refusal(south.content, request) == "print_unknown"
    assert kinds(scene, "reception_south") == []
    stranger = scene.acting(scene.account(scene.patient("Ben", "Okoro"))).print_requests
    assert refusal(stranger.ask, "report", a_pdf(pages=1), patient) == "patient_unknown"
    assert refusal(scene.acting(owner).print_requests.ask, "report", b"no PDF", patient) == "not_printable"


@pytest.mark.rule("D2")
def test_it_is_kept_encrypted_and_for_an_hour_only(
    scene: Scene, portal: Portal, owner: Known, patient: UUID, clock: FixedClock
) -> None:
    pdf = a_pdf(pages=1)
    request = scene.acting(owner).print_requests.ask("invitation", pdf, patient)

    def kept() -> bytes | None:
        with portal.parts.database.reading() as session:
            return session.scalars(select(PrintRequest.content)).one()

    content = kept()
    assert content is not None
    assert pdf[:200] not in content
    clock.advance(timedelta(minutes=60) - timedelta(seconds=1))
    portal.housekeep()
    desk = scene.acting(scene.session("staff", scene.desk, staff_id=scene.staff["reception"].id))
    assert desk.print_requests.content(request) == pdf
    clock.advance(timedelta(seconds=1))
    assert refusal(desk.print_requests.content, request) == "print_over"
    portal.housekeep()
    assert kept() is None
    assert desk.tasks.open() == ()


@pytest.mark.rule("D32")
def test_what_was_not_printed_stands_on_the_list_once_whoever_printed_it(
    scene: Scene, owner: Known, patient: UUID
) -> None:
    for _ in range(2):
        scene.acting(owner).print_requests.failed("invitation", patient)
    scene.acting("reception").print_requests.failed("activation_letter", patient)
    tasks = scene.acting("reception").tasks.open()
    assert [(task.kind, task.patient_name, dict(task.fields)) for task in tasks] == [
        ("print_failed", "Amelia Hart", {"printed": "invitation"}),
        ("print_failed", "Amelia Hart", {"printed": "activation_letter"}),
    ]
    scene.acting("reception").tasks.done(tasks[0].id, "printed at the desk")
    assert len(kinds(scene)) == 1
    scene.acting("reception").print_requests.printed("activation_letter", patient)
    assert kinds(scene) == []
    assert refusal(scene.acting(owner).print_requests.failed, "a poster", patient) == "not_printable"


@pytest.mark.rule("D27", "D28")
def test_what_may_not_be_seen_any_more_is_not_printed_any_more(
    scene: Scene, owner: Known, patient: UUID
) -> None:
    report = scene.report(scene.exam(patient))
    mine, desk = scene.acting(owner).print_requests, scene.acting("reception")
    withdrawn, invitation = (mine.ask(kind, a_pdf(pages=1), patient) for kind in ("report", "invitation"))
    other = scene.patient("Ben", "Okoro")
    others = scene.acting(scene.account(other)).print_requests.ask("report", a_pdf(pages=1), other)
    scene.acting("clinical").reports.withdraw(report, "wrong side")
    assert refusal(desk.print_requests.content, withdrawn) == "print_over"
    assert [row.id for row in desk.print_requests.waiting()] == [invitation, others]
    desk.accounts.block(owner.id, "the patient asks")
    assert refusal(desk.print_requests.content, invitation) == "print_over"
    assert [row.id for row in desk.print_requests.waiting()] == [others]
    assert kinds(scene).count("print_waiting") == 1
