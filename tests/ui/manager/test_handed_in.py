"""A manager decides what a desk that was switched off had done without the server."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt

from app.callers import Callers
from app.handed_in import hand_in
from app.ids import new_id
from app.operations import LeftOver, Operation
from app.rules.codes import new_code
from db.models import Account, Patient
from tests.fakes import FixedClock
from tests.scene import Scene
from tests.ui.manager.test_office import choose_row
from tests.ui.reception.conftest import CTRL, Desk, OpenDesk
from ui.desk.row_table import Line, RowTable


def left(
    scene: Scene, station: UUID, use_case: str, ids: dict[str, UUID], code: str = "", **asked: Any
) -> None:
    operation = Operation(
        new_id(),
        use_case,
        1,
        json.dumps(asked, default=str),
        ids,
        scene.clock(),
        scene.clock(),
        scene.staff["reception"].id,
        code,
    )
    new = asked.get("new", {"given_names": "Ida", "family_name": "Hale", "birth_date": "1950-01-02"})
    name, born = f"{new['given_names']} {new['family_name']}", date.fromisoformat(new["birth_date"])
    parts = scene.portal.parts
    hand_in(parts, Callers(parts.keys).left_station(station), LeftOver(operation, name, born))


def registered(given: str, family: str, born: str) -> dict[str, Any]:
    return {"family_name": family, "given_names": given, "birth_date": born}


def handed_in(desk: Desk) -> tuple[Line, ...]:
    return desk.find(RowTable, "handed_in_table").lines


def state_of(desk: Desk, station: str) -> str:
    lines = desk.find(RowTable, "stations_table").lines
    return next(line.cells[-1].text for line in lines if line.cells[0].text == station)


def test_a_manager_decides_what_a_switched_off_desk_handed_in(
    scene: Scene, open_desk: OpenDesk, clock: FixedClock
) -> None:
    """Two registrations, one of them perhaps of somebody known, and a letter for the other."""
    gone = scene.station("Desk 7", "desk", scene.north)
    scene.acting("it").stations.revoke(gone.id)
    scene.patient("Mei", "Chen", date(1990, 11, 2))
    ida, mei = new_id(), new_id()
    account = new_id()
    hale, chen = registered("Ida", "Hale", "1950-01-02"), registered("Mei", "Chen", "1990-11-02")
    left(scene, gone.id, "patients.register", {"patient": ida}, new=hale)
    asked = {"patient_id": ida, "identity_check": "passport"}
    left(scene, gone.id, "accounts.create", {"account": account}, new_code(), **asked)
    left(scene, gone.id, "patients.register", {"patient": mei}, new=chen)
    clock.advance(timedelta(hours=1))

    desk = open_desk(scene)
    desk.sign_in(scene.staff["manager"])
    desk.press(Qt.Key.Key_F4)
    desk.wait_for("staff_table")
    desk.press(Qt.Key.Key_3, CTRL)
    desk.wait_for("stations_table")
    desk.settle()
    assert state_of(desk, "Desk 7") == "Switched off, 3 to decide"
    choose_row(desk, "stations_table", "Desk 7")
    desk.click("station_decide")
    desk.wait_for("handed_in_table")
    desk.settle()
    assert [tuple(cell.text for cell in line.cells[1:3]) for line in handed_in(desk)] == [
        ("Patient registered", "Ida Hale"),
        ("Account made, letter printed", "Ida Hale"),
        ("Patient registered", "Mei Chen"),
    ]
    desk.click("handed_in_all")
    desk.settle()
    assert [line.cells[2].text for line in handed_in(desk)] == ["Mei Chen"]
    assert "is registered already" in desk.text("handed_in_sentence")
    desk.click("handed_in_discard")
    desk.wait_for("discard_yes")
    desk.press(Qt.Key.Key_Escape)
    assert len(handed_in(desk)) == 1
    desk.click("handed_in_another")
    desk.settle()
    assert handed_in(desk) == ()
    assert "Everything is decided" in desk.words()
    desk.click("handed_in_close")
    desk.settle()
    assert state_of(desk, "Desk 7") == "Switched off"
    with scene.portal.parts.database.reading() as session:
        assert {session.get_one(Patient, found).site_id for found in (ida, mei)} == {scene.north}
        assert session.get_one(Account, account).holder_name == "Ida Hale"
