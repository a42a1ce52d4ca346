"""A guest at the desk: number and code, then what was shared, until they leave or walk away (D23)."""

from PySide6.QtCore import Signal

from ui.kiosk.guest import AskInvitation
from ui.kiosk.place import Place
from ui.kiosk.scanner import Scan
from ui.kiosk.stay_window import StayWindow
from ui.patient.touch_page import TouchPage
from ui.surroundings import Surroundings
from ui.widgets.layout import column


class GuestDesk(StayWindow):
    """left: whoever was here is forgotten, and the desk may go on. What employees have printed goes on."""

    left = Signal()

    def __init__(self, surroundings: Surroundings, place: Place) -> None:
        super().__init__(surroundings)
        self.setObjectName("guest_desk")
        self._place = place
        whole = column(self.header, self.history, gap=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def begin(self, scan: Scan | None) -> None:
        """Ask for the number, or with an invitation scanned go on to its code."""
        self.presence.start()
        self.go_home()
        if scan is not None:
            self.follow(scan)

    def follow(self, scan: Scan) -> None:
        """Fill in an invitation that was scanned; while one is open it is ignored."""
        if self.stay is None:
            self._drop(len(self.history))
            self.go(AskInvitation(self, scan.number, scan.code))

    def close_down(self) -> None:
        """End the stay, as when the window is shut."""
        self.left.disconnect()
        self.leave()

    def go_back(self) -> None:
        """Show the page before; from the first one back to the desk's own."""
        if len(self.history) > 1:
            super().go_back()
        else:
            self.leave()

    def first_page(self) -> TouchPage:
        """Return the question for the number."""
        return AskInvitation(self)

    def ask_sign_in(self, user_name: str = "") -> None:  # noqa: ARG002 - Kiosk's argument
        """Leave: patients sign in at the kiosk or on the web."""
        self.leave()

    def met_nobody(self) -> None:
        """Give the screen back."""
        self.presence.stop()
        self.left.emit()
