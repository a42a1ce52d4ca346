"""What an employee works in: the rooms they may enter, the search for patients, and the quiet line below."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QStackedWidget, QWidget
from shiboken6 import isValid

from app.rules.access import Role
from app.views.people import PatientRow
from app.views.work import TaskRow
from ui.change_watch import ChangeWatch
from ui.desk.key_button import KeyButton
from ui.desk.seat import Seat
from ui.manager.office_page import OfficePage
from ui.manager.privacy_page import PrivacyPage
from ui.page import Page
from ui.reception.patient_page import PatientView
from ui.reception.register_page import RegisterPage
from ui.reception.search_panel import SearchPanel
from ui.reception.status_line import StatusLine
from ui.reception.todo_page import TodoPage
from ui.widgets.confirm_dialog import ConfirmDialog
from ui.widgets.empty_state import EmptyState
from ui.widgets.layout import column, row
from ui.widgets.text import Text

DESK = (Role.RECEPTION, Role.CLINICAL, Role.MANAGER)


@dataclass(frozen=True)
class Room:
    """Where somebody works: how its button reads, the page, and where work begins there."""

    name: str
    words: str
    key: str
    icon_name: str
    page: QWidget
    begin: Callable[[], None]


class Workplace(Page):
    """One signed-in stay on the screen."""

    lock_wanted = Signal()
    left = Signal()

    def __init__(self, seat: Seat, watch: ChangeWatch) -> None:
        super().__init__(seat.words, seat.surroundings.background)
        self._seat = seat
        self._watch = watch
        self._patient: PatientView | None = None
        self._rooms: dict[str, tuple[Room, KeyButton]] = {}
        self._build()
        self._connect()

    def begin(self) -> None:
        """Start what looks by itself, and put the cursor where work begins."""
        self._status.start()
        if "to_do" in self._rooms:
            self._to_do.reload()
        first = next(iter(self._rooms), None)
        if first is not None:
            self.enter(first)

    def enter(self, name: str) -> None:
        """Show a room."""
        for other, button in self._rooms.values():
            button.setChecked(other.name == name)
        room = self._rooms[name][0]
        self._stack.setCurrentWidget(room.page)
        self._search.setVisible(name in {"patients", "to_do"})
        room.begin()

    def leave(self) -> None:
        """Stop what looks by itself."""
        super().leave()
        self._status.stop()
        self._search.stop()
        for page in self.findChildren(Page):
            page.leave()

    def open_patient(self, patient_id: UUID, exam_id: UUID | None = None) -> None:
        """Open a patient's page, and there an exam."""
        self.enter("patients")
        if self._patient is not None and self._patient.patient_id == patient_id:
            self._patient.reload()
        else:
            view = PatientView(self._seat, patient_id)
            view.closed.connect(self._close_patient)
            view.patient_wanted.connect(self.open_patient)
            view.due.connect(self._watch.due_at)
            view.wide.connect(lambda is_wide: self._search.setVisible(not is_wide))
            self._patient = view
            self._show_beside(view)
        if exam_id is not None:
            self._patient.open_exam(exam_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let letters that nothing else takes begin a search, as those of a scanner do."""
        plain = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier == Qt.KeyboardModifier.NoModifier
        if plain and event.text().strip() and event.text().isprintable() and self._search.isVisible():
            self._search.type_on(event.text())
        else:
            super().keyPressEvent(event)

    # Building

    def _build(self) -> None:
        _ = self._
        self._search = SearchPanel(self._seat)
        self._beside = QStackedWidget()
        self._empty = EmptyState(
            "search",
            _("Find a patient to begin"),
            _("Type a name, birth date, number or phone, or scan a label. Enter opens the first one found."),
        )
        self._beside.addWidget(self._empty)
        self._to_do = TodoPage(self._seat)
        self._status = StatusLine(self._seat)
        self._stack = QStackedWidget()
        bar = QFrame()
        bar.setProperty("role", "header")
        buttons = [self._room(room) for room in self._allowed_rooms()]
        lock = KeyButton("lock_button", _("Lock"), "", "quiet", icon_name="lock")
        lock.set_key("Ctrl+L", is_own=False)  # the window listens, also while a question stands open
        lock.clicked.connect(self.lock_wanted)
        leave = KeyButton("sign_out_button", _("Sign out"), "Ctrl+Shift+Q", "quiet", icon_name="log-out")
        leave.clicked.connect(self._on_sign_out)
        name = Text(self._seat.staff.full_name, "quietText", wraps=False)
        line = row(*buttons, None, name, lock, leave, gap=1)
        line.setContentsMargins(16, 8, 16, 8)
        bar.setLayout(line)
        body = row(self._search, self._stack, gap=0)
        body.setStretch(1, 1)
        whole = column(bar, body, self._status, gap=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def _allowed_rooms(self) -> list[Room]:
        """Return the rooms this employee may enter, the first one first."""
        _, seat = self._, self._seat
        rooms: list[Room] = []
        if seat.has(*DESK):
            rooms += [
                Room("patients", _("Patients"), "F2", "users", self._beside, self._search.take_focus),
                Room("to_do", _("To do"), "F3", "list-todo", self._to_do, self._to_do.begin),
            ]
        if seat.has(Role.MANAGER, Role.IT):
            office = OfficePage(seat)
            rooms.append(Room("office", _("Office"), "F4", "building-2", office, office.begin))
        if seat.has(Role.PRIVACY):
            privacy = PrivacyPage(seat)
            rooms.append(Room("privacy", _("Who looked"), "F6", "shield-check", privacy, privacy.begin))
        return rooms

    def _room(self, room: Room) -> KeyButton:
        button = KeyButton(f"room_{room.name}", room.words, room.key, "quiet", icon_name=room.icon_name)
        button.setCheckable(True)
        button.clicked.connect(lambda: self.enter(room.name))
        self._rooms[room.name] = (room, button)
        self._stack.addWidget(room.page)
        return button

    def _connect(self) -> None:
        self._search.chosen.connect(self._on_chosen)
        self._search.register_wanted.connect(self._on_register)
        self._to_do.wanted.connect(self._on_task)
        self._to_do.patient_wanted.connect(self.open_patient)
        self._to_do.counted.connect(self._show_count)
        self._status.changed.connect(self._on_line)
        self._watch.changed.connect(self._on_changed)
        self._watch.everything.connect(self._on_everything)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)

    # What happens

    def _show_beside(self, page: QWidget) -> None:
        former = self._beside.currentWidget()
        self._beside.addWidget(page)
        self._beside.setCurrentWidget(page)
        if former is not None and former is not self._empty and former is not page:
            if isinstance(former, Page):
                former.leave()
            self._beside.removeWidget(former)
            former.deleteLater()

    def _on_chosen(self, patient: PatientRow) -> None:
        self.open_patient(patient.id)

    def _on_register(self, typed: str) -> None:
        self.enter("patients")
        page = RegisterPage(self._seat, typed)
        page.registered.connect(self._on_registered)
        page.patient_wanted.connect(self.open_patient)
        page.left.connect(self._close_patient)
        self._patient = None
        self._show_beside(page)
        page.begin()

    def _on_registered(self, patient: PatientRow) -> None:
        self._search.clear()  # that nobody was found is not true any more
        self.open_patient(patient.id)

    def _close_patient(self) -> None:
        self._patient = None
        self._show_beside(self._empty)
        self._watch.due_at(None)
        self._search.take_focus()

    def _on_changed(self, nouns: frozenset[str]) -> None:
        if self._patient is not None:
            self._patient.reload()
        if "patient" in nouns:
            self._search.look_again()
        if "to_do" in self._rooms and nouns & {"task", "print_request"}:
            self._to_do.reload()

    def _on_line(self) -> None:
        if self._patient is not None:
            self._patient.reload()
        if "to_do" in self._rooms:
            self._to_do.reload()

    def _on_everything(self) -> None:
        self._on_changed(frozenset({"patient", "task", "print_request"}))

    def _on_task(self, task: TaskRow) -> None:
        if task.patient_id is None:
            return
        self.open_patient(task.patient_id, task.exam_id)
        if task.invitation_id is not None and self._patient is not None:
            self._patient.open_invitation(task.invitation_id)

    def _show_count(self, count: int) -> None:
        button = self._rooms["to_do"][1]
        button.setText(self._("To do ({n})", n=count) if count else self._("To do"))
        button.setAccessibleName(button.text())

    def _on_sign_out(self) -> None:
        self.left.emit()

    def _on_focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is None and isValid(self):
            # Later: the widget that had the focus may be half destroyed at this moment.
            QTimer.singleShot(0, self, self._take_focus_back)

    def _take_focus_back(self) -> None:
        window = self.window()
        if (
            QApplication.focusWidget() is None
            and window.isActiveWindow()
            and self._search.isVisible()
            and self.isEnabled()
            and not _has_question(window)
        ):
            self._search.box.setFocus(Qt.FocusReason.OtherFocusReason)


def _has_question(window: QWidget) -> bool:
    return any(found.isVisible() for found in window.findChildren(ConfirmDialog))
