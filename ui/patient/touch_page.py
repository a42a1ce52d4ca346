"""A page for fingers, and what it may ask of the kiosk that it stands in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from app.callers import Caller
from app.errors import Invalid, NotAllowed
from app.portal import Acting
from app.rules.access import Relation
from app.views.clinic import Clinic, SiteRow, StationRow
from app.views.people import SessionRow
from app.views.sharing import VisitPage
from ui.page import Page
from ui.surroundings import Surroundings
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.layout import LONGEST_LINE, Item, Measure, column, row
from ui.widgets.text import Text

EDGE = 48  # px from the side of the screen
SIGNED_OUT = frozenset({"signed_out", "session_over", "visit_over", "station_revoked"})
Result = TypeVar("Result")


@dataclass(frozen=True)
class Stay:
    """Somebody at the kiosk, from signing in or opening an invitation until they leave."""

    caller: Caller
    session: SessionRow | None = None  # of a patient
    visit: VisitPage | None = None  # of a guest
    patients: tuple[tuple[UUID, str, Relation], ...] = field(default=(), repr=False)
    patient_id: UUID | None = None  # whose exams are looked at

    @property
    def patient_name(self) -> str:
        """The name of the patient whose exams are looked at."""
        return next((name for known, name, _ in self.patients if known == self.patient_id), "")


class Kiosk(Protocol):
    """What a page may ask of the window round it."""

    @property
    def surroundings(self) -> Surroundings:
        """Portal, words, background, printers."""
        ...

    @property
    def clinic(self) -> Clinic:
        """The clinic's settings."""
        ...

    @property
    def station(self) -> StationRow:
        """This kiosk."""
        ...

    @property
    def site(self) -> SiteRow:
        """Where this kiosk stands."""
        ...

    @property
    def stay(self) -> Stay | None:
        """Who is here, if anybody."""
        ...

    def acting(self, request_id: UUID | None = None) -> Acting:
        """Return the portal as whoever is here sees it."""
        ...

    def go(self, page: "TouchPage") -> None:
        """Show a page; Back leads to the one before."""
        ...

    def go_back(self) -> None:
        """Show the page before, and forget this one."""
        ...

    def back_to(self, kind: type["TouchPage"]) -> "TouchPage | None":
        """Go back until a page of this kind is shown; return it, or None when there is none."""
        ...

    def go_home(self) -> None:
        """Show the first page of whoever is here."""
        ...

    def leave(self) -> None:
        """End the stay and forget everything about it."""
        ...

    def end(self, error: Exception) -> None:
        """Leave because the portal says that the stay is over, and say so."""
        ...

    def ask_sign_in(self, user_name: str = "") -> None:
        """Show the sign-in page, perhaps with the user name filled in."""
        ...

    def welcome(self, stay: Stay) -> None:
        """Receive somebody who has signed in or opened an invitation."""
        ...

    def look_at(self, patient_id: UUID) -> None:
        """Choose whose exams are looked at."""
        ...

    def due_at(self, at: datetime | None) -> None:
        """Say when time alone will change what the page shows."""
        ...


class TouchPage(Page):
    """One question or one subject: a title, the content, Back bottom left, one primary button bottom right."""

    has_keyboard = False

    def __init__(self, kiosk: Kiosk, name: str) -> None:
        super().__init__(kiosk.surroundings.words, kiosk.surroundings.background)
        self.kiosk = kiosk
        self.setObjectName(name)
        self.back_button = Button(self._("Back"), icon_name="arrow-left")
        self.back_button.setObjectName("back")
        self.back_button.clicked.connect(kiosk.go_back)
        self.primary = Button("", "primary", icon_name="arrow-right", icon_after=True)
        for button in (self.back_button, self.primary):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a touch leaves the focus in the input

    def lay_out(
        self,
        title: str,
        *content: Item,
        action: str = "",
        action_name: str = "primary",
        fills: QWidget | None = None,
        below: Sequence[QWidget] = (),
        wide: bool = False,
        characters: int = LONGEST_LINE,
        beside: QWidget | None = None,
        at_foot: Sequence[QWidget] = (),
    ) -> None:
        """Place title, notices, content and buttons.

        fills: what takes the rest of the height, with what stands below it. wide: as wide as the screen, else a
        column of so many characters. beside: stands at the right of the title; at_foot: beside Back. Without an
        action there is no primary button.
        """
        self.title = Text(title, "title")
        self.title.setObjectName("title")
        head: Item = row(self.title, beside, gap=2) if beside is not None else self.title
        gap = 2 if self.has_keyboard else 3
        body = column(head, self.notices, *content, gap=gap)
        if fills is not None:
            body.addWidget(fills, 1)
            for widget in below:
                body.addWidget(widget)
        else:
            body.addStretch(1)
        room = column(gap=0)
        room.setContentsMargins(EDGE, 24, EDGE, 8)
        if wide:
            room.addLayout(body)
        else:
            measure = Measure(gap=0, characters=characters)
            measure.column.addLayout(body)
            room.addWidget(measure)
        self.primary.setText(action)
        self.primary.setObjectName(action_name)
        self.foot = row(self.back_button, *at_foot, None, self.primary, gap=2)
        self.foot.setContentsMargins(EDGE, 8, EDGE, 16 if self.has_keyboard else 24)
        outer = column(gap=0)
        outer.addLayout(room, stretch=1)
        outer.addLayout(self.foot)
        self.setLayout(outer)
        self.primary.setVisible(bool(action))  # not before it has a parent: it would open a window
        for input_field in self.findChildren(Field):
            input_field.submitted.connect(self._on_submitted)

    def began(self) -> None:
        """Be told that the page is shown, at first and when Back leads to it again."""

    def changed(self, nouns: frozenset[str] | None) -> None:
        """Be told which nouns changed meanwhile; None: load everything anew."""

    def ask(
        self, work: Callable[[], Result], done: Callable[[Result], None], *, group: str | None = None
    ) -> None:
        """Do work off the GUI thread, then done; failures are shown on the page."""
        self.background.run(work, owner=self, done=done, failed=self.show_failure, group=group)

    def submit(self, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        """Do what the primary button promises; until it is done the button waits."""
        self.notices.clear()
        self.primary.setEnabled(False)

        def succeeded(result: Result) -> None:
            self.primary.setEnabled(True)
            done(result)

        self.background.run(work, owner=self, done=succeeded, failed=self._on_refused)

    def show_failure(self, error: Exception) -> None:
        """Show an error where it belongs; a stay that is over is left."""
        if isinstance(error, NotAllowed) and error.kind in SIGNED_OUT and self.kiosk.stay is not None:
            self.kiosk.end(error)
            return
        super().show_failure(error)

    def take_focus(self) -> None:
        """Put the focus into the first empty input, so that typing goes there."""
        inputs = [
            line for line in self.findChildren(QLineEdit) if line.isVisibleTo(self) and line.isEnabled()
        ]
        first = next((line for line in inputs if not line.text()), inputs[0] if inputs else None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_submitted(self) -> None:
        if self.primary.isVisibleTo(self) and self.primary.isEnabled():
            self.primary.click()

    def _on_refused(self, error: Exception) -> None:
        self.primary.setEnabled(True)
        if isinstance(error, Invalid) and error.field and self.findChild(Field, error.field) is None:
            self.refused_elsewhere(error)
            return
        self.show_failure(error)

    def refused_elsewhere(self, error: Invalid) -> None:
        """Show an error whose field stands on an earlier page; pages of a longer form go back to it."""
        self.show_failure(error)
