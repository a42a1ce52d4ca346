from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from tests.scene import Scene
from tests.ui.reception.conftest import CTRL, Desk, OpenDesk
from ui.desk.result_list import ResultList


@pytest.fixture
def desk(scene: Scene, open_desk: OpenDesk) -> Desk:
    scene.patient("Amelia", "Hart", date(1944, 5, 17), mrn="M100234")
    scene.patient("Émile", "Hartmann", date(1987, 11, 2), mrn="M100235", mobile="+61491570999")
    scene.patient("Chiara Élise", "Mancini-Łukaszewska", date(1969, 2, 28), mrn="M100236")
    scene.patient("Zoë", "Southern", date(1980, 1, 1), mrn="M900000", site=scene.south)
    made = open_desk(scene)
    made.sign_in(scene.staff["reception"])
    return made


def names(desk: Desk) -> list[str]:
    return [row.full_name for row in desk.find(ResultList, "search_results").rows()]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("hart", ["Amelia Hart", "Émile Hartmann"]),
        ("elise chi", ["Chiara Élise Mancini-Łukaszewska"]),
        ("lukaszewska", ["Chiara Élise Mancini-Łukaszewska"]),
        ("17/5/1944", ["Amelia Hart"]),
        ("02111987", ["Émile Hartmann"]),
        ("M100236", ["Chiara Élise Mancini-Łukaszewska"]),
        ("0491 570 999", ["Émile Hartmann"]),
        ("hart 17.5.1944", ["Amelia Hart"]),
    ],
)
def test_patients_are_found_while_typing(desk: Desk, typed: str, found: list[str]) -> None:
    desk.type(typed)
    desk.qtbot.waitUntil(lambda: names(desk) == found)


def test_arrows_choose_and_enter_opens_without_leaving_the_box(desk: Desk) -> None:
    desk.type("hart")
    desk.qtbot.waitUntil(lambda: len(names(desk)) == 2)
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("account_section")
    desk.settle()
    assert desk.text("patient_name") == "Émile Hartmann"
    assert "2 November 1987" in desk.text("patient_identity")
    assert "M100235" in desk.text("patient_identity")
    assert desk.focused().objectName() == "search_box"


def test_a_scan_that_comes_twice_opens_the_patient_once(desk: Desk, scene: Scene) -> None:
    for _scan in range(2):
        desk.type("M100234")
        desk.press(Qt.Key.Key_Return)
    desk.wait_for("account_section")
    desk.settle()
    assert desk.text("patient_name") == "Amelia Hart"
    events = scene.acting("privacy").audit.search(date(2026, 3, 1), date(2026, 3, 31), verb="patients.open")
    assert len(events) == 1


def test_a_scan_goes_to_the_search_box_whatever_has_the_focus(desk: Desk) -> None:
    desk.open("M100234")
    desk.find(QWidget, "create_account").setFocus()
    desk.type("M100235")
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.text("patient_name") == "Émile Hartmann")
    desk.settle()
    assert not desk.sees("form_dialog")


def test_escape_empties_the_box_and_then_closes_the_patient(desk: Desk) -> None:
    desk.open("M100234")
    desk.press(Qt.Key.Key_F2)
    desk.press(Qt.Key.Key_Escape)
    assert desk.find(QLineEdit, "search_box").text() == ""
    assert desk.sees("account_section")
    desk.press(Qt.Key.Key_Escape)
    desk.qtbot.waitUntil(lambda: not desk.sees("patient_page"))
    assert desk.focused().objectName() == "search_box"


def test_nobody_found_is_said(desk: Desk) -> None:
    desk.type("zzzz")
    desk.qtbot.waitUntil(lambda: "Nobody was found" in desk.text("search_said"))


@pytest.mark.rule("D26")
def test_another_site_is_searched_only_by_those_who_may(
    desk: Desk, scene: Scene, open_desk: OpenDesk
) -> None:
    desk.type("southern")
    desk.qtbot.waitUntil(lambda: "Nobody was found" in desk.text("search_said"))
    assert not desk.sees("search_everywhere")


def test_the_newest_search_wins(desk: Desk) -> None:
    desk.type("hart")
    desk.settle()
    desk.press(Qt.Key.Key_A, CTRL)
    desk.type("chiara")
    desk.press(Qt.Key.Key_A, CTRL)
    desk.type("amelia")
    desk.qtbot.waitUntil(lambda: names(desk) == ["Amelia Hart"])
    desk.settle()
    assert names(desk) == ["Amelia Hart"]


def test_typing_where_nothing_takes_letters_begins_a_search(desk: Desk) -> None:
    desk.find(QWidget, "register_button").setFocus()
    desk.type("amel")
    desk.qtbot.waitUntil(lambda: names(desk) == ["Amelia Hart"])
    assert desk.focused().objectName() == "search_box"
