"""Where guests come in while no employee works at the desk: by a button, or by a scanner's keys (D23)."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QWindow

from app.errors import N_, NotFound
from ui.kiosk.place import Place, find_place
from ui.kiosk.scanner import Scan, Scanner, read_scan
from ui.surroundings import Surroundings


class GuestDoor(QObject):
    """came carries what a guest's pages need to know, and the invitation where one was scanned."""

    came = Signal(object, object)  # Place, Scan or None
    failed = Signal(object)  # Exception

    def __init__(self, surroundings: Surroundings, parent: QObject) -> None:
        super().__init__(parent)
        self._surroundings = surroundings
        self._scanner = Scanner(self)
        self._scanner.scanned.connect(self.come)

    def listen(self, window: QWindow) -> None:
        """Follow a scanner's keys."""
        self._scanner.start(window)

    def shut(self) -> None:
        """Follow them no more."""
        self._scanner.stop()

    def come(self, address: str = "") -> None:
        """Look up where this is, and what was scanned."""
        here = self._surroundings.here()

        def look() -> tuple[Place, Scan | None]:
            place = find_place(here)
            scan = read_scan(address, place.clinic.public_address)
            if address and (scan is None or scan.kind != "invitation"):
                raise NotFound("scan_unknown", N_("This code opens nothing at a desk."))
            return place, scan

        self._surroundings.background.run(
            look,
            owner=self,
            done=lambda found: self.came.emit(*found),
            failed=self.failed.emit,
            group="guest",
        )
