from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel, QLineEdit, QWidget

from app.errors import NotAllowed
from app.rules.access import Role
from app.rules.limits import ClinicRules
from app.words import Words
from tests.scene import PASSWORD, Scene
from tests.ui.reception.conftest import ALT, CTRL, Desk, NoPrinters, OpenDesk
from ui.desk.form_fields import ChoiceField, TicksField
from ui.desk.key_button import KeyButton
from ui.desk.row_table import RowTable
from ui.manager.clinic_page import NumberField
from ui.manager.rule_words import GROUPS, rule_words


@pytest.fixture
def desk(scene: Scene, open_desk: OpenDesk) -> Desk:
    made = open_desk(scene)
    made.sign_in(scene.staff["manager"])
    made.press(Qt.Key.Key_F4)
    made.wait_for("staff_table")
    made.settle()
    return made


def names(desk: Desk, table: str) -> list[str]:
    return [line.cells[0].text for line in desk.find(RowTable, table).lines]


def choose_row(desk: Desk, table: str, name: str) -> None:
    found = desk.find(RowTable, table)
    key = next(line.key for line in found.lines if line.cells[0].text == name)
    found.setFocus()
    found.choose(key)


def add(desk: Desk, user_name: str = "jo.lind", full_name: str = "Jo Lind") -> None:
    desk.press(Qt.Key.Key_N, CTRL)
    desk.wait_for("form_dialog")
    desk.type(user_name)
    desk.find(QWidget, "full_name").setFocus()
    desk.type(full_name)
    desk.find(TicksField, "roles").box(Role.RECEPTION).setChecked(True)
    sites = desk.find(TicksField, "site_ids").findChildren(QCheckBox)
    sites[0].setChecked(True)
    desk.click("form_yes")


def test_every_part_of_the_office_has_room_for_its_name_and_key(desk: Desk) -> None:
    for part in ("staff", "sites", "stations", "clinic", "month", "delivery"):
        button = desk.find(KeyButton, f"office_{part}")
        assert button.width() >= button.sizeHint().width(), part
        menu = button.parentWidget()
        assert menu is not None
        assert menu.rect().contains(button.geometry()), part


@pytest.mark.rule("D26")
def test_an_employee_is_added_and_the_one_time_password_works_once(desk: Desk, scene: Scene) -> None:
    add(desk)
    desk.wait_for("one_time_dialog")
    password = desk.text("one_time_password")
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    assert password not in desk.words()
    assert "Jo Lind" in names(desk, "staff_table")
    signed_in = scene.acting(scene.desk).staff.sign_in("jo.lind", password)
    assert signed_in.must_change_password


def test_a_name_that_is_taken_keeps_the_form_open(desk: Desk) -> None:
    add(desk)
    desk.wait_for("one_time_dialog")
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    add(desk, full_name="Somebody Else")
    desk.settle()
    assert desk.sees("form_dialog")
    assert "Somebody has this user name already." in desk.words()


def test_a_disabled_employee_can_sign_in_no_more(desk: Desk, scene: Scene) -> None:
    add(desk)
    desk.wait_for("one_time_dialog")
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    choose_row(desk, "staff_table", "Jo Lind")
    desk.press(Qt.Key.Key_D, ALT)
    desk.wait_for("form_dialog")
    desk.type("Left the clinic")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.settle()
    (staff,) = [row for row in scene.acting("manager").staff.all() if row.full_name == "Jo Lind"]
    assert staff.is_disabled
    assert desk.sees("staff_enable")


def test_the_last_manager_stays_manager(desk: Desk, scene: Scene) -> None:
    scene.acting("manager").staff.disable(scene.staff["manager_south"].id, "Left")
    (me,) = [row for row in scene.acting("manager").staff.all() if row.id == scene.staff["manager"].id]
    table = desk.find(RowTable, "staff_table")
    table.setFocus()
    table.choose(me.id)
    desk.press(Qt.Key.Key_C, ALT)
    desk.wait_for("form_dialog")
    roles = desk.find(TicksField, "roles")
    roles.box(Role.MANAGER).setChecked(False)
    roles.box(Role.RECEPTION).setChecked(True)
    desk.click("form_yes")
    desk.settle()
    assert "This is the only manager." in desk.words()


@pytest.mark.rule("D30")
def test_a_site_is_opened_and_closed(desk: Desk) -> None:
    desk.press(Qt.Key.Key_2, CTRL)
    desk.wait_for("sites_table")
    desk.settle()
    desk.press(Qt.Key.Key_N, CTRL)
    desk.wait_for("form_dialog")
    desk.type("West")
    desk.find(QWidget, "address").setFocus()
    desk.type("9 West Street")
    desk.find(QWidget, "phone").setFocus()
    desk.type("+61 2 5550 9999")
    desk.press(Qt.Key.Key_Return)
    desk.wait_gone("form_dialog")
    desk.settle()
    assert names(desk, "sites_table") == ["North", "South", "West"]
    choose_row(desk, "sites_table", "West")
    desk.press(Qt.Key.Key_D, ALT)
    desk.wait_for("form_dialog")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.settle()
    states = {line.cells[0].text: line.cells[-1].text for line in desk.find(RowTable, "sites_table").lines}
    assert states["West"] == "Closed"


def test_a_station_s_code_is_shown_once_and_makes_a_computer_the_station(desk: Desk, scene: Scene) -> None:
    desk.press(Qt.Key.Key_3, CTRL)
    desk.wait_for("stations_table")
    desk.settle()
    desk.press(Qt.Key.Key_N, CTRL)
    desk.wait_for("form_dialog")
    desk.find(QWidget, "name").setFocus()
    desk.type("Desk 9")
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("enrolment_dialog")
    code = desk.find(QLabel, "enrolment_code").text()
    assert f"enrol --server https://portal.harbour.example --code {code} " in desk.words()
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    assert code not in desk.words()
    nobody = scene.portal.acting(scene.portal.nobody())
    first = nobody.stations.enrol_with_code(code).key
    assert scene.portal.acting(scene.portal.station(first)).stations.mine().name == "Desk 9"
    # Another computer takes its place: the first one's key is out.
    choose_row(desk, "stations_table", "Desk 9")
    desk.press(Qt.Key.Key_O, ALT)
    desk.wait_for("form_dialog")
    desk.click("form_yes")
    desk.wait_for("enrolment_dialog")
    code = desk.find(QLabel, "enrolment_code").text()
    second = nobody.stations.enrol_with_code(code).key
    assert scene.portal.acting(scene.portal.station(second)).stations.mine().name == "Desk 9"
    with pytest.raises(NotAllowed):
        scene.portal.station(first)
    desk.press(Qt.Key.Key_Escape)
    desk.settle()


def test_a_station_s_key_is_shown_once_and_opens_the_portal(desk: Desk, scene: Scene) -> None:
    desk.press(Qt.Key.Key_3, CTRL)
    desk.wait_for("stations_table")
    desk.settle()
    desk.press(Qt.Key.Key_N, CTRL)
    desk.wait_for("form_dialog")
    desk.find(ChoiceField, "way").choose("key")
    desk.find(QWidget, "name").setFocus()
    desk.type("Desk 9")
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("key_dialog")
    key = desk.find(QLineEdit, "station_key").text()
    desk.press(Qt.Key.Key_Escape)
    desk.settle()
    assert key not in desk.words()
    assert scene.portal.acting(scene.portal.station(key)).stations.mine().name == "Desk 9"
    choose_row(desk, "stations_table", "Desk 9")
    desk.press(Qt.Key.Key_D, ALT)
    desk.wait_for("form_dialog")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.settle()
    with pytest.raises(NotAllowed):
        scene.portal.station(key)


def test_a_station_s_printers_and_paper_are_chosen(scene: Scene, open_desk: OpenDesk) -> None:
    from ui.printing import Printer, PrinterState

    class TwoPrinters(NoPrinters):
        def list(self) -> list[Printer]:
            return [Printer("Front", PrinterState.READY, is_default=True), Printer("Back", PrinterState.JAM)]

    desk = open_desk(scene, printers=TwoPrinters())
    desk.sign_in(scene.staff["it"])
    desk.wait_for("stations_table")
    desk.settle()
    assert [line.cells[1].text for line in desk.find(RowTable, "printers_table").lines] == [
        "Ready",
        "Paper jam",
    ]
    choose_row(desk, "stations_table", "Desk 1")
    desk.press(Qt.Key.Key_C, ALT)
    desk.wait_for("form_dialog")
    desk.find(ChoiceField, "printer_activation_letter").choose("Back")
    desk.find(ChoiceField, "paper").choose("Letter")
    desk.click("form_yes")
    desk.wait_gone("form_dialog")
    desk.settle()
    row = scene.portal.acting(scene.desk.caller).stations.mine()
    assert (row.printers, row.paper) == ((("activation_letter", "Back"),), "Letter")


def test_every_duration_stands_on_the_page_with_its_default() -> None:
    grouped = [name for names_of in GROUPS.values() for name in names_of]
    assert sorted(grouped) == sorted(field.name for field in fields(ClinicRules))
    assert set(rule_words(Words())) == set(grouped)


@pytest.mark.rule("R79")
def test_clinic_settings_are_saved_as_a_whole_with_the_default_beside_each(desk: Desk, scene: Scene) -> None:
    desk.press(Qt.Key.Key_4, CTRL)
    desk.wait_for("clinic_save")
    desk.settle()
    field = desk.find(NumberField, "report_hours")
    assert "Default: 48" in desk.words()
    field.input.setFocus()
    field.input.selectAll()
    desk.type("24")
    name = desk.find(QWidget, "clinic_page").findChild(QWidget, "name")
    assert name is not None
    name.setFocus()
    desk.press(Qt.Key.Key_A, CTRL)
    desk.type("Bay Imaging")
    desk.find(QWidget, "help_text").setFocus()
    desk.type("Where do I park?")
    desk.press(Qt.Key.Key_Return)
    desk.type("Behind the house.")
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.settle()
    assert "Saved. It counts from now on." in desk.words()
    clinic = scene.acting("manager").clinic.settings()
    assert (clinic.name, clinic.rules.report_hours) == ("Bay Imaging", 24)
    assert clinic.help_text == "Where do I park?\nBehind the house."


def test_settings_that_somebody_else_changed_meanwhile_are_not_overwritten(desk: Desk, scene: Scene) -> None:
    from dataclasses import replace

    desk.press(Qt.Key.Key_4, CTRL)
    desk.wait_for("clinic_save")
    desk.settle()
    acting = scene.acting("manager_south")
    acting.clinic.change(replace(acting.clinic.settings(), name="Changed Elsewhere"))
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.settle()
    assert "Somebody else has just changed the settings." in desk.words()
    assert acting.clinic.settings().name == "Changed Elsewhere"


def test_the_month_is_saved_as_csv_without_names(desk: Desk, scene: Scene, tmp_path: Path) -> None:
    patient = scene.patient("Amelia", "Hart", mrn="M100234")
    scene.acting("reception").accounts.create(patient, "Passport")
    desk.press(Qt.Key.Key_5, CTRL)
    desk.wait_for("month_table")
    desk.settle()
    assert desk.text("month_name") == "March 2026"
    cells = {line.cells[0].text: line.cells[1].text for line in desk.find(RowTable, "month_table").lines}
    assert cells["Accounts created"] == "1"
    desk.press(Qt.Key.Key_S, CTRL)
    dialog = desk.window.findChild(QFileDialog, "month_save")
    assert dialog is not None
    target = tmp_path / "march.csv"
    dialog.fileSelected.emit(str(target))
    dialog.close()
    desk.settle()
    text = target.read_text(encoding="utf-8")
    assert "Accounts created,1" in text
    assert "Hart" not in text
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    desk.press(Qt.Key.Key_Left, ALT)
    desk.qtbot.waitUntil(lambda: desk.text("month_name") == "February 2026")


@pytest.mark.rule("D26")
@pytest.mark.parametrize(
    ("role", "rooms"),
    [
        ("reception", ["room_patients", "room_to_do"]),
        ("clinical", ["room_patients", "room_to_do"]),
        ("manager", ["room_patients", "room_to_do", "room_office"]),
        ("privacy", ["room_privacy"]),
        ("it", ["room_office"]),
    ],
)
def test_each_role_sees_its_own_rooms(scene: Scene, open_desk: OpenDesk, role: str, rooms: list[str]) -> None:
    desk = open_desk(scene)
    desk.sign_in(scene.staff[role])
    every = ("room_patients", "room_to_do", "room_office", "room_privacy")
    assert [name for name in every if desk.sees(name)] == rooms
    if role == "it":
        assert [name for name in ("office_staff", "office_clinic", "office_month") if desk.sees(name)] == []


def test_practice_mode_cannot_be_mistaken(scene: Scene, open_desk: OpenDesk) -> None:
    desk = open_desk(scene, is_practice=True)
    desk.wait_for("sign_in_user_name")
    assert desk.sees("practice_banner")
    desk.sign_in(scene.staff["reception"])
    assert desk.sees("practice_banner")
    desk.press(Qt.Key.Key_L, CTRL)
    desk.wait_for("unlock_password")
    assert desk.sees("practice_banner")
    desk.settle()
    desk.type(PASSWORD)
