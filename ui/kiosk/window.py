"""The kiosk's window: the welcome page, the scanner, the keyboard on the screen, and settings looked up anew."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QShowEvent

from ui.kiosk.activation import AskCode
from ui.kiosk.guest import AskInvitation
from ui.kiosk.place import Place, find_place
from ui.kiosk.recovery import AskResetCode
from ui.kiosk.scanner import Scanner, read_scan
from ui.kiosk.sign_in import SignIn
from ui.kiosk.stay_window import StayWindow
from ui.kiosk.welcome import Welcome
from ui.patient.touch_page import TouchPage
from ui.surroundings import Surroundings
from ui.widgets.banner import Banner
from ui.widgets.keyboard import OnScreenKeyboard
from ui.widgets.layout import column

if TYPE_CHECKING:
    from app.practice import Sample


TRY_AGAIN_MS = 5_000


class KioskWindow(StayWindow):
    """Stands open all day; start() after the first paint, close_down() at the end."""

    def __init__(self, surroundings: Surroundings, samples: "Sequence[Sample]" = ()) -> None:
        """samples: sign-ins of made-up patients, shown on the sign-in page in practice mode."""
        super().__init__(surroundings)
        self._samples = tuple(sample for sample in samples if sample.what == "patient")
        self._may_close = False
        self._has_started = False
        self._build()
        self._connect()

    # For whoever opens the window

    def start(self) -> None:
        """Look up which kiosk this is, then show the welcome page; tries again until the portal answers."""
        if self._has_started:
            return
        self._has_started = True
        self.presence.start()
        self.scanner.start()
        self._look_up()

    def close_down(self) -> None:
        """End the stay and let the window be closed."""
        self._forget()
        self._try_again.stop()
        self.presence.stop()
        self.scanner.stop()
        self.surroundings.background.cancel_all(self)
        self._may_close = True
        self.close()

    # See StayWindow

    def first_page(self) -> TouchPage:
        """Return the welcome page."""
        return Welcome(self)

    def ask_sign_in(self, user_name: str = "") -> None:
        """Show the sign-in page, perhaps with the user name filled in."""
        self._drop(len(self.history) - 1)
        self.go(SignIn(self, user_name, self._samples))

    def met_nobody(self) -> None:
        """Go back to the welcome page; settings may have changed since the last time."""
        if self._place is not None:
            self.go_home()
            self._look_up()

    @property
    def is_resting(self) -> bool:
        """Tell whether the welcome page is shown."""
        return isinstance(self.page, Welcome)

    # Building

    def _build(self) -> None:
        self.setObjectName("kiosk")
        self.setWindowTitle(self._("Patient portal"))
        self.keyboard = OnScreenKeyboard(self._)
        self.keyboard.setObjectName("keyboard")
        self.keyboard.hide()
        outer = column(gap=0)
        if self.surroundings.is_practice:
            outer.addWidget(Banner(self._("Practice mode. These people are made up and nothing is sent.")))
        outer.addWidget(self.header)
        outer.addWidget(self.history, stretch=1)
        outer.addWidget(self.keyboard)
        self.setLayout(outer)
        self.scanner = Scanner(self)
        self._try_again = QTimer(self, singleShot=True, interval=TRY_AGAIN_MS)

    def _connect(self) -> None:
        self.scanner.scanned.connect(self.scan)
        self._try_again.timeout.connect(self._look_up)

    def _look_up(self) -> None:
        here = self.surroundings.here()
        self.surroundings.background.run(
            lambda: find_place(here), owner=self, done=self._on_place, failed=self._on_no_place
        )

    def _show(self, page: TouchPage) -> None:
        self.keyboard.reset()
        self.keyboard.setVisible(page.has_keyboard)
        super()._show(page)

    def _forget(self) -> None:
        self.scanner.forget()
        self.keyboard.reset()
        super()._forget()

    def _let_go(self) -> None:
        self.surroundings.printers.close()  # jobs still queued
        super()._let_go()

    # What happens

    def scan(self, address: str) -> None:
        """Follow one of our QR codes; while somebody is signed in it is ignored."""
        scan = read_scan(address, self.clinic.public_address) if self._place is not None else None
        if self._stay is not None or self._place is None:
            return
        if scan is None:
            if self.page is not None:
                self.page.notices.say("stop", self._("This code does not belong to this clinic's portal."))
            return
        self._drop(len(self.history) - 1)
        if scan.kind == "activate":
            self.go(AskCode(self, scan.code))
        elif scan.kind == "reset":
            self.go(AskResetCode(self, scan.code))
        else:
            self.go(AskInvitation(self, scan.number, scan.code))

    def _on_place(self, place: Place) -> None:
        is_new, self._place = self._place is None or not place.is_like(self._place), place
        self.keyboard.repeat_ms = place.clinic.rules.key_repeat_ms
        if self.page is None or (is_new and isinstance(self.page, Welcome)):
            self.go_home()

    def _on_no_place(self, error: Exception) -> None:
        if self._place is None:
            self._waiting.show_failure(error)
            self._try_again.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Start with the first showing, if nobody has started it before."""
        super().showEvent(event)
        self.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """A kiosk stays open; in practice mode it may be closed like any window."""
        if self._may_close:
            super().closeEvent(event)
        elif self.surroundings.is_practice:
            event.accept()
            self.close_down()
        else:
            event.ignore()
