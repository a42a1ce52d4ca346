"""Activating an account, one question a page: code, birth date, notice, user name, password (R8 to R11, D4, D29)."""

from dataclasses import dataclass, field
from datetime import date

from app.errors import Invalid, PortalError
from app.views.people import ActivationStart
from ui.kiosk.new_password import NewPassword
from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.code_field import CodeField
from ui.widgets.date_field import DateField
from ui.widgets.field import TextField
from ui.widgets.layout import Card
from ui.widgets.page_turner import PageTurner
from ui.widgets.text import Text

DIGITS = 4


@dataclass
class Answers:
    """What has been typed so far; forgotten with the pages."""

    code: str = field(default="", repr=False)
    asks_for_digits: bool = False
    birth_date: date | None = field(default=None, repr=False)
    digits: str = field(default="", repr=False)
    user_name: str = field(default="", repr=False)


class AskCode(TouchPage):
    """The code of the letter, typed or scanned."""

    has_keyboard = True

    def __init__(self, kiosk: Kiosk, code: str = "") -> None:
        super().__init__(kiosk, "activation_code")
        _ = self._
        self.code = CodeField(
            "code", _("Activation code"), _("12 letters and digits, in a box in your letter.")
        )
        self.code.input.setObjectName("activation_code_input")
        self.lay_out(
            _("Type the code from your letter"),
            self.code,
            action=_("Next"),
            action_name="activation_code_next",
        )
        self.code.set_code(code)
        self.primary.clicked.connect(self._on_next)

    def _on_next(self) -> None:
        if not self.code.is_complete():
            self.code.show_error(self._("The code has 12 letters and digits. Please check it."))
            self.code.setFocus()
            return
        code, acting = self.code.code(), self.kiosk.acting()
        self.submit(lambda: acting.activation.start(code), lambda start: self._on_start(code, start))

    def _on_start(self, code: str, start: ActivationStart) -> None:
        self.kiosk.go(AskBirthDate(self.kiosk, Answers(code, start.asks_for_digits)))


class AskBirthDate(TouchPage):
    """The date of birth (D4)."""

    has_keyboard = True

    def __init__(self, kiosk: Kiosk, answers: Answers) -> None:
        super().__init__(kiosk, "activation_birth_date")
        self._answers = answers
        _ = self._
        self.birth_date = DateField(_, "birth_date", _("Date of birth"), _("Day, month and year"))
        self.lay_out(
            _("When were you born?"),
            self.birth_date,
            action=_("Next"),
            action_name="birth_date_next",
        )
        self.primary.clicked.connect(self._on_next)

    def _on_next(self) -> None:
        born = self.birth_date.date()
        if born is None:
            self.birth_date.show_error(self._("Please type day, month and year, such as 3 4 1950."))
            self.birth_date.setFocus()
            return
        self._answers.birth_date = born
        asks = self._answers.asks_for_digits
        self.kiosk.go(AskDigits(self.kiosk, self._answers) if asks else ReadNotice(self.kiosk, self._answers))


class AskDigits(TouchPage):
    """The last digits of a number on file, where names and dates are alike (D4)."""

    has_keyboard = True

    def __init__(self, kiosk: Kiosk, answers: Answers) -> None:
        super().__init__(kiosk, "activation_digits")
        self._answers = answers
        _ = self._
        self.digits = TextField(
            "digits",
            _("The last four digits of your patient number or mobile number"),
            _("We ask because another patient has a name and birth date like yours."),
            longest=DIGITS,
        )
        self.digits.input.setObjectName("activation_digits_input")
        self.lay_out(_("Four digits, please"), self.digits, action=_("Next"), action_name="digits_next")
        self.primary.clicked.connect(self._on_next)

    def _on_next(self) -> None:
        typed = self.digits.text()
        if len(typed) != DIGITS or not typed.isdecimal():
            self.digits.show_error(self._("Please type four digits."))
            self.digits.setFocus()
            return
        self._answers.digits = typed
        self.kiosk.go(ReadNotice(self.kiosk, self._answers))


class ReadNotice(TouchPage):
    """How the clinic uses what it knows; its version is kept with the account (D29)."""

    def __init__(self, kiosk: Kiosk, answers: Answers) -> None:
        super().__init__(kiosk, "activation_notice")
        clinic = kiosk.clinic
        _ = self._
        paragraphs = [part.strip() for part in clinic.notice.split("\n\n") if part.strip()] or [
            _(
                "{clinic} keeps your exams and reports and shows them to you in this portal.",
                clinic=clinic.name,
            ),
            _("Only you, people whom you invite, and staff who care for you can open them."),
            _("Every opening is written down. You can read the list whenever you are signed in."),
            _("Questions? Write to {email}.", email=clinic.email),
        ]
        content = Card(*(Text(part) for part in paragraphs), gap=2, margin=4)
        self.lay_out(
            _("How we use your information"),
            action=_("I have read this"),
            action_name="notice_read",
            fills=PageTurner(_, content),
        )
        self.primary.clicked.connect(lambda: kiosk.go(ChooseUserName(kiosk, answers)))


class ChooseUserName(TouchPage):
    """The user name (R9)."""

    has_keyboard = True

    def __init__(self, kiosk: Kiosk, answers: Answers) -> None:
        super().__init__(kiosk, "activation_user_name")
        self._answers = answers
        _ = self._
        rules = kiosk.clinic.rules
        self.user_name = TextField(
            "user_name",
            _("User name"),
            _("At least {n} letters or digits. Choose one that you will remember.", n=rules.user_name_min),
            longest=rules.user_name_max,
        )
        self.user_name.input.setObjectName("activation_user_name_input")
        self.lay_out(_("Choose a user name"), self.user_name, action=_("Next"), action_name="user_name_next")
        self.primary.clicked.connect(self._on_next)

    def _on_next(self) -> None:
        typed = self.user_name.text()
        least = self.kiosk.clinic.rules.user_name_min
        if len(typed) < least:
            self.user_name.show_error(
                self._("A user name has at least {least} letters or digits.", least=least)
            )
            self.user_name.setFocus()
            return
        self._answers.user_name = typed
        self.kiosk.go(_choose_password(self.kiosk, self._answers))


def _choose_password(kiosk: Kiosk, answers: Answers) -> NewPassword:
    _ = kiosk.surroundings.words

    def save(page: NewPassword, password: str) -> None:
        acting, clinic = kiosk.acting(), kiosk.clinic
        assert answers.birth_date is not None
        born = answers.birth_date
        page.submit(
            lambda: acting.activation.finish(
                answers.code, born, answers.user_name, password, clinic.notice_version, answers.digits
            ),
            lambda user_name: kiosk.go(Activated(kiosk, user_name)),
        )

    return _Password(
        kiosk,
        action=_("Activate"),
        user_name=answers.user_name,
        field="password",
        save=save,
    )


class _Password(NewPassword):
    """The last question; what the clinic refuses is shown on the page that asked it."""

    def show_failure(self, error: Exception) -> None:
        """Go back to the page whose answer was refused."""
        kind = error.kind if isinstance(error, PortalError) else ""
        asked: type[TouchPage] | None = None
        if kind == "answers_wrong":
            asked = AskBirthDate
        elif kind.startswith("code_"):
            asked = AskCode
        elif isinstance(error, Invalid) and error.field == "user_name":
            asked = ChooseUserName
        elif kind == "notice_changed":
            asked = ReadNotice
        page = self.kiosk.back_to(asked) if asked is not None else None
        if page is not None:
            page.show_failure(error)
        else:
            super().show_failure(error)

    def refused_elsewhere(self, error: Invalid) -> None:
        """The same for a field of an earlier page."""
        self.show_failure(error)


class Activated(TouchPage):
    """Activation is no sign-in: that comes next (R11)."""

    def __init__(self, kiosk: Kiosk, user_name: str) -> None:
        super().__init__(kiosk, "activated")
        _ = self._
        self.lay_out(
            _("Your account is ready"),
            Card(
                Text(_("Your user name"), "quietText"),
                Text(user_name, "heading"),
                Text(_("Now sign in with it and the password that you have just chosen.")),
                gap=1,
                margin=4,
            ),
            action=_("Sign in"),
            action_name="go_to_sign_in",
        )
        self.back_button.hide()
        self.primary.clicked.connect(lambda: kiosk.ask_sign_in(user_name))
