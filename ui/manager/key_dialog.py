"""The key of a station that was just enrolled, shown once."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from app.views.people import EnrolledStation
from ui.desk.dialog import DeskDialog
from ui.desk.key_button import KeyButton
from ui.desk.seat import Seat
from ui.page import Page
from ui.widgets.layout import column, row


class KeyDialog(DeskDialog):
    """The key can be chosen and copied; closing forgets it."""

    def __init__(self, seat: Seat, page: QWidget, made: EnrolledStation) -> None:
        _ = seat.words
        body = Page(_, seat.surroundings.background)
        body.setProperty("role", "clear")
        self.key = QLineEdit(made.key)
        self.key.setObjectName("station_key")
        self.key.setAccessibleName(_("Key of the station"))
        self.key.setProperty("role", "code")
        self.key.setReadOnly(True)
        close = KeyButton("key_close", _("I have put it in"), "Esc", "primary")
        body.setLayout(column(self.key, row(None, close), gap=3))
        super().__init__(
            "key_dialog",
            page,
            _,
            _("The key of {name}", name=made.name),
            _("Put it into the settings of that computer, as station.key. It is shown only now."),
            body=body,
        )
        close.clicked.connect(self.close_dialog)
        self.key.setFocus(Qt.FocusReason.OtherFocusReason)
        self.key.selectAll()

    def close_dialog(self) -> None:
        """Forget the key."""
        self.key.setText("")
        super().close_dialog()
