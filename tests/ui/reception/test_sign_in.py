from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from app.portal import Portal
from app.rules.access import Role
from tests.fakes import FixedClock
from tests.scene import PASSWORD, Scene
from tests.ui.reception.conftest import CTRL, SHIFT, OpenDesk
from ui.page import Page


def test_an_employee_signs_in_with_the_keyboard_and_the_search_box_has_the_focus(
    scene: Scene, open_desk: OpenDesk
) -> None:
    desk = open_desk(scene)
    desk.sign_in(scene.staff["reception"])
    assert desk.focused().objectName() == "search_box"
    assert "Desk 1, North" in desk.words()


def test_a_wrong_password_is_told_and_the_user_name_stays(scene: Scene, open_desk: OpenDesk) -> None:
    desk = open_desk(scene)
    desk.wait_for("sign_in_user_name")
    desk.type("nobody.here")
    desk.press(Qt.Key.Key_Return)
    desk.type("not the password")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    page = desk.window.page
    assert isinstance(page, Page)
    assert page.notices.sentence
    boxes = desk.window.findChildren(QLineEdit)
    assert [box.text() for box in boxes] == ["nobody.here", ""]


@pytest.mark.rule("D25")
def test_the_screen_locks_after_ten_minutes_and_hides_everything(
    scene: Scene, open_desk: OpenDesk, clock: FixedClock
) -> None:
    scene.patient("Amelia", "Hart", mrn="M100")
    desk = open_desk(scene)
    desk.sign_in(scene.staff["reception"])
    desk.open("M100")
    assert "Amelia Hart" in desk.words()
    clock.advance(timedelta(minutes=9, seconds=59))
    desk.qtbot.wait(1200)  # longer than the desk takes to look once
    assert not desk.sees("unlock_password")
    clock.advance(timedelta(seconds=1))
    desk.wait_for("unlock_password")
    assert "Amelia" not in desk.words()
    desk.settle()
    desk.type("wrong password")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert desk.sees("unlock_password")
    desk.type(PASSWORD)
    desk.press(Qt.Key.Key_Return)
    desk.wait_gone("unlock_password")
    assert "Amelia Hart" in desk.words()


def test_control_l_locks_also_while_a_question_is_open(scene: Scene, open_desk: OpenDesk) -> None:
    scene.patient("Amelia", "Hart", mrn="M100")
    desk = open_desk(scene)
    desk.sign_in(scene.staff["reception"])
    desk.open("M100")
    desk.click("create_account")
    desk.wait_for("form_dialog")
    desk.press(Qt.Key.Key_L, CTRL)
    desk.wait_for("unlock_password")
    assert not desk.sees("form_dialog")
    assert "Amelia" not in desk.words()
    desk.settle()
    desk.type(PASSWORD)
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("form_dialog")
    assert desk.find(QWidget, "form_dialog").isEnabled()


def test_signing_out_leaves_nothing_of_a_patient_on_the_screen(scene: Scene, open_desk: OpenDesk) -> None:
    scene.patient("Amelia", "Hart", mrn="M100")
    desk = open_desk(scene)
    desk.sign_in(scene.staff["reception"])
    desk.open("M100")
    desk.press(Qt.Key.Key_Q, CTRL | SHIFT)
    desk.wait_for("sign_in_user_name")
    desk.settle()
    assert "Amelia" not in desk.words()


def test_a_one_time_password_leads_to_a_password_of_ones_own(scene: Scene, open_desk: OpenDesk) -> None:
    made = scene.acting("manager").staff.add("new.one", "Sam Field", (Role.RECEPTION,), (scene.north,))
    desk = open_desk(scene)
    desk.wait_for("sign_in_user_name")
    desk.type("new.one")
    desk.press(Qt.Key.Key_Return)
    desk.type(made.password)
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("new_password_button")
    desk.type(made.password)
    desk.press(Qt.Key.Key_Return)
    desk.type("otter window seldom 4")
    desk.press(Qt.Key.Key_Return)
    desk.type("otter window seldom 4")
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("status_line")
    desk.settle()
    rows = scene.acting("manager").staff.all()
    assert [row.must_change_password for row in rows if row.user_name == "new.one"] == [False]


def test_the_first_start_makes_the_clinic_its_site_and_its_manager(
    portal: Portal, open_desk: OpenDesk
) -> None:
    desk = open_desk(None, portal=portal)
    desk.wait_for("begin_button")
    for field, text in {
        "clinic_name": "Harbour Imaging",
        "email": "portal@harbour.example",
        "public_address": "https://portal.harbour.example",
        "site_name": "Northside",
        "site_phone": "+61 2 5550 1234",
        "full_name": "Robin Reyes",
        "user_name": "robin.reyes",
        "password": "heron lamp quietly 7",
        "repeat": "heron lamp quietly 7",
    }.items():
        desk.find(QWidget, field).setFocus()
        desk.type(text)
    zone = desk.find(QWidget, "time_zone").findChild(QLineEdit)
    assert zone is not None
    zone.setText("Australia/Sydney")
    desk.find(QWidget, "site_address").setFocus()
    desk.type("12 Harbour Street")
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.wait_for("sign_in_button")
    desk.settle()
    assert desk.focused() in desk.find(QWidget, "sign_in_password").findChildren(QLineEdit)
    desk.type("heron lamp quietly 7")
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("status_line")
    desk.settle()
    assert "Desk 1, Northside" in desk.words()


@pytest.mark.rule("D25")
def test_after_twelve_hours_the_stay_is_over_and_the_sign_in_page_says_so(
    scene: Scene, open_desk: OpenDesk, clock: FixedClock
) -> None:
    scene.patient("Amelia", "Hart", mrn="M100")
    desk = open_desk(scene)
    desk.sign_in(scene.staff["reception"])
    desk.open("M100")
    clock.advance(timedelta(hours=12))
    desk.wait_for("sign_in_user_name")
    desk.settle()
    assert "You have been signed out. Please sign in again." in desk.words()
    assert "Amelia" not in desk.words()
    assert not desk.sees("unlock_password")


def test_somebody_who_types_is_not_locked_out(scene: Scene, open_desk: OpenDesk, clock: FixedClock) -> None:
    desk = open_desk(scene)
    desk.sign_in(scene.staff["reception"])
    desk.stay(clock, timedelta(hours=1))
    assert not desk.sees("unlock_password")
    assert desk.sees("search_box")
