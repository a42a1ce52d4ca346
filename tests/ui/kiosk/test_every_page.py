"""Every page at both sizes of screen, in both sizes of text, with long names: looked at as pictures, and measured."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit

from tests.scene import PASSWORD, Known, Scene
from tests.ui.kiosk.at_kiosk import AtKiosk, SpyPrinters
from tests.ui.kiosk.conftest import OpenKiosk
from ui.widgets.button import Button
from ui.widgets.text import Text

GIVEN, FAMILY = "Wilhelmina Alexandrina", "Featherstonehaugh-Cholmondeley"
LONG_EXAM = "MRI of the lumbar spine with and without contrast medium"
LEAST = 64  # px of what is pressed

LOOKS = {
    "wide": ((1920, 1080), False),
    "upright": ((1080, 1920), False),
    "wide-large": ((1920, 1080), True),
    "upright-large": ((1080, 1920), True),
}


class Look:
    """Takes a picture of each page it is shown, and measures it."""

    def __init__(self, kiosk: AtKiosk, folder: Path) -> None:
        self.kiosk, self.folder = kiosk, folder
        self.faults: dict[str, list[str]] = {}
        self._number = 0

    def at(self, name: str) -> None:
        self.kiosk.qtbot.wait(30)  # lets layouts settle; nothing depends on it but the picture
        window = self.kiosk.window
        self._number += 1
        window.grab().save(str(self.folder / f"{self._number:02}-{name}.png"))
        found = [*self._cut(), *self._small()]
        if window.width() != self.kiosk.size[0] or window.height() != self.kiosk.size[1]:
            found.append(f"the window has grown to {window.size().toTuple()}")
        if found:
            self.faults[name] = found

    def _cut(self) -> list[str]:
        labels = [one for one in self.kiosk.window.findChildren(QLabel) if one.isVisible() and one.text()]
        found = [
            f"cut: {one.text()[:40]!r} {one.height()} of {one.heightForWidth(one.width())}"
            for one in labels
            if isinstance(one, Text)
            if (one.wordWrap() and one.height() < one.heightForWidth(one.width()))
            or (not one.wordWrap() and one.width() < one.sizeHint().width())
        ]
        buttons = [one for one in self.kiosk.window.findChildren(Button) if one.isVisible()]
        narrow = [one.text() for one in buttons if words_wide(one) > one.width()]
        return [*found, *(f"narrow: {words!r}" for words in narrow)]

    def _small(self) -> list[str]:
        found = []
        for control in [
            *self.kiosk.window.findChildren(QAbstractButton),
            *self.kiosk.window.findChildren(QLineEdit),
        ]:
            if not control.isVisible():
                continue
            spoken = control.accessibleName() or (
                control.text() if isinstance(control, QAbstractButton) else ""
            )
            if not spoken:
                found.append(f"nameless: {control.objectName() or control}")
            if control.height() < LEAST:
                found.append(f"small: {spoken!r} {control.height()}")
        return found


def words_wide(button: Button) -> int:
    return button.fontMetrics().horizontalAdvance(button.text())


@pytest.fixture(params=list(LOOKS))
def look(request: pytest.FixtureRequest, open_kiosk: OpenKiosk, tmp_path: Path) -> Look:
    size, is_large = LOOKS[request.param]
    kiosk = open_kiosk(size)
    if is_large:
        kiosk.tap("large_text")
    folder = tmp_path / request.param
    folder.mkdir()
    return Look(kiosk, folder)


@pytest.fixture
def long_patient(scene: Scene) -> UUID:
    return scene.patient(GIVEN, FAMILY, mrn="M1000123")


def test_the_pages_before_signing_in(scene: Scene, look: Look, long_patient: UUID) -> None:  # noqa: PLR0915 - a walk past every page
    issued = scene.acting("reception").accounts.create(long_patient, "passport")
    assert issued.letter is not None
    scene.acting("reception").accounts.handed_over(issued.account_id, ("name", "birth date"))
    scene.account(scene.patient("Ben", "Okoro"), user_name="ben.okoro")
    kiosk = look.kiosk
    look.at("welcome")
    kiosk.tap("contact")
    kiosk.wait_for("contact_page")
    look.at("contact")
    kiosk.tap("back")
    kiosk.tap("have_letter")
    kiosk.wait_for("activation_code")
    look.at("activation code")
    kiosk.type("abcdefgh", into="activation_code_input")
    kiosk.tap("activation_code_next")
    look.at("activation code incomplete")
    kiosk.type("1234", into="activation_code_input")
    kiosk.tap("activation_code_next")
    kiosk.wait_until(lambda: bool(kiosk.notice()))
    look.at("activation code unknown")
    kiosk.window.scan(f"{scene.clinic.public_address}/activate#{issued.letter.code}")
    kiosk.tap("activation_code_next")
    kiosk.wait_for("activation_birth_date")
    kiosk.tap("birth_date_next")
    look.at("birth date missing")
    kiosk.type("17051944")
    kiosk.tap("birth_date_next")
    kiosk.wait_for("activation_notice")
    look.at("notice")
    kiosk.tap("notice_read")
    kiosk.type("ben.okoro", into="activation_user_name_input")
    look.at("user name")
    kiosk.tap("user_name_next")
    kiosk.type("seven blue", into="new_password_password")
    look.at("password too short")
    kiosk.type(" herons", into="new_password_password")
    kiosk.type("seven blue herons", into="new_password_repeat")
    look.at("password good")
    kiosk.tap("save_password")
    kiosk.wait_for("activation_user_name")
    look.at("user name taken")
    kiosk.type("2", into="activation_user_name_input")
    kiosk.tap("user_name_next")
    kiosk.type("seven blue herons", into="new_password_password")
    kiosk.type("seven blue herons", into="new_password_repeat")
    kiosk.tap("save_password")
    kiosk.wait_for("activated")
    look.at("activated")
    kiosk.tap("go_to_sign_in")
    kiosk.type("wrong", into="sign_in_password")
    kiosk.tap("sign_in_button")
    kiosk.wait_until(lambda: bool(kiosk.notice()))
    look.at("sign in wrong")
    kiosk.tap("forgot_password")
    kiosk.type("ben.okoro", into="forgot_input")
    look.at("forgot")
    kiosk.tap("forgot_send")
    kiosk.wait_for("forgot_sent")
    look.at("forgot sent")
    kiosk.tap("forgot_done")
    kiosk.tap("have_invitation")
    kiosk.wait_for("invitation_number")
    look.at("invitation number")
    kiosk.type("abcdefgh1234", into="invitation_number_input")
    kiosk.tap("invitation_number_next")
    kiosk.type("abcdefgh1234", into="verification_code_input")
    kiosk.tap("open_invitation")
    kiosk.wait_until(lambda: bool(kiosk.notice()))
    look.at("verification code wrong")
    assert look.faults == {}


def test_the_pages_of_a_patient(  # noqa: PLR0915 - a walk past every page
    scene: Scene,
    look: Look,
    long_patient: UUID,
    import_exam: Callable[..., UUID],
    printers: SpyPrinters,
) -> None:
    child = scene.patient("Theodora", FAMILY, date(2015, 2, 1))
    scene.account(long_patient, user_name="w.alexandrina")
    owner = scene.account(long_patient, child, user_name="wilhelmina", kind="web")
    exam = import_exam(long_patient, slices=14, description=LONG_EXAM)
    scene.report(exam, text="Findings:\nThe vertebrae are of normal height.\n\n" * 12)
    scene.report(exam, text="A later look confirms it.", status="addendum")
    waiting = scene.exam(long_patient, "X-ray of the left hand")
    scene.report(waiting, visible=False)
    kiosk = look.kiosk
    kiosk.tap("sign_in")
    look.at("sign in")
    kiosk.type("wilhelmina", into="sign_in_user_name")
    kiosk.type(PASSWORD, into="sign_in_password")
    kiosk.tap("sign_in_button")
    kiosk.wait_for("whose_exams_page")
    look.at("whose exams")
    kiosk.tap(f"patient_{child}")
    kiosk.tap("my_exam")
    kiosk.wait_to_read("No exams yet")
    look.at("no exams")
    kiosk.tap("back")
    kiosk.tap("shared_exams")
    kiosk.wait_to_read("Nothing shared yet")
    look.at("nothing shared")
    kiosk.tap("back")
    kiosk.tap("whose_exams")
    kiosk.tap(f"patient_{long_patient}")
    kiosk.wait_for("home")
    look.at("home")
    kiosk.tap("my_exam")
    kiosk.wait_for(f"exam_{exam}")
    look.at("my exam")
    kiosk.tap(f"exam_{waiting}")
    kiosk.wait_for("report_unavailable")
    look.at("report unavailable")
    kiosk.tap("back")
    kiosk.tap(f"exam_{exam}")
    kiosk.wait_to_read("The vertebrae are of normal height.")
    kiosk.wait_until(lambda: bool(tiles(kiosk)) and all(tile.has_picture for tile in tiles(kiosk)))
    look.at("exam")
    kiosk.tap("read_report")
    kiosk.wait_for("report_page")
    kiosk.wait_to_read("The vertebrae are of normal height.")
    look.at("report")
    kiosk.tap("download_report")
    kiosk.wait_to_read("The code works until")
    look.at("download")
    kiosk.tap("download_done")
    kiosk.tap("back")
    kiosk.tap("thumbnail_1")
    viewer = kiosk.wait_for("viewer")
    kiosk.wait_until(lambda: viewer.is_ready and viewer.shown is not None)  # type: ignore[attr-defined]  # a Viewer
    look.at("viewer")
    kiosk.window.go_back()
    share(kiosk, look)
    kiosk.tap("share_done_button")
    kiosk.tap("shared_exams")
    kiosk.wait_to_read("Shared Exams")
    made = scene.acting(owner).sharing.mine()[0]
    scene.invitation(owner, exam, long_patient, until=date(2026, 3, 11))
    revoked = scene.invitation(owner, exam, long_patient)
    scene.acting(owner).sharing.revoke(revoked)
    kiosk.tap("back")
    kiosk.tap("shared_exams")
    kiosk.wait_to_read("Revoked")
    look.at("shared exams")
    kiosk.tap(f"invitation_{made.id}")
    kiosk.wait_for("revoke_access")
    look.at("invitation")
    kiosk.tap("edit_shared_until")
    kiosk.wait_for("edit_shared_until_page")
    look.at("edit shared until")
    kiosk.tap("day_other")
    kiosk.tap("save_shared_until")
    kiosk.wait_for("ask_day")
    look.at("edit shared until, another day")
    kiosk.tap("back")
    kiosk.wait_for("edit_shared_until_page")
    kiosk.tap("back")
    kiosk.tap("revoke_access")
    kiosk.wait_for("revoke_question")
    look.at("revoke question")
    kiosk.tap("revoke_yes")
    kiosk.wait_to_read("Revoked")
    kiosk.window.go_home()
    for name, page in (
        ("details", "details_page"),
        ("who_opened", "who_opened_page"),
        ("change_password", "change_password_page"),
    ):
        kiosk.tap(name)
        kiosk.wait_for(page)
        kiosk.wait_until(kiosk.window.surroundings.background.is_idle)
        look.at(name)
        kiosk.tap("back")
    kiosk.window.presence.idle.warned.emit(27)
    look.at("still there")
    assert look.faults == {}


def share(kiosk: AtKiosk, look: Look) -> None:
    kiosk.tap("share_exam")
    kiosk.type("Dr Bartholomew Okafor-Lindqvist", into="share_recipient_name")
    look.at("share with")
    kiosk.tap("share_with_next")
    kiosk.type("b.okafor@clinic.example", into="share_recipient_email")
    look.at("share address")
    kiosk.tap("share_address_next")
    kiosk.wait_for("share_what")
    look.at("share what")
    kiosk.tap("share_what_next")
    kiosk.wait_for("share_until")
    look.at("share until")
    kiosk.tap("share_until_next")
    kiosk.type("Here are my images, as we spoke about.", into="share_note_input")
    look.at("share note")
    kiosk.tap("share_note_next")
    kiosk.wait_for("share_check")
    look.at("share check")
    kiosk.tap("share_exam_now")
    kiosk.wait_until(lambda: bool(kiosk.notice()))
    look.at("share check not ticked")
    kiosk.tap("understands_sensitive")
    kiosk.tap("share_exam_now")
    kiosk.wait_for("share_done")
    kiosk.wait_until(kiosk.window.surroundings.background.is_idle)
    look.at("share done")


def tiles(kiosk: AtKiosk) -> list:  # type: ignore[type-arg]  # of Thumbnail
    found = kiosk.sees("thumbnails")
    return found.tiles if found is not None else []  # type: ignore[attr-defined]  # Thumbnails


def test_the_pages_of_a_guest(
    scene: Scene, look: Look, long_patient: UUID, import_exam: Callable[..., UUID]
) -> None:
    owner: Known = scene.account(long_patient)
    exam = import_exam(long_patient, slices=3)
    scene.report(exam)
    scene.invitation(owner, exam, long_patient, number="0123456789AB", code="ABCDEFGH1234")
    kiosk = look.kiosk
    kiosk.window.scan(f"{scene.clinic.public_address}/i/0123456789AB#ABCDEFGH1234")
    kiosk.wait_for("verification_code")
    look.at("scanned invitation")
    kiosk.tap("open_invitation")
    kiosk.wait_to_read("No fracture.")
    look.at("guest")
    assert look.faults == {}
