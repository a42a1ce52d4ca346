"""A guest with a paper invitation at the desk (D23)."""

import itertools
from datetime import timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import Qt

from app.views.paper import PrintedInvitation
from app.views.sharing import NewInvitation
from tests.fakes import FixedClock
from tests.scene import PASSWORD, Known, Scene
from tests.ui.reception.conftest import CTRL, Desk, OpenDesk
from tests.ui.scan import FINGERS_MS, scan

HOST = "https://portal.harbour.example"
TEXT = "No bleeding and no fracture."


@pytest.fixture
def patient(scene: Scene) -> UUID:
    return scene.patient("Amelia", "Hart", mrn="M100234")


@pytest.fixture
def owner(scene: Scene, patient: UUID) -> Known:
    return scene.account(patient)


@pytest.fixture
def paper(scene: Scene, patient: UUID, owner: Known) -> PrintedInvitation:
    exam = scene.exam(patient)
    scene.report(exam, text=TEXT)
    new = NewInvitation("paper", "Dr Sam Okafor", understands_sensitive=True)
    made = scene.acting(owner).sharing.invite(exam, new)
    assert made.printed is not None
    return made.printed


def accesses(scene: Scene, owner: Known) -> int:
    (row,) = scene.acting(owner).sharing.mine()
    return row.accesses


def come_with(desk: Desk, number: str, code: str) -> None:
    """Say that one has an invitation, and type it in."""
    desk.wait_for("have_invitation")
    desk.press(Qt.Key.Key_F8)
    desk.wait_for("invitation_number_input")
    desk.type(number)
    desk.press(Qt.Key.Key_Return)
    desk.wait_for("verification_code_input")
    desk.type(code)
    desk.press(Qt.Key.Key_Return)
    desk.settle()


@pytest.mark.rule("D23")
def test_a_guest_types_number_and_code_at_a_desk_where_nobody_is_signed_in(
    scene: Scene, open_desk: OpenDesk, owner: Known, paper: PrintedInvitation
) -> None:
    desk = open_desk(scene)
    come_with(desk, paper.number, paper.verification_code)
    desk.qtbot.waitUntil(lambda: TEXT in desk.words())
    assert "Shared by Amelia Hart" in desk.words()
    assert not desk.sees("share_exam")
    assert accesses(scene, owner) == 1
    desk.click("leave")
    desk.wait_for("sign_in_user_name")
    desk.settle()
    assert TEXT not in desk.words()
    assert "Amelia" not in desk.words()
    assert accesses(scene, owner) == 1


@pytest.mark.rule("D23")
def test_a_scanned_invitation_asks_once_more_and_counts_as_one_opening(
    scene: Scene, open_desk: OpenDesk, owner: Known, paper: PrintedInvitation
) -> None:
    desk = open_desk(scene)
    desk.wait_for("have_invitation")
    scan(desk.window.windowHandle(), f"{HOST}/i/{paper.number}#{paper.verification_code}")
    desk.wait_for("open_invitation")
    assert accesses(scene, owner) == 0
    scan(desk.window.windowHandle(), f"{HOST}/i/{paper.number}#{paper.verification_code}")
    desk.settle()
    assert accesses(scene, owner) == 0
    desk.click("open_invitation")
    desk.qtbot.waitUntil(lambda: TEXT in desk.words())
    assert accesses(scene, owner) == 1


def test_a_scanned_code_leaves_nothing_in_the_user_name(
    scene: Scene, open_desk: OpenDesk, paper: PrintedInvitation
) -> None:
    desk = open_desk(scene)
    desk.wait_for("sign_in_user_name")
    scan(desk.window.windowHandle(), f"{HOST}/activate#{paper.verification_code}")
    desk.settle()
    assert desk.text("sign_in_user_name") == ""
    assert "This code opens nothing at a desk." in desk.words()


def test_a_scan_is_known_by_when_its_keys_were_sent_however_late_they_are_looked_at(
    scene: Scene, open_desk: OpenDesk, paper: PrintedInvitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = itertools.count()
    monkeypatch.setattr("ui.kiosk.scanner.monotonic", lambda: float(next(late)))
    desk = open_desk(scene)
    desk.wait_for("have_invitation")
    scan(desk.window.windowHandle(), f"{HOST}/i/{paper.number}#{paper.verification_code}")
    desk.wait_for("open_invitation")


def test_an_address_that_fingers_type_is_no_scan(
    scene: Scene, open_desk: OpenDesk, paper: PrintedInvitation
) -> None:
    desk = open_desk(scene)
    desk.wait_for("sign_in_user_name")
    typed = f"{HOST}/i/{paper.number}#{paper.verification_code}"
    scan(desk.window.windowHandle(), typed, every_ms=FINGERS_MS)
    desk.settle()
    assert desk.text("sign_in_user_name") == typed
    assert not desk.sees("open_invitation")


@pytest.mark.rule("D14")
def test_a_wrong_code_at_a_desk_is_counted_and_answered_as_anywhere(
    scene: Scene, open_desk: OpenDesk, owner: Known, paper: PrintedInvitation
) -> None:
    desk = open_desk(scene)
    come_with(desk, paper.number, "000000000000")
    assert "Check the letters of the number and the code, or wait 15 minutes." in desk.words()
    assert accesses(scene, owner) == 0


@pytest.mark.rule("D25")
def test_who_walks_away_is_asked_and_then_forgotten(
    scene: Scene, open_desk: OpenDesk, clock: FixedClock, paper: PrintedInvitation
) -> None:
    desk = open_desk(scene)
    come_with(desk, paper.number, paper.verification_code)
    desk.qtbot.waitUntil(lambda: TEXT in desk.words())
    clock.advance(timedelta(seconds=90))
    desk.wait_for("still_there")
    clock.advance(timedelta(seconds=30))
    desk.wait_for("sign_in_user_name")
    desk.settle()
    assert TEXT not in desk.words()


def test_a_locked_desk_serves_a_guest_and_stays_locked(
    scene: Scene, open_desk: OpenDesk, paper: PrintedInvitation
) -> None:
    scene.patient("Bo", "Lund", mrn="M777")
    desk = open_desk(scene)
    desk.sign_in(scene.staff["reception"])
    desk.open("M777")
    desk.press(Qt.Key.Key_L, CTRL)
    desk.wait_for("unlock_password")
    desk.settle()
    come_with(desk, paper.number, paper.verification_code)
    desk.qtbot.waitUntil(lambda: TEXT in desk.words())
    assert "Bo Lund" not in desk.words()
    desk.click("leave")
    desk.wait_for("unlock_password")
    desk.settle()
    assert "Bo Lund" not in desk.words()
    desk.type(PASSWORD)
    desk.press(Qt.Key.Key_Return)
    desk.wait_gone("unlock_password")
    assert "Bo Lund" in desk.words()


def test_a_window_that_is_shut_ends_the_visit(
    scene: Scene, open_desk: OpenDesk, clock: FixedClock, paper: PrintedInvitation
) -> None:
    desk = open_desk(scene)
    come_with(desk, paper.number, paper.verification_code)
    desk.qtbot.waitUntil(lambda: TEXT in desk.words())
    desk.window.close()
    desk.settle()
    today = clock().date()
    verbs = [row.verb for row in scene.acting("privacy").audit.search(today, today)]
    assert "visits.leave" in verbs
