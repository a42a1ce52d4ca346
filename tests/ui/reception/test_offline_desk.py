"""The desk's real window while its server is away for eight hours, and another desk that registers the same person."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app.imaging import DecodePool
from app.portal import Portal
from app.rules.access import Role
from app.views.people import NewPatient
from app.words import Words
from db.models import ActivationCode, Patient
from tests.app.documents.reading import text_of
from tests.fakes import FixedClock, KeptKeyRing
from tests.https_server import HttpsServer
from tests.line import Line, line_to
from tests.printers.cupsd import PrintServer
from tests.scene import PASSWORD, Scene
from tests.ui.reception.conftest import ALT, CTRL, PATIENCE_MS, Desk
from tests.ui.reception.paper import confirm_two, create, hand_over, print_it
from ui.background import Background
from ui.printing import CupsPrinters
from ui.reception.desk import DeskWindow
from ui.surroundings import Surroundings
from ui.theme import Theme


def print_letter(desk: Desk) -> None:
    confirm_two(desk)
    print_it(desk)
    hand_over(desk)


def register_by_keys(desk: Desk) -> None:
    desk.press(Qt.Key.Key_F2)
    desk.press(Qt.Key.Key_A, CTRL)
    desk.press(Qt.Key.Key_Delete)
    desk.press(Qt.Key.Key_N, CTRL)
    desk.wait_for("register_save")
    for typed in ("Chen", "Mei"):
        desk.type(typed)
        desk.press(Qt.Key.Key_Return)
    desk.type("02111990")
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.settle()
    desk.wait_for("account_section")
    desk.settle()


@pytest.mark.rule("R1", "R2", "R12")
@pytest.mark.timeout(400)
def test_eight_hours_without_the_server_and_one_person_registered_at_two_desks(
    scene: Scene,
    clock: FixedClock,
    https_server: HttpsServer,
    cups: CupsPrinters,
    print_server: PrintServer,
    tmp_path: Path,
    imaging: DecodePool,
    qtbot: QtBot,
    show: Callable[..., QWidget],
    background: Background,
    words: Words,
) -> None:
    scene.exam(scene.patient("Amelia", "Hart", date(1944, 5, 17), mrn="M1000123"))
    with https_server.serving(scene.portal), line_to(https_server.address) as (line, address):
        portal = https_server.station(tmp_path, clock, imaging, address, KeptKeyRing())
        surroundings = Surroundings(
            portal=portal,
            station=portal.station("key of Desk 1"),
            words=words,
            background=background,
            theme=Theme("desk"),
            printers=cups,
        )
        window = DeskWindow(surroundings)
        show(window, surroundings.theme, (1280, 800))
        desk = Desk(window, qtbot, scene, background)
        try:
            walk(desk, portal, line, clock, print_server)
            solve(desk, portal, line)
        finally:
            window.close()
            desk.settle()
            assert portal.parts.server is not None
            portal.parts.server.close()


def walk(desk: Desk, portal: Portal, line: Line, clock: FixedClock, print_server: PrintServer) -> None:
    server = portal.desk
    assert server is not None
    desk.sign_in(desk.scene.staff["reception"])
    qtbot = desk.qtbot
    qtbot.waitUntil(lambda: "Online" in desk.words(), timeout=PATIENCE_MS)
    desk.open("M1000123")
    at_server = "This is at the clinic's server"  # and not that there are no exams
    for _ in range(2):  # the page that is open says so too, and is whole again when the server is back
        line.go_away()
        qtbot.waitUntil(lambda: "Offline since" in desk.words(), timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: at_server in desk.words(), timeout=PATIENCE_MS)
        line.come_back()
        server.keep()
        qtbot.waitUntil(lambda: "Online" in desk.words(), timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: at_server not in desk.words(), timeout=PATIENCE_MS)
    assert "Open the patient first" not in desk.words()
    line.go_away()
    desk.open("M1000123")
    qtbot.waitUntil(lambda: "Offline since" in desk.words(), timeout=PATIENCE_MS)
    assert at_server in desk.words()

    register_by_keys(desk)
    create(desk)
    print_letter(desk)
    assert "does not work yet" in text_of(print_server.kept[-1].pdf)
    qtbot.waitUntil(lambda: "3 waiting" in desk.words(), timeout=PATIENCE_MS)
    desk.press(Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: "this can only be done there" in desk.words(), timeout=PATIENCE_MS)
    assert "Nothing to do" not in desk.words()

    clock.advance(timedelta(hours=8))
    desk.wait_for("unlock_password")
    desk.settle()
    desk.type(PASSWORD)
    desk.press(Qt.Key.Key_Return)
    desk.wait_gone("unlock_password")
    desk.press(Qt.Key.Key_F2)
    desk.type("half typed")
    line.come_back()
    server.keep()
    qtbot.waitUntil(lambda: "Online" in desk.words(), timeout=PATIENCE_MS)
    desk.settle()
    # Nobody was disturbed: no lock, no sign-in, and the cursor and what was typed are where they were.
    assert desk.text("search_box") == "half typed"
    with desk.scene.portal.parts.database.reading() as session:
        mei = session.scalars(select(Patient).where(Patient.family_name == "Chen")).one()
        code = session.scalars(select(ActivationCode)).one()
        assert (mei.birth_date, code.handed_over_at) == (date(1990, 11, 2), clock() - timedelta(hours=8))


def solve(desk: Desk, portal: Portal, line: Line) -> None:
    scene = desk.scene
    new = NewPatient("Okafor", "Sam", date(1971, 6, 8))
    other_desk = scene.acting(scene.employee(Role.RECEPTION, scene.north))
    other_desk.patients.register(new)
    server = portal.desk
    assert server is not None
    line.go_away()
    acting = portal.acting(desk.window._seat.caller)  # type: ignore[union-attr]
    sam = acting.patients.register(new)
    assert acting.accounts.create(sam.id, "passport").letter is not None
    line.come_back()
    server.keep()
    attention = server.attention()
    assert [(row.name, row.kind, row.printed_letter) for row in attention] == [
        ("Sam Okafor", "perhaps_registered", True)
    ]
    desk.qtbot.waitUntil(lambda: "To do (1)" in desk.words(), timeout=PATIENCE_MS)
    # First step: the same person. Second step: a new letter on the page that opens.
    desk.press(Qt.Key.Key_F3)
    desk.wait_for("attention_same")
    assert "is registered already" in desk.text("attention_sentence")
    assert "Take it back" in desk.text("attention_sentence")
    # While the desk's file cannot be reached that is said, and the entry stays.
    file = portal.parts.settings.data_folder / "desk.db"
    file.rename(file.with_name("elsewhere.db"))
    desk.press(Qt.Key.Key_S, ALT)
    desk.qtbot.waitUntil(lambda: "database does not answer" in desk.words(), timeout=PATIENCE_MS)
    assert desk.sees("attention_same")
    file.with_name("elsewhere.db").rename(file)
    assert [row.name for row in server.attention()] == ["Sam Okafor"]
    desk.press(Qt.Key.Key_S, ALT)
    desk.wait_for("account_section")
    desk.settle()
    assert desk.text("patient_name") == "Sam Okafor"
    assert server.attention() == ()
    with scene.portal.parts.database.reading() as session:
        assert len(session.scalars(select(Patient).where(Patient.family_name == "Okafor")).all()) == 1
