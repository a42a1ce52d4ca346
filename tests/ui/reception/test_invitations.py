from datetime import date
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QWidget

from app.errors import Refused
from app.rules.invitation import InvitationState
from app.views.sharing import InvitationRow, NewInvitation
from tests.app.documents.reading import text_of
from tests.printers.cupsd import PrintServer
from tests.scene import Known, Scene
from tests.ui.reception.conftest import ALT, CTRL, Desk, OpenDesk
from ui.desk.form_fields import TickField
from ui.desk.paper_dialog import PaperDialog
from ui.desk.row_table import RowTable
from ui.printing import CupsPrinters


@pytest.fixture
def patient(scene: Scene) -> UUID:
    return scene.patient("Amelia", "Hart", mrn="M100234")


@pytest.fixture
def owner(scene: Scene, patient: UUID) -> Known:
    return scene.account(patient)


@pytest.fixture
def exam(scene: Scene, patient: UUID) -> UUID:
    made = scene.exam(patient)
    scene.report(made)
    return made


@pytest.fixture
def desk(scene: Scene, open_desk: OpenDesk, cups: CupsPrinters) -> Desk:
    made = open_desk(scene, printers=cups)
    made.sign_in(scene.staff["reception"])
    return made


def invitations(scene: Scene, owner: Known) -> tuple[InvitationRow, ...]:
    return scene.acting(owner).sharing.mine()


def open_first(desk: Desk) -> None:
    desk.open("M100234")
    desk.press(Qt.Key.Key_3, CTRL)
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("invitation_dialog")
    desk.settle()


def status(desk: Desk) -> str:
    (line,) = desk.find(RowTable, "invitations_table").lines
    return line.cells[2].text


@pytest.mark.rule("R73", "R74")
def test_an_invitation_made_at_the_kiosk_appears_and_turns_to_viewed_by_itself(
    desk: Desk, scene: Scene, owner: Known, exam: UUID
) -> None:
    desk.open("M100234")
    new = NewInvitation("paper", "Dr Sam Okafor", understands_sensitive=True)
    made = scene.acting(owner).sharing.invite(exam, new)
    desk.wait_for("invitations_table")
    assert status(desk) == "Active"
    assert made.printed is not None
    kiosk = scene.acting(scene.kiosk)
    kiosk.visits.open_with_code(made.printed.number, made.printed.verification_code)
    desk.qtbot.waitUntil(lambda: status(desk) == "Viewed")


@pytest.mark.rule("R69", "D16")
def test_shared_until_is_edited_beside_its_date(
    desk: Desk, scene: Scene, owner: Known, patient: UUID, exam: UUID
) -> None:
    scene.invitation(owner, exam, patient)
    open_first(desk)
    assert desk.text("invitation_until") == "11 April 2026"
    desk.press(Qt.Key.Key_E, ALT)
    desk.wait_for("form_dialog")
    desk.press(Qt.Key.Key_A, CTRL)
    desk.type("01032026")  # yesterday
    desk.click("form_yes")
    desk.settle()
    assert "Choose a day from 12 March 2026 to 12 March 2027." in desk.words()
    desk.find(QWidget, "shared_until").setFocus()
    desk.press(Qt.Key.Key_A, CTRL)
    desk.type("30062026")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.settle()
    assert desk.text("invitation_until") == "30 June 2026"
    assert [row.shared_until for row in invitations(scene, owner)] == [date(2026, 6, 30)]


@pytest.mark.rule("R70", "D17")
def test_revoking_asks_and_says_that_copies_stay(
    desk: Desk, scene: Scene, owner: Known, patient: UUID, exam: UUID
) -> None:
    scene.invitation(owner, exam, patient)
    open_first(desk)
    desk.press(Qt.Key.Key_R, ALT)
    desk.wait_for("revoke_yes")
    assert "cannot be called back" in desk.words()
    desk.press(Qt.Key.Key_Escape)
    desk.wait_gone("revoke_yes")
    assert [row.state for row in invitations(scene, owner)] == [InvitationState.ACTIVE]
    desk.press(Qt.Key.Key_R, ALT)
    desk.wait_for("revoke_yes")
    desk.click("revoke_yes")
    desk.qtbot.waitUntil(lambda: not desk.sees("invitation_revoke"))
    desk.settle()
    assert [row.state for row in invitations(scene, owner)] == [InvitationState.REVOKED]
    assert not desk.sees("invitation_edit")


@pytest.mark.rule("D14")
def test_an_invitation_locked_by_wrong_codes_is_unlocked(
    desk: Desk, scene: Scene, owner: Known, patient: UUID, exam: UUID
) -> None:
    scene.invitation(owner, exam, patient, number="0123456789AB")
    for _try in range(5):
        with pytest.raises(Refused):
            scene.acting(scene.kiosk).visits.open_with_code("0123456789AB", "ZZZZZZZZ9999")
    open_first(desk)
    assert "Locked after wrong codes until 12 March 2026, 2:20 pm." in desk.words()
    desk.press(Qt.Key.Key_U, ALT)
    desk.qtbot.waitUntil(lambda: not desk.sees("invitation_unlock"))
    desk.settle()
    assert not invitations(scene, owner)[0].is_locked


def fill_in(desk: Desk, *, agreed: bool) -> None:
    desk.open("M100234")
    desk.press(Qt.Key.Key_J, ALT)
    desk.wait_for("form_dialog")
    desk.find(QWidget, "recipient_name").setFocus()
    desk.type("Dr Sam Okafor")
    desk.find(QWidget, "reason").setFocus()
    desk.type("She has no computer")
    if agreed:
        desk.find(TickField, "patient_agreed").tick()
    desk.find(TickField, "understands_sensitive").tick()
    desk.click("form_yes")


@pytest.mark.rule("D19")
def test_the_desk_invites_only_when_the_patient_agreed(
    desk: Desk, scene: Scene, owner: Known, exam: UUID
) -> None:
    fill_in(desk, agreed=False)
    desk.settle()
    assert "Ask the patient, then tick that they agree." in desk.words()
    assert invitations(scene, owner) == ()


@pytest.mark.rule("D19")
def test_an_invitation_for_the_patient_is_printed_after_two_identifiers(
    desk: Desk, scene: Scene, owner: Known, exam: UUID, print_server: PrintServer
) -> None:
    fill_in(desk, agreed=True)
    desk.wait_for("paper_dialog")
    desk.settle()
    dialog = desk.find(PaperDialog, "paper_dialog")
    for box in [box for box in dialog.findChildren(QCheckBox) if box.isVisible()][:2]:
        box.click()
    desk.press(Qt.Key.Key_P, CTRL)
    desk.qtbot.waitUntil(lambda: bool(dialog.form.notices.sentence))
    desk.settle()
    assert "Verification code" in text_of(print_server.kept[-1].pdf)
    (row,) = invitations(scene, owner)
    assert (row.created_at_reception, row.recipient_name) == (True, "Dr Sam Okafor")


@pytest.mark.rule("R62")
def test_without_a_visible_report_nobody_can_be_invited(
    desk: Desk, scene: Scene, owner: Known, patient: UUID
) -> None:
    scene.report(scene.exam(patient), visible=False)
    desk.open("M100234")
    assert not desk.sees("invite_button")
