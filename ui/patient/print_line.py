"""Printing at the kiosk, or asking the desk to print, and the honest word of what became of it (D19)."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.documents import PaperStyle
from app.words import Words
from ui.background import Progress
from ui.notices import NoticeBar
from ui.patient.touch_page import Kiosk
from ui.printing import PrintOutcome
from ui.widgets.button import Button

Document = Callable[[PaperStyle, Words], bytes]


class PrintLine(QWidget):
    """A line that says how printing goes, with a button to print again where that helps.

    kind: which of the station's printers, and which request to the desk ("invitation", "who_opened").
    """

    def __init__(
        self, kiosk: Kiosk, kind: str, patient_id: UUID, failed: Callable[[Exception], None]
    ) -> None:
        super().__init__()
        self._kiosk, self._kind, self._patient_id, self._failed = kiosk, kind, patient_id, failed
        self._ = kiosk.surroundings.words
        self._document: Document | None = None
        self.notices = NoticeBar(self._, self)
        self.again = Button(self._("Print again"), icon_name="printer")
        self.again.setObjectName("print_again")
        self.again.clicked.connect(self._start)
        self.again.hide()
        self.at_desk = Button(self._("Ask reception to print it"), icon_name="printer")
        self.at_desk.setObjectName("print_at_desk")
        self.at_desk.clicked.connect(self._on_at_desk)
        self.at_desk.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.notices)
        column.addWidget(self.again, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.at_desk, alignment=Qt.AlignmentFlag.AlignLeft)

    @property
    def printer(self) -> str:
        """The kiosk's printer for this kind of document; none: the desk prints."""
        return dict(self._kiosk.station.printers).get(self._kind, "")

    def print_document(self, document: Document) -> None:
        """Print it, or hand it to the desk."""
        self._document = document
        self._start()

    def stop(self) -> None:
        """Cancel what is still on its way, and forget the document."""
        self._kiosk.surroundings.background.cancel_all(self)
        self._document = None

    def _start(self) -> None:
        document = self._document
        if document is None:
            return
        self.again.hide()
        self.at_desk.hide()
        make = partial(document, self._style(), self._)
        if self.printer:
            self._print(make)
        else:
            self._ask_desk(make)

    def _on_at_desk(self) -> None:
        if self._document is not None:
            self.again.hide()
            self.at_desk.hide()
            self._ask_desk(partial(self._document, self._style(), self._))

    def _style(self) -> PaperStyle:
        return PaperStyle("Letter" if self._kiosk.station.paper == "Letter" else "A4", latin_letters=True)

    def _print(self, make: Callable[[], bytes]) -> None:
        printer, printers = self.printer, self._kiosk.surroundings.printers
        self.notices.say("wait", self._("Printing. Please wait a moment."))
        progress = Progress(lambda _done, _total: None)

        def work() -> PrintOutcome:
            return printers.print_pdf(
                printer,
                make(),
                self._("Patient portal"),
                cancelled=progress.cancelled,
                progress=lambda _printer: None,
            )

        self._kiosk.surroundings.background.run(
            work, owner=self, done=self._show_outcome, failed=self._failed, progress=progress
        )

    def _ask_desk(self, make: Callable[[], bytes]) -> None:
        acting = self._kiosk.acting()
        self.notices.say("wait", self._("We are asking the reception desk to print this."))
        self._kiosk.surroundings.background.run(
            lambda: acting.print_requests.ask(self._kind, make(), self._patient_id),
            owner=self,
            done=self._show_asked,
            failed=self._on_failed,
        )

    def _on_failed(self, error: Exception) -> None:
        self.notices.clear()
        self.again.show()
        self._failed(error)

    def _show_asked(self, _request_id: UUID) -> None:
        self.notices.say(
            "good",
            self._(
                "Collect it at the reception desk within {minutes} minutes. They will ask your name and date of birth.",
                minutes=self._kiosk.clinic.rules.print_request_minutes,
            ),
        )

    def _show_outcome(self, outcome: PrintOutcome) -> None:
        self.again.show()
        if outcome.result == "printed":
            self.notices.say("good", self._("It is printed. Please take it from the printer beside you."))
            return
        self._tell_desk()
        self.at_desk.show()
        if outcome.reason is not None:
            self.notices.say("stop", self._.error(outcome.reason))
        else:
            self.notices.say("stop", self._("It was not printed. Please ask at the reception desk."))

    def _tell_desk(self) -> None:
        """Put it on the desk's To do list (D32); where that fails too, the words above still say what to do."""
        acting, kind, patient_id = self._kiosk.acting(), self._kind, self._patient_id
        self._kiosk.surroundings.background.run(
            lambda: acting.print_requests.failed(kind, patient_id),
            owner=self._kiosk.surroundings.background,
            done=lambda _: None,
            failed=lambda _: None,
        )
