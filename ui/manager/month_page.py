"""A month's numbers, without names, on the screen and as CSV."""

from datetime import date
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QFileDialog

from app.clinic import month_csv
from app.errors import N_, Unavailable
from app.rules.calendar import add_months
from app.views.work import MonthPage
from ui.desk.form_fields import ChoiceField
from ui.desk.key_button import KeyButton
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.manager.office_part import OfficePart
from ui.widgets.layout import Card, row
from ui.widgets.text import Text


class MonthView(OfficePart):
    """Back and forth by months; one site or all."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "month_page")
        today = seat.surroundings.portal.parts.clock().astimezone(ZoneInfo(seat.zone)).date()
        self._first = date(today.year, today.month, 1)
        self._page: MonthPage | None = None
        self._build()
        self._connect()

    def reload(self) -> None:
        """Ask for the month's numbers."""
        year, month, site = self._first.year, self._first.month, self.site.value()
        self._seat.run(
            lambda acting: acting.clinic.month(year, month, site),
            owner=self,
            done=self._show,
            failed=self.show_failure,
            group="look",
        )

    def _build(self) -> None:
        _ = self._
        self.before = KeyButton("month_before", _("Month before"), "Alt+Left", icon_name="chevron-left")
        self.after = KeyButton("month_after", _("Month after"), "Alt+Right", icon_name="chevron-right")
        self.month = Text("", "subheading", wraps=False)
        self.month.setObjectName("month_name")
        sites: list[tuple[UUID | None, str]] = [(None, _("All sites"))]
        sites += [(site.id, site.name) for site in self._seat.sites]
        self.site: ChoiceField[UUID | None] = ChoiceField("site_id", _("Site"), sites)
        self.table = RowTable(
            "month_table",
            _("The month's numbers"),
            (_("What"), _("How many")),
            self._seat.surroundings.theme.colours,
        )
        self.csv = KeyButton("month_csv", _("Save as CSV"), "Ctrl+S", icon_name="download")
        card = Card(row(self.before, self.month, self.after, None), gap=2, margin=2)
        self.lay_out(
            _("Month"),
            _("Numbers only: no names, so that the page can be passed on."),
            card,
            self.site,
            self.table,
            beside=(self.csv,),
            widest=720,
        )

    def _connect(self) -> None:
        self.before.clicked.connect(lambda: self._go(-1))
        self.after.clicked.connect(lambda: self._go(1))
        self.site.changed.connect(self.reload)
        self.csv.clicked.connect(self._on_csv)

    def _go(self, months: int) -> None:
        self._first = add_months(self._first, months)
        self.reload()

    def _show(self, page: MonthPage) -> None:
        _ = self._
        self._page = page
        # The date's own catalogue entries, without its day.
        self.month.setText(_.date(date(page.year, page.month, 1)).partition(" ")[2])
        numbers = (
            (_("Accounts created"), page.accounts_created),
            (_("Accounts activated"), page.accounts_activated),
            (_("SMS sent"), page.sms_sent),
            (_("SMS failed"), page.sms_failed),
            (_("Invitations"), page.invitations),
            (_("Invitations opened"), page.invitations_opened),
            (_("Exams past their retention period"), page.exams_past_retention),
        )
        self.table.show_rows([Line(words, (Cell(words), Cell(str(n), is_bold=True))) for words, n in numbers])

    def _on_csv(self) -> None:
        page = self._page
        if page is None:
            return
        dialog = QFileDialog(self, self._("Save as CSV"))
        dialog.setObjectName("month_save")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"{page.year}-{page.month:02}.csv")
        dialog.fileSelected.connect(lambda path: self._save(Path(path), page))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _save(self, path: Path, page: MonthPage) -> None:
        text = month_csv(page, self._)

        def write() -> None:
            try:
                path.write_text(text, encoding="utf-8", newline="")
            except OSError:
                raise Unavailable(
                    "not_saved", N_("The file could not be saved there. Choose another folder.")
                ) from None

        self.background.run(
            write,
            owner=self,
            done=lambda _none: self.notices.say("good", self._("Saved as {name}.", name=path.name)),
            failed=self.show_failure,
        )
