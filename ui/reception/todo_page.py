"""What is to be done at the sites of the person, and what kiosks asked to have printed (D32, D19)."""

from uuid import UUID

from PySide6.QtCore import Qt, Signal

from app.rules.access import Role
from app.rules.calendar import local_day
from app.views.exams import WaitingExam
from app.views.work import PrintRequestRow, TaskRow
from app.words import Words
from ui.desk.drawer import Paper
from ui.desk.form_dialog import Ask, FormDialog
from ui.desk.form_fields import ParagraphField, plain
from ui.desk.key_button import KeyButton
from ui.desk.paper_dialog import PaperDialog
from ui.desk.patient_field import PatientField
from ui.desk.rolling import rolling
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.page import Page
from ui.reception.attention_list import AttentionList
from ui.reception.in_the_files import named_in
from ui.widgets.empty_state import EmptyState
from ui.widgets.layout import Card, column, row
from ui.widgets.text import Text

Found = tuple[tuple[TaskRow, ...], tuple[PrintRequestRow, ...]]


class TodoPage(Page):
    """wanted carries the task whose patient, exam or invitation is to be opened; counted how many there are."""

    wanted = Signal(object)  # TaskRow
    patient_wanted = Signal(object)  # UUID
    counted = Signal(int)

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat.words, seat.surroundings.background)
        self.setObjectName("todo_page")
        self._seat = seat
        self._tasks: tuple[TaskRow, ...] = ()
        self._prints: tuple[PrintRequestRow, ...] = ()
        self._attention_count = 0
        self._is_known = True  # False: the last look failed
        self._build()
        self._connect()

    def reload(self) -> None:
        """Look what there is now."""
        self.attention.reload()
        may_print = self._seat.has(Role.RECEPTION)
        self._seat.run(
            lambda acting: (acting.tasks.open(), acting.print_requests.waiting() if may_print else ()),
            owner=self,
            done=self._show,
            failed=self._fail,
            group="look",
        )

    def _fail(self, error: Exception) -> None:
        self._is_known = False
        self._count()
        self.show_failure(error)

    def begin(self) -> None:
        """Look what there is now, and put the cursor on the first list that has something."""
        self.reload()
        if self.attention.take_focus():
            return
        first = next((table for table in (self.prints, self.tasks) if table.isVisible()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    # Building

    def _build(self) -> None:
        _, colours = self._, self._seat.surroundings.theme.colours
        self.prints = RowTable(
            "prints_table",
            _("Asked for at a kiosk"),
            (_("Asked"), _("What"), _("Patient"), _("Born"), _("State")),
            colours,
            stretch=2,
        )
        self.tasks = RowTable(
            "tasks_table", _("To do"), (_("Since"), _("What"), _("Patient")), colours, stretch=1
        )
        self.attention = AttentionList(self._seat)
        self._prints_head = Text(_("Asked for at a kiosk"), "subheading")
        self._tasks_head = Text(_("To do"), "subheading")
        self.sentence = Text("")
        self.sentence.setObjectName("task_sentence")
        self.open_button = KeyButton("task_open", _("Open"), "Return", "primary")
        self.open_button.set_key("Return", is_own=False)  # the list listens
        self.done_button = KeyButton("task_done", _("Done"), "Alt+D", icon_name="check")
        buttons = row(self.open_button, self.done_button, None)
        self.detail = Card(self.sentence, gap=2, margin=2)
        self.detail.column.addLayout(buttons)
        self.none = EmptyState("circle-check", _("Nothing to do"), _("New things appear here by themselves."))
        area = rolling(
            self._seat.surroundings.theme,
            self.notices,
            self.attention,
            self._prints_head,
            self.prints,
            self._tasks_head,
            self.tasks,
            self.detail,
            self.none,
            gap=2,
        )
        self.setLayout(column(area))
        for widget in (self._prints_head, self.prints, self._tasks_head, self.tasks, self.detail, self.none):
            widget.hide()

    def _connect(self) -> None:
        self.attention.patient_wanted.connect(self.patient_wanted)
        self.attention.counted.connect(self._on_attention)
        self.tasks.opened.connect(self._on_opened)
        self.tasks.chosen.connect(lambda _key: self._show_detail())
        self.prints.opened.connect(self._on_print)
        self.open_button.clicked.connect(lambda: self._on_opened(self.tasks.current_key()))
        self.done_button.clicked.connect(self._on_done)

    # Showing

    def _show(self, found: Found) -> None:
        self._is_known = True
        tasks, self._prints = found
        self._tasks = tuple(task for task in tasks if task.kind != "print_waiting" or not self._prints)
        self._count()
        self.prints.show_rows([self._print_row(request) for request in self._prints])
        self.tasks.show_rows([self._task_row(task) for task in self._tasks])
        for widget in (self._prints_head, self.prints):
            widget.setVisible(bool(self._prints))
        for widget in (self._tasks_head, self.tasks):
            widget.setVisible(bool(self._tasks))
        self._show_detail()

    def _on_attention(self, count: int) -> None:
        self._attention_count = count
        self._count()

    def _count(self) -> None:
        count = len(self._tasks) + len(self._prints) + self._attention_count
        self.counted.emit(count)
        self.none.setVisible(self._is_known and not count)

    def _print_row(self, request: PrintRequestRow) -> Line:
        _ = self._
        state = (
            Cell(_("Printed, not handed over"), "wait") if request.is_printed else Cell(_("Waiting"), "wait")
        )
        return Line(
            request.id,
            (
                Cell(_.moment(request.made_at, self._seat.zone)),
                Cell(print_word(_, request.kind)),
                Cell(request.patient_name, is_bold=True),
                Cell(_.date(request.birth_date)),
                state,
            ),
        )

    def _task_row(self, task: TaskRow) -> Line:
        _ = self._
        return Line(
            task.id,
            (
                Cell(_.moment(task.created_at, self._seat.zone)),
                Cell(_(task.title, **dict(task.fields))),
                Cell(task.patient_name, is_bold=True),
            ),
        )

    def _chosen(self) -> TaskRow | None:
        key = self.tasks.current_key()
        return next((task for task in self._tasks if task.id == key), None)

    def _show_detail(self) -> None:
        _, task = self._, self._chosen()
        self.detail.setVisible(task is not None)
        if task is None:
            return
        sentence = _(task.title, **dict(task.fields))
        if task.patient_name and task.birth_date is not None:
            whom = _("{name}, born {day}", name=task.patient_name, day=task.birth_date)
            sentence = f"{whom}\n{sentence}"
        self.sentence.setText(sentence)
        self.open_button.setVisible(task.patient_id is not None or task.kind == "unmatched_exam")

    # Doing

    def _on_opened(self, key: object) -> None:
        task = next((task for task in self._tasks if task.id == key), None)
        if task is None:
            return
        if task.kind == "unmatched_exam":
            self._ask_whose(UUID(dict(task.fields)["unmatched"]))
        elif task.patient_id is not None:
            self.wanted.emit(task)

    def _on_done(self) -> None:
        task = self._chosen()
        if task is None:
            return
        note = ParagraphField("note", self._("What was done?"), lines=2)

        def read() -> Ask:
            typed = note.text()
            return lambda acting: acting.tasks.done(task.id, typed)

        FormDialog(
            self._seat,
            self,
            self._("Take it off the list"),
            self._(task.title, **dict(task.fields)),
            action=self._("Done"),
            fields=[note],
            read=read,
            done=lambda _none: self.reload(),
        )

    def _on_print(self, key: object) -> None:
        request = next((found for found in self._prints if found.id == key), None)
        if request is None:
            return
        request_id, made_at = request.id, request.made_at
        checks = (
            ("name", request.patient_name),
            ("birth_date", self._.date(request.birth_date)),
            ("number", ""),
            ("photo", ""),
        )
        name = request.patient_name
        self._seat.run(
            lambda acting: Paper(
                "print_request", request_id, acting.print_requests.content(request_id), made_at, name, checks
            ),
            owner=self,
            done=lambda paper: self._print(paper, request.patient_id),
            failed=self.show_failure,
        )

    def _print(self, paper: Paper, patient_id: UUID) -> None:
        self._seat.drawer.put(paper)
        PaperDialog(self._seat, self, paper, patient_id).done.connect(self.reload)

    def _ask_whose(self, unmatched_id: UUID) -> None:
        def show(waiting: tuple[WaitingExam, ...]) -> None:
            found = next((exam for exam in waiting if exam.id == unmatched_id), None)
            if found is not None:
                self._ask_match(found)

        self._seat.run(
            lambda acting: acting.imports.waiting(), owner=self, done=show, failed=self.show_failure
        )

    def _ask_match(self, waiting: WaitingExam) -> None:
        _, study = self._, waiting.study
        patient = PatientField(self._seat, "patient_id", _("Whose are they?"))
        reason = ParagraphField("reason", _("How do you know?"), lines=2)
        day = local_day(study.performed_at, self._seat.zone)
        exam = _("{exam}, {day}", exam=study.description or study.modality, day=day)

        def read() -> Ask:
            chosen, why = patient.needed(), reason.text()
            return lambda acting: acting.imports.match(waiting.id, chosen.id, why)

        FormDialog(
            self._seat,
            self,
            _("Whose images are these?"),
            exam,
            action=_("File them under this patient"),
            fields=[plain(_("In the files"), named_in(_, study)), patient, reason],
            read=read,
            done=lambda _imported: self.reload(),
        )


def print_word(words: Words, kind: str) -> str:
    """Return what a kiosk asked to have printed."""
    _ = words
    return {
        "invitation": _("Invitation"),
        "report": _("Report"),
        "image_sheet": _("Sheet of images"),
        "who_opened": _("Who opened my records"),
    }.get(kind, kind)
