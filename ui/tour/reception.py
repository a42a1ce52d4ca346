"""What staff do at the desk, with keyboard, mouse and files."""

from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox

from app.imaging.phantoms import SamplePatient
from app.practice import PASSWORD
from ui.desk.key_button import KeyButton
from ui.desk.row_table import RowTable
from ui.tour.clinic import DESK
from ui.tour.hands import ALT, CTRL, SHIFT, DeskHands, NotSeen, wait_until
from ui.tour.report import Report

KEY = Qt.Key
REPORT = (
    "CLINICAL NOTES\nCough for three weeks.\n\nFINDINGS\nThe lungs are clear. The heart is of normal size. There is no"
    " fluid around the lungs.\n\nCONCLUSION\nNo sign of pneumonia."
)
FINDING = "The lungs are clear."


class AtDesk:
    """One window, whoever sits before it."""

    def __init__(self, hands: DeskHands, report: Report) -> None:
        self.hands = hands
        self._report = report

    def look(self, name: str) -> None:
        """Take a picture once everything stands still."""
        self.hands.settle()
        self._report.picture(self.hands.window, f"desk {name}", DESK)

    # Coming and going

    def sign_in(self, user_name: str, picture: str = "") -> None:
        """Sign in with the keyboard."""
        hands = self.hands
        hands.wait_for("sign_in_user_name")
        hands.settle()
        hands.type(user_name)
        hands.press(KEY.Key_Return)
        hands.type(PASSWORD)
        if picture:
            self.look(picture)
        hands.press(KEY.Key_Return)
        hands.wait_for("status_line")
        hands.settle()

    def sign_out(self) -> None:
        """Sign out by its key."""
        self.hands.press(KEY.Key_Q, CTRL | SHIFT)
        self.hands.wait_for("sign_in_user_name")

    def lock_and_unlock(self) -> None:
        """Lock the screen, see that nothing of a patient is left on it, and unlock."""
        hands = self.hands
        hands.press(KEY.Key_L, CTRL)
        hands.wait_for("unlock_password")
        self.look("locked screen")
        if hands.sees("patient_page"):
            raise NotSeen("a lock that hides the patient")
        hands.type(PASSWORD)
        hands.press(KEY.Key_Return)
        hands.wait_gone("unlock_password")

    # Patient, account, letter

    def register(self, patient: SamplePatient) -> None:
        """Register a patient from the search box on, without the mouse."""
        hands = self.hands
        self.look("nobody found yet")
        hands.type(f"{patient.given_name} {patient.family_name}")
        hands.wait_to_read("Nobody was found")
        self.look("search without a result")
        hands.press(KEY.Key_N, CTRL)
        hands.wait_for("register_save")
        self.look("register, names taken over")
        hands.type(f"{patient.birth_date:%d%m%Y}")
        for text in (patient.patient_id, "nora@example.org", "0491 570 156"):
            hands.press(KEY.Key_Return)
            hands.type(text)
        hands.press(KEY.Key_Return)
        hands.type("12 Long Lane\nSydney NSW 2000")
        hands.wait_to_read("Nobody of this name and birth date is registered here.")
        self.look("register, filled in")
        hands.press(KEY.Key_Return, CTRL)
        hands.wait_for("account_section")
        self.look("patient, new")

    def open_patient(self, patient: SamplePatient) -> None:
        """Find a patient by the number on a label, as a scanner types it."""
        hands = self.hands
        hands.press(KEY.Key_F2)
        hands.type(patient.patient_id)
        hands.press(KEY.Key_Return)
        hands.wait_for("account_section")
        hands.settle()

    def create_account(self) -> None:
        """Make the account; how identity was checked is recorded."""
        hands = self.hands
        hands.press(KEY.Key_A, ALT)
        hands.wait_for("form_dialog")
        hands.type("Driver licence")
        self.look("create account")
        hands.press(KEY.Key_Return)
        hands.wait_for("paper_dialog")
        self.look("letter, before two identifiers")

    def print_paper(self, name: str) -> None:
        """Confirm two identifiers, look at the preview, print."""
        hands = self.hands
        dialog = hands.wait_for("paper_dialog")
        boxes = [box for box in dialog.findChildren(QCheckBox) if box.isVisible()]
        for box in boxes[:2]:
            box.setFocus(Qt.FocusReason.TabFocusReason)
            hands.press(KEY.Key_Space)
        hands.press(KEY.Key_P, CTRL | SHIFT)
        hands.wait_for("preview_dialog")
        self.look(f"{name}, preview")
        hands.press(KEY.Key_Escape)
        hands.wait_gone("preview_dialog")
        hands.press(KEY.Key_P, CTRL)
        hands.wait_for_notice("has printed it")
        self.look(f"{name}, printed")

    def hand_over(self) -> None:
        """Give the paper to the patient and say so."""
        self.hands.press(KEY.Key_H, ALT)
        self.hands.wait_gone("paper_dialog")

    # Images

    def drop_the_wrong_images(self, folder: Path) -> None:
        """Drop somebody else's images by mistake; the desk asks, and nothing is imported."""
        hands = self.hands
        before = self._exams()
        hands.drop("patient_page", folder)
        hands.wait_for_notice("may be another patient's")
        self.look("import, another patient")
        if hands.wait_for("import_take").isEnabled():
            raise NotSeen("an import that waits for a reason")
        hands.press(KEY.Key_Escape)
        hands.wait_gone("import_dialog")
        hands.settle()
        if self._exams() != before:
            raise NotSeen("an import that was called off")

    def drop_images(self, path: Path, picture: str) -> UUID:
        """Drop files on the patient, give a reason where they differ; return the exam with the most images."""
        hands = self.hands
        before = set(self._exams())
        hands.drop("patient_page", path)
        wait_until(lambda: bool(hands.notice()), f"what was found, {hands.where()}", 300)
        if "another patient" in hands.notice():
            hands.type("Anonymous phantom: compared with the request form")
        self.look(f"import, {picture}")
        hands.press(KEY.Key_Return, CTRL)
        wait_until(lambda: "imported" in hands.notice(), f"the end of the import, {hands.where()}", 300)
        self.look(f"import, {picture}, done")
        hands.press(KEY.Key_Escape)
        hands.wait_gone("import_dialog")
        wait_until(lambda: bool(set(self._exams()) - before), "the exam that was imported")
        new = {key: count for key, count in self._exams().items() if key not in before}
        return max(new, key=lambda key: new[key])

    def look_at_images(self, exam_id: UUID) -> None:
        """Open the viewer at the desk, and go on by key."""
        hands = self.hands
        self.open_exam(exam_id)
        hands.press(KEY.Key_O, ALT)
        viewer = hands.wait_for("viewer")
        wait_until(lambda: viewer.is_ready and viewer.shown is not None, "the first image")  # type: ignore[attr-defined]  # a Viewer
        hands.press(KEY.Key_Right)
        self.look("images")
        hands.press(KEY.Key_Escape)
        hands.wait_gone("viewer")
        self.close_exam()

    # Reports

    def attach_report(self, exam_id: UUID) -> None:
        """Type the radiologist's text in."""
        hands = self.hands
        self.open_exam(exam_id)
        self.look("exam, no report")
        hands.press(KEY.Key_A, ALT)
        hands.wait_for("form_dialog")
        hands.fill_in("author", "Dr Jo Lind")
        hands.fill_in("text", REPORT)
        self.look("attach a report")
        hands.click("form_yes")
        hands.wait_gone("form_dialog")
        hands.wait_for("report_card")
        self.look("exam, report attached")

    def record_referrer(self) -> None:
        """Record to whom the report went first."""
        hands = self.hands
        hands.press(KEY.Key_S, ALT)
        hands.wait_for("form_dialog")
        hands.type("Dr Sara Lindqvist")
        self.look("sent to the referring doctor")
        hands.press(KEY.Key_Return)
        hands.wait_gone("form_dialog")
        hands.wait_to_read("Dr Sara Lindqvist by secure messaging")
        self.look("exam, doctor has the report")

    def report_complete(self) -> None:
        """Tell the patient by SMS; the 48 hours are shown once it is out."""
        hands = self.hands
        hands.press(KEY.Key_C, ALT)
        hands.wait_to_read("The patient can read it from")
        self.look("exam, 48 hours run")
        self.close_exam()

    def release_early(self, exam_id: UUID) -> None:
        """Release the report before its time, with a reason; the clinical role alone may."""
        hands = self.hands
        self.open_exam(exam_id)
        self.look("exam as a doctor sees it")
        hands.press(KEY.Key_E, ALT)
        hands.wait_for("form_dialog")
        hands.type("The patient travels tomorrow, results discussed by telephone")
        self.look("release early")
        hands.click("form_yes")
        hands.wait_gone("form_dialog")
        hands.wait_to_read("Patient can read it")
        self.look("exam, released")

    def open_exam(self, exam_id: UUID) -> None:
        """Click an exam in the list."""
        hands = self.hands
        table = hands.find(RowTable, "exams_table")
        row = next(at for at, line in enumerate(table.lines) if line.key == exam_id)
        hands.click_row("exams_table", row)
        hands.wait_for("exam_view")
        hands.settle()

    def close_exam(self) -> None:
        """Go back to the patient's sections."""
        self.hands.press(KEY.Key_Escape)
        self.hands.wait_gone("exam_view")

    # What is shown

    def go_to(self, section: int, picture: str) -> None:
        """Go to a section by its key."""
        self.hands.press(Qt.Key(KEY.Key_0 + section), CTRL)
        self.look(picture)

    def invitation_state(self) -> str:
        """Return what the first line of the invitations says."""
        table = self.hands.sees("invitations_table")
        lines = table.lines if isinstance(table, RowTable) else ()
        return lines[0].cells[2].text if lines else ""

    def wait_for_message(self, what: str, state: str) -> None:
        """Wait until Messages says what became of one."""
        table = self.hands.find(RowTable, "messages_table")
        wait_until(
            lambda: any((line.cells[1].text, line.cells[3].text) == (what, state) for line in table.lines),
            f"{what}: {state}",
        )

    def work_through_to_do(self) -> None:
        """Print what somebody asked for at the kiosk, and hand it over."""
        hands = self.hands
        hands.press(KEY.Key_F3)
        hands.wait_for("prints_table")
        self.look("to do")
        hands.click_row("prints_table", 0)
        hands.wait_for("paper_dialog")
        self.print_paper("asked for at the kiosk")
        self.hand_over()
        self.look("to do, done")

    def walk_through_rooms(self, who: str) -> None:
        """Look into every room that the role may enter, and into every part of the office."""
        for room in self._buttons("room_"):
            self.hands.click(room)
            self.look(f"{who}, {room.removeprefix('room_')}")
            for part in self._buttons("office_"):
                self.hands.click(part)
                self.look(f"{who}, {part.replace('_', ', ')}")

    def search_the_audit(self) -> None:
        """Ask who did what in the last month, whoever it was about."""
        self.hands.press(KEY.Key_Return, CTRL)
        self.hands.wait_to_read("Robin Reyes")
        self.look("privacy, who looked")

    def _buttons(self, start: str) -> list[str]:
        found = [
            button.objectName() for button in self.hands.window.findChildren(KeyButton) if button.isVisible()
        ]
        return [name for name in found if name.startswith(start)]

    def _exams(self) -> dict[UUID, int]:
        """Return the exams in the list, each with its number of images."""
        table = self.hands.window.findChild(RowTable, "exams_table")
        assert table is not None
        return {UUID(str(line.key)): int(line.cells[3].text) for line in table.lines}
