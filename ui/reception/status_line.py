"""The quiet line at the bottom: which station this is, how its printer is, how it stands to the clinic's server."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame

from app.errors import Unavailable
from app.portal import Acting
from app.views.outbox import DeskLine
from ui.desk.seat import Seat
from ui.printing import Printer
from ui.widgets.layout import row
from ui.widgets.status import StatusBadge
from ui.widgets.text import Text

EVERY_MS = 15_000
LINE_EVERY_MS = 2_000  # it costs two counts in the desk's own file


class StatusLine(QFrame):
    """Looks every quarter of a minute while it is shown; changed: the server went, came, or refused something."""

    changed = Signal()

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat
        self._before: tuple[bool, int] | None = None
        self._ = seat.words
        self.setObjectName("status_line")
        self.setProperty("role", "footer")
        station = seat.station
        where = (
            self._("{station}, {site}", station=station.name, site=station.site_name)
            if station
            else self._("This computer is not enrolled as a station")
        )
        self.station = Text(where, "quietText", wraps=False)
        self.printer = Text("", "quietText", wraps=False)
        self.printer.setObjectName("status_printer")
        self.server = StatusBadge(self._("Looking"), "quietText")
        self.server.setObjectName("status_server")
        line = row(self.station, self.printer, None, self.server, gap=3)
        line.setContentsMargins(16, 4, 16, 4)
        self.setLayout(line)
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._line_timer = QTimer(self, interval=LINE_EVERY_MS)
        self._line_timer.timeout.connect(self._look_at_line)

    def start(self) -> None:
        """Begin to look."""
        self._timer.start()
        if self._seat.surroundings.portal.desk is not None:
            self._line_timer.start()
        self.look()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()
        self._line_timer.stop()
        self._seat.surroundings.background.cancel_all(self)

    def look(self) -> None:
        """Ask printers and portal how they are."""
        printers = self._seat.surroundings.printers

        def state() -> list[Printer] | None:
            try:
                return printers.list()
            except Unavailable:
                return None

        self._seat.surroundings.background.run(
            state, owner=self, done=self._show_printers, failed=lambda _error: None, group="printers"
        )
        if self._seat.surroundings.portal.desk is not None:
            self._look_at_line()
            return
        self._seat.run(
            _ask_anything,
            owner=self,
            done=lambda _sites: self.server.show_status(self._("Database answers"), "good"),
            failed=lambda _error: self.server.show_status(self._("Database does not answer"), "stop"),
            group="server",
        )

    def _look_at_line(self) -> None:
        desk = self._seat.surroundings.portal.desk
        assert desk is not None
        self._seat.surroundings.background.run(
            desk.line, owner=self, done=self._show_line, failed=lambda _error: None, group="line"
        )

    def _show_line(self, line: DeskLine) -> None:
        _ = self._
        if line.is_online:
            word = _("Online, {n} being handed over", n=line.waiting) if line.waiting else _("Online")
            self.server.show_status(word, "good")
        elif line.offline_since is None:
            self.server.show_status(_("The server does not answer"), "stop")
        else:
            since = _.moment(line.offline_since, self._seat.zone)
            self.server.show_status(
                _("Offline since {since}, {n} waiting", since=since, n=line.waiting), "wait"
            )
        now = (line.is_online, line.attention)
        if self._before is not None and now != self._before:
            self.changed.emit()
        self._before = now

    def _show_printers(self, found: list[Printer] | None) -> None:
        if found is None:
            self.printer.setText(self._("The print service does not answer"))
            return
        chosen = dict(self._seat.station.printers) if self._seat.station else {}
        wanted = chosen.get("activation_letter", "")
        printer = next((p for p in found if p.name == wanted), found[0] if found and not wanted else None)
        if printer is None:
            self.printer.setText(self._("No printer"))
        else:
            self.printer.setText(
                self._("Printer {printer}: {state}", printer=printer.name, state=printer.state_in(self._))
            )


def _ask_anything(acting: Acting) -> object:
    return acting.sites.all()
