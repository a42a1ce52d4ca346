"""Who opened my records: the audit in plain words, for the patient to read and take home (D24)."""

from PySide6.QtWidgets import QWidget

from app import documents
from app.documents import PaperStyle
from app.rules.calendar import add_months, local_day
from app.views.paper import Opening, WhoOpened
from app.words import Words
from ui.patient.parts import Room
from ui.patient.print_line import PrintLine
from ui.patient.touch_page import Kiosk, TouchPage
from ui.widgets.empty_state import EmptyState
from ui.widgets.layout import Card, Line, column
from ui.widgets.page_turner import PageTurner
from ui.widgets.text import Text

MONTHS = 12


class WhoOpenedPage(TouchPage):
    """The last year, a screenful at a time."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__(kiosk, "who_opened_page")
        self._shown: WhoOpened | None = None
        stay = kiosk.stay
        assert stay is not None
        assert stay.patient_id is not None
        self._patient_id = stay.patient_id
        self._paper = PrintLine(kiosk, "who_opened", stay.patient_id, self.show_failure)
        self._room = Room()
        self.lay_out(
            self._("Who opened my records"),
            self._paper,
            action=self._("Print"),
            action_name="print_who_opened",
            fills=self._room,
            characters=90,
        )
        self.primary.set_icon("printer")
        self.primary.hide()
        self.primary.clicked.connect(self._on_print)

    def began(self) -> None:
        """Look it up."""
        acting, zone = self.kiosk.acting(), self.kiosk.site.time_zone
        today = local_day(self.kiosk.surroundings.portal.parts.clock(), zone)
        since = add_months(today, -MONTHS)
        self.ask(lambda: acting.audit.who_opened(self._patient_id, since, today), self._show, group="who")

    def leave(self) -> None:
        """Cancel a print that is still on its way."""
        self._paper.stop()
        super().leave()

    def _show(self, found: WhoOpened) -> None:
        self._shown = found
        self.primary.setVisible(bool(found.openings))
        if not found.openings:
            self._room.show_only(Card(EmptyState("eye", self._("Nobody yet"))))
            return
        sheet = QWidget()
        lines = column(gap=1)
        for opening in found.openings:
            lines.addWidget(self._line(opening, found.letterhead.time_zone))
            lines.addWidget(Line())
        sheet.setLayout(lines)
        turner = PageTurner(self._)
        self._room.show_only(Card(turner, margin=4))
        turner.show_content(sheet)

    def _line(self, opening: Opening, zone: str) -> QWidget:
        when = self._.moment(opening.at, zone)
        where = self._("{moment}, {where}", moment=when, where=opening.where) if opening.where else when
        said = self._("{who} {what}", who=opening.who, what=opening.what)
        line = QWidget()
        line.setLayout(column(Text(said, "strong"), Text(where, "quietText"), gap=0))
        return line

    def _on_print(self) -> None:
        found = self._shown
        if found is None:
            return

        def document(style: PaperStyle, words: Words) -> bytes:
            return documents.who_opened(found, style, words)

        self._paper.print_document(document)
