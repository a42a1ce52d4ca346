"""The window of the reception desk: first start, sign-in, the workplace, and the lock before it all."""

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QShortcut, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from app.callers import Caller
from app.errors import NotAllowed, NotFound, PortalError
from app.own_station import own_station
from app.portal import Acting
from app.views.clinic import Clinic, SiteRow, StationRow
from app.views.people import SignedIn, StaffRow
from ui.change_watch import ChangeWatch
from ui.desk.seat import Seat
from ui.kiosk.place import Place
from ui.kiosk.scanner import Scan
from ui.page import Page
from ui.reception.first_start_page import FirstStartPage
from ui.reception.guest_desk import GuestDesk
from ui.reception.guest_door import GuestDoor
from ui.reception.lock_page import LockPage
from ui.reception.new_password_page import NewPasswordPage
from ui.reception.sign_in_page import SampleSignIn, SignInPage
from ui.reception.workplace import Workplace
from ui.surroundings import Surroundings
from ui.widgets.banner import Banner
from ui.widgets.confirm_dialog import ConfirmDialog

LOOK_EVERY_MS = 1000
TOUCH_EVERY_S = 30.0


class DeskWindow(QWidget):
    """The reception desk. start() after the first paint; close_down() before the application ends."""

    def __init__(self, surroundings: Surroundings, samples: tuple[SampleSignIn, ...] = ()) -> None:
        super().__init__()
        self._surroundings = surroundings
        self._samples = samples
        self._ = surroundings.words
        self._seat: Seat | None = None
        self._watch: ChangeWatch | None = None
        self._workplace: Workplace | None = None
        self._lock: LockPage | None = None
        self._guest: GuestDesk | None = None
        self._hidden: list[QWidget] = []  # behind the lock
        self._last_key_at: datetime | None = None
        self._touched_at: datetime | None = None
        self._build()
        self._has_started = False

    def start(self) -> None:
        """Find out whether there is a clinic yet, and show the page to begin with."""
        if self._has_started:
            return
        self._has_started = True
        portal = self._surroundings.portal
        self._surroundings.background.run(
            portal.is_set_up, owner=self, done=self._show_first_page, failed=self._show_start_failure
        )

    def close_down(self) -> None:
        """Sign out and stop what runs."""
        seat = self._seat
        self._door.shut()
        if self._guest is not None:
            self._guest.close_down()
            self._drop_guest()
        self._leave_seat()
        if seat is not None:
            acting = self._surroundings.portal.acting(seat.caller)
            try:
                acting.staff.sign_out()
            except PortalError:
                return  # the session was over already, or ends by itself

    @property
    def page(self) -> QWidget | None:
        """The page that is shown."""
        return self._top()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin once the window has been painted."""
        super().showEvent(event)
        self._listen()
        # Not a filter on the application: Python would be asked about objects that are being destroyed.
        handle = self.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)
        QTimer.singleShot(0, self, self.start)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Sign out before the window goes."""
        self.close_down()
        super().closeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that somebody is there."""
        if isinstance(event, QKeyEvent | QMouseEvent | QWheelEvent) and self._seat is not None:
            self._last_key_at = self._surroundings.portal.parts.clock()
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self.setWindowTitle(self._("Reception desk"))
        self.setProperty("role", "page")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        if self._surroundings.is_practice:
            banner = Banner(
                self._(
                    "Practice mode. The people and exams here are made up, and nothing is sent to anybody."
                )
            )
            banner.setObjectName("practice_banner")
            self._column.addWidget(banner)
        self._stack = QStackedWidget()
        self._column.addWidget(self._stack, stretch=1)
        self._idle = QTimer(self, interval=LOOK_EVERY_MS)
        self._idle.timeout.connect(self._look_whether_idle)
        self._door = self._open_door()
        self._lock_key = QShortcut("Ctrl+L", self, self.lock)
        self._lock_key.setEnabled(False)

    def _show(self, page: QWidget) -> None:
        former = self._stack.currentWidget()
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        if former is not None:
            self._stack.removeWidget(former)
            former.deleteLater()

    # Before somebody is signed in

    def _show_first_page(self, is_set_up: bool) -> None:  # noqa: FBT001 - Background hands the result over so
        if is_set_up:
            self._show_sign_in()
            return
        page = FirstStartPage(self._surroundings)
        page.begun.connect(self._on_begun)
        self._show(page)

    def _on_begun(self, user_name: str) -> None:
        def station() -> Surroundings:
            return replace(self._surroundings, station=own_station(self._surroundings.portal, "desk"))

        def done(surroundings: Surroundings) -> None:
            self._surroundings = surroundings
            self._door.deleteLater()
            self._door = self._open_door()
            self._show_sign_in(user_name)
            self._listen()

        def failed(error: Exception) -> None:
            self._show_sign_in(user_name).show_failure(error)

        self._surroundings.background.run(station, owner=self, done=done, failed=failed)

    def _show_start_failure(self, error: Exception) -> None:
        self._show_sign_in().show_failure(error)

    def _show_sign_in(self, user_name: str = "", error: Exception | None = None) -> SignInPage:
        page = SignInPage(self._surroundings, self._samples, user_name)
        page.signed_in.connect(self._on_signed_in)
        page.guest_came.connect(self._door.come)
        self._show(page)
        page.begin()
        if error is not None:
            page.show_failure(error)
        return page

    def _on_signed_in(self, signed_in: SignedIn) -> None:
        if signed_in.must_change_password:
            page = NewPasswordPage(self._surroundings, signed_in)
            page.changed.connect(lambda: self._take_seat(signed_in))
            page.left.connect(self._show_sign_in)
            self._show(page)
            page.begin()
        else:
            self._take_seat(signed_in)

    def _take_seat(self, signed_in: SignedIn) -> None:
        surroundings = self._surroundings
        caller = surroundings.portal.signed_in(signed_in.token, station=_enrolled(surroundings))
        acting = surroundings.portal.acting(caller)

        def sit_down(found: tuple[StaffRow, Clinic, tuple[SiteRow, ...], StationRow | None]) -> None:
            self._seat = Seat(surroundings, caller, *found, parent=self)
            self._seat.interrupted.connect(self._on_interrupted)
            self._watch = ChangeWatch(surroundings.portal, caller, surroundings.background, self)
            self._watch.ended.connect(self._on_interrupted)
            workplace = Workplace(self._seat, self._watch)
            workplace.lock_wanted.connect(self.lock)
            workplace.left.connect(self._sign_out)
            self._workplace = workplace
            self._show(workplace)
            self._watch.start()
            workplace.begin()
            self._last_key_at = self._touched_at = surroundings.portal.parts.clock()
            self._lock_key.setEnabled(True)
            self._idle.start()
            self._listen()

        surroundings.background.run(
            lambda: _who_and_where(acting), owner=self, done=sit_down, failed=self._show_start_failure
        )

    # While somebody is

    def lock(self) -> None:
        """Lock the screen: nothing of any patient is in sight until the password is typed."""
        seat = self._seat
        if seat is None or self._lock is not None:
            return
        self._cover(seat)
        seat.run(lambda acting: acting.staff.lock(), owner=self, done=lambda _none: None, failed=_ignore)

    def _cover(self, seat: Seat) -> None:
        self._lock_key.setEnabled(False)
        self._hidden = [page for page in (self._stack, *self._questions()) if page.isVisible()]
        for child in self._hidden:
            child.hide()
        self._lock = LockPage(seat)
        self._lock.unlocked.connect(self._uncover)
        self._lock.left.connect(self._sign_out)
        self._lock.guest_came.connect(self._door.come)
        self._column.addWidget(self._lock, stretch=1)
        self._lock.begin()
        self._listen()

    def _uncover(self) -> None:
        if self._lock is None:
            return
        self._column.removeWidget(self._lock)
        self._lock.hide()
        self._lock.deleteLater()
        self._lock = None
        for child in self._hidden:
            child.show()
        self._hidden = []
        self._lock_key.setEnabled(True)
        self._last_key_at = self._surroundings.portal.parts.clock()
        self._listen()

    def _questions(self) -> list[ConfirmDialog]:
        return self.findChildren(ConfirmDialog, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def _on_interrupted(self, error: NotAllowed) -> None:
        if self._seat is None:
            return
        if error.kind == "locked":
            if self._lock is None:
                self._cover(self._seat)
            return
        self._leave_seat()
        self._show_sign_in(error=error)

    def _sign_out(self) -> None:
        seat = self._seat
        if seat is None:
            return
        acting = self._surroundings.portal.acting(seat.caller)
        self._leave_seat()
        self._surroundings.background.run(
            acting.staff.sign_out, owner=self, done=lambda _none: None, failed=_ignore
        )
        self._show_sign_in()

    def _leave_seat(self) -> None:
        self._idle.stop()
        self._lock_key.setEnabled(False)
        if self._workplace is not None:
            self._workplace.leave()
            self._workplace = None
        if self._watch is not None:
            self._watch.stop()
            self._watch.deleteLater()
            self._watch = None
        if self._seat is not None:
            self._seat.drawer.empty()
            self._seat.deleteLater()
            self._seat = None
        for page in (*self._questions(), *([self._lock] if self._lock else [])):
            page.hide()  # with what was typed in it
            page.deleteLater()
        self._lock = None
        self._hidden = []
        self._stack.setEnabled(True)
        self._stack.setVisible(self._guest is None)
        self._listen()
        clipboard = QApplication.clipboard()
        if clipboard.ownsClipboard():
            clipboard.clear()

    # While a guest is

    def _top(self) -> QWidget | None:
        return self._guest if self._guest is not None else self._below_guest()

    def _below_guest(self) -> QWidget | None:
        return self._lock if self._lock is not None else self._stack.currentWidget()

    def _open_door(self) -> GuestDoor:
        door = GuestDoor(self._surroundings, self)
        door.came.connect(self._on_guest)
        door.failed.connect(self._on_no_guest)
        return door

    def _listen(self) -> None:
        """Follow a scanner's keys while no employee works here."""
        is_at_work = self._seat is not None and self._lock is None
        if self.isVisible() and not is_at_work:
            self._door.listen(self.windowHandle())
        else:
            self._door.shut()

    def _on_guest(self, place: Place, scan: Scan | None) -> None:
        if self._guest is None:
            self._meet(place, scan)
        elif scan is not None:
            self._guest.follow(scan)

    def _on_no_guest(self, error: Exception) -> None:
        page = self._guest.page if self._guest is not None else self._top()
        if isinstance(page, Page):
            page.show_failure(error)

    def _meet(self, place: Place, scan: Scan | None) -> None:
        if not isinstance(self._below_guest(), SignInPage | LockPage):
            return  # somebody has signed in meanwhile
        guest = GuestDesk(self._surroundings, place)
        guest.left.connect(self._on_guest_left)
        self._guest = guest
        self._stack.hide()
        if self._lock is not None:
            self._lock.hide()
        self._column.addWidget(guest, stretch=1)
        guest.begin(scan)

    def _drop_guest(self) -> None:
        if self._guest is not None:
            self._column.removeWidget(self._guest)
            self._guest.hide()
            self._guest.deleteLater()
            self._guest = None
        (self._stack if self._lock is None else self._lock).show()

    def _on_guest_left(self) -> None:
        self._drop_guest()
        page = self._below_guest()
        if isinstance(page, SignInPage | LockPage):
            page.begin()

    # What is looked at by itself

    def _look_whether_idle(self) -> None:
        seat, last = self._seat, self._last_key_at
        if seat is None or last is None or self._lock is not None:
            return
        now = self._surroundings.portal.parts.clock()
        if (now - last).total_seconds() >= seat.clinic.rules.staff_idle_minutes * 60:
            self.lock()
        elif self._touched_at is not None and (last - self._touched_at).total_seconds() >= TOUCH_EVERY_S:
            seat.run(
                lambda acting: acting.sessions.touch(),
                owner=self,
                done=lambda _row: self._on_touched(last),
                failed=_ignore,
                group="touch",
            )

    def _on_touched(self, at: datetime) -> None:
        self._touched_at = at


def _enrolled(surroundings: Surroundings) -> Caller | None:
    return surroundings.station if surroundings.station.station_id is not None else None


def _who_and_where(acting: Acting) -> tuple[StaffRow, Clinic, tuple[SiteRow, ...], StationRow | None]:
    try:
        station: StationRow | None = acting.stations.mine()
    except NotFound:
        station = None
    return acting.staff.me(), acting.clinic.settings(), acting.sites.all(), station


def _ignore(_error: Exception) -> None:
    """Nothing to say: what it means for the stay is told by Seat.interrupted."""
