import re
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

import app.portal
from app.audit import PLAIN
from app.use_case import Noun, UseCase
from tests.app.documents.reading import text_of
from tests.printers.cupsd import PrintServer
from tests.scene import Scene
from tests.ui.reception.conftest import ALT, CTRL, Desk, OpenDesk
from ui.desk.paper_dialog import PaperDialog
from ui.desk.row_table import RowTable
from ui.manager.audit_words import VERBS
from ui.printing import CupsPrinters


@pytest.fixture
def patient(scene: Scene) -> UUID:
    return scene.patient("Amelia", "Hart", date(1944, 5, 17), mrn="M100234")


@pytest.fixture
def desk(scene: Scene, patient: UUID, open_desk: OpenDesk, cups: CupsPrinters) -> Desk:
    scene.acting("reception").patients.open(patient)
    other = scene.patient("Ben", "Okoro", mrn="M100235")
    scene.acting("reception").patients.open(other)
    made = open_desk(scene, printers=cups)
    made.sign_in(scene.staff["privacy"])
    return made


def whose(desk: Desk, text: str) -> None:
    desk.find(QWidget, "audit_patient").setFocus()
    desk.type(text)
    desk.wait_for("audit_patient_results")
    desk.press(Qt.Key.Key_Return)


@pytest.mark.rule("D24")
def test_what_was_done_to_a_patient_s_data_is_found(desk: Desk) -> None:
    whose(desk, "hart")
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.wait_for("audit_table")
    desk.settle()
    lines = [[cell.text for cell in line.cells[1:]] for line in desk.find(RowTable, "audit_table").lines]
    assert lines == [["Robin Reception", "opened a patient's page", "Amelia Hart", "Desk 1", "done"]]


def test_searches_are_on_record_themselves(desk: Desk) -> None:
    whose(desk, "hart")
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.wait_for("audit_table")
    desk.settle()
    desk.find(QWidget, "audit_patient").setFocus()
    desk.press(Qt.Key.Key_A, CTRL)
    desk.press(Qt.Key.Key_Delete)
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.qtbot.waitUntil(lambda: len(desk.find(RowTable, "audit_table").lines) > 3)
    what = [line.cells[2].text for line in desk.find(RowTable, "audit_table").lines]
    assert "searched this record" in what
    assert "looked for a patient in this record" in what


@pytest.mark.rule("D24")
def test_who_opened_my_records_is_printed_for_one_patient(desk: Desk, print_server: PrintServer) -> None:
    whose(desk, "hart")
    desk.press(Qt.Key.Key_P, CTRL)
    desk.wait_for("paper_dialog")
    desk.settle()
    desk.press(Qt.Key.Key_P, CTRL)
    dialog = desk.find(PaperDialog, "paper_dialog")
    desk.qtbot.waitUntil(lambda: bool(dialog.form.notices.sentence))
    desk.settle()
    text = text_of(print_server.kept[-1].pdf)
    assert "Amelia Hart" in text
    assert "Robin Reception" in text
    assert "Okoro" not in text


def test_the_record_is_checked_for_gaps(desk: Desk) -> None:
    desk.press(Qt.Key.Key_V, ALT)
    desk.qtbot.waitUntil(lambda: "The record is whole" in desk.words())


def test_a_time_without_entries_says_so(desk: Desk) -> None:
    for name in ("from_day", "until_day"):
        desk.find(QWidget, name).setFocus()
        desk.press(Qt.Key.Key_A, CTRL)
        desk.type("01012020")
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.qtbot.waitUntil(lambda: desk.sees("audit_said"))
    assert desk.text("audit_said") == "Nothing is on record for this time."


@pytest.mark.rule("D24")
def test_everything_that_can_stand_in_the_record_has_plain_words() -> None:
    use_cases = {
        found.name
        for noun in vars(app.portal).values()
        if isinstance(noun, type) and issubclass(noun, Noun)
        for found in vars(noun).values()
        if isinstance(found, UseCase)
    }
    written = re.compile(r'(?:by_itself\(parts, |Entry\(\s*)f?"([a-z_]+\.[a-z_{}]+)"')
    by_program = {
        verb
        for file in (Path(app.portal.__file__).parent).glob("*.py")
        for verb in written.findall(file.read_text(encoding="utf-8"))
    }
    states = {f"messages.{state}" for state in ("sent", "delivered", "failed", "unclear")}
    assert {"housekeeping.run", "clinic.begin", "messages.{state}"} <= by_program
    assert use_cases | by_program - {"messages.{state}"} | states | set(PLAIN) <= set(VERBS)
    assert set(VERBS) <= use_cases | by_program | states
