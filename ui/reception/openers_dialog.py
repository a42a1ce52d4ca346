"""Who has opened a report, for speaking to them after it was withdrawn (D28)."""

from PySide6.QtWidgets import QWidget

from app.views.exams import ExamRow, ReportOpener, ReportRow
from ui.desk.dialog import DeskDialog
from ui.desk.key_button import KeyButton
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.page import Page
from ui.widgets.layout import column, row
from ui.widgets.text import Text


def show_openers(seat: Seat, page: QWidget, exam: ExamRow, report: ReportRow) -> DeskDialog:
    """Show the list, and fill it in when the portal has answered."""
    _ = seat.words
    body = Page(_, seat.surroundings.background)
    body.setProperty("role", "clear")
    table = RowTable(
        "openers_table",
        _("Who opened it"),
        (_("When"), _("Who"), _("How")),
        seat.surroundings.theme.colours,
        stretch=1,
    )
    none = Text(_("Nobody has opened it."), "strong")
    none.hide()
    close = KeyButton("openers_close", _("Close"), "Esc")
    body.setLayout(column(body.notices, none, table, row(None, close)))
    dialog = DeskDialog(
        "openers_dialog",
        page,
        _,
        _("Who opened this report"),
        _("Speak to them if it was withdrawn."),
        body=body,
    )
    close.clicked.connect(dialog.close_dialog)
    close.setFocus()

    def show(openers: tuple[ReportOpener, ...]) -> None:
        none.setVisible(not openers)
        table.setVisible(bool(openers))
        table.show_rows(
            [
                Line(
                    at,
                    (
                        Cell(_.moment(opener.at, exam.time_zone)),
                        Cell(opener.who),
                        Cell(_("printed or downloaded it") if opener.took_away else _("read it")),
                    ),
                )
                for at, opener in enumerate(openers)
            ]
        )

    seat.run(
        lambda acting: acting.reports.openers(report.id), owner=dialog, done=show, failed=body.show_failure
    )
    return dialog
