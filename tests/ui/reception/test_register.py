from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from tests.scene import Scene
from tests.ui.reception.conftest import CTRL, Desk, OpenDesk
from ui.desk.result_list import ResultList
from ui.widgets.field import Field


@pytest.fixture
def desk(scene: Scene, open_desk: OpenDesk) -> Desk:
    scene.patient("Amelia", "Hart", date(1944, 5, 17), mrn="M100234")
    made = open_desk(scene)
    made.sign_in(scene.staff["reception"])
    return made


def fill_in(desk: Desk, *, born: str = "17051944") -> None:
    desk.press(Qt.Key.Key_N, CTRL)
    desk.wait_for("register_save")
    desk.type("Hart")
    desk.press(Qt.Key.Key_Return)
    desk.type("Amelia")
    desk.press(Qt.Key.Key_Return)
    desk.type(born)


@pytest.mark.rule("D4")
def test_registering_warns_while_typing_and_never_stops_anybody(desk: Desk, scene: Scene) -> None:
    fill_in(desk)
    desk.qtbot.waitUntil(
        lambda: [row.full_name for row in desk.find(ResultList, "alike").rows()] == ["Amelia Hart"]
    )
    assert "Same name and birth date" in desk.words()
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.wait_for("account_section")
    desk.settle()
    assert desk.sees("name_alert")
    found = scene.acting("reception").patients.find("hart")
    assert [row.has_name_alert for row in found] == [True, True]


def test_after_registering_nobody_reads_any_more_that_nobody_was_found(desk: Desk) -> None:
    desk.type("young")
    desk.qtbot.waitUntil(lambda: "Nobody was found" in desk.words())
    desk.press(Qt.Key.Key_N, CTRL)
    desk.wait_for("register_save")
    desk.find(QWidget, "given_names").setFocus()
    desk.type("Peter")
    desk.press(Qt.Key.Key_Return)
    desk.type("02111990")
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.wait_for("account_section")
    assert "Nobody was found" not in desk.words()
    assert desk.text("search_box") == ""


def test_the_record_that_is_there_can_be_opened_instead(desk: Desk) -> None:
    fill_in(desk)
    desk.qtbot.waitUntil(lambda: desk.find(ResultList, "alike").count() == 1)
    alike = desk.find(ResultList, "alike")
    QTest.mouseClick(
        alike.viewport(), Qt.MouseButton.LeftButton, pos=alike.visualItemRect(alike.item(0)).center()
    )
    desk.wait_for("account_section")
    assert "M100234" in desk.text("patient_identity")


def test_nothing_typed_is_lost_when_something_is_wrong(desk: Desk, scene: Scene) -> None:
    fill_in(desk, born="02111990")
    desk.find(QWidget, "mobile").setFocus()
    desk.type("12")
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.settle()
    field = desk.find(Field, "mobile")
    assert field.error
    assert desk.focused() in field.findChildren(QLineEdit)
    values = {box.text() for name in ("family_name", "given_names", "mobile") for box in _boxes(desk, name)}
    assert values == {"Hart", "Amelia", "12"}
    desk.press(Qt.Key.Key_A, CTRL)
    desk.type("0491 570 156")
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.wait_for("account_section")
    desk.settle()
    (found,) = scene.acting("reception").patients.find("2/11/1990")
    assert found.mobile == "+61491570156"


def test_what_was_searched_for_is_taken_over(desk: Desk) -> None:
    desk.type("jo lind")
    desk.press(Qt.Key.Key_N, CTRL)
    desk.wait_for("register_save")
    assert [box.text() for box in _boxes(desk, "family_name")] == ["Lind"]
    assert [box.text() for box in _boxes(desk, "given_names")] == ["Jo"]


def _boxes(desk: Desk, name: str) -> list[QLineEdit]:
    return desk.find(QWidget, name).findChildren(QLineEdit)
