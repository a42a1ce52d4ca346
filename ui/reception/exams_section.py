"""The patient's exams in a list: when, what, how many images, and how far each report has come."""

from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal

from app.rules.access import Role
from app.rules.report_release import ReportState
from app.views.desk import DeskExam, PatientPage
from app.views.exams import ReportRow
from app.words import Words
from ui.desk.key_button import KeyButton
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.reception.section import AT_SERVER, Section
from ui.widgets.status import StatusKind
from ui.widgets.text import Text

KINDS: dict[ReportState, StatusKind] = {
    ReportState.PRELIMINARY: "quietText",
    ReportState.AWAITING: "wait",
    ReportState.HELD: "stop",
    ReportState.WAITING: "wait",
    ReportState.VISIBLE: "good",
    ReportState.WITHDRAWN: "stop",
}


class ExamsSection(Section):
    """opened carries the exam that was chosen."""

    opened = Signal(object)  # UUID
    import_wanted = Signal()

    def __init__(self, seat: Seat) -> None:
        _ = seat.words
        super().__init__("exams_section", _("Exams"), "Ctrl+2")
        self._ = seat.words
        self.table = RowTable(
            "exams_table",
            _("Exams"),
            (_("Date"), _("Exam"), _("Site"), _("Images"), _("Report")),
            seat.surroundings.theme.colours,
            stretch=1,
        )
        self.first = self.table
        self.table.opened.connect(self.opened)
        self._none = Text("", "quietText")
        import_button = KeyButton("import_button", _("Import images"), "Alt+I", icon_name="folder-open")
        import_button.clicked.connect(self.import_wanted)
        self.add_button(import_button)
        import_button.setVisible(seat.has(Role.RECEPTION, Role.CLINICAL))
        self.column.addWidget(self._none)
        self.column.addWidget(self.table)

    def show_page(self, page: PatientPage) -> None:
        """Show the exams as they are now."""
        _ = self._
        none = _("No exams yet. Drop a folder, ZIP or disc here to import one.")
        self._none.setText(_(AT_SERVER) if page.is_copy else none)
        self._none.setVisible(not page.exams)
        self.table.setVisible(bool(page.exams))
        self.table.show_rows([self._row(exam) for exam in page.exams])

    def _row(self, desk: DeskExam) -> Line:
        _, exam = self._, desk.exam
        if exam.is_withheld:
            state = Cell(_("Exam withheld"), "stop")
        elif not desk.reports:
            state = Cell(_("No report yet"), "quietText")
        else:
            newest = max(desk.reports, key=lambda report: report.authored_at)
            state = Cell(state_word(_, newest), KINDS[newest.state])
        return Line(
            exam.id,
            (
                Cell(_.date(exam.performed_at.astimezone(ZoneInfo(exam.time_zone)).date())),
                Cell(_(exam.title), is_bold=True),
                Cell(exam.site_name),
                Cell(str(exam.image_count)),
                state,
            ),
        )

    def choose(self, exam_id: UUID) -> None:
        """Put the cursor on an exam."""
        self.table.choose(exam_id)


def state_word(words: Words, report: ReportRow) -> str:
    """Return in a few words how far a report has come."""
    _ = words
    return {
        ReportState.PRELIMINARY: _("Preliminary"),
        ReportState.AWAITING: _("Waits for Report Complete"),
        ReportState.HELD: _("Withheld"),
        ReportState.WAITING: _("The waiting time runs"),
        ReportState.VISIBLE: _("Patient can read it"),
        ReportState.WITHDRAWN: _("Withdrawn"),
    }[report.state]
