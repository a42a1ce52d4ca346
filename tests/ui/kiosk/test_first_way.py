"""The main way of a patient at the kiosk, by touch alone: letter, account, sign-in, exam, report, images."""

from uuid import UUID

import pytest

from tests.scene import Scene
from tests.ui.kiosk.at_kiosk import AtKiosk

CHOSEN = "seven blue herons"


@pytest.mark.rule("R8", "R9", "R10", "R11", "R21", "R22", "R23", "R24", "R36", "R37", "R38")
def test_from_the_letter_to_the_images(scene: Scene, kiosk: AtKiosk, patient: UUID, exam: UUID) -> None:
    issued = scene.acting("reception").accounts.create(patient, "passport")
    assert issued.letter is not None
    scene.acting("reception").accounts.handed_over(issued.account_id, ("name", "birth date"))

    kiosk.tap("have_letter")
    kiosk.type(issued.letter.code.lower(), into="activation_code_input")
    kiosk.tap("activation_code_next")
    kiosk.wait_for("activation_birth_date")
    kiosk.type("17051944")
    kiosk.tap("birth_date_next")
    kiosk.tap("notice_read")
    kiosk.type("amelia", into="activation_user_name_input")
    kiosk.tap("user_name_next")
    kiosk.type(CHOSEN, into="new_password_password")
    kiosk.type(CHOSEN, into="new_password_repeat")
    kiosk.tap("save_password")
    kiosk.wait_for("activated")
    assert kiosk.window.stay is None  # activation does not sign in
    kiosk.tap("go_to_sign_in")
    assert kiosk.wait_for("sign_in_user_name").text() == "amelia"  # type: ignore[attr-defined]  # a QLineEdit
    kiosk.type(CHOSEN, into="sign_in_password")
    kiosk.tap("sign_in_button")

    kiosk.tap("my_exam")
    kiosk.tap(f"exam_{exam}")
    kiosk.wait_to_read("There is no bleeding and no fracture.")
    assert kiosk.reads("CT of the head, 12 March 2026, North")
    kiosk.wait_until(lambda: len(thumbnails(kiosk)) == 6 and all(t.has_picture for t in thumbnails(kiosk)))
    kiosk.tap("thumbnail_2")
    viewer = kiosk.wait_for("viewer")
    kiosk.wait_until(lambda: viewer.is_ready and viewer.shown is not None and viewer.shown.index == 2)  # type: ignore[attr-defined]  # a Viewer
    kiosk.tap("leave")
    kiosk.wait_for("welcome")
    assert kiosk.window.stay is None


def thumbnails(kiosk: AtKiosk) -> list:  # type: ignore[type-arg]  # of Thumbnail
    found = kiosk.sees("thumbnails")
    return found.tiles if found is not None else []  # type: ignore[attr-defined]  # Thumbnails
