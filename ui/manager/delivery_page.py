"""How e-mails and SMS go out, as numbers: for IT, who may know no patient (D26)."""

from app.views.work import DeliveryRow
from ui.desk.key_button import KeyButton
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.manager.office_part import OfficePart
from ui.widgets.text import Text


class DeliveryPage(OfficePart):
    """One line for each site and channel."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "delivery_page")
        self._build()

    def reload(self) -> None:
        """Count again."""
        self._seat.run(
            lambda acting: acting.messages.delivery(),
            owner=self,
            done=self._show,
            failed=self.show_failure,
            group="look",
        )

    def _build(self) -> None:
        _ = self._
        self.table = RowTable(
            "delivery_table",
            _("Delivery"),
            (_("Site"), _("By"), _("Waiting"), _("Waiting since"), _("Failed"), _("Unclear"), _("Last sent")),
            self._seat.surroundings.theme.colours,
            stretch=0,
        )
        self.none = Text(_("Nothing has been sent yet."), "quietText")
        self.none.setObjectName("delivery_none")
        self.none.hide()
        self.again = KeyButton("delivery_again", _("Look again"), "F5", icon_name="rotate-cw")
        self.again.clicked.connect(self.reload)
        self.lay_out(
            _("Delivery"),
            _(
                "Numbers only. Failed and unclear are those of the last seven days;"
                " the desk of each site finds them on its To do list."
            ),
            self.none,
            self.table,
            beside=(self.again,),
        )

    def _show(self, rows: tuple[DeliveryRow, ...]) -> None:
        self.none.setVisible(not rows)
        self.table.setVisible(bool(rows))
        self.table.show_rows([self._line(row) for row in rows])

    def _line(self, row: DeliveryRow) -> Line:
        _, zone = self._, self._seat.zone
        since = _.moment(row.waiting_since, zone) if row.waiting_since else ""
        last = _.moment(row.last_sent_at, zone) if row.last_sent_at else _("never")
        return Line(
            (row.site_name, row.channel),
            (
                Cell(row.site_name, is_bold=True),
                Cell(_("SMS") if row.channel == "sms" else _("E-mail")),
                Cell(str(row.waiting), "wait") if row.waiting else Cell("0"),
                Cell(since),
                Cell(str(row.failed), "stop") if row.failed else Cell("0"),
                Cell(str(row.unclear), "wait") if row.unclear else Cell("0"),
                Cell(last),
            ),
        )
