"""Desks and kiosks: enrolled with a code or a key that is shown once, given printers and paper, switched off."""

from uuid import UUID

from app.errors import Unavailable
from app.portal import Acting
from app.rules.access import Role
from app.views.clinic import StationRow
from app.views.people import EnrolledStation, EnrolmentCode
from ui.desk.form_dialog import Ask, FormDialog
from ui.desk.form_fields import ChoiceField, TickField
from ui.desk.key_button import KeyButton
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.manager.enrolment_dialog import EnrolmentDialog
from ui.manager.handed_in_dialog import HandedInDialog
from ui.manager.key_dialog import KeyDialog
from ui.manager.office_part import OfficePart
from ui.printing import Printer
from ui.widgets.field import TextField
from ui.widgets.layout import Card, row
from ui.widgets.text import Text


class StationsPage(OfficePart):
    """The printers of this computer are listed below with their state."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "stations_page")
        self._rows: tuple[StationRow, ...] = ()
        self._printers: list[Printer] = []
        self._build()
        self._connect()

    def reload(self) -> None:
        """Ask what stations there are, and how the printers of this computer are."""
        printers = self._seat.surroundings.printers

        def ask(acting: Acting) -> tuple[tuple[StationRow, ...], list[Printer]]:
            try:
                found = printers.list()
            except Unavailable:
                found = []
            return acting.stations.all(), found

        self._seat.run(ask, owner=self, done=self._show, failed=self.show_failure, group="look")

    def _build(self) -> None:
        _, colours = self._, self._seat.surroundings.theme.colours
        self.add = KeyButton("station_add", _("Enrol a station"), "Ctrl+N", "primary", icon_name="plus")
        self.table = RowTable(
            "stations_table",
            _("Stations"),
            (_("Name"), _("Site"), _("Kind"), _("Printers"), _("Paper"), _("Last seen")),
            colours,
            stretch=3,
        )
        self.name = Text("", "strong")
        self.change = KeyButton("station_change", _("Change"), "Alt+C", icon_name="pencil")
        self.code = KeyButton("station_code", _("New code"), "Alt+O", icon_name="key-round")
        self.revoke = KeyButton("station_revoke", _("Switch off"), "Alt+D", icon_name="ban")
        self.decide = KeyButton("station_decide", _("Decide what it handed in"), "Alt+H", "primary")
        self.detail = Card(self.name, gap=2, margin=2)
        self.detail.column.addLayout(row(self.change, self.code, self.revoke, self.decide, None))
        self.printers = RowTable(
            "printers_table", _("Printers of this computer"), (_("Printer"), _("State")), colours, stretch=0
        )
        self.no_printers = Text(
            _("This computer knows no printer, or its print service does not answer."), "quietText"
        )
        self.lay_out(
            _("Stations and printers"),
            _(
                "A station is a desk or kiosk that the clinic trusts. It enrols itself with a code that works once."
            ),
            self.table,
            self.detail,
            Text(_("Printers of this computer"), "subheading"),
            self.no_printers,
            self.printers,
            beside=(self.add,),
        )
        self.detail.hide()

    def _connect(self) -> None:
        self.add.clicked.connect(self._on_add)
        self.change.clicked.connect(self._on_change)
        self.code.clicked.connect(self._on_new_code)
        self.revoke.clicked.connect(self._on_revoke)
        self.decide.clicked.connect(self._on_decide)
        self.table.chosen.connect(lambda _key: self._show_detail())

    def _show(self, found: tuple[tuple[StationRow, ...], list[Printer]]) -> None:
        _ = self._
        self._rows, self._printers = found
        self.table.show_rows([self._line(station) for station in self._rows])
        self.no_printers.setVisible(not self._printers)
        self.printers.setVisible(bool(self._printers))
        self.printers.show_rows(
            [
                Line(
                    printer.name,
                    (
                        Cell(printer.name, is_bold=True),
                        Cell(printer.state_in(_), "stop" if printer.trouble else "good"),
                    ),
                )
                for printer in self._printers
            ]
        )
        self._show_detail()

    def _line(self, station: StationRow) -> Line:
        _ = self._
        seen = _.moment(station.last_seen_at, self._seat.zone) if station.last_seen_at else _("never")
        return Line(
            station.id,
            (
                Cell(station.name, is_bold=True),
                Cell(station.site_name),
                Cell(_("Kiosk") if station.kind == "kiosk" else _("Desk")),
                Cell(", ".join(sorted({printer for _kind, printer in station.printers})) or _("none chosen")),
                Cell(station.paper),
                self._state(station) if station.revoked_at else Cell(seen),
            ),
        )

    def _state(self, station: StationRow) -> Cell:
        if station.handed_in:
            return Cell(self._("Switched off, {n} to decide", n=station.handed_in), "wait")
        return Cell(self._("Switched off"), "stop")

    def _chosen(self) -> StationRow | None:
        key = self.table.current_key()
        return next((row for row in self._rows if row.id == key), None)

    def _show_detail(self) -> None:
        station = self._chosen()
        is_on = station is not None and station.revoked_at is None
        can_decide = station is not None and station.handed_in > 0 and self._seat.has(Role.MANAGER)
        self.detail.setVisible(is_on or can_decide)
        for button in (self.change, self.code, self.revoke):
            button.setVisible(is_on)
        self.decide.setVisible(can_decide)
        if station is not None:
            self.name.setText(f"{station.name}, {station.site_name}")

    # Doing

    def _on_add(self) -> None:
        _ = self._
        own = set(self._seat.staff.site_ids)
        places = [(site.id, site.name) for site in self._seat.sites if site.id in own and not site.is_closed]
        site: ChoiceField[UUID] = ChoiceField("site_id", _("Site"), places)
        name = TextField("name", _("Name"), _("Such as: Desk 2"), longest=80)
        kind: ChoiceField[str] = ChoiceField("kind", _("Kind"), [("desk", _("Desk")), ("kiosk", _("Kiosk"))])
        ways = [
            ("code", _("A code, typed on that computer")),
            ("key", _("A key, put into its settings file")),
        ]
        way: ChoiceField[str] = ChoiceField("way", _("How it gets in"), ways)

        def read() -> Ask:
            values, by_code = (site.value(), name.text(), kind.value()), way.value() == "code"
            return lambda acting: (acting.stations.expect if by_code else acting.stations.enrol)(*values)

        FormDialog(
            self._seat,
            self,
            _("Enrol a station"),
            _("Have that computer at hand: its code or key is shown once."),
            action=_("Enrol"),
            fields=[site, name, kind, way],
            read=read,
            done=self._on_enrolled,
        )

    def _on_enrolled(self, made: EnrolledStation | EnrolmentCode) -> None:
        self.reload()
        if isinstance(made, EnrolledStation):
            KeyDialog(self._seat, self, made)
        else:
            EnrolmentDialog(self._seat, self, made, self._server())

    def _server(self) -> str:
        """The server's address as this desk knows it, or as patients do."""
        parts = self._seat.surroundings.portal.parts
        return parts.settings.portal_url if parts.server else self._seat.clinic.public_address

    def _on_new_code(self) -> None:
        station = self._chosen()
        if station is None:
            return
        FormDialog(
            self._seat,
            self,
            self._("A new code for {name}", name=station.name),
            self._("Another computer becomes this station with it. The computer of before is out at once."),
            action=self._("Make a code"),
            read=lambda: lambda acting: acting.stations.new_code(station.id),
            done=self._on_enrolled,
        )

    def _on_change(self) -> None:
        _, station = self._, self._chosen()
        if station is None:
            return
        name = TextField("name", _("Name"), longest=80)
        name.set_text(station.name)
        chosen = dict(station.printers)
        known = sorted({printer.name for printer in self._printers} | set(chosen.values()))
        choices = [("", _("The computer's default printer")), *((found, found) for found in known)]
        kinds = {
            "activation_letter": _("Printer for activation letters"),
            "reset_slip": _("Printer for reset slips"),
            "invitation": _("Printer for invitations"),
            "report": _("Printer for reports"),
            "image_sheet": _("Printer for sheets of images"),
            "who_opened": _("Printer for lists of who looked"),
        }
        printers: dict[str, ChoiceField[str]] = {}
        for kind, words in kinds.items():
            field: ChoiceField[str] = ChoiceField(f"printer_{kind}", words, choices)
            field.choose(chosen.get(kind, ""))
            printers[kind] = field
        paper: ChoiceField[str] = ChoiceField("paper", _("Paper"), [("A4", "A4"), ("Letter", "Letter")])
        paper.choose(station.paper)
        usb = TickField("usb_download", _("Patients may download to a USB stick here"))
        usb.tick(on=station.usb_download)

        def read() -> Ask:
            found = tuple((kind, field.value()) for kind, field in printers.items() if field.value())
            values = (name.text(), found, paper.value(), usb.is_ticked())
            return lambda acting: acting.stations.change(station.id, *values)

        FormDialog(
            self._seat,
            self,
            _("Change {name}", name=station.name),
            _(
                "Printers are those of this computer. Change a station at its own desk to choose its printers."
            ),
            action=_("Save"),
            fields=[name, *printers.values(), paper, *([usb] if station.kind == "kiosk" else [])],
            read=read,
            done=self._on_changed,
        )

    def _on_changed(self, station: StationRow) -> None:
        if self._seat.station is not None and station.id == self._seat.station.id:
            self._seat.station = station
        self.reload()

    def _on_revoke(self) -> None:
        station = self._chosen()
        if station is None:
            return
        FormDialog(
            self._seat,
            self,
            self._("Switch {name} off", name=station.name),
            self._(
                "Its key stops working at once and for good. What it did while the server was away comes here, for a"
                " manager to decide. To use the computer again, enrol it anew."
            ),
            action=self._("Switch off"),
            read=lambda: lambda acting: acting.stations.revoke(station.id),
            done=lambda _none: self.reload(),
            role="danger",
        )

    def _on_decide(self) -> None:
        station = self._chosen()
        if station is not None:
            HandedInDialog(self._seat, self, station, self.reload)
