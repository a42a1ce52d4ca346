"""Changing the password starts the same mail as a forgotten one (R14, D6)."""

from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.layout import Card
from ui.widgets.text import Text


class ChangePassword(TouchPage):
    """What happens, and the button."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__(kiosk, "change_password_page")
        _ = self._
        self.lay_out(
            _("Change password"),
            Card(
                Text(_("We send an e-mail to the address that we have on file for you.")),
                Text(
                    _(
                        "It has a link with which you choose a new password, on your phone or computer. The link works"
                        " for {minutes} minutes.",
                        minutes=kiosk.clinic.rules.reset_minutes,
                    )
                ),
                margin=4,
            ),
            action=_("Send the e-mail"),
            action_name="change_password_send",
        )
        self.primary.clicked.connect(self._on_send)

    def _on_send(self) -> None:
        acting = self.kiosk.acting()
        self.submit(acting.recovery.change_my_password, lambda _: self._say_sent())

    def _say_sent(self) -> None:
        self.primary.hide()
        self.notices.say(
            "good", self._("The e-mail is on its way. Please look at your e-mail in a few minutes.")
        )
