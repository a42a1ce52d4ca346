"""Finds patients while somebody types or scans: the box that has the focus when nothing else does."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit

from app.rules.access import Role
from app.views.people import PatientRow
from ui.desk.key_button import KeyButton
from ui.desk.result_list import ResultList
from ui.desk.seat import Seat
from ui.notices import NoticeBar
from ui.widgets.layout import column
from ui.widgets.text import Text

WAIT_MS = 150  # after the last key, before the portal is asked
WIDTH = 340
LIMIT = 30


class SearchPanel(QFrame):
    """chosen: a patient to open; register_wanted: somebody new, with what was typed."""

    chosen = Signal(object)  # PatientRow
    register_wanted = Signal(str)

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat
        self._ = seat.words
        self._asked = ""  # what the list answers
        self._opens_first = False  # Enter was pressed before the answer came, as at the end of a scan
        self._build()
        self._connect()

    def take_focus(self) -> None:
        """Put the cursor into the box, with what stands there chosen, so that typing begins anew."""
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def type_on(self, text: str) -> None:
        """Take what was typed where nothing takes letters: a search begins with it."""
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)
        self.box.selectAll()
        self.box.insert(text)
        self._on_edited()

    def look_again(self) -> None:
        """Ask once more for what is shown, because patients changed."""
        if self._asked:
            self._search()

    def clear(self) -> None:
        """Forget what was searched for and found."""
        self.box.setText("")
        self._on_edited()

    def stop(self) -> None:
        """Search no more."""
        self._wait.stop()
        self._seat.surroundings.background.cancel_all(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows move in the list while the box keeps the focus."""
        if watched is not self.box or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        clears = event.key() == Qt.Key.Key_Escape and bool(self.box.text())
        if event.type() == QEvent.Type.ShortcutOverride and clears:
            event.accept()  # the first Escape empties the box, the next one closes the patient
            return True
        if event.type() == QEvent.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self.results.step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if clears:
                self.clear()
                return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        _ = self._
        self.setProperty("role", "header")
        self.setFixedWidth(self._seat.surroundings.theme.size(WIDTH))
        self.box = QLineEdit()
        self.box.setObjectName("search_box")
        self.box.setAccessibleName(_("Find a patient"))
        self.box.setPlaceholderText(_("Name, birth date, number or phone"))
        self.box.setMaxLength(120)
        self.box.installEventFilter(self)
        self.notices = NoticeBar(_)
        self.everywhere = QCheckBox(_("Search all sites (recorded)"))
        self.everywhere.setObjectName("search_everywhere")
        self.results = ResultList(_)
        self.said = Text("", "quietText")
        self.said.setObjectName("search_said")
        self.register = KeyButton(
            "register_button", _("Register a new patient"), "Ctrl+N", icon_name="user-plus"
        )
        line = column(
            Text(_("Find a patient"), "strong"),
            self.box,
            self.everywhere,
            self.notices,
            self.said,
            self.results,
            None,
            self.register,
            gap=1,
            margin=2,
        )
        line.setStretch(line.indexOf(self.results), 1000)  # before the room below, once there are any
        self.setLayout(line)

        self.everywhere.setVisible(self._seat.staff.may_search_other_sites)
        self.register.setVisible(self._seat.has(Role.RECEPTION, Role.MANAGER))

        self.results.hide()

    def _connect(self) -> None:
        self._wait = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait.timeout.connect(self._search)
        self.box.textEdited.connect(self._on_edited)
        self.box.returnPressed.connect(self._on_enter)
        self.everywhere.toggled.connect(self._search)
        self.results.chosen.connect(self.chosen)
        self.register.clicked.connect(lambda: self.register_wanted.emit(self.box.text()))

    def _on_edited(self) -> None:
        self._opens_first = False
        if self.box.text().strip():
            self._wait.start()
        else:
            self._wait.stop()
            self._seat.surroundings.background.cancel_all(self)
            self._show((), "")

    def _on_enter(self) -> None:
        text = self.box.text().strip()
        if not text:
            return
        self.box.selectAll()  # the same scan may come twice, and the next search replaces this one
        if self._asked == text and not self._wait.isActive():
            self.results.open_current()
        else:
            self._opens_first = True
            self._search()

    def _search(self) -> None:
        self._wait.stop()
        text = self.box.text().strip()
        if not text:
            return
        everywhere = self.everywhere.isChecked()

        def ask(acting: Any) -> tuple[PatientRow, ...]:
            find = acting.patients.find_elsewhere if everywhere else acting.patients.find
            rows: tuple[PatientRow, ...] = find(text, limit=LIMIT)
            return rows

        self._seat.run(
            ask,
            owner=self,
            done=lambda rows: self._show(rows, text),
            failed=self._failed,
            group="find",
        )

    def _show(self, rows: tuple[PatientRow, ...], text: str) -> None:
        self.notices.clear()
        self._asked = text
        self.results.show_rows(rows)
        self.results.setVisible(bool(rows))
        self.said.setText(self._sentence(rows, text))
        if self._opens_first:
            self._opens_first = False
            if len(rows) == 1:
                self.results.open_current()

    def _sentence(self, rows: tuple[PatientRow, ...], text: str) -> str:
        if not text:
            return ""
        if not rows:
            return self._("Nobody was found. Check the spelling, or search with the birth date.")
        if len(rows) >= LIMIT:
            return self._("The first {n} are shown. Type more to find the right one.", n=LIMIT)
        return self._.count("{n} patient", "{n} patients", len(rows))

    def _failed(self, error: Exception) -> None:
        self._opens_first = False
        self.notices.show_failure(error)
