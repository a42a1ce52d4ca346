"""The kiosk's window: one page at a time, a header that is always there, and a memory that ends with each stay."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.errors import PortalError
from app.portal import Acting
from app.views.clinic import Clinic, SiteRow, StationRow
from ui.change_watch import ChangeWatch
from ui.kiosk.activation import AskCode
from ui.kiosk.forgetting import forget_shared
from ui.kiosk.guest import AskInvitation
from ui.kiosk.header import Header
from ui.kiosk.history import History
from ui.kiosk.place import Place, find_place
from ui.kiosk.presence import Presence
from ui.kiosk.recovery import AskResetCode
from ui.kiosk.scanner import Scanner, read_scan
from ui.kiosk.sign_in import SignIn
from ui.kiosk.waiting import Waiting
from ui.kiosk.welcome import Welcome
from ui.patient.exam import ExamView
from ui.patient.home import Home
from ui.patient.touch_page import Stay, TouchPage
from ui.patient.whose import WhoseExams
from ui.surroundings import Surroundings
from ui.theme import Theme
from ui.widgets.banner import Banner
from ui.widgets.keyboard import OnScreenKeyboard
from ui.widgets.layout import column

if TYPE_CHECKING:
    from app.practice import Sample


TRY_AGAIN_MS = 5_000


class KioskWindow(QWidget):
    """Implements Kiosk for its pages."""

    def __init__(self, surroundings: Surroundings, samples: "Sequence[Sample]" = ()) -> None:
        """samples: sign-ins of made-up patients, shown on the sign-in page in practice mode."""
        super().__init__()
        self._samples = tuple(sample for sample in samples if sample.what == "patient")
        self.surroundings = surroundings
        self._ = surroundings.words
        self._place: Place | None = None
        self._stay: Stay | None = None
        self._watch: ChangeWatch | None = None
        self._is_large = False
        self._may_close = False
        self._has_started = False
        self._build()
        self._connect()

    # For whoever opens the window

    def start(self) -> None:
        """Look up which kiosk this is, then show the welcome page; tries again until the portal answers."""
        if self._has_started:
            return
        self._has_started = True
        self.presence.start()
        self.scanner.start()
        self._look_up()

    def close_down(self) -> None:
        """End the stay and let the window be closed."""
        self._forget()
        self._try_again.stop()
        self.presence.stop()
        self.scanner.stop()
        self.surroundings.background.cancel_all(self)
        self._may_close = True
        self.close()

    # For pages: see Kiosk

    @property
    def clinic(self) -> Clinic:
        """The clinic's settings."""
        return self._known.clinic

    @property
    def station(self) -> StationRow:
        """This kiosk."""
        return self._known.station

    @property
    def site(self) -> SiteRow:
        """Where this kiosk stands."""
        return self._known.site

    @property
    def stay(self) -> Stay | None:
        """Who is here, if anybody."""
        return self._stay

    @property
    def page(self) -> TouchPage | None:
        """The page that is shown."""
        return self.history.last

    def acting(self, request_id: UUID | None = None) -> Acting:
        """Return the portal as whoever is here sees it."""
        caller = self._stay.caller if self._stay is not None else self.surroundings.station
        return self.surroundings.portal.acting(caller, request_id)

    def go(self, page: TouchPage) -> None:
        """Show a page; Back leads to the one before."""
        self.history.push(page)
        self._show(page)

    def go_back(self) -> None:
        """Show the page before, and forget this one."""
        if len(self.history) > 1:
            self._go_down(1)

    def back_to(self, kind: type[TouchPage]) -> TouchPage | None:
        """Go back until a page of this kind is shown; return it, or None when there is none."""
        above = self.history.above(kind)
        if above is None:
            return None
        if above:
            self._go_down(above)
        return self.page

    def go_home(self) -> None:
        """Show the first page of whoever is here, and forget the others."""
        stay = self._stay
        if stay is None:
            first: TouchPage = Welcome(self)
        elif stay.visit is not None:
            first = ExamView(self, stay.visit.exam_id)
        elif stay.patient_id is None:
            first = WhoseExams(self)
        else:
            first = Home(self)
        self._drop(len(self.history))
        self.go(first)

    def leave(self) -> None:
        """End the stay and forget everything about it."""
        self._say_goodbye()
        self._forget()
        self._show_large_text(is_large=False)
        if self._place is not None:
            self.go_home()
            self._look_up()  # settings may have changed since the last time

    def end(self, error: Exception) -> None:
        """Leave because the portal says that the stay is over, and say so on the welcome page."""
        self._forget()
        self._show_large_text(is_large=False)
        self.go_home()
        page = self.page
        if page is not None and isinstance(error, PortalError):
            page.notices.say("wait", self._.error(error))

    def ask_sign_in(self, user_name: str = "") -> None:
        """Show the sign-in page, perhaps with the user name filled in."""
        self._drop(len(self.history) - 1)
        self.go(SignIn(self, user_name, self._samples))

    def welcome(self, stay: Stay) -> None:
        """Receive somebody who has signed in or opened an invitation."""
        self._stay = stay
        if stay.session is not None:
            self._show_large_text(is_large=self._is_large or stay.session.large_text)
            self.presence.follow_patient(self.clinic.rules, self.acting(), stay.session)
        else:
            self.presence.follow(self.clinic.rules)
        self._watch = ChangeWatch(self.surroundings.portal, stay.caller, self.surroundings.background, self)
        self._watch.changed.connect(self._on_changed)
        self._watch.everything.connect(lambda: self._on_changed(None))
        self._watch.ended.connect(self.end)
        self._watch.start()
        self.go_home()

    def look_at(self, patient_id: UUID) -> None:
        """Choose whose exams are looked at."""
        assert self._stay is not None
        self._stay = replace(self._stay, patient_id=patient_id)
        self.go_home()

    def due_at(self, at: datetime | None) -> None:
        """Say when time alone will change what the page shows."""
        if self._watch is not None:
            self._watch.due_at(at)

    # Building

    def _build(self) -> None:
        self.setObjectName("kiosk")
        self.setProperty("role", "page")
        self.setWindowTitle(self._("Patient portal"))
        self.header = Header(self._)
        self.keyboard = OnScreenKeyboard(self._)
        self.keyboard.setObjectName("keyboard")
        self.keyboard.hide()
        self._waiting = Waiting(self._)
        self.history = History(self._waiting)
        outer = column(gap=0)
        if self.surroundings.is_practice:
            outer.addWidget(Banner(self._("Practice mode. These people are made up and nothing is sent.")))
        outer.addWidget(self.header)
        outer.addWidget(self.history, stretch=1)
        outer.addWidget(self.keyboard)
        self.setLayout(outer)
        self.presence = Presence(self, self.surroundings, self.leave, self._on_failed)
        self.scanner = Scanner(self)
        self._try_again = QTimer(self, singleShot=True, interval=TRY_AGAIN_MS)

    def _connect(self) -> None:
        self.header.left.connect(self.leave)
        self.header.large_text_wanted.connect(self._on_large_text)
        self.presence.over.connect(self.leave)
        self.scanner.scanned.connect(self.scan)
        self._try_again.timeout.connect(self._look_up)

    @property
    def _known(self) -> Place:
        assert self._place is not None, "a page is shown only once the kiosk knows where it is"
        return self._place

    def _look_up(self) -> None:
        here = self.surroundings.here()
        self.surroundings.background.run(
            lambda: find_place(here), owner=self, done=self._on_place, failed=self._on_no_place
        )

    # Pages

    def _show(self, page: TouchPage) -> None:
        self.keyboard.reset()
        self.keyboard.setVisible(page.has_keyboard)
        self._show_person()
        if self._stay is None:
            self._watch_visitor(page)
        self.setFocus()
        page.began()
        page.take_focus()

    def _watch_visitor(self, page: TouchPage) -> None:
        is_at_start = isinstance(page, Welcome)
        if is_at_start and not self._is_large:
            self.presence.rest()
        else:  # large text on the welcome page goes back to normal by itself
            self.presence.follow(self.clinic.rules, is_quiet=is_at_start)

    def _go_down(self, count: int) -> None:
        self.due_at(None)
        self.history.drop(count)
        if self.page is not None:
            self._show(self.page)

    def _drop(self, count: int) -> None:
        self.due_at(None)
        self.history.drop(count)

    def _show_person(self) -> None:
        stay, is_at_start = self._stay, isinstance(self.page, Welcome)
        if stay is None:
            self.header.show_person(self.clinic.name, self.site.name, can_leave=not is_at_start)
        elif stay.visit is not None:
            line = self._("Shared by {name}", name=stay.visit.shared_by)
            self.header.show_person(stay.visit.recipient_name, line, can_leave=True)
        else:
            assert stay.session is not None
            is_other = bool(stay.patient_name) and stay.patient_name != stay.session.name
            line = self._("Signed in: {name}", name=stay.session.name) if is_other else self.clinic.name
            self.header.show_person(stay.patient_name or stay.session.name, line, can_leave=True)

    # The end of a stay

    def _say_goodbye(self) -> None:
        stay = self._stay
        if stay is None:
            return
        acting = self.surroundings.portal.acting(stay.caller)
        say = acting.visits.leave if stay.visit is not None else acting.sessions.sign_out
        # A server that does not answer ends the session by its own clock.
        self.surroundings.background.run(
            say, owner=self, done=lambda _: None, failed=lambda _: None, group="goodbye"
        )

    def _forget(self) -> None:
        if self._watch is not None:
            self._watch.stop()
            self._watch.deleteLater()
            self._watch = None
        had_stay, self._stay = self._stay is not None, None
        self.presence.rest()
        self.scanner.forget()
        self._drop(len(self.history))
        self.header.show_person("", "", can_leave=False)
        self.keyboard.reset()
        forget_shared()
        if had_stay:
            self.surroundings.background.run(
                self._let_go,
                owner=self.surroundings.background,
                done=lambda _: None,
                failed=lambda _: None,
            )

    def _let_go(self) -> None:
        """Beside the GUI thread: jobs still queued, pictures in workers, values in the database's cache."""
        self.surroundings.printers.close()
        self.surroundings.portal.forget()

    # What happens

    def scan(self, address: str) -> None:
        """Follow one of our QR codes; while somebody is signed in it is ignored."""
        scan = read_scan(address, self.clinic.public_address) if self._place is not None else None
        if self._stay is not None or self._place is None:
            return
        if scan is None:
            if self.page is not None:
                self.page.notices.say("stop", self._("This code does not belong to this clinic's portal."))
            return
        self._drop(len(self.history) - 1)
        if scan.kind == "activate":
            self.go(AskCode(self, scan.code))
        elif scan.kind == "reset":
            self.go(AskResetCode(self, scan.code))
        else:
            self.go(AskInvitation(self, scan.number, scan.code))

    def _on_place(self, place: Place) -> None:
        is_new, self._place = place != self._place, place
        if self.page is None or (is_new and isinstance(self.page, Welcome)):
            self.go_home()

    def _on_no_place(self, error: Exception) -> None:
        if self._place is None:
            self._waiting.show_failure(error)
            self._try_again.start()

    def _on_changed(self, nouns: frozenset[str] | None) -> None:
        page = self.page
        if page is not None:
            page.changed(nouns)

    def _on_failed(self, error: Exception) -> None:
        page = self.page
        if page is not None and self._stay is not None:
            page.show_failure(error)

    def _on_large_text(self, is_large: bool) -> None:  # noqa: FBT001 - a signal's argument
        self._show_large_text(is_large=is_large)
        if self._stay is None and self.page is not None:
            self._watch_visitor(self.page)
        if self._stay is not None and self._stay.session is not None:
            acting = self.acting()
            self.surroundings.background.run(
                lambda: acting.sessions.set_large_text(is_large),
                owner=self,
                done=lambda _: None,
                failed=self._on_failed,
                group="large_text",
            )

    def _show_large_text(self, *, is_large: bool) -> None:
        self.header.show_large_text(is_large=is_large)
        if is_large == self._is_large:
            return
        self._is_large = is_large
        theme = Theme("kiosk", large_text=True) if is_large else self.surroundings.theme
        theme.apply(self)

    def showEvent(self, event: QShowEvent) -> None:
        """Start with the first showing, if nobody has started it before."""
        super().showEvent(event)
        self.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """A kiosk stays open; in practice mode it may be closed like any window."""
        if self._may_close:
            super().closeEvent(event)
        elif self.surroundings.is_practice:
            event.accept()
            self.close_down()
        else:
            event.ignore()
