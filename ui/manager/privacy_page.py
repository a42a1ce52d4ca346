"""For the privacy role: what was done to whose data, and "Who opened my records" on paper (D24)."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt

from app import documents
from app.errors import Invalid
from app.portal import Acting
from app.views.people import PatientRow
from app.views.work import AuditReport, AuditRow
from ui.desk.drawer import Paper
from ui.desk.key_button import KeyButton
from ui.desk.paper_dialog import PaperDialog
from ui.desk.patient_field import PatientField
from ui.desk.questions import needed_date, paper_style
from ui.desk.rolling import rolling
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.manager.audit_words import verb_words
from ui.page import Page
from ui.widgets.date_field import DateField
from ui.widgets.layout import Card, column, row
from ui.widgets.text import Text

DAYS = 30
AT_ONCE = 100


class PrivacyPage(Page):
    """Every search here is recorded too."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat.words, seat.surroundings.background)
        self.setObjectName("privacy_page")
        self._seat = seat
        self._rows: tuple[AuditRow, ...] = ()
        self._build()
        self._connect()

    def begin(self) -> None:
        """Put the cursor where typing begins."""
        self.patient.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self) -> None:
        _ = self._
        today = self._seat.surroundings.portal.parts.clock().astimezone(ZoneInfo(self._seat.zone)).date()
        self.patient = PatientField(
            self._seat,
            "audit_patient",
            _("Whose records?"),
            _("Empty means everybody's. Looking for a patient is recorded."),
            find=_find,
        )
        self.from_day = DateField(_, "from_day", _("From"))
        self.from_day.set_date(today - timedelta(days=DAYS))
        self.until_day = DateField(_, "until_day", _("Until"))
        self.until_day.set_date(today)
        self.search = KeyButton("audit_search", _("Search"), "Ctrl+Return", "primary", icon_name="search")
        self.more = KeyButton("audit_more", _("Older ones"), "Alt+O")
        self.print_button = KeyButton(
            "audit_print", _("Print who opened these records"), "Ctrl+P", icon_name="printer"
        )
        self.verify = KeyButton("audit_verify", _("Check that nothing is missing"), "Alt+V")
        self.table = RowTable(
            "audit_table",
            _("What was done"),
            (_("When"), _("Who"), _("What"), _("Patient"), _("Where"), _("Outcome")),
            self._seat.surroundings.theme.colours,
            stretch=2,
        )
        self.said = Text("", "quietText")
        self.said.setObjectName("audit_said")
        self.detail = Text("", "quietText")
        self.detail.setObjectName("audit_detail")
        card = Card(self.patient, gap=2, margin=2)
        card.column.addLayout(row(self.from_day, self.until_day, None, gap=3))
        card.column.addLayout(row(self.search, self.print_button, None, self.verify))
        area = rolling(
            self._seat.surroundings.theme,
            Text(_("Who looked"), "heading"),
            Text(_("Every opening, print and change is on record. So are the searches here."), "quietText"),
            self.notices,
            card,
            self.said,
            self.table,
            self.detail,
            row(self.more, None),
            gap=2,
        )
        self.setLayout(column(area))
        for widget in (self.table, self.more, self.said):
            widget.hide()
        self.print_button.setEnabled(False)

    def _connect(self) -> None:
        self.search.clicked.connect(lambda: self._search(None))
        self.more.clicked.connect(lambda: self._search(self._rows[-1].number if self._rows else None))
        self.print_button.clicked.connect(self._on_print)
        self.verify.clicked.connect(self._on_verify)
        self.patient.changed.connect(lambda: self.print_button.setEnabled(self.patient.patient() is not None))
        self.table.chosen.connect(lambda _key: self._show_detail())

    # Searching

    def _span(self) -> tuple[date, date] | None:
        try:
            return needed_date(self.from_day), needed_date(self.until_day)
        except Invalid as error:
            self.show_failure(error)
            return None

    def _search(self, before: int | None) -> None:
        self.notices.clear()
        span = self._span()
        if span is None:
            return
        from_day, until_day = span
        patient = self.patient.patient()
        patient_id = patient.id if patient else None
        self._seat.run(
            lambda acting: acting.audit.search(from_day, until_day, patient_id=patient_id, before=before),
            owner=self,
            done=lambda rows: self._show(rows, is_more=before is not None),
            failed=self.show_failure,
            group="search",
        )

    def _show(self, rows: tuple[AuditRow, ...], *, is_more: bool) -> None:
        _ = self._
        self._rows = (*self._rows, *rows) if is_more else rows
        self.table.show_rows([self._line(found) for found in self._rows])
        self.table.setVisible(bool(self._rows))
        self.more.setVisible(len(rows) == AT_ONCE)
        self.said.show()
        self.said.setText(
            _.count("{n} entry", "{n} entries", len(self._rows))
            if self._rows
            else _("Nothing is on record for this time.")
        )
        self._show_detail()

    def _line(self, found: AuditRow) -> Line:
        _ = self._
        outcome = {
            "done": Cell(_("done"), "good"),
            "refused": Cell(_("refused"), "wait"),
            "denied": Cell(_("not allowed"), "stop"),
        }.get(found.outcome, Cell(found.outcome))
        return Line(
            found.number,
            (
                Cell(_.moment(found.at, self._seat.zone)),
                Cell(found.who, is_bold=True),
                Cell(verb_words(_, found.verb)),
                Cell(found.patient_name),
                Cell(found.where),
                outcome,
            ),
        )

    def _show_detail(self) -> None:
        key = self.table.current_key()
        found = next((row for row in self._rows if row.number == key), None)
        parts = () if found is None else (str(found.number), found.verb, found.detail)
        self.detail.setText(" · ".join(part for part in parts if part))

    # Paper and proof

    def _on_print(self) -> None:
        self.notices.clear()
        span, patient = self._span(), self.patient.patient()
        if span is None or patient is None:
            return
        from_day, until_day = span
        words, style = self._, paper_style(self._seat)
        now = self._seat.surroundings.portal.parts.clock()

        def make(acting: Acting) -> Paper:
            found = acting.audit.who_opened(patient.id, from_day, until_day)
            return Paper(
                "who_opened", patient.id, documents.who_opened(found, style, words), now, patient.full_name
            )

        self._seat.run(make, owner=self, done=self._print, failed=self.show_failure)

    def _print(self, paper: Paper) -> None:
        self._seat.drawer.put(paper)
        PaperDialog(self._seat, self, paper)

    def _on_verify(self) -> None:
        self._seat.run(
            lambda acting: acting.audit.verify(),
            owner=self,
            done=self._show_report,
            failed=self.show_failure,
        )

    def _show_report(self, report: AuditReport) -> None:
        if report.broken:
            first = report.broken[0]
            self.notices.say(
                "stop",
                self._("The record is broken from entry {n} on. Tell whoever is responsible.", n=first),
            )
        else:
            self.notices.say(
                "good", self._("The record is whole: {n} entries follow one from the other.", n=report.events)
            )


def _find(acting: Acting, text: str) -> tuple[PatientRow, ...]:
    return acting.audit.find_patient(text)
