"""The clinic's places: name, letterhead and time zone (D30)."""

from app.views.clinic import SiteRow
from ui.desk.form_dialog import Ask, FormDialog
from ui.desk.form_fields import ParagraphField
from ui.desk.key_button import KeyButton
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.manager.office_part import OfficePart
from ui.widgets.field import TextField
from ui.widgets.layout import Card, row
from ui.widgets.text import Text


class SitesPage(OfficePart):
    """Enter or a click changes a site."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "sites_page")
        self._rows: tuple[SiteRow, ...] = ()
        self._build()
        self._connect()

    def reload(self) -> None:
        """Ask what sites there are."""
        self._seat.run(
            lambda acting: acting.sites.all(),
            owner=self,
            done=self._show,
            failed=self.show_failure,
            group="look",
        )

    def _build(self) -> None:
        _ = self._
        self.add = KeyButton("site_add", _("Open a site"), "Ctrl+N", "primary", icon_name="plus")
        self.table = RowTable(
            "sites_table",
            _("Sites"),
            (_("Name"), _("Address"), _("Telephone"), _("Time zone"), _("State")),
            self._seat.surroundings.theme.colours,
            stretch=1,
        )
        self.name = Text("", "strong")
        self.change = KeyButton("site_change", _("Change"), "Alt+C", icon_name="pencil")
        self.shut = KeyButton("site_close", _("Close the site"), "Alt+D", icon_name="ban")
        self.detail = Card(self.name, gap=2, margin=2)
        self.detail.column.addLayout(row(self.change, self.shut, None))
        self.lay_out(
            _("Sites"),
            _("Name, address and telephone stand on letters. Days end at midnight of the site's time zone."),
            self.table,
            self.detail,
            beside=(self.add,),
        )
        self.detail.hide()

    def _connect(self) -> None:
        self.add.clicked.connect(lambda: self._ask(None))
        self.change.clicked.connect(lambda: self._ask(self._chosen()))
        self.shut.clicked.connect(self._on_close)
        self.table.chosen.connect(lambda _key: self._show_detail())

    def _show(self, rows: tuple[SiteRow, ...]) -> None:
        _ = self._
        self._rows = rows
        self._seat.sites = rows
        self.table.show_rows(
            [
                Line(
                    site.id,
                    (
                        Cell(site.name, is_bold=True),
                        Cell(", ".join(site.address)),
                        Cell(site.phone),
                        Cell(site.time_zone),
                        Cell(_("Closed"), "stop") if site.is_closed else Cell(_("Open"), "good"),
                    ),
                )
                for site in rows
            ]
        )
        self._show_detail()

    def _chosen(self) -> SiteRow | None:
        key = self.table.current_key()
        return next((row for row in self._rows if row.id == key), None)

    def _show_detail(self) -> None:
        site = self._chosen()
        self.detail.setVisible(site is not None)
        if site is not None:
            self.name.setText(site.name)
            self.shut.setVisible(not site.is_closed)

    def _ask(self, site: SiteRow | None) -> None:
        _ = self._
        name = TextField("name", _("Name"), longest=80)
        address = ParagraphField("address", _("Postal address"), lines=3)
        phone = TextField("phone", _("Telephone"), longest=40)
        zone = TextField("time_zone", _("Time zone"), _("As in Australia/Sydney"))
        zone.set_text(self._seat.zone)
        if site is not None:
            name.set_text(site.name)
            address.set_text("\n".join(site.address))
            phone.set_text(site.phone)
            zone.set_text(site.time_zone)

        def read() -> Ask:
            values = (name.text(), tuple(address.text().splitlines()), phone.text(), zone.text())
            if site is None:
                return lambda acting: acting.sites.add(*values)
            return lambda acting: acting.sites.change(site.id, *values)

        FormDialog(
            self._seat,
            self,
            _("Open a site") if site is None else _("Change {name}", name=site.name),
            _("It stands at the head of every letter."),
            action=_("Save"),
            fields=[name, address, phone, zone],
            read=read,
            done=lambda _row: self.reload(),
        )

    def _on_close(self) -> None:
        site = self._chosen()
        if site is None:
            return
        FormDialog(
            self._seat,
            self,
            self._("Close {name}", name=site.name),
            self._("Nobody is registered there any more. Its patients and exams stay."),
            action=self._("Close the site"),
            read=lambda: lambda acting: acting.sites.close(site.id),
            done=lambda _row: self.reload(),
            role="danger",
        )
