"""Chooses another patient inside a form: typed, found, and shown with birth date and number."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.errors import N_, Invalid, PortalError
from app.portal import Acting
from app.views.people import PatientRow
from ui.desk.result_list import ResultList, second_line
from ui.desk.seat import Seat
from ui.widgets.field import Field

WAIT_MS = 150
FEW = 5
ROWS_SHOWN = 3
FRAME = 2


Find = Callable[[Acting, str], tuple[PatientRow, ...]]


def find_here(acting: Acting, text: str) -> tuple[PatientRow, ...]:
    """Find patients of the employee's own sites."""
    return acting.patients.find(text, limit=FEW)


class PatientField(Field):
    """patient() is who was chosen; needed() raises Invalid while nobody was."""

    def __init__(self, seat: Seat, name: str, label: str, hint: str = "", *, find: Find = find_here) -> None:
        super().__init__(name, label, hint)
        self._seat = seat
        self._find = find
        _ = seat.words
        self._chosen: PatientRow | None = None
        self.input = QLineEdit()
        self.input.setPlaceholderText(_("Name, birth date, number or phone"))
        self.input.setMaxLength(120)
        self.input.installEventFilter(self)
        self._take(self.input, label)
        self.results = ResultList(seat.words)
        self.results.setObjectName(f"{name}_results")
        self.results.chosen.connect(self._on_chosen)
        self.results.hide()
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.input)
        column.addWidget(self.results)
        self._line.addWidget(both, stretch=1)
        self._wait = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait.timeout.connect(self._search)
        self.input.textEdited.connect(self._on_typed)

    def patient(self) -> PatientRow | None:
        """Return who was chosen."""
        return self._chosen

    def needed(self) -> PatientRow:
        """Return who was chosen; raises Invalid while nobody was."""
        if self._chosen is None:
            raise Invalid(
                "patient_missing", N_("Please find the patient and choose them."), field=self.objectName()
            )
        return self._chosen

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows choose among those found, and Enter take the one chosen."""
        if (
            watched is self.input
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and self.results.isVisible()
        ):
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self.results.step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.results.open_current()
                return True
        return super().eventFilter(watched, event)

    def _on_typed(self) -> None:
        self._chosen = None
        if self.input.text().strip():
            self._wait.start()
        else:
            self._show(())

    def _search(self) -> None:
        text = self.input.text()
        self._seat.run(
            lambda acting: self._find(acting, text),
            owner=self,
            done=self._show,
            failed=self._on_failed,
            group="find",
        )

    def _on_failed(self, error: Exception) -> None:
        self.show_error(self._seat.words.error(error) if isinstance(error, PortalError) else "")

    def _show(self, rows: tuple[PatientRow, ...]) -> None:
        self.results.show_rows(rows)
        shown = min(len(rows), ROWS_SHOWN)
        self.results.setFixedHeight(shown * max(self.results.sizeHintForRow(0), 0) + 2 * FRAME)
        self.results.setVisible(bool(rows))

    def _on_chosen(self, patient: PatientRow) -> None:
        self._chosen = patient
        self.input.setText(f"{patient.full_name}, {second_line(patient, self._seat.words)}")
        self.results.hide()
        self.show_error("")
        self.changed.emit()
