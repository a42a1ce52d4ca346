"""Shared Exams: everything that was ever shared, with its status (R63, R67, R73 to R78)."""

from PySide6.QtWidgets import QWidget

from app.sayings import shared_title
from app.views.sharing import InvitationRow
from ui.patient.invitation import OpenedInvitation
from ui.patient.parts import Room, roomy
from ui.patient.status import status_badge
from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.card_button import CardButton
from ui.widgets.empty_state import EmptyState
from ui.widgets.layout import Card, column
from ui.widgets.page_turner import PageTurner


class SharedExams(TouchPage):
    """A card for each invitation; it turns to Viewed by itself."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__(kiosk, "shared_exams_page")
        self._rows: tuple[InvitationRow, ...] | None = None
        self._turner: PageTurner | None = None
        self._room = Room()
        self.lay_out(self._("Shared Exams"), fills=self._room, wide=True)

    def began(self) -> None:
        """Look up the invitations."""
        acting = self.kiosk.acting()
        self.ask(acting.sharing.mine, self._show, group="mine")

    def changed(self, nouns: frozenset[str] | None) -> None:
        """Look again when an invitation changed, or time changes its status."""
        if nouns is None or nouns & {"invitation", "exam"}:
            self.began()

    def _show(self, found: tuple[InvitationRow, ...]) -> None:
        stay = self.kiosk.stay
        name = stay.patient_name if stay is not None else ""
        rows = tuple(row for row in found if not name or row.patient_name == name)
        self.kiosk.due_at(min((row.changes_at for row in rows if row.changes_at), default=None))
        if rows == self._rows:
            return
        self._rows = rows
        page = self._turner.page if self._turner is not None else 0
        if not rows:
            sentence = self._("Open an exam in My Exam and touch Share Exam.")
            self._room.show_only(Card(EmptyState("share-2", self._("Nothing shared yet"), sentence)))
            return
        sheet = QWidget()
        sheet.setLayout(column(*(self._card(row) for row in rows), gap=2))
        self._turner = PageTurner(self._, sheet)
        self._turner.next.setObjectName("list_next")
        self._turner.previous.setObjectName("list_previous")
        self._room.show_only(self._turner)
        self._turner.turn_to(page)

    def _card(self, row: InvitationRow) -> CardButton:
        line = self._(
            "Shared with {name} until {day}. Opened {n} of {most} times.",
            name=row.recipient_name,
            day=row.shared_until,
            n=row.accesses,
            most=row.max_accesses,
        )
        badge = status_badge(self._, row)
        badge.setObjectName("status")
        card = CardButton(shared_title(self._, row), line, icon_name="share-2", beside=badge)
        card.setObjectName(f"invitation_{row.id}")
        card.clicked.connect(lambda: self.kiosk.go(OpenedInvitation(self.kiosk, row.id)))
        return roomy(card)
