from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.documents import PaperStyle, activation_letter
from app.ports import DeliveryFailed
from app.rules.report_release import ReportState
from app.views.exams import ReportRow
from tests.app.documents.rows import ACTIVATION
from tests.fakes import KeptTextSender
from tests.scene import Known, Scene
from tests.ui.reception.conftest import ALT, CTRL, Desk, OpenDesk
from ui.desk.row_table import RowTable

BORN = date(1944, 5, 17)


@pytest.fixture
def clinical_desk(scene: Scene, patient: UUID, open_desk: OpenDesk) -> Desk:
    made = open_desk(scene)
    made.sign_in(scene.staff["clinical"])
    return made


def open_first_exam(desk: Desk) -> None:
    desk.press(Qt.Key.Key_2, CTRL)
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("exam_view")


def reports(scene: Scene, who: str = "reception") -> Sequence[ReportRow]:
    known = Known(scene.staff[who].id, scene.session("staff", scene.desk, staff_id=scene.staff[who].id))
    acting = scene.acting(known)
    (found,) = acting.patients.find("M100234")
    return acting.patients.open(found.id).exams[0].reports


@pytest.mark.rule("R28", "R29", "R30")
def test_a_report_goes_to_the_doctor_then_to_the_patient_by_sms_and_opens_48_hours_later(
    desk: Desk, scene: Scene, patient: UUID, texts: KeptTextSender
) -> None:
    scene.report(scene.exam(patient), visible=False)
    desk.open("M100234")
    open_first_exam(desk)
    desk.press(Qt.Key.Key_S, ALT)
    desk.wait_for("form_dialog")
    desk.type("Dr Sam Okafor")
    desk.press(Qt.Key.Key_Return)
    desk.wait_gone("form_dialog")
    desk.qtbot.waitUntil(lambda: desk.sees("report_complete"))
    assert "Sent to Dr Sam Okafor by secure messaging" in desk.words()
    desk.settle()
    desk.press(Qt.Key.Key_C, ALT)
    desk.qtbot.waitUntil(lambda: "waits to be sent" in desk.words())
    scene.portal.deliver_due()
    assert [to for _key, to, _text in texts.sent] == ["+61491570156"]
    # The change feed brings it to the open page.
    desk.qtbot.waitUntil(lambda: "can read it from 14 March 2026, 2:05 pm" in desk.words())
    assert desk.sees("report_state")
    assert "The waiting time runs" in desk.words()


@pytest.mark.rule("D9", "D32")
def test_after_a_failed_sms_the_number_is_corrected_and_report_complete_is_sent_again(
    desk: Desk, scene: Scene, patient: UUID, texts: KeptTextSender
) -> None:
    report = scene.report(scene.exam(patient), visible=False)
    acting = scene.acting("reception")
    acting.reports.no_referrer(report, "Came by herself")
    acting.reports.complete(report)
    texts.trouble = DeliveryFailed("unknown number")
    scene.portal.deliver_due()
    texts.trouble = None
    page = acting.patients.open(patient).patient
    acting.patients.change_contact(patient, page.email, "+61491570157", page.postal_address, False)
    desk.open("M100234")
    open_first_exam(desk)
    desk.press(Qt.Key.Key_Z, ALT)
    desk.qtbot.waitUntil(lambda: "waits to be sent" in desk.words())
    scene.portal.deliver_due()
    assert [to for _key, to, _text in texts.sent] == ["+61491570157"]
    desk.qtbot.waitUntil(lambda: "The patient was told" in desk.words())
    assert not desk.sees("report_again")
    assert acting.tasks.open() == ()


def test_without_a_referring_doctor_recorded_report_complete_is_not_offered(
    desk: Desk, scene: Scene, patient: UUID
) -> None:
    scene.report(scene.exam(patient), visible=False)
    desk.open("M100234")
    open_first_exam(desk)
    assert not desk.sees("report_complete")
    assert "The doctor comes first." in desk.words()


def test_a_text_is_attached_and_nothing_typed_is_lost_on_a_mistake(
    desk: Desk, scene: Scene, patient: UUID
) -> None:
    scene.exam(patient)
    desk.open("M100234")
    open_first_exam(desk)
    desk.press(Qt.Key.Key_A, ALT)
    desk.wait_for("form_dialog")
    desk.find(QWidget, "text").setFocus()
    desk.type("No fracture is seen.")
    desk.click("form_yes")
    desk.settle()
    assert desk.sees("form_dialog")  # the author is missing
    desk.find(QWidget, "author").setFocus()
    desk.type("Dr Jo Lind")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.settle()
    assert [(row.author, row.state) for row in reports(scene)] == [("Dr Jo Lind", ReportState.AWAITING)]


def test_a_pdf_is_attached_through_the_file_dialog(
    desk: Desk, scene: Scene, patient: UUID, tmp_path: Path
) -> None:
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(activation_letter(ACTIVATION, PaperStyle(), desk.window._))
    scene.exam(patient)
    desk.open("M100234")
    open_first_exam(desk)
    desk.press(Qt.Key.Key_F, ALT)
    dialog = desk.window.findChild(QFileDialog, "choose_pdf")
    assert dialog is not None
    dialog.fileSelected.emit(str(pdf))
    dialog.close()
    desk.wait_for("form_dialog")
    desk.find(QWidget, "author").setFocus()
    desk.type("Dr Jo Lind")
    desk.press(Qt.Key.Key_Return)
    desk.wait_gone("form_dialog")
    desk.settle()
    assert [(row.is_pdf, row.pages) for row in reports(scene)] == [(True, 1)]


@pytest.mark.rule("D26")
def test_reception_reads_a_report_only_for_a_reason(desk: Desk, scene: Scene, patient: UUID) -> None:
    scene.report(scene.exam(patient), text="A small nodule in the left lung.")
    desk.open("M100234")
    open_first_exam(desk)
    desk.press(Qt.Key.Key_R, ALT)
    desk.wait_for("form_dialog")
    desk.click("form_yes")
    desk.settle()
    assert not desk.sees("read_dialog")
    desk.find(QWidget, "because").setFocus()
    desk.type("The patient asks what the letter means")
    desk.click("form_yes")
    desk.wait_for("read_dialog")
    desk.qtbot.waitUntil(lambda: "A small nodule in the left lung." in desk.words())
    events = scene.acting("privacy").audit.search(date(2026, 3, 1), date(2026, 3, 31), verb="reports.read")
    assert "The patient asks what the letter means" in events[0].detail


@pytest.mark.rule("D10")
def test_reception_is_not_offered_to_withhold_release_or_withdraw(
    desk: Desk, scene: Scene, patient: UUID
) -> None:
    scene.report(scene.exam(patient))
    desk.open("M100234")
    open_first_exam(desk)
    for name in ("hold_exam", "report_more"):
        assert not desk.sees(name)


@pytest.mark.rule("D10")
def test_the_clinical_role_withholds_with_ground_and_review_date_and_ends_it(
    clinical_desk: Desk, scene: Scene, patient: UUID
) -> None:
    desk = clinical_desk
    scene.report(scene.exam(patient))
    desk.open("M100234")
    open_first_exam(desk)
    desk.press(Qt.Key.Key_J, ALT)
    desk.wait_for("form_dialog")
    desk.type("To be told by the doctor in person")
    desk.press(Qt.Key.Key_Tab)
    desk.type("20032026")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.settle()
    assert [row.state for row in reports(scene, "clinical")] == [ReportState.HELD]
    assert "Withheld: To be told by the doctor in person" in desk.words()
    desk.press(Qt.Key.Key_J, ALT)
    desk.wait_for("form_dialog")
    desk.type("The doctor has spoken with her")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.settle()
    assert [row.state for row in reports(scene, "clinical")] == [ReportState.VISIBLE]


@pytest.mark.rule("D10")
def test_the_clinical_role_releases_early_with_a_reason(
    clinical_desk: Desk, scene: Scene, patient: UUID
) -> None:
    desk = clinical_desk
    scene.report(scene.exam(patient), visible=False)
    desk.open("M100234")
    open_first_exam(desk)
    desk.press(Qt.Key.Key_E, ALT)
    desk.wait_for("form_dialog")
    desk.type("Surgery tomorrow")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.settle()
    assert [row.state for row in reports(scene, "clinical")] == [ReportState.VISIBLE]


@pytest.mark.rule("D28")
def test_a_withdrawn_report_lists_who_opened_it(clinical_desk: Desk, scene: Scene, patient: UUID) -> None:
    desk = clinical_desk
    report = scene.report(scene.exam(patient))
    owner = scene.account(patient)
    scene.acting(owner).reports.read(report)
    desk.open("M100234")
    open_first_exam(desk)
    desk.press(Qt.Key.Key_W, ALT)
    desk.wait_for("form_dialog")
    desk.type("It was another patient's")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.qtbot.waitUntil(lambda: desk.sees("report_openers"))
    desk.settle()
    desk.press(Qt.Key.Key_K, ALT)
    desk.wait_for("openers_table")
    desk.settle()
    assert len(desk.find(RowTable, "openers_table").lines) == 1


def test_escape_leads_back_from_the_exam_to_the_sections(desk: Desk, scene: Scene, patient: UUID) -> None:
    scene.exam(patient)
    desk.open("M100234")
    open_first_exam(desk)
    desk.press(Qt.Key.Key_Escape)
    desk.wait_gone("exam_view")
    assert desk.sees("account_section")
    assert desk.focused() is desk.find(RowTable, "exams_table")
