"""What a patient, and later a guest, does at the kiosk, by touch alone."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from app.imaging.phantoms import SamplePatient
from ui.kiosk.window import KioskWindow
from ui.tour.clinic import KIOSK, UPRIGHT
from ui.tour.fingers import Fingers
from ui.tour.hands import NotSeen, wait_until
from ui.tour.reception import FINDING
from ui.tour.report import Report
from ui.tour.viewing import Viewing
from ui.widgets.text import Text

USER_NAME, PASSWORD = "nora.v", "seven blue herons"
GUEST = "Dr Sam Okafor"


class AtKiosk:
    """One window, whoever stands before it."""

    def __init__(self, fingers: Fingers, report: Report) -> None:
        self.fingers = fingers
        self.viewing = Viewing(fingers)
        self._report = report
        self._size, self._prefix = KIOSK, "kiosk"

    @property
    def window(self) -> KioskWindow:
        """The kiosk."""
        window = self.fingers.window
        assert isinstance(window, KioskWindow)
        return window

    def look(self, name: str) -> None:
        """Take a picture once everything stands still."""
        self.fingers.settle()
        self._report.picture(self.fingers.window, f"{self._prefix} {name}", self._size)

    # Account

    def activate(self, code: str, patient: SamplePatient) -> None:
        """Turn the letter's code into an account of one's own (R8 to R11)."""
        fingers = self.fingers
        fingers.wait_for("welcome")
        self.look("welcome")
        fingers.tap("have_letter")
        fingers.type(code.lower(), into="activation_code_input")
        self.look("activation code")
        fingers.tap("activation_code_next")
        fingers.wait_for("activation_birth_date")
        fingers.type(f"{patient.birth_date:%d%m%Y}")
        self.look("birth date")
        fingers.tap("birth_date_next")
        fingers.wait_for("activation_notice")
        self.look("notice")
        fingers.tap("notice_read")
        fingers.type(USER_NAME, into="activation_user_name_input")
        self.look("user name")
        fingers.tap("user_name_next")
        fingers.type(PASSWORD, into="new_password_password")
        fingers.type(PASSWORD, into="new_password_repeat")
        self.look("new password")
        fingers.tap("save_password")
        fingers.wait_for("activated")
        self.look("activated")
        fingers.tap("go_to_sign_in")
        fingers.wait_for("sign_in_page")

    def sign_in(self, *, is_known: bool = False) -> None:
        """Sign in; after activation the user name stands there already."""
        fingers = self.fingers
        if not is_known:
            fingers.tap("sign_in")
            fingers.type(USER_NAME, into="sign_in_user_name")
        fingers.type(PASSWORD, into="sign_in_password")
        self.look("sign in")
        fingers.tap("sign_in_button")
        fingers.wait_for("home")
        self.look("home")

    # Exams

    def open_exam(self, exam_id: UUID) -> None:
        """Choose an exam in My Exam, turning pages where there are many."""
        fingers = self.fingers
        fingers.tap("my_exam")
        fingers.wait_for("my_exam_page")
        fingers.settle()
        self.look("my exam")
        name = f"exam_{exam_id}"
        while not self._is_in_reach(name):
            fingers.tap("list_next")
        fingers.tap(name)
        fingers.wait_for("exam")
        fingers.wait_for("report_panel")

    def find_report_unavailable(self, picture: str) -> None:
        """See that the report is not there yet, why, and that it cannot be shared (R27, R35, R62)."""
        fingers = self.fingers
        fingers.wait_to_read("Report is Unavailable")
        self.viewing.wait_for_thumbnails()
        self.look(picture)
        if fingers.sees("share_exam"):
            raise NotSeen("Share Exam hidden while there is no report")

    def look_at_images(self) -> None:
        """Enlarge an image, swipe, pinch, make it brighter (R38 to R44, R47)."""
        viewing = self.viewing
        viewing.enlarge_first()
        self.look("image")
        viewing.swipe_on_and_back(lambda: self.look("image after a swipe"))
        viewing.pinch()
        self.look("image after a pinch")
        viewing.tap("fit")
        viewing.brighten()
        self.look("image made brighter")
        viewing.tap("reset")

    def download_images(self) -> None:
        """Take all images home by the square code (R41, R42, D21)."""
        fingers = self.fingers
        self.viewing.tap("download")
        self.look("download choices")
        fingers.tap_words("All images (ZIP)")
        fingers.wait_to_read("The code works until")
        self.look("download by phone")
        fingers.tap("download_done")
        fingers.wait_for("viewer")
        self.viewing.tap("back")
        fingers.wait_for("report_panel")

    def read_report(self) -> None:
        """Read the report that has appeared by itself (R22, R23, R25, R26)."""
        fingers = self.fingers
        fingers.wait_to_read(FINDING)
        fingers.wait_for("share_exam")
        self.look("exam with its report")
        fingers.tap("read_report")
        fingers.wait_for("report_page")
        fingers.wait_to_read(FINDING)
        self.look("report")
        fingers.tap("download_report")
        fingers.wait_to_read("The code works until")
        self.look("download of the report")
        fingers.tap("download_done")
        fingers.tap("back")
        fingers.wait_for("share_exam")

    # Sharing

    def share_on_paper(self) -> None:
        """Share the exam on paper, one question a page (R53 to R58)."""
        fingers = self.fingers
        fingers.tap("share_exam")
        fingers.type(GUEST, into="share_recipient_name")
        fingers.tap("share_on_paper")
        self.look("share with")
        fingers.tap("share_with_next")
        fingers.wait_for("share_what")
        self.look("share what")
        fingers.tap("share_what_next")
        fingers.wait_for("share_until")
        self.look("share until")
        fingers.tap("share_until_next")
        fingers.type("The scan we spoke about.", into="share_note_input")
        self.look("share note")
        fingers.tap("share_note_next")
        fingers.wait_for("share_check")
        fingers.tap("understands_sensitive")
        self.look("share check")
        fingers.tap("share_exam_now")
        fingers.wait_for("share_done")
        fingers.wait_for_notice("It is printed")
        self.look("share done")
        fingers.tap("share_done_button")
        fingers.wait_for("home")

    def find_shared(self, status: str, picture: str) -> None:
        """Look into Shared Exams and find a status there (R63, R73 to R78)."""
        self.fingers.tap("shared_exams")
        self.wait_for_shared(status, picture)

    def wait_for_shared(self, status: str, picture: str) -> None:
        """Wait until Shared Exams says this status, touching nothing."""
        self.fingers.wait_for("shared_exams_page")
        wait_until(lambda: status in self._statuses(), f"the status {status} in Shared Exams")
        self.look(picture)

    def edit_shared_until(self) -> None:
        """Open the invitation and choose another day beside Shared Until (R67 to R69)."""
        fingers = self.fingers
        self._open_invitation()
        self.look("invitation")
        fingers.tap("edit_shared_until")
        fingers.wait_for("edit_shared_until_page")
        fingers.tap("day_0")
        self.look("edit shared until")
        fingers.tap("save_shared_until")
        fingers.wait_for("revoke_access")
        self.look("invitation, another day")

    def revoke(self) -> None:
        """Revoke the access beside Status (R70, R76)."""
        fingers = self.fingers
        fingers.tap("revoke_access")
        fingers.wait_for("revoke_question")
        self.look("revoke question")
        fingers.tap("revoke_yes")
        wait_until(lambda: "Revoked" in self._statuses(), "the status Revoked")
        self.look("invitation revoked")
        if fingers.sees("revoke_access") or fingers.sees("edit_shared_until"):
            raise NotSeen("an end of Edit and Revoke Access")

    def open_invitation(self, number: str, code: str) -> None:
        """Open the exam as a guest, with what stands on the paper (D23)."""
        fingers = self.fingers
        fingers.tap("have_invitation")
        fingers.type(number.lower(), into="invitation_number_input")
        self.look("invitation number")
        fingers.tap("invitation_number_next")
        fingers.type(code.lower(), into="verification_code_input")
        self.look("verification code")
        fingers.tap("open_invitation")
        fingers.wait_to_read(FINDING)
        self.viewing.wait_for_thumbnails()
        self.look("guest")

    # The rest

    def look_at_the_rest(self) -> None:
        """Look at what the clinic has on file, whom to ask, and how a password is changed (R14, R18, R79)."""
        for card, page in (
            ("details", "details_page"),
            ("change_password", "change_password_page"),
            ("contact", "contact_page"),
        ):
            self.fingers.tap(card)
            self.fingers.wait_for(page)
            self.look(card.replace("_", " "))
            self.fingers.tap("back")
            self.fingers.wait_for("home")

    def ask_who_opened(self) -> None:
        """Read who opened the records, and have the list printed at the desk (D24, D19)."""
        fingers = self.fingers
        fingers.tap("who_opened")
        fingers.tap("print_who_opened")
        fingers.wait_for_notice("Collect it at the reception desk")
        self.look("who opened my records")
        fingers.tap("back")
        fingers.wait_for("home")

    def leave(self, patient: SamplePatient) -> None:
        """Leave, and see that nothing of the stay is left (D25)."""
        self.fingers.tap("leave")
        self._wait_for_nobody(patient)

    def stand_idle(self, let_pass: Callable[[float], None], patient: SamplePatient) -> None:
        """Touch nothing: a warning, an answer to it, and then the end (D25)."""
        fingers, rules = self.fingers, self.window.clinic.rules
        let_pass(rules.kiosk_idle_seconds + 1)
        fingers.wait_for("still_there")
        self.look("are you still there")
        fingers.tap("still_here")
        fingers.wait_gone("still_there")
        let_pass(rules.kiosk_idle_seconds + rules.kiosk_warning_seconds + 1)
        self._wait_for_nobody(patient)
        self.look("welcome again")

    def stand_before(self, size: tuple[int, int], *, is_large: bool) -> None:
        """Stand before another screen, perhaps with large text."""
        self._size = size
        self._prefix = ("upright" if size == UPRIGHT else "wide") + (" large" if is_large else "")
        self.window.resize(*size)
        self.fingers.settle()
        if is_large:
            self.fingers.tap("large_text")

    def pass_main_pages(self, exam_id: UUID) -> None:
        """Walk past the main pages once more, as the screen stands now."""
        fingers = self.fingers
        self.look("welcome")
        self.sign_in()
        self.open_exam(exam_id)
        fingers.wait_to_read(FINDING)
        self.viewing.wait_for_thumbnails()
        self.look("exam")
        fingers.tap("read_report")
        fingers.wait_to_read(FINDING)
        self.look("report")
        fingers.tap("back")
        self.viewing.wait_for_thumbnails()
        self.viewing.enlarge_first()
        self.look("image")
        self.viewing.tap("back")
        fingers.tap("share_exam")
        fingers.wait_for("share_with")
        self.look("share with")
        for _page in ("exam", "my_exam_page", "home"):
            fingers.tap("back")
            fingers.wait_for(_page)
        self.find_shared("Revoked", "shared exams")
        self._open_invitation()
        self.look("invitation")
        fingers.tap("leave")
        fingers.wait_for("welcome")

    # Details

    def _open_invitation(self) -> None:
        cards = [c for c in self.window.findChildren(QAbstractButton) if c.isVisible()]
        card = next((c for c in cards if c.objectName().startswith("invitation_")), None)
        if card is None:
            raise NotSeen("an invitation in Shared Exams")
        self.fingers.tap_on(card)
        self.fingers.wait_for("invitation_page")
        self.fingers.settle()

    def _statuses(self) -> list[str]:
        found: list[str] = []
        for badge in self.window.findChildren(QWidget, "status"):
            if badge.isVisible():
                found += [label.text() for label in badge.findChildren(QLabel)]
        return found

    def _is_in_reach(self, name: str) -> bool:
        widget = self.fingers.sees(name)
        if widget is None:
            return False
        hit = self.window.childAt(widget.mapTo(self.window, widget.rect().center()))
        return hit is not None and (hit is widget or widget.isAncestorOf(hit))

    def _wait_for_nobody(self, patient: SamplePatient) -> None:
        self.fingers.wait_for("welcome")
        if self.window.stay is not None:
            raise NotSeen("an end of the stay")
        wait_until(
            lambda: not any(patient.family_name in text.text() for text in self.window.findChildren(Text)),
            "a kiosk that has forgotten the patient",
        )
        self.fingers.settle()  # the next person comes a moment later
