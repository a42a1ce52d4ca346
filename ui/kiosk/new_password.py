"""A new password, typed twice, with hints that say while typing what is still missing (R10, D5)."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.rules.passwords import PasswordFault, check_password
from ui.icons import IconLabel
from ui.patient.parts import Split
from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.dress import dress
from ui.widgets.field import PasswordField
from ui.widgets.layout import column
from ui.widgets.text import Text

WIDE = 100  # characters: fields and hints side by side


class NewPassword(TouchPage):
    """Calls save with the password once it is good and the same twice."""

    has_keyboard = True

    def __init__(
        self,
        kiosk: Kiosk,
        *,
        action: str,
        user_name: str,
        field: str,
        save: Callable[["NewPassword", str], None],
    ) -> None:
        super().__init__(kiosk, "new_password")
        self._user_name, self._save = user_name, save
        _ = self._
        self.password = PasswordField(_, field, _("Password"))
        self.password.input.setObjectName("new_password_password")
        self.repeat = PasswordField(_, "repeat", _("The same password again"))
        self.repeat.input.setObjectName("new_password_repeat")
        least = kiosk.clinic.rules.password_min
        self._long = _Hint(_("At least {n} characters. Three or four words work well.", n=least))
        self._own = _Hint(_("Without your user name or the clinic's name"))
        self._same = _Hint(_("Both the same"))
        typed, hints = QWidget(), QWidget()
        typed.setLayout(column(self.password, self.repeat))
        hints.setLayout(column(self._long, self._own, self._same, None, gap=1))
        self.lay_out(
            _("Choose a password"),
            Split(typed, hints, shares=(3, 2)),
            characters=WIDE,
            action=action,
            action_name="save_password",
        )
        self.password.changed.connect(self._show_hints)
        self.repeat.changed.connect(self._show_hints)
        self.primary.clicked.connect(self._on_save)
        self._show_hints()

    def _faults(self) -> list[PasswordFault]:
        clinic = self.kiosk.clinic
        # The list of common passwords is the server's to know.
        return check_password(self.password.text(), self._user_name, clinic.name, (), clinic.rules)

    def _show_hints(self) -> None:
        typed, faults = self.password.text(), self._faults()
        own = {PasswordFault.HAS_USER_NAME, PasswordFault.HAS_CLINIC_NAME}
        self._long.show_met(
            is_met=bool(typed) and not {PasswordFault.TOO_SHORT, PasswordFault.TOO_LONG} & set(faults)
        )
        self._own.show_met(is_met=bool(typed) and not own & set(faults))
        self._same.show_met(is_met=bool(typed) and typed == self.repeat.text())

    def _on_save(self) -> None:
        if self._faults():
            self.password.show_error(self._("Please look at the hints below and choose another password."))
            self.password.setFocus()
        elif self.password.text() != self.repeat.text():
            self.repeat.show_error(self._("The two passwords are not the same."))
            self.repeat.setFocus()
        else:
            self._save(self, self.password.text())


class _Hint(QWidget):
    """One line that turns green when it is met; the icon says the same without colour."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self._icon = IconLabel("circle", "quietText")
        self._text = Text(sentence, "quietText")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addWidget(self._icon)
        line.addWidget(self._text, 1)

    def show_met(self, *, is_met: bool) -> None:
        """Say whether it is met."""
        self._icon.show_icon("circle-check" if is_met else "circle")
        for part in (self._icon, self._text):
            dress(part, role="good" if is_met else "quietText")
