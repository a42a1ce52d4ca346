import re
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt

from app.rules.access import Role
from app.rules.account_life import AccountState
from app.views.people import AccountRow
from tests.app.documents.reading import text_of
from tests.fakes import FixedClock, KeptMailer
from tests.printers.cupsd import PrintServer
from tests.scene import Scene
from tests.ui.reception.conftest import ALT, CTRL, Desk, OpenDesk
from tests.ui.reception.paper import confirm_two, create, hand_over, print_it
from ui.desk.paper_dialog import PaperDialog
from ui.printing import CupsPrinters
from ui.widgets.button import Button


@pytest.fixture
def desk(scene: Scene, open_desk: OpenDesk, cups: CupsPrinters) -> Desk:
    scene.patient("Amelia", "Hart", date(1944, 5, 17), mrn="M100234")
    made = open_desk(scene, printers=cups)
    made.sign_in(scene.staff["reception"])
    made.open("M100234")
    return made


def account(scene: Scene) -> AccountRow:
    reception = scene.staff["reception"]
    acting = scene.acting(scene.session("staff", scene.desk, staff_id=reception.id))
    (patient,) = acting.patients.find("M100234")
    return acting.patients.open(patient.id).accounts[0]


@pytest.mark.rule("R1", "R2")
def test_the_account_is_made_and_its_letter_printed_and_handed_over(
    desk: Desk, scene: Scene, print_server: PrintServer
) -> None:
    create(desk)
    confirm_two(desk)
    dialog = print_it(desk)
    assert "has printed it" in dialog.form.notices.sentence
    kept = print_server.kept[-1]
    assert kept.title == "Letter"
    text = text_of(kept.pdf)
    assert "Amelia Hart" in text
    assert "Activation code" in text
    assert not account(scene).code_is_handed_over
    hand_over(desk)
    assert account(scene).code_is_handed_over
    assert "was handed over" in desk.text("account_sentence")


def test_nothing_is_printed_before_two_identifiers_are_confirmed(
    desk: Desk, print_server: PrintServer
) -> None:
    create(desk)
    before = len(print_server.kept)
    button = desk.find(Button, "print_button")
    assert not button.isEnabled()
    desk.press(Qt.Key.Key_P, CTRL)
    desk.settle()
    assert len(print_server.kept) == before
    confirm_two(desk)
    assert button.isEnabled()


@pytest.mark.rule("D2", "D32")
def test_a_letter_that_jammed_is_printed_again_from_memory_for_a_quarter_of_an_hour(
    desk: Desk, scene: Scene, print_server: PrintServer, clock: FixedClock
) -> None:
    create(desk)
    confirm_two(desk)
    dialog = print_it(desk, "Desk_Jam")
    assert "paper jam" in dialog.form.notices.sentence
    assert "after that a new code is made" in dialog.form.notices.sentence
    desk.press(Qt.Key.Key_Escape)
    desk.wait_gone("paper_dialog")
    desk.settle()
    assert "has not been printed yet" in desk.text("account_sentence")
    assert [task.kind for task in scene.acting("reception").tasks.open()] == ["print_failed"]
    made = account(scene).code_expires_on

    desk.stay(clock, timedelta(minutes=14, seconds=59))
    desk.press(Qt.Key.Key_P, CTRL)
    desk.wait_for("paper_dialog")
    desk.settle()
    confirm_two(desk)
    print_it(desk)
    assert len(print_server.kept[-1].pdf) > 1000
    assert account(scene).code_expires_on == made
    desk.settle()
    colleague = scene.session("staff", scene.desk, staff_id=scene.staff["reception"].id)
    assert scene.acting(colleague).tasks.open() == ()


@pytest.mark.rule("D2")
def test_after_a_quarter_of_an_hour_only_a_new_code_can_be_printed(
    desk: Desk, scene: Scene, print_server: PrintServer, clock: FixedClock
) -> None:
    create(desk)
    before = len(print_server.kept)
    confirm_two(desk)
    desk.stay(clock, timedelta(minutes=15))
    desk.press(Qt.Key.Key_P, CTRL)
    desk.wait_for("new_code_wanted_button")
    assert "too long ago" in desk.find(PaperDialog, "paper_dialog").form.notices.sentence
    assert len(print_server.kept) == before
    desk.press(Qt.Key.Key_N, ALT)
    desk.wait_for("form_dialog")
    assert "old code stops working" in desk.words()


def test_a_misprint_is_voided_before_a_new_letter_is_made(
    desk: Desk, scene: Scene, print_server: PrintServer
) -> None:
    create(desk)
    confirm_two(desk)
    print_it(desk)
    desk.press(Qt.Key.Key_I, ALT)
    desk.wait_for("form_dialog")
    desk.type("The paper was torn")
    desk.click("form_yes")
    desk.settle()
    desk.qtbot.waitUntil(lambda: account(scene).state is AccountState.CODE_EXPIRED)
    desk.wait_for("form_dialog")
    assert "New code for Amelia Hart" in desk.words()


@pytest.mark.rule("R3", "R6")
def test_the_mail_with_the_button_goes_out_by_itself_and_again_on_demand(
    desk: Desk, scene: Scene, mailer: KeptMailer
) -> None:
    create(desk)
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    desk.press(Qt.Key.Key_E, ALT)
    desk.settle()
    scene.portal.deliver_due()
    assert [mail.to for mail in mailer.sent] == ["amelia@example.org"] * 2
    assert all("Activate Account" in mail.html for mail in mailer.sent)


@pytest.mark.rule("D6", "D7")
def test_an_active_account_is_asked_again_to_confirm_its_address_until_it_has(
    desk: Desk, scene: Scene, mailer: KeptMailer
) -> None:
    patient = scene.acting("reception").patients.find("M100234")[0].id
    active = scene.account(patient, email="")
    desk.press(Qt.Key.Key_Escape)
    desk.open("M100234")
    assert not desk.sees("mail_again")
    acting = scene.acting("reception").patients
    acting.change_contact(patient, "new@example.org", "", (), False)
    desk.wait_for("mail_again")
    scene.portal.deliver_due()
    desk.press(Qt.Key.Key_E, ALT)
    desk.qtbot.waitUntil(lambda: "The e-mail to confirm the address is on its way" in desk.words())
    scene.portal.deliver_due()
    mails = [mail for mail in mailer.sent if mail.to == "new@example.org"]
    assert len(mails) == 2
    (link,) = re.findall(r"https://\S+#(\S+)", mails[-1].text)
    scene.portal.acting(scene.portal.nobody()).recovery.confirm_email(link)
    desk.wait_gone("mail_again")
    assert account(scene).id == active.id


def test_how_identity_was_checked_must_be_said(desk: Desk, scene: Scene) -> None:
    desk.press(Qt.Key.Key_A, ALT)
    desk.wait_for("form_dialog")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert desk.sees("form_dialog")
    assert "Please fill this in." in desk.words()


@pytest.mark.rule("D27")
def test_an_account_is_blocked_with_a_reason_and_only_a_manager_unblocks_it(desk: Desk, scene: Scene) -> None:
    create(desk)
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    desk.press(Qt.Key.Key_B, ALT)
    desk.wait_for("form_dialog")
    desk.type("Phone call from the family")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.settle()
    assert account(scene).state is AccountState.BLOCKED
    assert "Phone call from the family" in desk.text("account_sentence")
    assert not desk.sees("unblock")


@pytest.mark.rule("R20", "D8")
def test_an_account_is_deleted_with_a_reason_after_a_warning(desk: Desk, scene: Scene) -> None:
    create(desk)
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    desk.press(Qt.Key.Key_D, ALT)
    desk.wait_for("form_dialog")
    assert "cannot be undone" in desk.words()
    desk.click("form_yes")
    desk.settle()
    assert desk.sees("form_dialog")  # without a reason nothing happens
    desk.type("Asked in writing")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.settle()
    assert account(scene).state is AccountState.DELETED
    assert desk.sees("create_account")


@pytest.mark.rule("D27")
def test_a_letter_given_to_the_wrong_person_is_taken_back_and_a_new_one_made(
    desk: Desk, scene: Scene
) -> None:
    create(desk)
    confirm_two(desk)
    print_it(desk)
    hand_over(desk)
    desk.press(Qt.Key.Key_W, ALT)
    desk.wait_for("form_dialog")
    desk.type("It went to another Mrs Hart")
    desk.click("form_yes")
    desk.wait_for("incident_dialog")
    desk.settle()
    assert "Nothing was opened with it." in desk.words()
    desk.press(Qt.Key.Key_P, CTRL)
    desk.wait_for("paper_dialog")


@pytest.mark.rule("R51", "D18")
def test_an_expired_account_is_reinstated_with_a_slip(
    scene: Scene, open_desk: OpenDesk, clock: FixedClock, cups: CupsPrinters
) -> None:
    patient = scene.patient("Amelia", "Hart", mrn="M100234")
    scene.account(patient, user_name="amelia.h")
    clock.advance(timedelta(days=366))
    scene.staff["reception"] = scene.employee(Role.RECEPTION, scene.north)
    desk = open_desk(scene, printers=cups)
    desk.sign_in(scene.staff["reception"])
    desk.open("M100234")
    assert account(scene).state is AccountState.EXPIRED
    desk.press(Qt.Key.Key_R, ALT)
    desk.wait_for("form_dialog")
    desk.type("Passport")
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("paper_dialog")
    desk.settle()
    assert account(scene).state is AccountState.ACTIVE
    assert account(scene).user_name == "amelia.h"
