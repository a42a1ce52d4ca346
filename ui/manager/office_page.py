"""The office: staff, sites, stations, delivery, settings and the month, each on a page of its own."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from app.rules.access import Role
from ui.desk.key_button import KeyButton
from ui.desk.seat import Seat
from ui.manager.clinic_page import ClinicPage
from ui.manager.delivery_page import DeliveryPage
from ui.manager.month_page import MonthView
from ui.manager.office_part import OfficePart
from ui.manager.sites_page import SitesPage
from ui.manager.staff_page import StaffPage
from ui.manager.stations_page import StationsPage
from ui.page import Page
from ui.widgets.layout import column, row

WIDTH = 256


class OfficePage(Page):
    """IT sees the stations and how messages go out (D26)."""

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat.words, seat.surroundings.background)
        self.setObjectName("office_page")
        self._seat = seat
        self._parts: dict[str, tuple[KeyButton, OfficePart]] = {}
        self._build()

    def begin(self) -> None:
        """Show the part that was shown last, as it is now."""
        shown = next((name for name, (button, _part) in self._parts.items() if button.isChecked()), None)
        self.enter(shown or next(iter(self._parts)))

    def enter(self, name: str) -> None:
        """Show a part."""
        for other, (button, _part) in self._parts.items():
            button.setChecked(other == name)
        self._stack.setCurrentIndex(list(self._parts).index(name))
        self._parts[name][1].begin()

    def _build(self) -> None:
        _, seat = self._, self._seat
        made: list[tuple[str, str, str, Callable[[Seat], OfficePart]]] = []
        if seat.has(Role.MANAGER):
            made += [
                ("staff", _("Staff"), "users", StaffPage),
                ("sites", _("Sites"), "map-pin", SitesPage),
            ]
        made.append(("stations", _("Stations and printers"), "monitor", StationsPage))
        if seat.has(Role.MANAGER):
            made += [
                ("clinic", _("Clinic settings"), "settings", ClinicPage),
                ("month", _("Month"), "chart-column", MonthView),
            ]
        made.append(("delivery", _("Delivery"), "send", DeliveryPage))
        self._stack = QStackedWidget()
        menu = QFrame()
        menu.setProperty("role", "header")
        menu.setMinimumWidth(seat.surroundings.theme.size(WIDTH))
        buttons: list[QWidget] = []
        for at, (name, words, icon, make) in enumerate(made, start=1):
            button = KeyButton(f"office_{name}", words, f"Ctrl+{at}", "quiet", icon_name=icon)
            button.setCheckable(True)
            button.begin_left()
            button.clicked.connect(partial(self._on_chosen, name))
            part = make(seat)
            self._parts[name] = (button, part)
            self._stack.addWidget(part)
            buttons.append(button)
        menu.setLayout(column(*buttons, None, gap=1, margin=2))
        body = row(menu, self._stack, gap=0)
        body.setStretch(1, 1)
        self.setLayout(body)

    def _on_chosen(self, name: str, _checked: object = None) -> None:
        self.enter(name)
