"""My Exam: every exam of the patient, newest first (R21, R22, R36)."""

from PySide6.QtWidgets import QWidget

from app.sayings import exam_line, exam_title
from app.views.exams import ExamRow
from ui.patient.exam import ExamView
from ui.patient.parts import Room, roomy
from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.card_button import CardButton
from ui.widgets.empty_state import EmptyState
from ui.widgets.layout import Card, column
from ui.widgets.page_turner import PageTurner

CHANGING = frozenset({"exam", "report"})


class MyExam(TouchPage):
    """A card for each exam; a touch opens it."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__(kiosk, "my_exam_page")
        self._rows: tuple[ExamRow, ...] | None = None
        self._turner = PageTurner(self._)
        self._room = Room()
        self.lay_out(self._("My Exam"), fills=self._room, wide=True)

    def began(self) -> None:
        """Look up the exams."""
        acting, stay = self.kiosk.acting(), self.kiosk.stay
        patient_id = stay.patient_id if stay is not None else None
        self.ask(lambda: acting.exams.mine(patient_id), self._show, group="mine")

    def changed(self, nouns: frozenset[str] | None) -> None:
        """Look again when exams changed, or when a report becomes visible by time."""
        if nouns is None or nouns & CHANGING:
            self.began()

    def _show(self, rows: tuple[ExamRow, ...]) -> None:
        self.kiosk.due_at(min((row.changes_at for row in rows if row.changes_at), default=None))
        if rows == self._rows:
            return
        self._rows = rows
        page = self._turner.page
        if not rows:
            empty = EmptyState(
                "images",
                self._("No exams yet"),
                self._("Your images appear here as soon as the scan is done."),
            )
            self._room.show_only(Card(empty))
            return
        sheet = QWidget()
        sheet.setLayout(column(*(self._card(row) for row in rows), gap=2))
        self._turner = PageTurner(self._, sheet)
        self._turner.next.setObjectName("list_next")
        self._turner.previous.setObjectName("list_previous")
        self._room.show_only(self._turner)
        self._turner.turn_to(page)

    def _card(self, row: ExamRow) -> CardButton:
        icon = "images" if row.image_count else "file-text"
        card = CardButton(exam_title(self._, row), exam_line(self._, row), icon_name=icon)
        card.setObjectName(f"exam_{row.id}")
        card.clicked.connect(lambda: self.kiosk.go(ExamView(self.kiosk, row.id)))
        return roomy(card)
