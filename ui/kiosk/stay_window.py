"""One page at a time, a header that is always there, and a memory that ends with each stay."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from PySide6.QtWidgets import QWidget

from app.errors import PortalError
from app.portal import Acting
from app.views.clinic import Clinic, SiteRow, StationRow
from ui.change_watch import ChangeWatch
from ui.kiosk.forgetting import forget_shared
from ui.kiosk.header import Header
from ui.kiosk.history import History
from ui.kiosk.place import Place
from ui.kiosk.presence import Presence
from ui.kiosk.waiting import Waiting
from ui.patient.exam import ExamView
from ui.patient.home import Home
from ui.patient.touch_page import Stay, TouchPage
from ui.patient.whose import WhoseExams
from ui.surroundings import Surroundings


class StayWindow(QWidget):
    """Implements Kiosk for its pages; kiosk and desk say what stands there while nobody is signed in."""

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__()
        self.surroundings = surroundings
        self._ = surroundings.words
        self._place: Place | None = None
        self._stay: Stay | None = None
        self._watch: ChangeWatch | None = None
        self._is_large = False
        self.setProperty("role", "page")
        self.header = Header(self._)
        self._waiting = Waiting(self._)
        self.history = History(self._waiting)
        self.presence = Presence(self, surroundings, self.leave, self._on_failed)
        self.header.left.connect(self.leave)
        self.header.large_text_wanted.connect(self._on_large_text)
        self.presence.over.connect(self.leave)

    # What stands here while nobody is signed in

    def first_page(self) -> TouchPage:
        """Return the page that meets whoever comes."""
        raise NotImplementedError

    def ask_sign_in(self, user_name: str = "") -> None:
        """Show the sign-in page, perhaps with the user name filled in."""
        raise NotImplementedError

    def met_nobody(self) -> None:
        """Be told that somebody has left and is forgotten."""
        raise NotImplementedError

    @property
    def is_resting(self) -> bool:
        """Tell whether the page that is shown waits for whoever comes, and nothing has been begun on it."""
        return False

    # For pages: see Kiosk

    @property
    def clinic(self) -> Clinic:
        """The clinic's settings."""
        return self._known.clinic

    @property
    def station(self) -> StationRow:
        """This station."""
        return self._known.station

    @property
    def site(self) -> SiteRow:
        """Where this station stands."""
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
            first = self.first_page()
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
        self.met_nobody()

    def end(self, error: Exception) -> None:
        """Leave because the portal says that the stay is over, and say so on the first page."""
        self._forget()
        self._show_large_text(is_large=False)
        self.go_home()
        page = self.page
        if page is not None and isinstance(error, PortalError):
            page.notices.say("wait", self._.error(error))

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

    # Pages

    @property
    def _known(self) -> Place:
        assert self._place is not None, "a page is shown only once the station knows where it is"
        return self._place

    def _show(self, page: TouchPage) -> None:
        self._show_person()
        if self._stay is None:
            self._watch_visitor()
        self.setFocus()
        page.began()
        page.take_focus()

    def _watch_visitor(self) -> None:
        if self.is_resting and not self._is_large:
            self.presence.rest()
        else:  # large text on the welcome page goes back to normal by itself
            self.presence.follow(self.clinic.rules, is_quiet=self.is_resting)

    def _go_down(self, count: int) -> None:
        self._drop(count)
        if self.page is not None:
            self._show(self.page)

    def _drop(self, count: int) -> None:
        self.due_at(None)
        self.history.drop(count)

    def _show_person(self) -> None:
        stay = self._stay
        if stay is None:
            self.header.show_person(self.clinic.name, self.site.name, can_leave=not self.is_resting)
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
        # A server that does not answer ends the session by its own clock. The desk's pages may be gone before it does.
        background = self.surroundings.background
        background.run(say, owner=background, done=lambda _: None, failed=lambda _: None, group="goodbye")

    def _forget(self) -> None:
        if self._watch is not None:
            self._watch.stop()
            self._watch.deleteLater()
            self._watch = None
        had_stay, self._stay = self._stay is not None, None
        self.presence.rest()
        self._drop(len(self.history))
        self.header.show_person("", "", can_leave=False)
        forget_shared()
        if had_stay:
            background = self.surroundings.background
            background.run(self._let_go, owner=background, done=lambda _: None, failed=lambda _: None)

    def _let_go(self) -> None:
        """Beside the GUI thread: pictures in workers, values in the database's cache."""
        self.surroundings.portal.forget()

    # What happens

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
            self._watch_visitor()
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
        theme = self.surroundings.theme
        (theme.with_large_text() if is_large else theme).apply(self)
