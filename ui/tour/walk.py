"""The way of the tour, step by step: from an empty clinic to an invitation that is revoked."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from app.rules.codes import read_code
from ui.tour.clinic import KIOSK, NORA, UPRIGHT, TourClinic
from ui.tour.guest import AtHome
from ui.tour.hands import NotSeen, wait_until
from ui.tour.papers import FolderPrinters
from ui.tour.patient import AtKiosk
from ui.tour.reception import AtDesk
from ui.tour.report import Report
from ui.tour.web import Browser

RECEPTION, DOCTOR, PATIENT, GUEST, MANAGER = "reception", "doctor", "patient", "guest", "manager"
CODE = re.compile(r"\b[0-9A-Z]{4}[-‑][0-9A-Z]{4}[-‑][0-9A-Z]{4}\b")


class Walk:
    """Keeps what one person hands to the next: papers, codes, which exam."""

    def __init__(
        self, clinic: TourClinic, report: Report, printers: FolderPrinters, imported: Path | None
    ) -> None:
        self._clinic, self._report, self._printers = clinic, report, printers
        self._imported = imported
        self._desk = AtDesk(clinic.open_desk(), report)
        self._kiosk = AtKiosk(clinic.open_kiosk(), report)
        self._browser = Browser(clinic.address)
        self._home = AtHome(self._browser, report)
        self._exam: UUID | None = None
        self._code = ""
        self._number = ""

    def go(self) -> None:
        """Take every step; raises Broken at the first that goes wrong."""
        try:
            for who, what, do in self._steps():
                self._report.step(who, what, do)
        finally:
            self._browser.close()

    def _steps(self) -> list[tuple[str, str, Callable[[], None]]]:
        desk, kiosk, home = self._desk, self._kiosk, self._home
        return [
            (RECEPTION, "signs in with the keyboard", lambda: desk.sign_in("reception", "sign in")),
            (RECEPTION, "registers the patient", lambda: desk.register(NORA)),
            (RECEPTION, "creates the account", desk.create_account),
            (RECEPTION, "prints the activation letter after two identifiers", self._print_letter),
            (RECEPTION, "hands the letter over", self._hand_letter_over),
            (RECEPTION, "is stopped before importing another patient's images", self._drop_the_wrong_images),
            (RECEPTION, "imports images by dropping them on the patient", self._import),
            (RECEPTION, "looks at the images", lambda: desk.look_at_images(self._the_exam())),
            (RECEPTION, "attaches the report", lambda: desk.attach_report(self._the_exam())),
            (RECEPTION, "records the referring doctor", desk.record_referrer),
            (RECEPTION, "sets Report Complete, and the 48 hours begin", desk.report_complete),
            (PATIENT, "presses Activate Account in the e-mail, at home", self._press_activate),
            (PATIENT, "activates the account with the letter, by touch", self._activate),
            (PATIENT, "signs in", lambda: kiosk.sign_in(is_known=True)),
            (PATIENT, "opens the exam: Report is Unavailable, images are there", self._open_early),
            (PATIENT, "swipes, pinches and brightens the images", kiosk.look_at_images),
            (PATIENT, "downloads the images by a square code", kiosk.download_images),
            (DOCTOR, "releases the report early", self._release),
            (PATIENT, "sees the report appear by itself, and reads it", self._read_report),
            (PATIENT, "shares the exam on paper", self._share),
            (PATIENT, "finds the invitation Active", lambda: kiosk.find_shared("Active", "shared exams")),
            (RECEPTION, "sees the invitation at the desk", self._see_invitation),
            (GUEST, "opens the link, which spends nothing", lambda: home.open_link(self._number)),
            (GUEST, "opens the exam with number and code", lambda: home.type_code(self._number, self._code)),
            (GUEST, "fetches images and report", home.look_at_images),
            (PATIENT, "sees the invitation turn to Viewed by itself, once", self._see_viewed),
            (RECEPTION, "sees it too", self._see_viewed_at_desk),
            (PATIENT, "leaves, and the kiosk forgets", lambda: kiosk.leave(NORA)),
            (
                GUEST,
                "opens the exam at the kiosk",
                lambda: kiosk.open_invitation(self._number, self._code),
            ),
            (GUEST, "leaves", lambda: kiosk.leave(NORA)),
            (PATIENT, "edits Shared Until", self._edit),
            (PATIENT, "revokes the access", kiosk.revoke),
            (GUEST, "is refused at the next request", home.be_refused),
            (PATIENT, "asks for a list of who opened the records", self._ask_who_opened),
            (PATIENT, "looks at personal details, and whom to ask", kiosk.look_at_the_rest),
            (PATIENT, "stands idle: a warning, then the kiosk forgets", self._stand_idle),
            (RECEPTION, "prints at the desk what was asked for at the kiosk", self._to_do),
            (RECEPTION, "looks at account, exams, invitations and messages", self._look_at_sections),
            (RECEPTION, "locks the screen and unlocks it", desk.lock_and_unlock),
            (MANAGER, "looks into every room", lambda: self._rooms("manager")),
            ("privacy", "looks into every room", lambda: self._rooms("privacy")),
            ("technician", "looks into every room", lambda: self._rooms("technician")),
            (
                PATIENT,
                "walks past the main pages on an upright screen",
                lambda: self._again(UPRIGHT),
            ),
            (PATIENT, "walks past them with large text", lambda: self._again(KIOSK, is_large=True)),
            (PATIENT, "walks past them with both", lambda: self._again(UPRIGHT, is_large=True)),
        ]

    # Steps that hand something on

    def _print_letter(self) -> None:
        paper = self._expect("letter.pdf")
        self._desk.print_paper("letter")
        (self._code,) = self._codes_on(paper, 1)

    def _hand_letter_over(self) -> None:
        self._desk.hand_over()
        self._desk.hands.wait_to_read("The letter was handed over")
        self._desk.look("patient, letter handed over")
        self._desk.wait_for_message("E-mail with the Activate Account button", "Sent")
        self._desk.go_to(4, "messages, e-mail sent")

    def _press_activate(self) -> None:
        self._clinic.server.wait()
        (mail,) = self._clinic.messages("eml")
        self._home.press_activate(mail.read_bytes(), self._code)

    def _drop_the_wrong_images(self) -> None:
        self._desk.drop_the_wrong_images(self._clinic.images("another"))

    def _import(self) -> None:
        self._desk.drop_images(self._clinic.images("hand"), "hand")
        self._exam = self._desk.drop_images(self._imported or self._clinic.images("chest"), "exam")
        self._desk.go_to(2, "exams")

    def _activate(self) -> None:
        self._kiosk.activate(self._code, NORA)

    def _open_early(self) -> None:
        self._kiosk.open_exam(self._the_exam())
        self._kiosk.find_report_unavailable("exam, report is complete")

    def _release(self) -> None:
        self._desk.sign_out()
        self._desk.sign_in("doctor")
        self._desk.open_patient(NORA)
        self._desk.release_early(self._the_exam())
        self._desk.sign_out()

    def _read_report(self) -> None:
        self._kiosk.read_report()

    def _share(self) -> None:
        paper = self._expect("invitation.pdf")
        self._kiosk.share_on_paper()
        self._number, self._code = self._codes_on(paper, 2)

    def _see_invitation(self) -> None:
        self._desk.sign_in("reception")
        self._desk.open_patient(NORA)
        self._desk_says("Active")
        self._desk.hands.wait_to_read("nora@example.org (proved)")
        self._desk.go_to(3, "invitations, active")

    def _see_viewed(self) -> None:
        self._kiosk.wait_for_shared("Viewed", "shared exams, viewed")
        self._kiosk.fingers.wait_to_read("Opened 1 of 10 times")

    def _see_viewed_at_desk(self) -> None:
        self._desk_says("Viewed")
        self._desk.look("invitations, viewed")

    def _edit(self) -> None:
        self._kiosk.sign_in()
        self._kiosk.find_shared("Viewed", "shared exams, opened twice")
        self._kiosk.fingers.wait_to_read("Opened 2 of 10 times")
        self._kiosk.edit_shared_until()

    def _ask_who_opened(self) -> None:
        for page in ("shared_exams_page", "home"):
            self._kiosk.fingers.tap("back")
            self._kiosk.fingers.wait_for(page)
        self._kiosk.ask_who_opened()

    def _stand_idle(self) -> None:
        self._kiosk.stand_idle(self._clinic.clock.let_pass, NORA)

    def _to_do(self) -> None:
        self._expect("who-opened.pdf")
        self._desk.work_through_to_do()

    def _look_at_sections(self) -> None:
        self._desk.open_patient(NORA)
        self._desk_says("Revoked")
        self._desk.look("patient")
        self._desk.wait_for_message("Report Complete SMS", "Sent")
        self._desk.go_to(4, "patient, messages")
        if len(self._clinic.messages("txt")) != 1:
            raise NotSeen("one Report Complete SMS")

    def _rooms(self, user_name: str) -> None:
        self._desk.sign_out()
        self._desk.sign_in(user_name)
        self._desk.walk_through_rooms(user_name)
        if user_name == "privacy":
            self._desk.search_the_audit()

    def _again(self, size: tuple[int, int], *, is_large: bool = False) -> None:
        self._kiosk.stand_before(size, is_large=is_large)
        self._kiosk.pass_main_pages(self._the_exam())

    # Details

    def _the_exam(self) -> UUID:
        assert self._exam is not None, "images are imported before anybody looks at them"
        return self._exam

    def _desk_says(self, state: str) -> None:
        wait_until(lambda: self._desk.invitation_state() == state, f"{state} at the desk")

    def _expect(self, name: str) -> Path:
        path = self._report.paper(name)
        self._printers.expect(path)
        return path

    def _codes_on(self, paper: Path, count: int) -> list[str]:
        """Read the codes on a paper, as somebody who holds it would; raises NotSeen."""
        wait_until(paper.exists, f"the paper {paper.name}")
        words = self._clinic.portal.parts.imaging.pdf_text(paper.read_bytes())
        found = list(dict.fromkeys(CODE.findall(words)))
        if len(found) != count:
            raise NotSeen(f"{count} codes on {paper.name}, not {len(found)}")
        for code in found:
            read_code(code)  # raises ValueError when it is none
        return found

    def keep_messages(self) -> None:
        """Keep the e-mails and SMS that were sent beside the papers."""
        for kind in ("eml", "txt"):
            for number, message in enumerate(self._clinic.messages(kind), start=1):
                shutil.copyfile(message, self._report.paper(f"message-{number}.{kind}"))
