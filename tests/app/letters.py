"""What the desk hands over and the kiosk takes: a letter with a code."""

from datetime import date
from uuid import UUID

from app.portal import Acting, Portal
from app.views.people import AccountRow, CodeIssued
from tests.scene import PASSWORD, Scene

BORN = date(1944, 5, 17)


def account_of(scene: Scene, patient: UUID, desk: Acting | None = None) -> AccountRow:
    return (desk or scene.acting("reception")).patients.open(patient).accounts[-1]


def code_of(issued: CodeIssued) -> str:
    assert issued.letter is not None
    return issued.letter.code


def activate(scene: Scene, code: str, user_name: str = "amelia44", digits: str = "") -> str:
    kiosk = scene.acting(scene.kiosk)
    return kiosk.activation.finish(code, BORN, user_name, PASSWORD, "1", digits)


def visit(portal: Portal) -> str:
    guest = portal.acting(portal.nobody("203.0.113.9"))
    return guest.visits.open_with_code("0123456789AB", "ABCDEFGH1234").token
