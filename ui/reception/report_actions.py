"""What the desk does with a report: each action asks first, then records it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.ids import new_id
from app.portal import Acting
from app.rules.access import Role
from app.views.exams import ExamRow, ReportRow
from app.views.people import PatientRow
from ui.desk.drawer import Paper
from ui.desk.questions import ask_reason
from ui.desk.seat import Seat
from ui.reception import report_forms as forms
from ui.reception.account_forms import checks_of
from ui.reception.openers_dialog import show_openers
from ui.reception.read_dialog import ReadDialog

Act = Callable[[ExamRow, ReportRow], object]


class ReportActions(QObject):
    """paper: something to print; changed: look at the patient again; said: a sentence for the notice line."""

    paper = Signal(object)  # Paper
    changed = Signal()
    said = Signal(str)
    failed = Signal(object)  # Exception

    def __init__(self, seat: Seat, page: QWidget, patient: PatientRow) -> None:
        super().__init__(page)
        self._seat = seat
        self._patient = patient
        self._page = page
        self._ = seat.words
        self._actions: dict[str, Act] = {
            "finalise": self._finalise,
            "sent": self._sent,
            "no_referrer": self._no_referrer,
            "complete": self._complete,
            "again": self._again,
            "told": self._told,
            "by_ris": self._by_ris,
            "read": self._read,
            "print": self._print,
            "hold_report": self._hold,
            "end_hold": self._end_hold,
            "release": self._release,
            "withdraw": self._withdraw,
            "openers": self._openers,
        }

    def do(self, action: str, exam: ExamRow, report: ReportRow) -> None:
        """Do what the button of this name says."""
        self._actions[action](exam, report)

    def _now(self, work: Callable[[Acting], object], sentence: str) -> None:
        """Do something that needs no question."""

        def done(_row: object) -> None:
            self.said.emit(sentence)
            self.changed.emit()

        def failed(error: Exception) -> None:
            self.failed.emit(error)
            self.changed.emit()  # a refusal may have put something on the To do list

        self._seat.run(work, owner=self, done=done, failed=failed, request_id=new_id())

    def _on_changed(self, _row: object) -> None:
        self.changed.emit()

    def _finalise(self, _exam: ExamRow, report: ReportRow) -> None:
        self._now(
            lambda acting: acting.reports.finalise(report.id),
            self._("The report is final now. Send it to the referring doctor next."),
        )

    def _complete(self, _exam: ExamRow, report: ReportRow) -> None:
        self._now(
            lambda acting: acting.reports.complete(report.id),
            self._("Done. If there is no mobile number, it stands on the To do list now."),
        )

    def _again(self, _exam: ExamRow, report: ReportRow) -> None:
        message_id = report.message_id
        if message_id is not None:
            self._now(
                lambda acting: acting.messages.resend(message_id),
                self._("Report Complete is on its way again, to the mobile number on file now."),
            )

    def _sent(self, exam: ExamRow, report: ReportRow) -> None:
        forms.ask_sent(self._seat, self._page, exam, report, self._on_changed)

    def _by_ris(self, exam: ExamRow, report: ReportRow) -> None:
        forms.ask_by_ris(self._seat, self._page, exam, report, self._on_changed)

    def _no_referrer(self, _exam: ExamRow, report: ReportRow) -> None:
        self._ask(
            self._("There is no referring doctor"),
            self._("The report then goes to the patient without a doctor having it first."),
            self._("Record it"),
            lambda acting, reason: acting.reports.no_referrer(report.id, reason),
        )

    def _told(self, _exam: ExamRow, report: ReportRow) -> None:
        self._ask(
            self._("The patient was told another way"),
            self._("The waiting time begins now, as it does with the SMS."),
            self._("Record it"),
            lambda acting, way: acting.reports.told_otherwise(report.id, way),
            field="way",
            label=self._("How was the patient told?"),
        )

    def _read(self, exam: ExamRow, report: ReportRow) -> None:
        if self._seat.has(Role.CLINICAL):
            self._show(exam, report, "")
            return
        self._ask_because(
            self._("Read this report"),
            self._("Reception opens a report only for a reason. The reason is recorded."),
            self._("Read"),
            lambda because: self._show(exam, report, because),
        )

    def _show(self, exam: ExamRow, report: ReportRow, because: str) -> None:
        ReadDialog(self._seat, self._page, exam, report, because)

    def _print(self, exam: ExamRow, report: ReportRow) -> None:
        if self._seat.has(Role.CLINICAL):
            self._make_paper(exam, report, "")
            return
        self._ask_because(
            self._("Print this report"),
            self._(
                "Reception prints a report only for a reason, such as: the patient asks for it. It is recorded."
            ),
            self._("Go on"),
            lambda because: self._make_paper(exam, report, because),
        )

    def _make_paper(self, exam: ExamRow, report: ReportRow, because: str) -> None:
        station = self._seat.station
        paper = station.paper if station else "A4"
        clock = self._seat.surroundings.portal.parts.clock
        words, name = self._seat.words, exam.patient_name
        checks = checks_of(self._patient, words)

        def make(acting: Acting) -> Paper:
            pdf = acting.reports.document(report.id, paper, because=because, words=words)
            return Paper("report", report.id, pdf, clock(), name, checks)

        self._seat.run(make, owner=self, done=self.paper.emit, failed=self.failed.emit)

    def _hold(self, _exam: ExamRow, report: ReportRow) -> None:
        forms.ask_hold(
            self._seat,
            self._page,
            self._("Withhold this report"),
            self._("The patient sees that it is unavailable and is asked to speak to the referring doctor."),
            lambda acting, ground, day: acting.reports.hold(report.id, ground, day),
            self._on_changed,
        )

    def _end_hold(self, _exam: ExamRow, report: ReportRow) -> None:
        forms.ask_end_hold(
            self._seat,
            self._page,
            self._("End the withholding of this report"),
            lambda acting, reason: acting.reports.end_hold(report.id, reason),
            self._on_changed,
        )

    def _release(self, _exam: ExamRow, report: ReportRow) -> None:
        self._ask(
            self._("Release this report early"),
            self._("The patient can read it at once, without the waiting time."),
            self._("Release"),
            lambda acting, reason: acting.reports.release_early(report.id, reason),
        )

    def _withdraw(self, _exam: ExamRow, report: ReportRow) -> None:
        ask_reason(
            self._seat,
            self._page,
            self._("Withdraw this report"),
            self._(
                "It is taken back for good, in open visits too. Patient and guests read that it was withdrawn, and those"
                " who opened it are listed on the To do list."
            ),
            self._("Withdraw the report"),
            lambda acting, reason: acting.reports.withdraw(report.id, reason),
            self._on_changed,
        )

    def _openers(self, exam: ExamRow, report: ReportRow) -> None:
        show_openers(self._seat, self._page, exam, report)

    def _ask(
        self,
        heading: str,
        sentence: str,
        action: str,
        ask: Callable[[Acting, str], object],
        *,
        field: str = "reason",
        label: str = "",
    ) -> None:
        ask_reason(
            self._seat,
            self._page,
            heading,
            sentence,
            action,
            ask,
            self._on_changed,
            role="primary",
            field=field,
            label=label,
        )

    def _ask_because(self, heading: str, sentence: str, action: str, then: Callable[[str], None]) -> None:
        forms.ask_because(self._seat, self._page, heading, sentence, action, then)
