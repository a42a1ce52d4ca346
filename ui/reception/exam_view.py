"""One exam at the desk: its images, its reports, and what each of them waits for."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.rules.access import Role
from app.sayings import exam_title
from app.views.desk import DeskExam
from app.views.people import PatientRow
from ui.desk.flow import Flow
from ui.desk.key_button import KeyButton
from ui.desk.rolling import rolling
from ui.desk.seat import Seat
from ui.page import Page
from ui.reception import report_forms as forms
from ui.reception.report_actions import ReportActions
from ui.reception.report_card import ReportCard
from ui.widgets.layout import Card, column, row
from ui.widgets.status import StatusBadge
from ui.widgets.text import Text


class ExamView(Page):
    """changed: look at the patient again; paper: something to print; images_wanted: open the viewer."""

    left = Signal()
    changed = Signal()
    images_wanted = Signal(object)  # UUID
    paper = Signal(object)  # Paper

    def __init__(self, seat: Seat, patient: PatientRow) -> None:
        super().__init__(seat.words, seat.surroundings.background)
        self.setObjectName("exam_view")
        self._seat = seat
        self._patient = patient
        self._exam: DeskExam | None = None
        self._cards: list[QWidget] = []
        self.doing = ReportActions(seat, self, patient)
        self._build()
        self._connect()

    @property
    def exam_id(self) -> UUID | None:
        """Which exam is shown."""
        return self._exam.exam.id if self._exam else None

    def show_exam(self, exam: DeskExam) -> None:
        """Show the exam as it is now; what has not changed stays as it is."""
        if exam == self._exam:
            return
        is_same = self._exam is not None and self._exam.exam.id == exam.exam.id
        had_focus = any(card.isAncestorOf(self.window().focusWidget()) for card in self._cards)
        self._exam = exam
        self.title.setText(exam_title(self._, exam.exam))
        self.images.setText(
            self._.count("Open {n} image", "Open {n} images", exam.exam.image_count)
            if exam.exam.image_count
            else self._("No images")
        )
        self.images.setEnabled(exam.exam.image_count > 0)
        self.withheld.setVisible(exam.exam.is_withheld)
        self.hold.setText(self._("End the withholding") if exam.exam.is_withheld else self._("Withhold"))
        self._show_reports(exam)
        if had_focus or not is_same:
            self.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_reports(self, exam: DeskExam) -> None:
        for card in self._cards:
            self._reports.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = []
        if not exam.reports:
            self._add(
                Card(
                    Text(self._("No report yet. Attach it here when the radiologist has written it.")),
                    margin=2,
                )
            )
        has_keys = True
        for report in sorted(exam.reports, key=lambda found: found.authored_at, reverse=True):
            card = ReportCard(self._seat, exam.exam, report, has_keys=has_keys)
            card.wanted.connect(self.doing.do)
            self._add(card)
            has_keys = has_keys and card.is_over

    def _add(self, card: QWidget) -> None:
        self._cards.append(card)
        self._reports.addWidget(card)
        card.show()

    def _build(self) -> None:
        _ = self._
        self.back = KeyButton("exam_back", _("All sections"), "Esc", icon_name="arrow-left")
        self.title = Text("", "subheading")
        self.title.setObjectName("exam_title")
        self.withheld = StatusBadge(
            _("This exam is withheld: the patient sees neither reports nor images"), "stop"
        )
        self.withheld.setObjectName("exam_withheld")
        self.images = KeyButton("open_images", _("Open images"), "Alt+O", "primary", icon_name="images")
        self.attach_text = KeyButton("attach_text", _("Attach a text"), "Alt+A", icon_name="file-text")
        self.attach_pdf = KeyButton("attach_pdf", _("Attach a PDF"), "Alt+F", icon_name="paperclip")
        self.hold = KeyButton("hold_exam", _("Withhold"), "Alt+H")
        self.move_exam = KeyButton("move_exam", _("Give to another patient"), "Alt+G")
        head = row(self.back, self.title, gap=2)
        head.setStretch(1, 1)
        self._reports = column(gap=2)
        area = rolling(
            self._seat.surroundings.theme,
            head,
            row(self.withheld, None),
            Flow(self.images, self.attach_text, self.attach_pdf, self.hold, self.move_exam),
            self.notices,
            Text(_("Reports"), "subheading"),
            self._reports,
            gap=2,
        )
        self.setLayout(column(area))
        staff = self._seat.has(Role.RECEPTION, Role.CLINICAL)
        for button in (self.images, self.attach_text, self.attach_pdf):
            button.setVisible(staff)
        self.hold.setVisible(self._seat.has(Role.CLINICAL))
        self.move_exam.setVisible(self._seat.has(Role.MANAGER))

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.images.clicked.connect(lambda: self.images_wanted.emit(self.exam_id))
        self.attach_text.clicked.connect(partial(self._with_exam, self._attach_text))
        self.attach_pdf.clicked.connect(partial(self._with_exam, self._attach_pdf))
        self.hold.clicked.connect(partial(self._with_exam, self._hold))
        self.move_exam.clicked.connect(partial(self._with_exam, self._move))
        self.doing.changed.connect(self.changed)
        self.doing.failed.connect(self.show_failure)
        self.doing.said.connect(lambda sentence: self.notices.say("good", sentence))
        self.doing.paper.connect(self.paper)

    def _with_exam(self, use: Callable[[DeskExam], None]) -> None:
        if self._exam is not None:
            self.notices.clear()
            use(self._exam)

    def _attach_text(self, exam: DeskExam) -> None:
        forms.ask_attach(self._seat, self, exam, None, lambda _row: self.changed.emit())

    def _attach_pdf(self, exam: DeskExam) -> None:
        forms.choose_pdf(
            self,
            self._,
            lambda path: forms.ask_attach(self._seat, self, exam, path, lambda _row: self.changed.emit()),
        )

    def _hold(self, exam: DeskExam) -> None:
        if exam.exam.is_withheld:
            forms.ask_end_hold(
                self._seat,
                self,
                self._("End the withholding of this exam"),
                lambda acting, reason: acting.exams.end_hold(exam.exam.id, reason),
                lambda _none: self.changed.emit(),
            )
        else:
            forms.ask_hold(
                self._seat,
                self,
                self._("Withhold this exam"),
                self._(
                    "The patient sees neither its reports nor its images, and invitations show nothing of it."
                ),
                lambda acting, ground, day: acting.exams.hold(exam.exam.id, ground, day),
                lambda _none: self.changed.emit(),
            )

    def _move(self, exam: DeskExam) -> None:
        forms.ask_move(self._seat, self, exam, self._patient.full_name, lambda _none: self._on_moved())

    def _on_moved(self) -> None:
        self.changed.emit()
        self.left.emit()
