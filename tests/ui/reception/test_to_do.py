from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QWidget

from app.documents import PaperStyle, activation_letter
from app.ports import DeliveryFailed
from app.words import Words
from tests.app.documents.rows import ACTIVATION
from tests.fakes import KeptMailer
from tests.printers.cupsd import PrintServer
from tests.scene import Scene
from tests.ui.reception.conftest import ALT, CTRL, Desk, OpenDesk
from ui.desk.paper_dialog import PaperDialog
from ui.desk.row_table import RowTable
from ui.printing import CupsPrinters


@pytest.fixture
def patient(scene: Scene) -> UUID:
    return scene.patient("Amelia", "Hart", mrn="M100234", mobile="")


@pytest.fixture
def desk(scene: Scene, open_desk: OpenDesk, cups: CupsPrinters) -> Desk:
    made = open_desk(scene, printers=cups)
    made.sign_in(scene.staff["reception"])
    return made


@pytest.mark.rule("D32")
def test_what_is_to_be_done_is_counted_by_itself_and_enter_opens_what_it_is_about(
    desk: Desk, scene: Scene, patient: UUID
) -> None:
    report = scene.report(scene.exam(patient), visible=False)
    assert desk.text("room_to_do") == "To do"
    acting = scene.acting("reception")
    acting.reports.no_referrer(report, "Came by herself")
    acting.reports.complete(report)  # there is no mobile number
    desk.qtbot.waitUntil(lambda: desk.text("room_to_do") == "To do (1)")
    desk.press(Qt.Key.Key_F3)
    desk.settle()
    desk.find(RowTable, "tasks_table").setFocus()
    assert "There is no mobile number" in desk.text("task_sentence")
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("exam_view")
    assert desk.text("patient_name") == "Amelia Hart"


@pytest.mark.rule("D32")
def test_something_done_leaves_the_list_with_a_note(desk: Desk, scene: Scene, patient: UUID) -> None:
    report = scene.report(scene.exam(patient), visible=False)
    acting = scene.acting("reception")
    acting.reports.no_referrer(report, "Came by herself")
    acting.reports.complete(report)
    desk.press(Qt.Key.Key_F3)
    desk.wait_for("tasks_table")
    desk.find(RowTable, "tasks_table").setFocus()
    desk.press(Qt.Key.Key_D, ALT)
    desk.wait_for("form_dialog")
    desk.type("Told her at the counter")
    desk.click("form_yes")
    desk.wait_gone("tasks_table")
    desk.settle()
    assert desk.text("room_to_do") == "To do"
    assert "Nothing to do" in desk.words()


@pytest.mark.rule("D19")
def test_what_a_kiosk_asks_for_is_printed_and_handed_over_after_two_identifiers(
    desk: Desk, scene: Scene, patient: UUID, print_server: PrintServer
) -> None:
    owner = scene.account(patient)
    pdf = activation_letter(ACTIVATION, PaperStyle(), Words())
    scene.acting(owner).print_requests.ask("report", pdf, patient)
    desk.qtbot.waitUntil(lambda: desk.text("room_to_do") == "To do (1)")
    desk.press(Qt.Key.Key_F3)
    desk.wait_for("prints_table")
    desk.find(RowTable, "prints_table").setFocus()
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("paper_dialog")
    desk.settle()
    dialog = desk.find(PaperDialog, "paper_dialog")
    assert not dialog.print_button.isEnabled()
    for box in [box for box in dialog.findChildren(QCheckBox) if box.isVisible()][:2]:
        box.click()
    desk.press(Qt.Key.Key_P, CTRL)
    desk.qtbot.waitUntil(lambda: bool(dialog.form.notices.sentence))
    desk.settle()
    assert print_server.kept[-1].pdf == pdf
    desk.press(Qt.Key.Key_H, ALT)
    desk.wait_gone("paper_dialog")
    desk.qtbot.waitUntil(lambda: desk.text("room_to_do") == "To do")


def test_a_message_that_failed_says_so_and_is_sent_again(
    desk: Desk, scene: Scene, patient: UUID, mailer: KeptMailer
) -> None:
    scene.acting("reception").accounts.create(patient, "Passport")
    mailer.trouble = DeliveryFailed("The mailbox does not exist.")
    scene.portal.deliver_due()
    desk.open("M100234")
    table = desk.find(RowTable, "messages_table")
    assert [cell.text for cell in table.lines[0].cells[1:]] == [
        "E-mail with the Activate Account button",
        "amelia@example.org",
        "Failed",
    ]
    desk.press(Qt.Key.Key_4, CTRL)
    assert "could not be delivered" in desk.text("message_more")
    mailer.trouble = None
    desk.press(Qt.Key.Key_Z, ALT)
    desk.settle()
    scene.portal.deliver_due()
    desk.qtbot.waitUntil(lambda: "Sent" in [line.cells[-1].text for line in table.lines])
    assert [mail.to for mail in mailer.sent] == ["amelia@example.org"]


def test_nothing_to_do_is_said_calmly(desk: Desk) -> None:
    desk.press(Qt.Key.Key_F3)
    desk.qtbot.waitUntil(lambda: "Nothing to do" in desk.words())
    assert desk.find(QWidget, "todo_page").isVisible()
