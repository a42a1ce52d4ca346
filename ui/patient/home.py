"""The first page after signing in: My Exam, Shared Exams, and the rest (R21, R63)."""

from collections.abc import Callable

from ui.patient.change_password import ChangePassword
from ui.patient.contact import Contact
from ui.patient.details import Details
from ui.patient.my_exam import MyExam
from ui.patient.parts import CardGrid, roomy
from ui.patient.shared_exams import SharedExams
from ui.patient.touch_page import Kiosk, TouchPage
from ui.patient.who_opened import WhoOpenedPage
from ui.patient.whose import WhoseExams
from ui.widgets.card_button import CardButton

TALL = 160  # px: the first choice is made from a distance


class Home(TouchPage):
    """A card for each thing to do."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__(kiosk, "home")
        _ = self._
        stay = kiosk.stay
        assert stay is not None
        cards = [
            self._card(
                "my_exam", _("My Exam"), _("Your reports and images"), "images", lambda: MyExam(kiosk)
            ),
            self._card(
                "shared_exams",
                _("Shared Exams"),
                _("What you share with others, and who opened it"),
                "share-2",
                lambda: SharedExams(kiosk),
            ),
            self._card(
                "details",
                _("Personal details"),
                _("What the clinic has on file about you"),
                "user-round",
                lambda: Details(kiosk),
            ),
            self._card(
                "who_opened",
                _("Who opened my records"),
                _("A list of everybody who looked"),
                "eye",
                lambda: WhoOpenedPage(kiosk),
            ),
            self._card(
                "change_password",
                _("Change password"),
                _("We send you an e-mail for it"),
                "key-round",
                lambda: ChangePassword(kiosk),
            ),
            self._card(
                "contact", _("Contact us"), _("Questions and help"), "message-circle", lambda: Contact(kiosk)
            ),
        ]
        self.lay_out(_("What would you like to do?"), CardGrid([*cards]), wide=True)
        self.back_button.setVisible(len(stay.patients) > 1)
        if len(stay.patients) > 1:
            self.back_button.setText(_("Somebody else's exams"))
            self.back_button.setObjectName("whose_exams")
            self.back_button.clicked.disconnect()
            self.back_button.clicked.connect(lambda: kiosk.go(WhoseExams(kiosk)))

    def _card(
        self, name: str, heading: str, line: str, icon_name: str, page: Callable[[], TouchPage]
    ) -> CardButton:
        card = CardButton(heading, line, icon_name=icon_name)
        card.setObjectName(name)
        roomy(card, TALL)
        card.clicked.connect(lambda: self.kiosk.go(page()))
        return card
