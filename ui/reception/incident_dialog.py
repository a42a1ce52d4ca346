"""What was opened with a letter that went to the wrong person (D27)."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.views.people import Incident
from ui.desk.dialog import DeskDialog
from ui.desk.key_button import KeyButton
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.page import Page
from ui.widgets.layout import column, row
from ui.widgets.text import Text


class IncidentDialog(DeskDialog):
    """Lists it, and leads to the new letter."""

    print_wanted = Signal()

    def __init__(self, seat: Seat, page: QWidget, incident: Incident) -> None:
        _ = seat.words
        self._print = KeyButton("incident_print", _("Print the new letter"), "Ctrl+P", "primary")
        self._shut = KeyButton("incident_close", _("Close"), "Esc")
        body = Page(_, seat.surroundings.background)
        body.setProperty("role", "clear")
        shown: QWidget
        if incident.opened:
            table = RowTable(
                "incident_openings",
                _("What was opened"),
                (_("When"), _("What"), _("Where")),
                seat.surroundings.theme.colours,
                stretch=1,
            )
            table.show_rows(
                [
                    Line(
                        at,
                        (
                            Cell(_.moment(opening.at, seat.zone)),
                            Cell(opening.what),
                            Cell(opening.where),
                        ),
                    )
                    for at, opening in enumerate(incident.opened)
                ]
            )
            shown = table
        else:
            shown = Text(_("Nothing was opened with it."), "strong")
        body.setLayout(column(shown, row(self._shut, None, self._print), gap=3))
        super().__init__(
            "incident_dialog",
            page,
            _,
            _("The letter was taken back"),
            _(
                "Its code is dead, and the incident stands on the To do list. This was opened with it meanwhile:"
            ),
            body=body,
        )
        self._shut.clicked.connect(self.close_dialog)
        self._print.clicked.connect(self._on_print)
        self._print.setFocus()

    def _on_print(self) -> None:
        self.close_dialog()
        self.print_wanted.emit()
