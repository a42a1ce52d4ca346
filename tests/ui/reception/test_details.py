from datetime import date
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from app.rules.access import Relation
from tests.fakes import KeptMailer
from tests.scene import PASSWORD, Scene
from tests.ui.reception.conftest import ALT, CTRL, Desk
from ui.desk.form_fields import ChoiceField, TickField


def choose(desk: Desk, name: str) -> None:
    """Choose from the menu of the Details button."""
    action = desk.window.findChild(QAction, name)
    assert action is not None
    action.trigger()
    desk.wait_for("form_dialog")


def replace(desk: Desk, field: str, text: str) -> None:
    desk.find(QWidget, field).setFocus()
    desk.press(Qt.Key.Key_A, CTRL)
    desk.type(text)


@pytest.mark.rule("R18", "D7")
def test_contact_details_are_changed_and_the_addresses_told(
    desk: Desk, scene: Scene, patient: UUID, mailer: KeptMailer
) -> None:
    scene.account(patient)
    desk.open("M100234")
    choose(desk, "contact")
    replace(desk, "email", "amelia.hart@example.com")
    desk.press(Qt.Key.Key_Return)
    desk.wait_gone("form_dialog")
    desk.settle()
    scene.portal.deliver_due()
    assert {mail.to for mail in mailer.sent} == {"amelia.hart@example.com", "amelia@example.org"}
    assert "amelia.hart@example.com (not proved yet)" in desk.words()


@pytest.mark.rule("D7")
def test_an_unsafe_old_address_is_told_nothing(
    desk: Desk, scene: Scene, patient: UUID, mailer: KeptMailer
) -> None:
    scene.account(patient)
    desk.open("M100234")
    choose(desk, "contact")
    replace(desk, "email", "amelia.hart@example.com")
    desk.find(TickField, "old_email_is_unsafe").tick()
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.settle()
    scene.portal.deliver_due()
    assert [mail.to for mail in mailer.sent] == ["amelia.hart@example.com"]


def test_the_name_is_corrected_and_the_header_follows(desk: Desk) -> None:
    desk.open("M100234")
    choose(desk, "correct")
    replace(desk, "family_name", "Hartwell")
    desk.press(Qt.Key.Key_Return)
    desk.wait_gone("form_dialog")
    desk.qtbot.waitUntil(lambda: desk.text("patient_name") == "Amelia Hartwell")


@pytest.mark.rule("D30")
def test_two_records_are_linked_and_separated(desk: Desk, scene: Scene) -> None:
    scene.patient("Amelia", "Hart-Young", date(1944, 5, 17), mrn="M200000")
    desk.open("M100234")
    choose(desk, "link")
    desk.type("M200000")
    desk.wait_for("other_id_results")
    desk.press(Qt.Key.Key_Return)
    desk.find(QWidget, "reason").setFocus()
    desk.type("Married name")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.qtbot.waitUntil(lambda: "Linked with Amelia Hart-Young" in desk.words())
    choose(desk, "unlink")
    desk.type("A twin sister")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.qtbot.waitUntil(lambda: "Linked with" not in desk.words())


@pytest.mark.rule("D31")
def test_a_parent_gets_an_account_of_their_own(desk: Desk, scene: Scene) -> None:
    scene.patient("Ben", "Hart", date(2020, 1, 5), mrn="M300000", email="")
    desk.open("M300000")
    desk.press(Qt.Key.Key_O, ALT)
    desk.wait_for("form_dialog")
    desk.type("Jo Hart")
    replace(desk, "holder_birth_date", "02111990")
    replace(desk, "evidence", "Birth certificate seen")
    field = desk.find(ChoiceField, "identity_check")
    field.input.setFocus()
    desk.type("Passport")
    desk.click("form_yes")
    desk.wait_for("paper_dialog")
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    assert "Jo Hart, born 2 November 1990, parent" in desk.words()
    acting = scene.acting("reception")
    (found,) = acting.patients.find("M300000")
    (account,) = acting.patients.open(found.id).accounts
    assert account.relation is Relation.PARENT


@pytest.mark.rule("D31")
def test_access_to_a_childs_exams_is_granted_and_ended(desk: Desk, scene: Scene, patient: UUID) -> None:
    scene.account(patient)
    scene.patient("Ben", "Hart", date(2020, 1, 5), mrn="M300000")
    desk.open("M100234")
    desk.press(Qt.Key.Key_F, ALT)
    desk.wait_for("family_dialog")
    assert "This account sees nobody else's exams." in desk.words()
    desk.press(Qt.Key.Key_G, ALT)
    desk.wait_for("form_dialog")
    desk.type("M300000")
    desk.wait_for("patient_id_results")
    desk.press(Qt.Key.Key_Return)
    replace(desk, "evidence", "Birth certificate seen")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.qtbot.waitUntil(lambda: "Ben Hart as parent" in desk.words())
    desk.settle()
    desk.press(Qt.Key.Key_F, ALT)
    desk.wait_for("family_dialog")
    desk.click("grant_end")
    desk.wait_for("form_dialog")
    desk.type("Court order")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.qtbot.waitUntil(lambda: "Ben Hart (ended)" in desk.words())


def test_a_form_that_fails_keeps_what_was_typed_and_points_at_the_field(desk: Desk) -> None:
    desk.open("M100234")
    choose(desk, "contact")
    replace(desk, "email", "not an address")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    box = desk.find(QWidget, "email").findChild(QLineEdit)
    assert box is not None
    assert box.text() == "not an address"
    assert desk.focused() is box
    assert "does not look like an e-mail address" in desk.words()


@pytest.mark.rule("D3")
def test_an_account_s_last_day_is_shown_not_the_midnight_after_it(
    desk: Desk, scene: Scene, patient: UUID
) -> None:
    scene.account(patient, user_name="amelia.h")
    scene.portal.acting(scene.kiosk.caller).sessions.sign_in("amelia.h", PASSWORD)
    desk.open("M100234")
    assert "Works until, if not used\n12 March 2027" in desk.words()
