"""A forgotten password: the mail with a link, or the slip from the desk typed in here (R14 to R17, D6)."""

from datetime import date

from app.errors import PortalError
from ui.kiosk.new_password import NewPassword
from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.button import Button
from ui.widgets.code_field import CodeField
from ui.widgets.date_field import DateField
from ui.widgets.field import TextField
from ui.widgets.layout import Card
from ui.widgets.text import Text


class Forgot(TouchPage):
    """What to do, in words, and the one question."""

    has_keyboard = True

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__(kiosk, "forgot")
        _ = self._
        self.typed = TextField(
            "user_name_or_email",
            _("User name or e-mail address"),
            _(
                "We send an e-mail that tells you your user name and lets you choose a new password. Or use a slip from reception."
            ),
        )
        self.typed.input.setObjectName("forgot_input")
        slip = Button(_("I have a slip"), icon_name="ticket")
        slip.setObjectName("have_slip")
        slip.clicked.connect(lambda: kiosk.go(AskResetCode(kiosk)))
        self.lay_out(
            _("Forgot Password?"),
            self.typed,
            action=_("Send the e-mail"),
            action_name="forgot_send",
            at_foot=(slip,),
        )
        self.primary.clicked.connect(self._on_send)

    def _on_send(self) -> None:
        typed, acting = self.typed.text(), self.kiosk.acting()
        self.submit(lambda: acting.recovery.forgot(typed), lambda _: self.kiosk.go(ForgotSent(self.kiosk)))


class ForgotSent(TouchPage):
    """The same answer whatever was typed (D6)."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__(kiosk, "forgot_sent")
        _ = self._
        self.lay_out(
            _("Please look at your e-mail"),
            Card(
                Text(_("If we know this user name or e-mail address, an e-mail is on its way to you.")),
                Text(
                    _(
                        "It tells you your user name and has a link to choose a new password. The link works for"
                        " {minutes} minutes.",
                        minutes=kiosk.clinic.rules.reset_minutes,
                    )
                ),
                Text(
                    _(
                        "No e-mail? Ask at the reception desk. They can print a slip with which you choose a new"
                        " password here."
                    )
                ),
                margin=4,
            ),
            action=_("Done"),
            action_name="forgot_done",
        )
        self.back_button.hide()
        self.primary.clicked.connect(kiosk.go_home)


class AskResetCode(TouchPage):
    """The code of the slip, typed or scanned, and the date of birth."""

    has_keyboard = True

    def __init__(self, kiosk: Kiosk, code: str = "") -> None:
        super().__init__(kiosk, "reset_code")
        _ = self._
        self.code = CodeField("code", _("Code on the slip"), _("12 letters and digits"))
        self.code.input.setObjectName("reset_code_input")
        self.lay_out(
            _("Type the code from your slip"), self.code, action=_("Next"), action_name="reset_code_next"
        )
        self.code.set_code(code)
        self.primary.clicked.connect(self._on_next)

    def _on_next(self) -> None:
        if not self.code.is_complete():
            self.code.show_error(self._("The code has 12 letters and digits. Please check it."))
            self.code.setFocus()
            return
        self.kiosk.go(_AskBirthDate(self.kiosk, self.code.code()))


class _AskBirthDate(TouchPage):
    has_keyboard = True

    def __init__(self, kiosk: Kiosk, code: str) -> None:
        super().__init__(kiosk, "reset_birth_date")
        self._code = code
        _ = self._
        self.birth_date = DateField(_, "birth_date", _("Date of birth"), _("Day, month and year"))
        self.lay_out(
            _("When were you born?"),
            self.birth_date,
            action=_("Next"),
            action_name="reset_birth_date_next",
        )
        self.primary.clicked.connect(self._on_next)

    def _on_next(self) -> None:
        born = self.birth_date.date()
        if born is None:
            self.birth_date.show_error(self._("Please type day, month and year, such as 3 4 1950."))
            self.birth_date.setFocus()
            return
        self.kiosk.go(_ResetPassword(self.kiosk, self._code, born))


class _ResetPassword(NewPassword):
    def __init__(self, kiosk: Kiosk, code: str, born: date) -> None:
        _, acting = kiosk.surroundings.words, kiosk.acting()

        def save(page: NewPassword, password: str) -> None:
            page.submit(
                lambda: acting.recovery.reset(code, born, password),
                lambda user_name: kiosk.go(_Reset(kiosk, user_name)),
            )

        super().__init__(
            kiosk,
            action=_("Save"),
            user_name="",
            field="password",
            save=save,
        )

    def show_failure(self, error: Exception) -> None:
        """Go back to the page whose answer was refused."""
        kind = error.kind if isinstance(error, PortalError) else ""
        asked: type[TouchPage] | None = {"answers_wrong": _AskBirthDate, "link_dead": AskResetCode}.get(kind)
        page = self.kiosk.back_to(asked) if asked is not None else None
        if page is not None:
            page.show_failure(error)
        else:
            super().show_failure(error)


class _Reset(TouchPage):
    def __init__(self, kiosk: Kiosk, user_name: str) -> None:
        super().__init__(kiosk, "reset_done")
        _ = self._
        self.lay_out(
            _("Your new password is saved"),
            Card(
                Text(_("Your user name"), "quietText"),
                Text(user_name, "heading"),
                Text(_("Now sign in with it and your new password.")),
                gap=1,
                margin=4,
            ),
            action=_("Sign in"),
            action_name="go_to_sign_in",
        )
        self.back_button.hide()
        self.primary.clicked.connect(lambda: kiosk.ask_sign_in(user_name))
