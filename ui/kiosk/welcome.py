"""The first page: what the kiosk is for, and the ways in (R4, R8, D23)."""

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.look import Colours
from ui.icons import IconLabel
from ui.kiosk.activation import AskCode
from ui.kiosk.guest import AskInvitation
from ui.patient.contact import Contact
from ui.patient.parts import Split, roomy
from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.button import Button
from ui.widgets.card_button import CardButton
from ui.widgets.layout import column
from ui.widgets.text import Text

TALL = 136  # px of a card


class Welcome(TouchPage):
    """Shown whenever nobody is here."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__(kiosk, "welcome")
        clinic = kiosk.clinic
        _ = self._
        letter = CardButton(
            _("I have an activation letter"),
            _("Set up your account with the code in the letter. It takes about 5 minutes."),
            icon_name="mail-open",
        )
        letter.setObjectName("have_letter")
        letter.clicked.connect(lambda: kiosk.go(AskCode(kiosk)))
        sign_in = CardButton(
            _("Sign in"), _("See your reports and images, and share them."), icon_name="log-in"
        )
        sign_in.setObjectName("sign_in")
        sign_in.clicked.connect(lambda: kiosk.ask_sign_in(""))
        invitation = CardButton(
            _("I have an invitation"), _("Open an exam that somebody shared with you."), icon_name="ticket"
        )
        invitation.setObjectName("have_invitation")
        invitation.clicked.connect(lambda: kiosk.go(AskInvitation(kiosk)))
        contact = Button(_("Questions? Contact us"), "quiet", icon_name="circle-question-mark")
        contact.setObjectName("contact")
        contact.clicked.connect(lambda: kiosk.go(Contact(kiosk)))
        no_account = Text(
            _("No account yet? Ask at the reception desk, or write to {email}.", email=clinic.email),
            "quietText",
        )
        no_account.setObjectName("no_account")
        for way in (letter, sign_in, invitation):
            roomy(way, TALL)
        ways = QWidget()
        ways.setLayout(
            column(
                self.notices,
                None,
                letter,
                sign_in,
                invitation,
                no_account,
                None,
                contact,
                gap=3,
            )
        )
        greeting = _Greeting(
            kiosk.surroundings.theme.colours,
            _("Welcome to {clinic}", clinic=clinic.name),
            _("Here you can read your reports, look at your images, and share them with people you trust."),
            _("You can also scan the square code on your letter or invitation."),
        )
        outer = column(Split(greeting, ways, shares=(5, 6)), margin=6)
        self.setLayout(outer)
        self.back_button.setParent(self)
        self.back_button.hide()
        self.primary.setParent(self)
        self.primary.hide()


class _Greeting(QWidget):
    """A sheet in the one colour, with the clinic's name large."""

    def __init__(self, colours: Colours, title: str, sentence: str, hint: str) -> None:
        super().__init__()
        self._ground = QColor(colours.teal)
        self.setStyleSheet(f"QLabel, QWidget {{ color: {colours.on_teal}; }}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        inner = QVBoxLayout(self)
        inner.setContentsMargins(56, 56, 56, 56)
        inner.setSpacing(24)
        inner.addWidget(IconLabel("heart-pulse", lines=2.4))
        inner.addStretch(1)
        inner.addWidget(Text(title, "title"))
        inner.addWidget(Text(sentence, "subheading"))
        inner.addStretch(1)
        inner.addWidget(Text(hint))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sheet."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._ground)
        painter.setBrush(self._ground)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 12, 12)
        painter.end()
        super().paintEvent(event)
