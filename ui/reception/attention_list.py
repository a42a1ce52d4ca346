"""What the server did not take of what was done at this desk without it, and what to do about each."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.offline.desk_server import DeskServer
from app.views.outbox import AttentionRow
from ui.desk.key_button import KeyButton
from ui.desk.operation_word import operation_word
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import Seat
from ui.notices import NoticeBar
from ui.widgets.layout import Card, column, row
from ui.widgets.text import Text


class AttentionList(QWidget):
    """Hidden while there is nothing. counted says how many there are, patient_wanted whom to open.

    What fails is said here, and the entry stays.
    """

    counted = Signal(int)
    patient_wanted = Signal(object)  # UUID

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat
        self._ = seat.words
        self._rows: tuple[AttentionRow, ...] = ()
        self._is_unread = False  # the last look failed
        self._build()

    def reload(self) -> None:
        """Look what there is now."""
        desk = self._desk
        if desk is not None:
            self._seat.surroundings.background.run(
                desk.attention, owner=self, done=self._show, failed=self._on_unread, group="attention"
            )

    def take_focus(self) -> bool:
        """Put the cursor on the first row; tell whether there is one."""
        if self._rows:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        return bool(self._rows)

    @property
    def _desk(self) -> DeskServer | None:
        return self._seat.surroundings.portal.desk

    def _build(self) -> None:
        _ = self._
        self.table = RowTable(
            "attention_table",
            _("Needs attention"),
            (_("Done here"), _("What"), _("Patient"), _("Born")),
            self._seat.surroundings.theme.colours,
            stretch=1,
        )
        self.notices = NoticeBar(_, self)
        self.sentence = Text("")
        self.sentence.setObjectName("attention_sentence")
        self.same = KeyButton("attention_same", _("The same person"), "Alt+S", "primary")
        self.another = KeyButton("attention_another", _("Another person"), "Alt+A")
        self.seen = KeyButton("attention_seen", _("Seen to"), "Alt+T", icon_name="check")
        self.detail = Card(self.sentence, gap=2, margin=2)
        self.detail.column.addLayout(row(self.same, self.another, self.seen, None))
        self.setLayout(
            column(Text(_("Needs attention"), "subheading"), self.notices, self.table, self.detail, gap=2)
        )
        self.table.chosen.connect(lambda _key: self._show_detail())
        self.same.clicked.connect(self._on_same)
        self.another.clicked.connect(self._on_another)
        self.seen.clicked.connect(self._on_seen)
        self.hide()

    def _show(self, rows: tuple[AttentionRow, ...]) -> None:
        if self._is_unread:
            self.notices.clear()
        self._is_unread = False
        self._rows = rows
        self.counted.emit(len(rows))
        self.setVisible(bool(rows))
        _ = self._
        self.table.show_rows(
            [
                Line(
                    found.id,
                    (
                        Cell(_.moment(found.made_at, self._seat.zone)),
                        Cell(operation_word(_, found.use_case)),
                        Cell(found.name, is_bold=True),
                        Cell(_.date(found.birth_date) if found.birth_date else ""),
                    ),
                )
                for found in rows
            ]
        )
        self._show_detail()

    def _chosen(self) -> AttentionRow | None:
        key = self.table.current_key()
        return next((found for found in self._rows if found.id == key), None)

    def _show_detail(self) -> None:
        _, found = self._, self._chosen()
        self.detail.setVisible(found is not None)
        if found is None:
            return
        sentences = [] if found.kind == "letter_void" else [_(found.sentence, **dict(found.fields))]
        if found.printed_letter:
            sentences.append(
                _("The activation letter printed here does not work. Take it back and print a new one.")
            )
        self.sentence.setText("\n".join(sentences))
        perhaps = found.kind == "perhaps_registered"
        self.same.setVisible(perhaps)
        self.another.setVisible(perhaps)
        self.seen.setVisible(not perhaps)

    def _on_same(self) -> None:
        found, desk = self._chosen(), self._desk
        if found is None or desk is None:
            return
        self._do(lambda: desk.settle(found.id), lambda _none: self._after(found.patient_id))

    def _on_another(self) -> None:
        found, desk = self._chosen(), self._desk
        if found is not None and desk is not None:
            self._do(lambda: desk.register_anyway(found.id), lambda _none: self.reload())

    def _on_seen(self) -> None:
        found, desk = self._chosen(), self._desk
        if found is not None and desk is not None:
            self._do(lambda: desk.settle(found.id), lambda _none: self.reload())

    def _after(self, patient_id: UUID | None) -> None:
        self.reload()
        if patient_id is not None:
            self.patient_wanted.emit(patient_id)

    def _do(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        self.notices.clear()
        self._seat.surroundings.background.run(work, owner=self, done=done, failed=self.notices.show_failure)

    def _on_unread(self, error: Exception) -> None:
        self._is_unread = True
        self.notices.show_failure(error)
        self.show()
