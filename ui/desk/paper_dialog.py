"""From a document to paper: two identifiers first, then the printer, then what really came of it."""

from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.errors import Unavailable
from app.ids import new_id
from ui.background import Progress
from ui.desk.dialog import DeskDialog
from ui.desk.drawer import Paper
from ui.desk.form_dialog import Form
from ui.desk.form_fields import ChoiceField, TicksField
from ui.desk.key_button import KeyButton
from ui.desk.preview import Preview
from ui.desk.seat import Seat
from ui.printing import Printer, PrintOutcome
from ui.widgets.busy_line import BusyLine
from ui.widgets.layout import row

TWO = 2


class PaperDialog(DeskDialog):
    """done: the paper is with the patient, or the dialog was closed; new_code_wanted carries the account."""

    done = Signal()
    new_code_wanted = Signal(object)  # UUID
    voided = Signal(object)  # UUID

    def __init__(self, seat: Seat, page: QWidget, paper: Paper, patient_id: UUID | None = None) -> None:
        """patient_id: whose To do list tells of a print that failed (D32)."""
        self._seat = seat
        self._ = seat.words
        self.paper = paper
        self._patient_id = patient_id
        self._printing: Progress | None = None
        self._request_id = new_id()
        self._make()
        super().__init__("paper_dialog", page, seat.words, self._heading(), self._sentence(), body=self.form)
        self.form.grown.connect(self._place)
        self._connect()
        self._show_state()
        self._ask_printers()
        if paper.checks:
            self.checks.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.print_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_dialog(self) -> None:
        """Close; what waits at the printer is cancelled, and the paper stays in the drawer while it may."""
        if self._printing is not None:
            self._printing.cancel()
        super().close_dialog()
        self.done.emit()

    # Building

    def _make(self) -> None:
        _ = self._
        labels = {
            "name": _("Name"),
            "birth_date": _("Date of birth"),
            "number": _("Patient number"),
            "photo": _("Photo identification"),
        }
        self.checks = TicksField(
            "identifiers_confirmed",
            _("Which two did the patient confirm?"),
            [
                (kind, f"{labels[kind]}: {value}" if value else labels[kind])
                for kind, value in self.paper.checks
            ],
        )
        self.printer: ChoiceField[str] = ChoiceField("printer", _("Printer"), [])
        self.busy = BusyLine(_)
        self.preview_button = KeyButton("preview_button", _("Preview"), "Ctrl+Shift+P", icon_name="eye")
        self.print_button = KeyButton("print_button", _("Print"), "Ctrl+P", "primary", icon_name="printer")
        self.over_button = KeyButton(
            "handed_over_button", _("Handed over"), "Alt+H", "primary", icon_name="check"
        )
        self.wrong_button = KeyButton("misprint_button", _("Misprinted"), "Alt+I")
        self.new_code_button = KeyButton("new_code_wanted_button", _("Make a new code"), "Alt+N", "primary")
        self.close_button = KeyButton("paper_close", _("Close"), "Esc")
        buttons = QWidget()
        line = row(
            self.close_button,
            None,
            self.preview_button,
            self.wrong_button,
            self.print_button,
            self.over_button,
            self.new_code_button,
        )
        line.setContentsMargins(0, 8, 0, 0)
        buttons.setLayout(line)
        self.form = Form(self._seat, [self.checks, self.printer, self.busy])
        self.form.column.addWidget(buttons)
        self.checks.setVisible(bool(self.paper.checks))

    def _connect(self) -> None:
        self.checks.changed.connect(self._show_state)
        self.printer.changed.connect(self._show_state)
        self.preview_button.clicked.connect(lambda: Preview(self._seat, self, self.paper.pdf))
        self.print_button.clicked.connect(self._on_print)
        self.over_button.clicked.connect(self._on_handed_over)
        self.wrong_button.clicked.connect(self._on_misprint)
        self.new_code_button.clicked.connect(self._on_new_code)
        self.close_button.clicked.connect(self.close_dialog)

    def _place(self) -> None:
        self.form.fit(round(self.window().height() * 0.62))
        super()._place()

    def _heading(self) -> str:
        _ = self._
        return {
            "activation_letter": _("Activation letter for {name}", name=self.paper.name),
            "reset_slip": _("Password-reset slip for {name}", name=self.paper.name),
            "invitation": _("Invitation of {name}", name=self.paper.name),
            "report": _("Report of {name}", name=self.paper.name),
            "image_sheet": _("Images of {name}", name=self.paper.name),
            "who_opened": _("Who opened the records of {name}", name=self.paper.name),
            "print_request": _("Asked for at the kiosk by {name}", name=self.paper.name),
        }[self.paper.kind]

    def _sentence(self) -> str:
        if self.paper.has_code:
            return self._(
                "Before this leaves the printer, ask the patient for two identifiers. Whoever holds the code can use it."
            )
        if self.paper.checks:
            return self._("Ask the patient for two identifiers before you hand it over.")
        return self._("Choose the printer.")

    # State

    @property
    def _is_printed(self) -> bool:
        return self._seat.drawer.find(self.paper.about) is not self.paper

    def _is_confirmed(self) -> bool:
        return not self.paper.checks or len(self.checks.values()) >= TWO

    def _show_state(self) -> None:
        is_printed, is_printing = self._is_printed, self._printing is not None
        is_too_old = not is_printed and not self._seat.drawer.may_print(self.paper)
        self.print_button.setVisible(not is_printed and not is_too_old)
        self.print_button.setEnabled(
            self._is_confirmed() and not is_printing and bool(self.printer.input.count())
        )
        self.preview_button.setVisible(not is_printed and not is_too_old)
        self.preview_button.setEnabled(self._is_confirmed())
        self.over_button.setVisible(is_printed)
        self.wrong_button.setVisible(is_printed and self.paper.kind == "activation_letter")
        self.new_code_button.setVisible(is_too_old and self.paper.kind == "activation_letter")
        self.checks.setEnabled(not is_printed and not is_printing)
        self.printer.setEnabled(not is_printed and not is_printing)

    def _ask_printers(self) -> None:
        printers = self._seat.surroundings.printers
        self._seat.surroundings.background.run(
            printers.list, owner=self, done=self._show_printers, failed=self._on_no_printers
        )

    def _show_printers(self, found: list[Printer]) -> None:
        chosen = dict(self._seat.station.printers) if self._seat.station else {}
        self.printer.set_choices(
            [(printer.name, f"{printer.name} – {printer.state_in(self._)}") for printer in found]
        )
        self.printer.choose(chosen.get(self.paper.kind, ""))
        if not found:
            self.form.notices.say(
                "stop",
                self._(
                    "This computer knows no printer. Ask IT to connect one; the code stays valid meanwhile."
                ),
            )
        self._show_state()

    def _on_no_printers(self, error: Exception) -> None:
        self.form.show_failure(error)
        self._show_state()

    # Printing

    def _on_print(self) -> None:
        self.form.notices.clear()
        if not self._seat.drawer.may_print(self.paper):
            self._seat.drawer.drop(self.paper.about)
            self._say_too_old()
            return
        printers, printer, pdf = self._seat.surroundings.printers, self.printer.value(), self.paper.pdf
        title = self._("Letter") if self.paper.has_code else self._("Document")
        progress = Progress(lambda _done, _total: None)
        self._printing = progress
        self.busy.start(self._("Sending to {printer}", printer=printer), progress.cancel)
        self._show_state()
        self._seat.surroundings.background.run(
            lambda: printers.print_pdf(printer, pdf, title, cancelled=progress.cancelled),
            owner=self,
            done=self._on_outcome,
            failed=self._on_print_failed,
            progress=progress,
        )

    def _on_outcome(self, outcome: PrintOutcome) -> None:
        self._printing = None
        self.busy.stop()
        if outcome.result == "printed":
            self._seat.drawer.drop(self.paper.about)
            self._record(is_printed=True)
            self.form.notices.say(
                "good",
                self._(
                    "{printer} has printed it. Look at it, then hand it over.", printer=self.printer.value()
                ),
            )
            self._show_state()
            self.over_button.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if outcome.result == "cancelled":
            self.form.notices.say("wait", self._("Printing was cancelled. Nothing came out."))
        elif outcome.reason is not None:
            self._record(is_printed=False)
            self.form.notices.say("stop", " ".join((self._.error(outcome.reason), *self._until())))
        self._show_state()
        self.print_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _until(self) -> list[str]:
        if not self.paper.has_code:
            return []
        until = self._seat.drawer.ends_at(self.paper)
        moment = self._.moment(until, self._seat.zone)
        return [
            self._("You can print it again until {moment}; after that a new code is made.", moment=moment)
        ]

    def _say_too_old(self) -> None:
        self.form.notices.say(
            "wait",
            self._(
                "This was made too long ago to be printed again. Make a new code; the old one stops working."
            ),
        )
        self.print_button.hide()
        self.preview_button.hide()
        self.over_button.hide()
        self.new_code_button.setVisible(self.paper.kind == "activation_letter")
        self.new_code_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_print_failed(self, error: Exception) -> None:
        self._printing = None
        self.busy.stop()
        self._record(is_printed=False)
        if isinstance(error, Unavailable):
            self.form.notices.say("stop", " ".join((self._.error(error), *self._until())))
        else:
            self.form.show_failure(error)
        self._show_state()

    def _record(self, *, is_printed: bool) -> None:
        """Let a failure stand on the To do list until it is printed (D32); the notice tells it here at once."""
        kind, patient_id = self.paper.kind, self._patient_id
        if patient_id is None:
            return
        self._seat.run(
            lambda acting: (
                acting.print_requests.printed(kind, patient_id)
                if is_printed
                else acting.print_requests.failed(kind, patient_id)
            ),
            owner=self._seat,
            done=lambda _none: None,
            failed=lambda _error: None,
        )

    # Afterwards

    def _on_handed_over(self) -> None:
        about, confirmed, kind = self.paper.about, self.checks.values(), self.paper.kind
        if kind not in {"activation_letter", "print_request"}:
            self.close_dialog()
            return
        self.over_button.setEnabled(False)
        self._seat.run(
            lambda acting: (
                acting.accounts.handed_over(about, confirmed)
                if kind == "activation_letter"
                else acting.print_requests.handed_over(about, confirmed)
            ),
            owner=self,
            done=lambda _none: self.close_dialog(),
            failed=self._on_handed_over_failed,
            request_id=self._request_id,
        )

    def _on_handed_over_failed(self, error: Exception) -> None:
        self.over_button.setEnabled(True)
        self.form.show_failure(error)

    def _on_misprint(self) -> None:
        about = self.paper.about
        self.close_dialog()
        self.voided.emit(about)

    def _on_new_code(self) -> None:
        about = self.paper.about
        self.close_dialog()
        self.new_code_wanted.emit(about)
