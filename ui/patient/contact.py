"""Whom to ask: the clinic's address, phone and e-mail (R4, R33, R79)."""

from ui.patient.parts import Facts
from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.text import Text


class Contact(TouchPage):
    """Shown to anybody."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__(kiosk, "contact_page")
        _ = self._
        clinic, site = kiosk.clinic, kiosk.site
        facts = Facts()
        facts.add(_("E-mail"), clinic.email)
        facts.add(_("Phone"), site.phone)
        facts.add(_("Address"), "\n".join([clinic.name, *site.address]))
        self.lay_out(
            _("Contact us"),
            Text(
                _(
                    "For help with setting up your account or signing in, to change your personal details, to delete your"
                    " account, or with any other question about this portal."
                )
            ),
            facts,
        )
