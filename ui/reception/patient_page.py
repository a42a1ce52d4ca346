"""One patient at the desk: who it is, always in sight, and below it account, exams, invitations and messages."""

from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

from app.views.desk import PatientPage
from ui.page import Page
from ui.reception.account_section import AccountSection
from ui.reception.drawer import Paper
from ui.reception.paper_dialog import PaperDialog
from ui.reception.patient_header import PatientHeader
from ui.reception.seat import Seat
from ui.reception.section import Section
from ui.widgets.layout import column


class PatientView(Page):
    """Opens the patient once, audited, and looks again whenever something changed."""

    closed = Signal()
    patient_wanted = Signal(object)  # UUID
    due = Signal(object)  # when time alone will change what is shown, or None

    def __init__(self, seat: Seat, patient_id: UUID) -> None:
        super().__init__(seat.words, seat.surroundings.background)
        self.setObjectName("patient_page")
        self._seat = seat
        self.patient_id = patient_id
        self.row: PatientPage | None = None
        self._build()
        self._connect()
        seat.run(
            lambda acting: acting.patients.open(patient_id),
            owner=self,
            done=self.show_page,
            failed=self.show_failure,
        )

    def reload(self) -> None:
        """Look at the patient again, as after a change."""
        patient_id = self.patient_id
        self._seat.run(
            lambda acting: acting.patients.look(patient_id),
            owner=self,
            done=self.show_page,
            failed=self._on_reload_failed,
            group="look",
        )

    def show_page(self, page: PatientPage) -> None:
        """Show what the portal says of the patient now."""
        self.row = page
        self.header.show_patient(page.patient, page.linked)
        self.account.show_page(page)
        instants = [
            at
            for at in (
                *(account.changes_at for account in page.accounts),
                *(exam.exam.changes_at for exam in page.exams),
                *(invitation.changes_at for invitation in page.invitations),
            )
            if at is not None
        ]
        self.due.emit(min(instants, default=None))
        if self._below.currentIndex() == 0:
            self._below.setCurrentWidget(self._area)

    def print_paper(self, paper: Paper) -> None:
        """Ask for two identifiers where the paper bears a code, and print it."""
        self._seat.drawer.put(paper)
        dialog = PaperDialog(self._seat, self, paper)
        dialog.done.connect(self._on_paper_done)
        dialog.new_code_wanted.connect(self.account.reissue)
        dialog.voided.connect(self.account.void)

    def _on_paper_done(self) -> None:
        self.account.show_again()
        self.reload()

    def _build(self) -> None:
        self.header = PatientHeader(self._seat)
        self.account = AccountSection(self._seat)
        self._sections: list[Section] = [self.account]
        inner = QWidget()
        inner.setProperty("role", "clear")
        inner.setLayout(column(*self._sections, None, gap=4, margin=3))
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(inner)
        self._below = QStackedWidget()
        self._below.addWidget(QWidget())  # until the portal has answered
        self._below.addWidget(self._area)
        notices = column(self.notices)
        notices.setContentsMargins(24, 0, 24, 0)
        whole = column(self.header, notices, self._below, gap=1)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def _connect(self) -> None:
        self.header.close_button.clicked.connect(self._on_close)
        doing = self.account.doing
        doing.paper.connect(self.print_paper)
        doing.changed.connect(self.reload)
        doing.said.connect(lambda sentence: self.notices.say("good", sentence))
        doing.failed.connect(self.show_failure)
        for at, section in enumerate(self._sections, start=1):
            QShortcut(QKeySequence(f"Ctrl+{at}"), self, lambda shown=section: self._go_to(shown))

    def _go_to(self, section: Section) -> None:
        self._area.ensureWidgetVisible(section, 0, 8)
        section.take_focus()

    def _on_close(self) -> None:
        self.closed.emit()

    def _on_reload_failed(self, error: Exception) -> None:
        self.show_failure(error)
