"""Where an employee who signed in with a one-time password chooses their own."""

from PySide6.QtCore import Qt, Signal

from app.views.people import SignedIn
from ui.desk.key_button import KeyButton
from ui.page import Page
from ui.surroundings import Surroundings
from ui.widgets.field import PasswordField
from ui.widgets.layout import Card, column, row
from ui.widgets.text import Text

WIDTH = 440


class NewPasswordPage(Page):
    """Nothing else opens before this is done."""

    changed = Signal()
    left = Signal()

    def __init__(self, surroundings: Surroundings, signed_in: SignedIn) -> None:
        super().__init__(surroundings.words, surroundings.background)
        station = surroundings.station if surroundings.station.station_id is not None else None
        self._acting = surroundings.portal.acting(
            surroundings.portal.signed_in(signed_in.token, station=station)
        )
        self._width = surroundings.theme.size(WIDTH)
        self._build(signed_in.name)
        self._connect()

    def begin(self) -> None:
        """Put the cursor where typing begins."""
        self.old.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self, name: str) -> None:
        _ = self._
        self.old = PasswordField(_, "old", _("One-time password"))
        # The portal names the field of a password that cannot be used "password".
        self.new = PasswordField(
            _,
            "password",
            _("New password"),
            _("Three or four words work well."),
        )
        self.repeat = PasswordField(_, "repeat", _("New password again"))
        self.button = KeyButton("new_password_button", _("Set password and go on"), role="primary")
        self.back = KeyButton("new_password_back", _("Sign out"))
        card = Card(
            Text(_("Choose your own password"), "heading"),
            Text(
                _(
                    "Welcome, {name}. The one-time password works only once; nobody but you knows the new one.",
                    name=name,
                ),
                "quietText",
            ),
            self.notices,
            self.old,
            self.new,
            self.repeat,
            row(self.back, None, self.button),
            gap=2,
            margin=4,
        )
        card.setFixedWidth(self._width)
        self.setLayout(column(None, row(None, card, None), None))

    def _connect(self) -> None:
        self.old.submitted.connect(self.new.setFocus)
        self.new.submitted.connect(self.repeat.setFocus)
        self.repeat.submitted.connect(self._on_set)
        self.button.clicked.connect(self._on_set)
        self.back.clicked.connect(self.left)

    def _on_set(self) -> None:
        self.notices.clear()
        old, new = self.old.text(), self.new.text()
        if new != self.repeat.text():
            self.repeat.show_error(self._("This is not the same as above. Type it again."))
            self.repeat.setFocus()
            return
        self.button.setEnabled(False)
        self.background.run(
            lambda: self._acting.staff.set_password(old, new),
            owner=self,
            done=lambda _none: self.changed.emit(),
            failed=self._on_failed,
        )

    def _on_failed(self, error: Exception) -> None:
        self.button.setEnabled(True)
        self.show_failure(error)
