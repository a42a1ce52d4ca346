"""Where one account reaches several people: "Whose exams?" (D31)."""

from uuid import UUID

from PySide6.QtWidgets import QWidget

from app.rules.access import Relation
from ui.patient.parts import roomy
from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.card_button import CardButton
from ui.widgets.layout import column
from ui.widgets.page_turner import PageTurner
from ui.widgets.text import Text


class WhoseExams(TouchPage):
    """One card for each person."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__(kiosk, "whose_exams_page")
        _ = self._
        stay = kiosk.stay
        assert stay is not None
        said = {
            Relation.SELF: _("Your own exams"),
            Relation.PARENT: _("You are a parent"),
            Relation.GUARDIAN: _("You are a guardian"),
            Relation.CARER: _("You are a carer"),
        }
        people = QWidget()
        people.setLayout(
            column(
                *(self._card(known, name, said[relation]) for known, name, relation in stay.patients), gap=2
            )
        )
        nobody = Text(
            _("No exams can be seen with this account. Please ask at the reception desk."), "quietText"
        )
        if stay.patients:
            nobody.hide()
        self.lay_out(_("Whose exams?"), nobody, fills=PageTurner(_, people))
        self.back_button.hide()

    def _card(self, patient_id: UUID, name: str, line: str) -> CardButton:
        card = CardButton(name, line, icon_name="user-round")
        card.setObjectName(f"patient_{patient_id}")
        card.clicked.connect(lambda: self.kiosk.look_at(patient_id))
        return roomy(card, 120)
