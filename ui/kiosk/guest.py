"""A guest at the kiosk: number and code of an invitation, typed or scanned (D23)."""

from app.callers import Caller
from app.errors import PortalError
from app.views.sharing import VisitPage
from ui.patient.touch_page import Kiosk, Stay, TouchPage
from ui.widgets.code_field import CodeField


class AskInvitation(TouchPage):
    """The number of the invitation."""

    has_keyboard = True

    def __init__(self, kiosk: Kiosk, number: str = "", code: str = "") -> None:
        super().__init__(kiosk, "invitation_number")
        self._code = code
        _ = self._
        self.number = CodeField(
            "number", _("Invitation number"), _("12 letters and digits, on the invitation or in the e-mail")
        )
        self.number.input.setObjectName("invitation_number_input")
        self.lay_out(
            _("Type the number of the invitation"),
            self.number,
            action=_("Next"),
            action_name="invitation_number_next",
        )
        self.number.set_code(number)
        self.primary.clicked.connect(self._on_next)

    def began(self) -> None:
        """What was scanned is complete: go on to the code."""
        if self._code:
            code, self._code = self._code, ""
            self.kiosk.go(AskVerificationCode(self.kiosk, self.number.code(), code))

    def _on_next(self) -> None:
        if not self.number.is_complete():
            self.number.show_error(self._("The number has 12 letters and digits. Please check it."))
            self.number.setFocus()
            return
        self.kiosk.go(AskVerificationCode(self.kiosk, self.number.code()))


class AskVerificationCode(TouchPage):
    """The code; one correct entry is one opening (D13)."""

    has_keyboard = True

    def __init__(self, kiosk: Kiosk, number: str, code: str = "") -> None:
        super().__init__(kiosk, "verification_code")
        self._number = number
        _ = self._
        self.code = CodeField("code", _("Verification code"), _("12 letters and digits"))
        self.code.input.setObjectName("verification_code_input")
        self.lay_out(
            _("Type the verification code"), self.code, action=_("Open"), action_name="open_invitation"
        )
        self.code.set_code(code)
        self.primary.clicked.connect(self._on_open)

    def _on_open(self) -> None:
        if not self.code.is_complete():
            self.code.show_error(self._("The code has 12 letters and digits. Please check it."))
            self.code.setFocus()
            return
        number, code = self._number, self.code.code()
        here, portal = self.kiosk.acting(), self.kiosk.surroundings.portal
        station = self.kiosk.surroundings.station

        def open_it() -> tuple[Caller, VisitPage]:
            opened = here.visits.open_with_code(number, code)
            caller = portal.visiting(opened.token, station=station)
            return caller, portal.acting(caller).visits.mine()

        self.submit(open_it, lambda found: self.kiosk.welcome(Stay(found[0], visit=found[1])))

    def show_failure(self, error: Exception) -> None:
        """Say what the portal says; the code stays to be compared."""
        super().show_failure(error)
        if isinstance(error, PortalError) and error.kind == "code_wrong":
            self.code.setFocus()
