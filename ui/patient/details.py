"""Personal details, to be seen and not edited: the clinic changes them (R18, R19, D7)."""

from app.views.people import MyDetails
from ui.patient.contact import Contact
from ui.patient.parts import Facts, Room
from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.text import Text


class Details(TouchPage):
    """Partly hidden on the kiosk, where others may look on."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__(kiosk, "details_page")
        self._room = Room()
        _ = self._
        self.lay_out(
            _("Personal details"),
            self._room,
            Text(
                _(
                    "Something is wrong, or you want to delete your account? Contact us: the clinic does it for you."
                )
            ),
            action=_("Contact us"),
            action_name="contact",
        )
        self.primary.clicked.connect(lambda: kiosk.go(Contact(kiosk)))

    def began(self) -> None:
        """Look them up."""
        acting = self.kiosk.acting()
        self.ask(acting.patients.my_details, self._show, group="details")

    def _show(self, details: MyDetails) -> None:
        _ = self._
        facts = Facts()
        facts.add(_("Name"), details.full_name)
        facts.add(_("Date of birth"), details.birth_date)
        facts.add(_("E-mail"), details.email or _("None"))
        facts.add(_("Mobile"), details.mobile or _("None"))
        facts.add(_("User name"), details.user_name)
        self._room.show_only(facts)
