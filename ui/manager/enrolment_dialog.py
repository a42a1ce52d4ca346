"""The one-time code of a station that is to enrol itself, shown once."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.views.people import EnrolmentCode
from ui.desk.dialog import DeskDialog
from ui.desk.key_button import KeyButton
from ui.desk.seat import Seat
from ui.page import Page
from ui.widgets.layout import Card, column, row
from ui.widgets.text import Text


class EnrolmentDialog(DeskDialog):
    """What to type on the other computer; closing forgets the code."""

    def __init__(self, seat: Seat, page: QWidget, made: EnrolmentCode, server: str) -> None:
        _ = seat.words
        body = Page(_, seat.surroundings.background)
        body.setProperty("role", "clear")
        self.code = Text(made.code, "code")
        self.code.setObjectName("enrolment_code")
        self.code.setAccessibleName(_("One-time code"))
        self.command = Text(
            f"main.py enrol --server {server} --code {made.code} --settings portal.toml", "strong"
        )
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = KeyButton("enrolment_close", _("Done"), "Esc", "primary")
        body.setLayout(
            column(
                Card(
                    Text(_("One-time code"), "quietText"),
                    self.code,
                    Text(_("To be typed on that computer"), "quietText"),
                    self.command,
                    gap=1,
                ),
                Text(
                    _("It works once, until {moment}.", moment=_.moment(made.expires_at, seat.zone)),
                    "quietText",
                ),
                row(None, close),
            )
        )
        super().__init__(
            "enrolment_dialog",
            page,
            _,
            _("The code of {name}", name=made.name),
            _("With it the computer gets a key of its own from the server. It is shown only now."),
            body=body,
        )
        close.clicked.connect(self.close_dialog)
        close.setFocus()

    def close_dialog(self) -> None:
        """Forget the code."""
        self.code.setText("")
        self.command.setText("")
        super().close_dialog()
