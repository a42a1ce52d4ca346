"""A one-time password, shown once."""

from PySide6.QtWidgets import QWidget

from app.views.people import OneTimePassword
from ui.desk.dialog import DeskDialog
from ui.desk.key_button import KeyButton
from ui.desk.seat import Seat
from ui.page import Page
from ui.widgets.layout import Card, column, row
from ui.widgets.text import Text


class OneTimeDialog(DeskDialog):
    """Closing it forgets the password."""

    def __init__(self, seat: Seat, page: QWidget, made: OneTimePassword, full_name: str) -> None:
        _ = seat.words
        body = Page(_, seat.surroundings.background)
        body.setProperty("role", "clear")
        self.password = Text(made.password, "code")
        self.password.setObjectName("one_time_password")
        self.password.setAccessibleName(_("One-time password"))
        close = KeyButton("one_time_close", _("I have passed it on"), "Esc", "primary")
        body.setLayout(
            column(
                Card(
                    Text(_("User name"), "quietText"),
                    Text(made.user_name, "strong"),
                    Text(_("One-time password"), "quietText"),
                    self.password,
                    gap=1,
                ),
                Text(
                    _(
                        "It works until {moment}, for one sign-in.",
                        moment=_.moment(made.expires_at, seat.zone),
                    ),
                    "quietText",
                ),
                row(None, close),
            )
        )
        super().__init__(
            "one_time_dialog",
            page,
            _,
            _("One-time password for {name}", name=full_name),
            _("Tell it to them in person or by telephone. It is shown only now."),
            body=body,
        )
        close.clicked.connect(self.close_dialog)
        close.setFocus()

    def close_dialog(self) -> None:
        """Forget the password."""
        self.password.setText("")
        super().close_dialog()
