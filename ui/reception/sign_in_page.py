"""Where an employee signs in; in practice mode the sample sign-ins stand beside it."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.errors import N_
from app.views.people import SignedIn
from ui.desk.key_button import KeyButton
from ui.page import Page
from ui.surroundings import Surroundings
from ui.widgets.button import Button
from ui.widgets.field import PasswordField, TextField
from ui.widgets.layout import Card, Line, column, row
from ui.widgets.text import Text

WIDTH = 400
SAMPLES = {
    "reception": N_("Reception: registers patients and prints letters"),
    "clinical": N_("Clinical: withholds and releases reports"),
    "manager": N_("Manager: staff, sites and settings"),
    "privacy": N_("Privacy: who looked at what"),
    "it": N_("IT: stations and printers"),
}


class SampleSignIn(Protocol):
    """A sign-in that practice mode shows: user name, password, what the person is."""

    @property
    def user_name(self) -> str:
        """What to type first."""

    @property
    def password(self) -> str:
        """What to type next."""

    @property
    def what(self) -> str:
        """The role, or patient."""


class SignInPage(Page):
    """User name and password; signed_in carries the new session. A guest with an invitation goes on from here."""

    signed_in = Signal(object)  # SignedIn
    guest_came = Signal()

    def __init__(
        self, surroundings: Surroundings, samples: Sequence[SampleSignIn] = (), user_name: str = ""
    ) -> None:
        super().__init__(surroundings.words, surroundings.background)
        self._surroundings = surroundings
        self._samples = [sample for sample in samples if sample.what in SAMPLES]
        self._build(user_name)
        self._connect()

    def begin(self) -> None:
        """Put the cursor where typing begins."""
        first = self.password if self.user_name.text() else self.user_name
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self, user_name: str) -> None:
        _ = self._
        self.user_name = TextField("sign_in_user_name", _("User name"))
        self.user_name.set_text(user_name)
        self.password = PasswordField(_, "sign_in_password", _("Password"))
        self.button = KeyButton("sign_in_button", _("Sign in"), role="primary")
        self.guest = KeyButton(
            "have_invitation", _("I have an invitation"), "F8", "quiet", icon_name="mail-open"
        )
        card = Card(
            Text(_("Reception desk"), "title"),
            Text(_("Sign in with your own user name, so that the record shows who did what."), "quietText"),
            self.notices,
            self.user_name,
            self.password,
            self.button,
            Line(),
            row(None, self.guest, None),
            gap=2,
            margin=4,
        )
        card.setFixedWidth(self._surroundings.theme.size(WIDTH))
        beside = [self._practice()] if self._samples else []
        self.setLayout(column(None, row(None, card, *beside, None, gap=4), None))

    def _practice(self) -> QWidget:
        _ = self._
        card = Card(Text(_("Practice sign-ins"), "subheading"), gap=1, margin=3)
        card.column.addWidget(
            Text(_("Choose who you want to be. These work in practice mode only."), "quietText")
        )
        for sample in self._samples:
            button = Button(_(SAMPLES[sample.what]), "link")
            button.setObjectName(f"sample_{sample.what}")
            button.clicked.connect(lambda _checked=False, chosen=sample: self._fill_in(chosen))
            card.column.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        card.column.addStretch(1)
        card.setFixedWidth(self._surroundings.theme.size(WIDTH))
        return card

    def _connect(self) -> None:
        self.user_name.submitted.connect(lambda: self.password.setFocus(Qt.FocusReason.TabFocusReason))
        self.password.submitted.connect(self._on_sign_in)
        self.button.clicked.connect(self._on_sign_in)
        self.guest.clicked.connect(self.guest_came)

    def _fill_in(self, sample: SampleSignIn) -> None:
        self.user_name.set_text(sample.user_name)
        self.password.input.setText(sample.password)
        self._on_sign_in()

    def _on_sign_in(self) -> None:
        if not self.button.isEnabled():
            return
        self.notices.clear()
        user_name, password = self.user_name.text(), self.password.text()
        for field in (self.user_name, self.password):
            if not (user_name if field is self.user_name else password):
                field.show_error(self._("Please fill this in."))
                field.setFocus()
                return
        self.button.setEnabled(False)
        here = self._surroundings.here()
        self.background.run(
            lambda: here.staff.sign_in(user_name, password),
            owner=self,
            done=self._on_done,
            failed=self._on_failed,
        )

    def _on_done(self, signed_in: SignedIn) -> None:
        self.password.clear()
        self.signed_in.emit(signed_in)

    def _on_failed(self, error: Exception) -> None:
        self.button.setEnabled(True)
        self.password.clear()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_failure(error)
