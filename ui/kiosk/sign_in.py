"""Signing in at the kiosk, and what to do when the password is forgotten (R11, R14)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.callers import Caller
from app.views.people import SessionRow
from ui.kiosk.recovery import Forgot
from ui.patient.touch_page import Kiosk, Stay, TouchPage
from ui.widgets.button import Button
from ui.widgets.field import PasswordField, TextField
from ui.widgets.text import Text

if TYPE_CHECKING:
    from app.practice import Sample


class SignIn(TouchPage):
    """User name and password."""

    has_keyboard = True

    def __init__(self, kiosk: Kiosk, user_name: str = "", samples: "Sequence[Sample]" = ()) -> None:
        super().__init__(kiosk, "sign_in_page")
        _ = self._
        self.user_name = TextField("user_name", _("User name"), longest=64)
        self.user_name.input.setObjectName("sign_in_user_name")
        self.password = PasswordField(_, "password", _("Password"))
        self.password.input.setObjectName("sign_in_password")
        forgot = Button(_("Forgot Password?"), "link")
        forgot.setObjectName("forgot_password")
        forgot.clicked.connect(lambda: kiosk.go(Forgot(kiosk)))
        self.lay_out(
            _("Sign in"),
            self.user_name,
            self.password,
            *(
                Text(
                    _("Practice: {user_name}, {password}", user_name=one.user_name, password=one.password),
                    "quietText",
                )
                for one in samples
            ),
            action=_("Sign in"),
            action_name="sign_in_button",
            at_foot=(forgot,),
        )
        self.user_name.set_text(user_name)
        self.primary.clicked.connect(self._on_sign_in)

    def leave(self) -> None:
        """Keep no password on a page that is not shown."""
        self.password.clear()
        super().leave()

    def _on_sign_in(self) -> None:
        for asked in (self.user_name, self.password):
            if not asked.text():
                asked.show_error(self._("Please fill this in."))
                asked.setFocus()
                return
        name, password = self.user_name.text(), self.password.text()
        here, portal = self.kiosk.acting(), self.kiosk.surroundings.portal
        station = self.kiosk.surroundings.station

        def sign_in() -> tuple[Caller, SessionRow]:
            signed_in = here.sessions.sign_in(name, password)
            caller = portal.signed_in(signed_in.token, station=station)
            return caller, portal.acting(caller).sessions.mine()

        self.submit(sign_in, self._on_signed_in)

    def _on_signed_in(self, found: tuple[Caller, SessionRow]) -> None:
        caller, session = found
        only = session.patients[0][0] if len(session.patients) == 1 else None
        self.kiosk.welcome(Stay(caller, session, None, session.patients, only))

    def show_failure(self, error: Exception) -> None:
        """Empty the password with the refusal, so that it can be typed again."""
        super().show_failure(error)
        self.password.clear()
        self.password.setFocus()
