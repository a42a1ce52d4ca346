"""Stands before the workplace while the screen is locked; the password leads back to where one was."""

from PySide6.QtCore import Qt, Signal

from ui.desk.key_button import KeyButton
from ui.desk.seat import Seat
from ui.icons import IconLabel
from ui.page import Page
from ui.widgets.field import PasswordField
from ui.widgets.layout import Card, Line, column, row
from ui.widgets.text import Text

WIDTH = 400


class LockPage(Page):
    """Nothing but whose stay it is, the password, and the way out."""

    unlocked = Signal()
    left = Signal()
    guest_came = Signal()

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat.words, seat.surroundings.background)
        self._seat = seat
        self._build()
        self._connect()

    def begin(self) -> None:
        """Put the cursor where typing begins."""
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self) -> None:
        _ = self._
        self.password = PasswordField(_, "unlock_password", _("Password"))
        self.button = KeyButton("unlock_button", _("Unlock"), role="primary")
        self.sign_out = KeyButton("lock_sign_out", _("Sign out"))
        self.guest = KeyButton(
            "have_invitation", _("I have an invitation"), "F8", "quiet", icon_name="mail-open"
        )
        card = Card(
            IconLabel("lock", "quietText", lines=2),
            Text(_("The screen is locked"), "heading"),
            Text(
                _("{name} is signed in. Type your password to go on.", name=self._seat.staff.full_name),
                "quietText",
            ),
            self.notices,
            self.password,
            row(self.sign_out, None, self.button),
            Line(),
            row(None, self.guest, None),
            gap=2,
            margin=4,
        )
        card.setFixedWidth(self._seat.surroundings.theme.size(WIDTH))
        self.setLayout(column(None, row(None, card, None), None))

    def _connect(self) -> None:
        self.password.submitted.connect(self._on_unlock)
        self.button.clicked.connect(self._on_unlock)
        self.sign_out.clicked.connect(self.left)
        self.guest.clicked.connect(self.guest_came)

    def _on_unlock(self) -> None:
        if not self.button.isEnabled():
            return
        self.notices.clear()
        password = self.password.text()
        self.button.setEnabled(False)
        self._seat.run(
            lambda acting: acting.staff.unlock(password),
            owner=self,
            done=lambda _none: self.unlocked.emit(),
            failed=self._on_failed,
        )

    def _on_failed(self, error: Exception) -> None:
        self.button.setEnabled(True)
        self.password.clear()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_failure(error)
