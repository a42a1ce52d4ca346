"""Who the patient is: name, birth date and numbers, two identifiers always in sight."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QMenu

from app.views.people import PatientRow
from ui.desk.key_button import KeyButton
from ui.desk.seat import Seat
from ui.widgets.layout import column, row
from ui.widgets.status import StatusBadge
from ui.widgets.text import Text


class PatientHeader(QFrame):
    """Stays at the top while the sections below roll."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._ = seat.words
        self.setObjectName("patient_header")
        self.setProperty("role", "header")
        self.name = Text("", "heading")
        self.name.setObjectName("patient_name")
        self.identity = Text("")
        self.identity.setObjectName("patient_identity")
        self.linked = Text("", "quietText")
        self.alert = StatusBadge(
            self._("Name alert: another patient has the same name and birth date"), "stop", "triangle-alert"
        )
        self.alert.setObjectName("name_alert")
        self.details_button = KeyButton("details_button", self._("Details"), "Alt+T", icon_name="pencil")
        self._menu = QMenu(self)
        self.details_button.clicked.connect(self._open_menu)
        self.close_button = KeyButton("close_patient", self._("Close"), "Esc", "quiet")
        head = row(self.name, self.details_button, self.close_button)
        head.setStretch(0, 1)
        head.setAlignment(self.name, Qt.AlignmentFlag.AlignVCenter)
        line = column(head, self.identity, self.linked, row(self.alert, None), gap=0)
        line.setSpacing(4)
        line.setContentsMargins(24, 12, 16, 12)
        self.setLayout(line)
        self.alert.hide()
        self.linked.hide()

    def offer(self, choices: Sequence[tuple[str, str, Callable[[], object]]]) -> None:
        """Offer what may be done with the details: name, words, and what does it."""
        self._menu.clear()
        for name, words, do in choices:
            action = self._menu.addAction(words)
            action.setObjectName(name)
            action.triggered.connect(do)
        self.details_button.setVisible(bool(choices))

    def _open_menu(self) -> None:
        self._menu.popup(self.details_button.mapToGlobal(QPoint(0, self.details_button.height() + 4)))
        first = next(iter(self._menu.actions()), None)
        if first is not None:
            self._menu.setActiveAction(first)

    def show_patient(self, patient: PatientRow, linked: tuple[PatientRow, ...]) -> None:
        """Show whose page this is."""
        self.name.setText(patient.full_name)
        numbers = " · ".join(f"{found.value} ({found.issuer})" for found in patient.identifiers)
        self.identity.setText(
            self._(
                "Born {day} · {numbers}", day=patient.birth_date, numbers=numbers or self._("no number yet")
            )
        )
        self.alert.setVisible(patient.has_name_alert)
        self.linked.setVisible(bool(linked))
        self.linked.setText(
            self._(
                "Linked with {names}",
                names=", ".join(f"{other.full_name} ({_first(other)})" for other in linked),
            )
        )


def _first(patient: PatientRow) -> str:
    return patient.identifiers[0].value if patient.identifiers else "—"
