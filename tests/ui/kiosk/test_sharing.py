"""Sharing at the kiosk, by touch: Share Exam, Shared Exams, Edit, Revoke Access, and how the paper comes out."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLineEdit, QWidget

from app.errors import N_, Unavailable
from app.rules.invitation import InvitationState
from app.views.sharing import InvitationRow
from tests.fakes import KeptMailer
from tests.scene import PASSWORD, Known, Scene
from tests.ui.kiosk.at_kiosk import AtKiosk, SpyPrinters
from ui.printing import PrintOutcome
from ui.widgets.status import StatusBadge


@pytest.fixture
def owner(scene: Scene, patient: UUID, account: Known) -> Known:
    """The same account on the web, to look at what the kiosk did without ending its session there."""
    return Known(account.id, scene.session("web", account_id=account.id))


@pytest.fixture
def at_exam(kiosk: AtKiosk, account: Known, exam: UUID) -> AtKiosk:
    kiosk.sign_in("amelia.hart", PASSWORD)
    kiosk.tap("my_exam")
    kiosk.tap(f"exam_{exam}")
    kiosk.wait_to_read("no fracture")
    return kiosk


@pytest.fixture
def with_printer(scene: Scene) -> None:
    scene.acting("it").stations.change(
        scene.kiosk.id, "Kiosk 1", (("invitation", "Kiosk printer"),), "A4", False
    )


def fill_in(kiosk: AtKiosk, *, paper: bool, tick: bool = True) -> None:
    kiosk.tap("share_exam")
    kiosk.type("Dr Sam Okafor", into="share_recipient_name")
    if paper:
        kiosk.tap("share_on_paper")
    kiosk.tap("share_with_next")
    if not paper:
        kiosk.type("sam@clinic.example", into="share_recipient_email")
        kiosk.tap("share_address_next")
    kiosk.tap("share_what_next")
    kiosk.tap("share_until_next")
    kiosk.tap("share_note_next")
    kiosk.wait_for("share_check")
    if tick:
        kiosk.tap("understands_sensitive")
    kiosk.tap("share_exam_now")


def only(scene: Scene, owner: Known) -> InvitationRow:
    (row,) = scene.acting(owner).sharing.mine()
    return row


def same_line(one: QWidget, other: QWidget, window: QWidget) -> bool:
    """Tell whether two things stand beside each other."""
    top, bottom = (one.mapTo(window, p).y() for p in (one.rect().topLeft(), one.rect().bottomLeft()))
    return top <= other.mapTo(window, other.rect().center()).y() <= bottom


@pytest.mark.rule("R52", "R53", "R54", "R55", "R56", "R57", "R58", "R64", "D12")
def test_by_email_the_invitation_goes_to_the_person_with_link_and_code(
    scene: Scene, at_exam: AtKiosk, owner: Known, mailer: KeptMailer
) -> None:
    fill_in(at_exam, paper=False, tick=False)
    at_exam.wait_until(lambda: "tick" in at_exam.notice())
    assert at_exam.reads("sensitive medical information. Share them only with people you trust")
    assert at_exam.reads("11 April 2026")  # 30 days
    assert scene.acting(owner).sharing.mine() == ()
    at_exam.tap("understands_sensitive")
    at_exam.tap("share_exam_now")
    at_exam.wait_for("share_done")
    at_exam.wait_to_read("The e-mail is on its way")
    row = only(scene, owner)
    assert (row.recipient_name, row.recipient_email, row.way) == (
        "Dr Sam Okafor",
        "sam@clinic.example",
        "email",
    )
    assert row.shared_until == date(2026, 4, 11)
    scene.portal.deliver_due()
    at_exam.wait_to_read("The e-mail has been sent.")  # by itself
    (mail,) = mailer.sent
    assert f"/i/{row.number}" in mail.text
    assert at_exam.sees("code_to_pass_on") is None


@pytest.mark.rule("D12")
def test_where_the_mail_holds_no_code_the_patient_is_shown_it_once_to_pass_on(
    scene: Scene, kiosk: AtKiosk, account: Known, exam: UUID, owner: Known
) -> None:
    manager = scene.acting("manager").clinic
    manager.change(replace(manager.settings(), verification_code_in_email=False))
    kiosk.sign_in("amelia.hart", PASSWORD)
    kiosk.tap("my_exam")
    kiosk.tap(f"exam_{exam}")
    fill_in(kiosk, paper=False)
    code = kiosk.wait_for("code_to_pass_on").text()  # type: ignore[attr-defined]  # a label
    number = only(scene, owner).number
    scene.portal.acting(scene.portal.nobody("203.0.113.9")).visits.open_with_code(number, code)
    kiosk.tap("share_done_button")
    kiosk.wait_for("home")
    assert not kiosk.reads(code)


@pytest.mark.rule("R55")
def test_what_is_missing_is_said_beside_its_field(at_exam: AtKiosk) -> None:
    at_exam.tap("share_exam")
    at_exam.tap("share_with_next")
    at_exam.wait_to_read("Write the name of the person you share with.")
    at_exam.type("Dr Sam Okafor", into="share_recipient_name")
    at_exam.tap("share_with_next")
    at_exam.type("sam at clinic", into="share_recipient_email")
    at_exam.tap("share_address_next")
    at_exam.wait_to_read("Write the e-mail address, such as name@example.org.")


def test_what_only_the_server_refuses_leads_back_to_its_page(at_exam: AtKiosk) -> None:
    at_exam.tap("share_exam")
    at_exam.type("Dr Sam Okafor", into="share_recipient_name")
    at_exam.tap("share_with_next")
    at_exam.type("sam@clinic", into="share_recipient_email")  # no dot: only the server minds
    at_exam.tap("share_address_next")
    at_exam.tap("share_what_next")
    at_exam.tap("share_until_next")
    at_exam.tap("share_note_next")
    at_exam.tap("understands_sensitive")
    at_exam.tap("share_exam_now")
    at_exam.wait_for("share_address")
    at_exam.wait_to_read("This does not look like an e-mail address.")


@pytest.mark.rule("R56", "D19")
def test_on_paper_it_comes_out_of_the_kiosks_printer(
    with_printer: None, scene: Scene, at_exam: AtKiosk, owner: Known, printers: SpyPrinters
) -> None:
    fill_in(at_exam, paper=True)
    at_exam.wait_until(lambda: "It is printed" in at_exam.notice())
    ((printer, pdf, title),) = printers.printed
    assert printer == "Kiosk printer"
    assert pdf.startswith(b"%PDF")
    assert "Amelia" not in title  # the queue is seen by others
    assert only(scene, owner).way == "paper"


def test_a_printer_that_fails_is_told_of_and_the_same_paper_can_be_printed_again(
    with_printer: None, scene: Scene, at_exam: AtKiosk, owner: Known, printers: SpyPrinters
) -> None:
    sentence = N_("The printer {printer} has a paper jam. Clear it and press Print again.")
    printers.outcome = PrintOutcome("failed", Unavailable("printer_jam", sentence, printer="Kiosk printer"))
    fill_in(at_exam, paper=True)
    at_exam.wait_until(lambda: "paper jam" in at_exam.notice())
    printers.outcome = PrintOutcome("printed")
    at_exam.tap("print_again")
    at_exam.wait_until(lambda: "It is printed" in at_exam.notice())
    assert len(scene.acting(owner).sharing.mine()) == 1


@pytest.mark.rule("D19", "D32")
def test_where_the_kiosks_printer_fails_the_desk_learns_of_it_and_can_print_instead(
    with_printer: None, scene: Scene, at_exam: AtKiosk, owner: Known, printers: SpyPrinters
) -> None:
    printers.outcome = PrintOutcome("failed")
    fill_in(at_exam, paper=True)
    at_exam.wait_for("print_at_desk")
    at_exam.wait_until(at_exam.window.surroundings.background.is_idle)
    assert [task.kind for task in scene.acting("reception").tasks.open()] == ["print_failed"]
    at_exam.tap("print_at_desk")
    at_exam.wait_until(lambda: "Collect it at the reception desk" in at_exam.notice())
    (waiting,) = scene.acting("reception").print_requests.waiting()
    assert waiting.kind == "invitation"
    assert len(scene.acting(owner).sharing.mine()) == 1


@pytest.mark.rule("D19")
def test_a_kiosk_without_a_printer_asks_the_desk(
    scene: Scene, at_exam: AtKiosk, printers: SpyPrinters
) -> None:
    fill_in(at_exam, paper=True)
    at_exam.wait_until(lambda: "Collect it at the reception desk" in at_exam.notice())
    (waiting,) = scene.acting("reception").print_requests.waiting()
    assert waiting.kind == "invitation"
    assert scene.acting("reception").print_requests.content(waiting.id).startswith(b"%PDF")
    assert printers.printed == []


@pytest.mark.rule("R61", "R62")
def test_share_exam_is_not_there_until_a_report_is_and_appears_by_itself(
    scene: Scene, kiosk: AtKiosk, account: Known, patient: UUID
) -> None:
    exam = scene.exam(patient)
    kiosk.sign_in("amelia.hart", PASSWORD)
    kiosk.tap("my_exam")
    kiosk.tap(f"exam_{exam}")
    kiosk.wait_for("report_unavailable")
    assert kiosk.sees("share_exam") is None
    report = scene.report(exam, visible=False)
    scene.acting("clinical").reports.release_early(report, "asked for by the referring doctor")
    kiosk.wait_for("share_exam")


@pytest.mark.rule("R59", "R63", "R67", "R73", "R74", "D15")
def test_shared_exams_turns_to_viewed_by_itself_when_the_guest_opens(
    scene: Scene, at_exam: AtKiosk, account: Known, exam: UUID, patient: UUID
) -> None:
    made = scene.invitation(account, exam, patient, number="0123456789AB", code="ABCDEFGH1234")
    at_exam.tap("back")
    at_exam.tap("back")
    at_exam.tap("shared_exams")
    assert status(at_exam) == "Active"
    guest = scene.portal.acting(scene.portal.nobody("203.0.113.9"))
    guest.visits.open_with_code("0123456789AB", "ABCDEFGH1234")
    at_exam.wait_until(lambda: status(at_exam) == "Viewed")
    at_exam.tap(f"invitation_{made}")
    at_exam.wait_to_read("Opened 1 of 10 times, last on 12 March 2026")
    assert at_exam.reads("on the web")


def status(kiosk: AtKiosk) -> str:
    badge = kiosk.wait_for("status")
    assert isinstance(badge, StatusBadge)
    return badge.word


@pytest.mark.rule("R63", "R73", "R75", "R76", "R78")
def test_expired_and_revoked_ones_stay_listed_under_the_four_names(
    scene: Scene, at_exam: AtKiosk, account: Known, owner: Known, exam: UUID, patient: UUID
) -> None:
    scene.invitation(account, exam, patient)
    scene.invitation(account, exam, patient, until=date(2026, 3, 11))
    scene.acting(owner).sharing.revoke(scene.invitation(account, exam, patient))
    at_exam.tap("back")
    at_exam.tap("back")
    at_exam.tap("shared_exams")
    at_exam.wait_for("status")
    badges = [one.word for one in at_exam.window.findChildren(StatusBadge) if one.isVisible()]
    assert sorted(badges) == ["Active", "Expired", "Revoked"]


@pytest.fixture
def opened(scene: Scene, at_exam: AtKiosk, account: Known, exam: UUID, patient: UUID) -> AtKiosk:
    """Shared Exams, with one invitation opened in it."""
    made = scene.invitation(account, exam, patient)
    at_exam.tap("back")
    at_exam.tap("back")
    at_exam.tap("shared_exams")
    at_exam.tap(f"invitation_{made}")
    at_exam.wait_for("revoke_access")
    return at_exam


@pytest.mark.rule("R67", "R68", "R69", "D16")
def test_edit_beside_shared_until_chooses_a_later_or_an_earlier_day(
    scene: Scene, opened: AtKiosk, owner: Known
) -> None:
    label = next(
        one
        for one in opened.window.findChildren(QWidget)
        if one.property("text") == "Shared Until" and one.isVisible()
    )
    assert same_line(opened.find("edit_shared_until"), label, opened.window)
    opened.tap("edit_shared_until")
    opened.tap("day_2")  # in three months
    opened.tap("save_shared_until")
    opened.wait_to_read("12 June 2026")
    assert only(scene, owner).shared_until == date(2026, 6, 12)
    opened.tap("edit_shared_until")
    opened.tap("day_other")
    opened.tap("save_shared_until")
    opened.wait_for("ask_day")
    clear_date(opened)
    opened.type("14032026")
    opened.tap("ask_day_next")
    opened.wait_to_read("14 March 2026")
    assert only(scene, owner).shared_until == date(2026, 3, 14)


def clear_date(kiosk: AtKiosk) -> None:
    """Empty the three boxes by the Delete key, beginning in the last."""
    boxes = kiosk.page.findChildren(QLineEdit)
    kiosk.touch(lambda: boxes[-1])
    # Behind the last digit: in the middle of the box the cursor stands among the digits, unless the taps were so quick
    # that they select all.
    kiosk.finger.tap(boxes[-1], QPoint(boxes[-1].width() - 4, boxes[-1].height() // 2))
    for _ in range(10):
        kiosk.finger.tap(kiosk.window.keyboard.delete)
    assert [box.text() for box in boxes] == ["", "", ""]


@pytest.mark.rule("R69", "D16")
def test_a_day_beyond_twelve_months_is_refused_beside_its_field(opened: AtKiosk) -> None:
    opened.tap("edit_shared_until")
    opened.tap("day_other")
    opened.tap("save_shared_until")
    opened.wait_for("ask_day")
    clear_date(opened)
    opened.type("13032027")
    opened.tap("ask_day_next")
    opened.wait_to_read("Choose a day from 12 March 2026 to 12 March 2027.")


@pytest.mark.rule("R70", "R71", "R76", "D17")
def test_revoke_access_beside_status_asks_says_what_stays_and_ends_it(
    scene: Scene, opened: AtKiosk, owner: Known
) -> None:
    assert same_line(opened.find("revoke_access"), opened.find("status"), opened.window)
    opened.tap("revoke_access")
    opened.wait_to_read("Copies that were already downloaded cannot be recalled.")
    assert only(scene, owner).state is InvitationState.ACTIVE
    opened.tap("revoke_yes")
    opened.wait_until(lambda: status(opened) == "Revoked")
    assert only(scene, owner).state is InvitationState.REVOKED
    assert opened.sees("revoke_access") is None
    assert opened.sees("edit_shared_until") is None


@pytest.mark.rule("R60", "R72", "R77")
def test_after_revoking_the_exam_can_be_shared_again(
    scene: Scene, at_exam: AtKiosk, account: Known, owner: Known, exam: UUID, patient: UUID
) -> None:
    scene.acting(owner).sharing.revoke(scene.invitation(account, exam, patient))
    fill_in(at_exam, paper=True)
    at_exam.wait_for("share_done")
    states = [row.state for row in scene.acting(owner).sharing.mine()]
    assert sorted(state.value for state in states) == ["Active", "Revoked"]
