"""What a desk that was switched off had done without the server: a manager decides on each, or on all."""

from collections.abc import Callable, Mapping
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError, Refused
from app.portal import Acting
from app.views.clinic import StationRow
from app.views.handed_in import HandedInRow
from ui.desk.dialog import DeskDialog
from ui.desk.key_button import KeyButton
from ui.desk.operation_word import operation_word
from ui.desk.row_table import Cell, Line, RowTable
from ui.desk.seat import OVER, Seat
from ui.page import Page
from ui.widgets.confirm_dialog import ConfirmDialog
from ui.widgets.layout import column, row
from ui.widgets.text import Text

SHOWN = 12  # rows, oldest first: more come up as these are decided


class HandedInDialog(DeskDialog):
    """decided: called when something was."""

    characters = 130

    def __init__(self, seat: Seat, page: QWidget, station: StationRow, decided: Callable[[], None]) -> None:
        self._seat = seat
        self._station = station
        self._decided = decided
        self._rows: tuple[HandedInRow, ...] = ()
        self._refused: Mapping[UUID, PortalError] = {}
        self._ = seat.words
        self.body = Page(self._, seat.surroundings.background)
        self.body.setProperty("role", "clear")
        self._build()
        super().__init__(
            "handed_in_dialog",
            page,
            self._,
            self._("What {name} handed in", name=station.name),
            self._(
                "It was done there while the server was away, and the server has none of it. What you let be carried"
                " out counts from when it was done, by the rights of whoever did it then."
            ),
            body=self.body,
        )
        self._connect()
        self._look()

    def _build(self) -> None:
        _ = self._
        self.table = RowTable(
            "handed_in_table",
            _("Handed in"),
            (_("Done there"), _("What"), _("Patient"), _("Born"), _("By")),
            self._seat.surroundings.theme.colours,
            stretch=2,
        )
        self.more = Text("", "quietText")
        self.sentence = Text("")
        self.sentence.setObjectName("handed_in_sentence")
        self.carry_out = KeyButton("handed_in_carry_out", _("Carry out"), "Alt+O", icon_name="check")
        self.another = KeyButton("handed_in_another", _("Another person"), "Alt+A")
        self.discard = KeyButton("handed_in_discard", _("Discard"), "Alt+D", icon_name="ban")
        self.discard_all = KeyButton("handed_in_discard_all", _("Discard all"), "Alt+R")
        self.all = KeyButton("handed_in_all", _("Carry all out"), "Alt+L", "primary")
        self.shut = KeyButton("handed_in_close", _("Close"), "Esc")
        self.body.setLayout(
            column(
                self.body.notices,
                self.table,
                self.more,
                self.sentence,
                row(self.carry_out, self.another, self.discard, None),
                row(self.shut, None, self.discard_all, self.all),
                gap=2,
            )
        )
        self._show_chosen()

    def _connect(self) -> None:
        self.table.chosen.connect(lambda _key: self._show_chosen())
        self.carry_out.clicked.connect(lambda: self._carry_out(is_another=False))
        self.another.clicked.connect(lambda: self._carry_out(is_another=True))
        self.discard.clicked.connect(self._on_discard)
        self.discard_all.clicked.connect(self._on_discard_all)
        self.all.clicked.connect(self._on_all)
        self.shut.clicked.connect(self.close_dialog)

    def _look(self) -> None:
        station_id = self._station.id
        self._seat.run(
            lambda acting: acting.handed_in.undecided(station_id),
            owner=self,
            done=self._show,
            failed=self.body.show_failure,
        )

    def _show(self, rows: tuple[HandedInRow, ...]) -> None:
        _, zone = self._, self._seat.zone
        self._rows = rows
        self.table.show_rows(
            [
                Line(
                    found.id,
                    (
                        Cell(_.moment(found.made_at, zone)),
                        Cell(
                            operation_word(_, found.use_case), "stop" if found.id in self._refused else None
                        ),
                        Cell(found.name, is_bold=True),
                        Cell(_.date(found.birth_date) if found.birth_date else ""),
                        Cell(found.done_by),
                    ),
                )
                for found in rows[:SHOWN]
            ]
        )
        left = len(rows) - SHOWN
        self.more.setText(_("{n} more come up when these are decided.", n=left) if left > 0 else "")
        self.more.setVisible(left > 0)
        self._set_enabled(self.all, self.discard_all, may=bool(rows))
        if not rows:
            self.body.notices.say("good", _("Everything is decided."))
            self.shut.setFocus()
        else:
            if self._chosen() is None:
                self.table.choose(rows[0].id)
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_chosen()

    def _chosen(self) -> HandedInRow | None:
        key = self.table.current_key()
        return next((found for found in self._rows if found.id == key), None)

    def _show_chosen(self) -> None:
        _, found = self._, self._chosen()
        refusal = self._refused.get(found.id) if found is not None else None
        sentences = [_(refusal.sentence, **refusal.fields)] if refusal is not None else []
        if found is not None and found.printed_letter:
            sentences.append(
                _(
                    "A letter was printed there. It works once this is carried out, and never if it is discarded."
                )
            )
        self.sentence.setText("\n".join(sentences))
        self.sentence.setVisible(bool(sentences))
        self._set_enabled(self.carry_out, self.discard, may=found is not None)
        self.another.setVisible(refusal is not None and refusal.kind == "perhaps_registered")
        self.another.setEnabled(True)

    def _set_enabled(self, *buttons: KeyButton, may: bool) -> None:
        for button in buttons:
            button.setEnabled(may)

    # Doing

    def _carry_out(self, *, is_another: bool) -> None:
        found = self._chosen()
        if found is not None:
            self._do(lambda acting: _carried_out(acting, (found,), is_another=is_another))

    def _on_all(self) -> None:
        rows = self._rows
        self._do(lambda acting: _carried_out(acting, rows, is_another=False))

    def _on_discard(self) -> None:
        found = self._chosen()
        if found is not None:
            what = operation_word(self._, found.use_case)
            self._ask_discard(self._("Discard this: {what}", what=what), (found,))

    def _on_discard_all(self) -> None:
        rows = self._rows
        self._ask_discard(self._("Discard all {n}", n=len(rows)), rows)

    def _ask_discard(self, heading: str, rows: tuple[HandedInRow, ...]) -> None:
        question = ConfirmDialog(
            self,
            self._,
            heading,
            self._("It is never carried out, and what was typed there is gone."),
            action=self._("Discard"),
            confirmed=lambda: self._do(lambda acting: _discarded(acting, rows)),
        )
        question.yes.setObjectName("discard_yes")

    def _do(self, work: Callable[[Acting], Mapping[UUID, PortalError]]) -> None:
        self.body.notices.clear()
        self._set_enabled(self.carry_out, self.another, self.discard, self.discard_all, self.all, may=False)
        self._seat.run(work, owner=self, done=self._after, failed=self._after_failure)

    def _after(self, refused: Mapping[UUID, PortalError]) -> None:
        self._refused = {**self._refused, **refused}
        if refused:
            self.body.notices.say(
                "wait", self._("{n} could not be carried out. Choose one to see why.", n=len(refused))
            )
        self._decided()
        self._look()

    def _after_failure(self, error: Exception) -> None:
        self.body.show_failure(error)
        self._show(self._rows)


def _carried_out(
    acting: Acting, rows: tuple[HandedInRow, ...], *, is_another: bool
) -> Mapping[UUID, PortalError]:
    """Carry out in the order in which it was done; return what was refused, and why."""
    refused: dict[UUID, PortalError] = {}
    for found in rows:
        try:
            acting.handed_in.carry_out(found.id, is_another)
        except (Conflict, Invalid, NotFound, Refused) as error:
            refused[found.id] = error
        except NotAllowed as error:
            if error.kind in OVER:  # the manager's own stay
                raise
            refused[found.id] = error
    return refused


def _discarded(acting: Acting, rows: tuple[HandedInRow, ...]) -> Mapping[UUID, PortalError]:
    for found in rows:
        acting.handed_in.discard(found.id)
    return {}
