"""One patient at the desk: who it is, always in sight, and below it account, exams, invitations and messages."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.errors import NotAllowed
from app.portal import Acting
from app.rules.access import Role
from app.views.desk import PatientPage
from app.views.people import PatientRow
from ui.desk.drawer import Paper
from ui.desk.paper_dialog import PaperDialog
from ui.desk.rolling import rolling
from ui.desk.seat import Seat
from ui.page import Page
from ui.reception import details_form as details
from ui.reception.account_section import AccountSection
from ui.reception.exam_view import ExamView
from ui.reception.exams_section import ExamsSection
from ui.reception.images_view import ImagesView
from ui.reception.import_dialog import ImportDialog
from ui.reception.invitation_dialog import InvitationDialog
from ui.reception.invitations_section import InvitationsSection
from ui.reception.invite_form import Made, ask_invite
from ui.reception.messages_section import MessagesSection
from ui.reception.patient_header import PatientHeader
from ui.reception.section import Section
from ui.widgets.layout import column

Choice = tuple[str, str, Callable[[], object]]
AskDetails = Callable[[Seat, QWidget, PatientRow, Callable[[object], None]], object]


class PatientView(Page):
    """Opens the patient once, audited, and looks again whenever something changed."""

    closed = Signal()
    patient_wanted = Signal(object)  # UUID
    due = Signal(object)  # when time alone will change what is shown, or None
    wide = Signal(bool)  # images want the whole width

    def __init__(self, seat: Seat, patient_id: UUID) -> None:
        super().__init__(seat.words, seat.surroundings.background)
        self.setObjectName("patient_page")
        self._seat = seat
        self.patient_id = patient_id
        self.row: PatientPage | None = None
        self._exam: ExamView | None = None
        self._images: ImagesView | None = None
        self._exam_wanted: UUID | None = None
        self._invitation_wanted: UUID | None = None
        self._build()
        self._connect()
        seat.run(
            lambda acting: acting.patients.open(patient_id),
            owner=self,
            done=self.show_page,
            failed=self.show_failure,
        )

    # What is shown

    def reload(self) -> None:
        """Look at the patient again, as after a change."""
        if self.row is None:
            return
        patient_id = self.patient_id
        self._seat.run(
            lambda acting: _look_again(acting, patient_id),
            owner=self,
            done=self.show_page,
            failed=self.show_failure,
            group="look",
        )

    def show_page(self, page: PatientPage) -> None:
        """Show what the portal says of the patient now."""
        self.row = page
        self.header.show_patient(page.patient, page.linked)
        self.header.offer(self._choices(page))
        for section in (self.account, self.exams, self.invitations, self.messages):
            section.show_page(page)
        if self._exam is not None:
            self._show_exam_again(self._exam, page)
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
        if self._exam_wanted is not None:
            wanted, self._exam_wanted = self._exam_wanted, None
            self.open_exam(wanted)
        if self._invitation_wanted is not None:
            wanted, self._invitation_wanted = self._invitation_wanted, None
            self.open_invitation(wanted)

    def open_exam(self, exam_id: UUID) -> None:
        """Show one exam in the place of the sections."""
        if self.row is None:
            self._exam_wanted = exam_id
            return
        found = next((exam for exam in self.row.exams if exam.exam.id == exam_id), None)
        if found is None:
            return
        self._close_exam()
        view = ExamView(self._seat, self.row.patient)
        view.left.connect(self._close_exam)
        view.changed.connect(self.reload)
        view.images_wanted.connect(self._open_images)
        view.paper.connect(self.print_paper)
        self._exam = view
        self._below.addWidget(view)
        self._below.setCurrentWidget(view)
        view.show_exam(found)
        self.header.close_button.hide()  # Escape belongs to the exam now

    def open_invitation(self, invitation_id: UUID) -> None:
        """Show one invitation over the page."""
        if self.row is None:
            self._invitation_wanted = invitation_id
            return
        found = next((one for one in self.row.invitations if one.id == invitation_id), None)
        if found is not None:
            InvitationDialog(self._seat, self, found).changed.connect(self.reload)

    def print_paper(self, paper: Paper) -> None:
        """Ask for two identifiers where the paper bears a code, and print it."""
        self._seat.drawer.put(paper)
        dialog = PaperDialog(self._seat, self, paper, self.patient_id)
        dialog.done.connect(self._on_paper_done)
        dialog.new_code_wanted.connect(self.account.reissue)
        dialog.voided.connect(self.account.void)

    def import_files(self, paths: tuple[str, ...] = ()) -> None:
        """Bring images in for this patient."""
        if self.row is not None and self._seat.has(Role.RECEPTION, Role.CLINICAL):
            dialog = ImportDialog(self._seat, self, self.row.patient, paths)
            dialog.imported.connect(lambda _imported: self.reload())

    def leave(self) -> None:
        """Forget the images as well."""
        self._close_images()
        super().leave()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look through what was dropped."""
        paths = tuple(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())
        if paths:
            event.acceptProposedAction()
            self.import_files(paths)

    # Building

    def _build(self) -> None:
        self.setAcceptDrops(True)
        self.header = PatientHeader(self._seat)
        self.account = AccountSection(self._seat)
        self.exams = ExamsSection(self._seat)
        self.invitations = InvitationsSection(self._seat)
        self.messages = MessagesSection(self._seat)
        self._sections: list[Section] = [self.account, self.exams, self.invitations, self.messages]
        self._area = rolling(self._seat.surroundings.theme, *self._sections, gap=4)
        self._below = QStackedWidget()
        self._below.addWidget(QWidget())  # until the portal has answered
        self._below.addWidget(self._area)
        notices = column(self.notices)
        notices.setContentsMargins(24, 0, 24, 0)
        whole = column(self.header, notices, self._below, gap=0)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def _connect(self) -> None:
        self.header.close_button.clicked.connect(self.closed)
        doing = self.account.doing
        doing.paper.connect(self.print_paper)
        for part in (doing, self.messages):
            part.changed.connect(self.reload)
            part.said.connect(lambda sentence: self.notices.say("good", sentence))
            part.failed.connect(self.show_failure)
        self.exams.opened.connect(self.open_exam)
        self.exams.import_wanted.connect(self.import_files)
        self.invitations.opened.connect(self.open_invitation)
        self.invitations.invite_wanted.connect(self._on_invite)
        for at, section in enumerate(self._sections, start=1):
            QShortcut(QKeySequence(f"Ctrl+{at}"), self, partial(self._go_to, section))

    def _choices(self, page: PatientPage) -> list[Choice]:
        if not self._seat.has(Role.RECEPTION, Role.MANAGER):
            return []
        _, patient = self._, page.patient
        choices: list[Choice] = [
            ("contact", _("Contact details"), partial(self._ask_details, details.ask_contact)),
            ("correct", _("Name, birth date, numbers"), partial(self._ask_details, details.ask_correct)),
            ("link", _("Link with another record"), partial(self._ask_details, details.ask_link)),
        ]
        for other in page.linked:
            words = _("Separate from {name}", name=other.full_name)
            ask = partial(details.ask_unlink, self._seat, self, patient, other, self._on_changed)
            choices.append(("unlink", words, ask))
            words = _("Open the record of {name}", name=other.full_name)
            choices.append(("open_linked", words, partial(self.patient_wanted.emit, other.id)))
        return choices

    # What happens

    def _ask_details(self, ask: AskDetails) -> None:
        if self.row is not None:
            ask(self._seat, self, self.row.patient, self._on_changed)

    def _on_changed(self, _result: object) -> None:
        self.reload()

    def _go_to(self, section: Section) -> None:
        self._close_exam()
        section.take_focus()
        # Later: what has the cursor may show more below itself.
        QTimer.singleShot(0, section, partial(self._area.ensureWidgetVisible, section, 0, 8))

    def _show_exam_again(self, view: ExamView, page: PatientPage) -> None:
        found = next((exam for exam in page.exams if exam.exam.id == view.exam_id), None)
        if found is None:
            self._close_exam()
        else:
            view.show_exam(found)

    def _close_exam(self) -> None:
        self._close_images()
        if self._exam is None:
            return
        view, self._exam = self._exam, None
        self._below.setCurrentWidget(self._area)
        self._below.removeWidget(view)
        view.leave()
        view.deleteLater()
        self.header.close_button.show()
        self.exams.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_images(self, exam_id: UUID) -> None:
        if self.row is None:
            return
        view = ImagesView(self._seat, self.row.patient, exam_id)
        view.left.connect(self._close_images)
        self._images = view
        self._below.addWidget(view)
        self._below.setCurrentWidget(view)
        self.wide.emit(True)

    def _close_images(self) -> None:
        if self._images is None:
            return
        view, self._images = self._images, None
        view.leave()
        self._below.setCurrentWidget(self._exam if self._exam is not None else self._area)
        self._below.removeWidget(view)
        view.deleteLater()
        self.wide.emit(False)

    def _on_invite(self) -> None:
        if self.row is not None:
            ask_invite(self._seat, self, self.row, self._on_invited)

    def _on_invited(self, made: Made) -> None:
        self.reload()
        invitation, paper = made
        if paper is not None:
            self.print_paper(paper)
        elif invitation.code_to_pass_on is not None:
            code = invitation.code_to_pass_on
            self.notices.say(
                "wait",
                self._(
                    "Only the link goes by e-mail. Tell the patient the verification code: {code}", code=code
                ),
            )
        else:
            self.notices.say("good", self._("The invitation is on its way. See Messages."))

    def _on_paper_done(self) -> None:
        self.account.show_again()
        self.reload()


def _look_again(acting: Acting, patient_id: UUID) -> PatientPage:
    """Look at a patient again; where only the desk, or only the server, knows of the opening, it is one there too (D24)."""
    try:
        return acting.patients.look(patient_id)
    except NotAllowed as error:
        if error.kind != "not_opened":
            raise
        return acting.patients.open(patient_id)
