"""Employees: who they are, what they may do and where; one-time passwords are shown once."""

from uuid import UUID

from app.errors import N_, Invalid
from app.rules.access import CLINIC_ROLES, Role
from app.views.people import OneTimePassword, StaffRow
from app.words import Words
from ui.desk.form_dialog import Ask, FormDialog
from ui.desk.form_fields import TickField, TicksField
from ui.desk.key_button import KeyButton
from ui.desk.questions import ask_reason
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.manager.office_part import OfficePart
from ui.manager.one_time_dialog import OneTimeDialog
from ui.widgets.field import TextField
from ui.widgets.layout import Card, row
from ui.widgets.text import Text


class StaffPage(OfficePart):
    """The line under the cursor says more below the list, with what can be done."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat, "staff_page")
        self._rows: tuple[StaffRow, ...] = ()
        self._build()
        self._connect()

    def reload(self) -> None:
        """Ask who there is."""
        self._seat.run(
            lambda acting: acting.staff.all(),
            owner=self,
            done=self._show,
            failed=self.show_failure,
            group="look",
        )

    def _build(self) -> None:
        _ = self._
        self.add = KeyButton("staff_add", _("Add an employee"), "Ctrl+N", "primary", icon_name="user-plus")
        self.table = RowTable(
            "staff_table",
            _("Staff"),
            (_("Name"), _("User name"), _("Roles"), _("Sites"), _("State")),
            self._seat.surroundings.theme.colours,
            stretch=2,
        )
        self.name = Text("", "strong")
        self.change = KeyButton("staff_change", _("Change"), "Alt+C", icon_name="pencil")
        self.reset = KeyButton("staff_reset", _("New one-time password"), "Alt+P", icon_name="key-round")
        self.disable = KeyButton("staff_disable", _("Disable"), "Alt+D", icon_name="ban")
        self.enable = KeyButton("staff_enable", _("Enable"), "Alt+E", icon_name="check")
        self.detail = Card(self.name, gap=2, margin=2)
        self.detail.column.addLayout(row(self.change, self.reset, self.disable, self.enable, None))
        self.lay_out(
            _("Staff"),
            _("Everybody signs in with their own user name. Roles say what they may do, sites where."),
            self.table,
            self.detail,
            beside=(self.add,),
        )
        self.detail.hide()

    def _connect(self) -> None:
        self.add.clicked.connect(lambda: self._ask(None))
        self.change.clicked.connect(lambda: self._ask(self._chosen()))
        self.reset.clicked.connect(self._on_reset)
        self.disable.clicked.connect(self._on_disable)
        self.enable.clicked.connect(self._on_enable)
        self.table.chosen.connect(lambda _key: self._show_detail())

    def _show(self, rows: tuple[StaffRow, ...]) -> None:
        self._rows = rows
        sites = {site.id: site.name for site in self._seat.sites}
        self.table.show_rows([self._line(row, sites) for row in rows])
        self._show_detail()

    def _line(self, staff: StaffRow, sites: dict[UUID, str]) -> Line:
        _ = self._
        if staff.is_disabled:
            state = Cell(_("Disabled"), "stop")
        elif staff.must_change_password:
            state = Cell(_("Has a one-time password"), "wait")
        else:
            state = Cell(_("Active"), "good")
        return Line(
            staff.id,
            (
                Cell(staff.full_name, is_bold=True),
                Cell(staff.user_name),
                Cell(", ".join(role_word(_, role) for role in staff.roles)),
                Cell(", ".join(sites.get(site_id, "—") for site_id in staff.site_ids)),
                state,
            ),
        )

    def _chosen(self) -> StaffRow | None:
        key = self.table.current_key()
        return next((row for row in self._rows if row.id == key), None)

    def _show_detail(self) -> None:
        staff = self._chosen()
        self.detail.setVisible(staff is not None)
        if staff is not None:
            self.name.setText(f"{staff.full_name} ({staff.user_name})")
            self.disable.setVisible(not staff.is_disabled)
            self.enable.setVisible(staff.is_disabled)

    # Doing

    def _ask(self, staff: StaffRow | None) -> None:
        _ = self._
        least = self._seat.clinic.rules.user_name_min
        user_name = TextField(
            "user_name", _("User name"), _("At least {least} letters or digits", least=least), longest=64
        )
        full_name = TextField("full_name", _("Full name"), longest=120)
        roles: TicksField[Role] = TicksField(
            "roles", _("Roles"), [(role, role_sentence(_, role)) for role in CLINIC_ROLES]
        )
        open_sites = [(site.id, site.name) for site in self._seat.sites if not site.is_closed]
        sites: TicksField[UUID] = TicksField("site_ids", _("Sites"), open_sites)
        elsewhere = TickField(
            "may_search_other_sites",
            _("May search the patients of other sites"),
            _("Each search is recorded."),
        )
        if staff is None:
            if len(open_sites) == 1:
                sites.tick([open_sites[0][0]])
        else:
            full_name.set_text(staff.full_name)
            roles.tick(staff.roles)
            sites.tick(staff.site_ids)
            elsewhere.tick(on=staff.may_search_other_sites)

        def read() -> Ask:
            values = (full_name.text(), roles.values(), sites.values(), elsewhere.is_ticked())
            if staff is None:
                name = user_name.text()
                if not name:
                    raise Invalid("missing", N_("Please fill this in."), field="user_name")
                return lambda acting: acting.staff.add(name, *values)
            return lambda acting: acting.staff.change(staff.id, *values)

        def done(result: OneTimePassword | StaffRow) -> None:
            self.reload()
            if isinstance(result, OneTimePassword):
                OneTimeDialog(self._seat, self, result, full_name.text())

        FormDialog(
            self._seat,
            self,
            _("Add an employee") if staff is None else _("Change {name}", name=staff.full_name),
            _("They sign in first with a one-time password, which is shown once.")
            if staff is None
            else _("In force from their next step on."),
            action=_("Add") if staff is None else _("Save"),
            fields=[*([user_name] if staff is None else []), full_name, roles, sites, elsewhere],
            read=read,
            done=done,
        )

    def _on_reset(self) -> None:
        staff = self._chosen()
        if staff is None:
            return
        FormDialog(
            self._seat,
            self,
            self._("New one-time password for {name}", name=staff.full_name),
            self._("Their old password stops working, and they are signed out everywhere."),
            action=self._("Make it"),
            read=lambda: lambda acting: acting.staff.reset_password(staff.id),
            done=lambda made: self._on_made(made, staff.full_name),
        )

    def _on_made(self, made: OneTimePassword, full_name: str) -> None:
        self.reload()
        OneTimeDialog(self._seat, self, made, full_name)

    def _on_disable(self) -> None:
        staff = self._chosen()
        if staff is not None:
            ask_reason(
                self._seat,
                self,
                self._("Disable {name}", name=staff.full_name),
                self._("They can sign in no more and are signed out now. What they did stays on record."),
                self._("Disable"),
                lambda acting, reason: acting.staff.disable(staff.id, reason),
                lambda _none: self.reload(),
            )

    def _on_enable(self) -> None:
        staff = self._chosen()
        if staff is not None:
            self._seat.run(
                lambda acting: acting.staff.enable(staff.id),
                owner=self,
                done=lambda _none: self.changed(self._("{name} can sign in again.", name=staff.full_name)),
                failed=self.show_failure,
            )


def role_word(words: Words, role: Role) -> str:
    """Return a role in a word."""
    _ = words
    return {
        Role.RECEPTION: _("Reception"),
        Role.CLINICAL: _("Clinical"),
        Role.MANAGER: _("Manager"),
        Role.PRIVACY: _("Privacy"),
        Role.IT: _("IT"),
    }.get(role, role.value)


def role_sentence(words: Words, role: Role) -> str:
    """Return a role with what it may do."""
    _ = words
    return {
        Role.RECEPTION: _("Reception: patients, accounts, letters, imports"),
        Role.CLINICAL: _("Clinical: reads, withholds, releases and withdraws reports"),
        Role.MANAGER: _("Manager: staff, sites, settings, unblocking, the month"),
        Role.PRIVACY: _("Privacy: who looked at what, and nothing else"),
        Role.IT: _("IT: stations and printers, no patient data"),
    }[role]
