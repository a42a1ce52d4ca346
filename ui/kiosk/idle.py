"""When nobody has touched the kiosk: first a warning, then the end; for a patient by the server's own clock (D25)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from app.ports import Clock
from app.rules.limits import ClinicRules
from app.views.people import SessionRow

LOOK_EVERY_MS = 250
TOUCH_EVERY = timedelta(seconds=5)  # the server writes a touch down no oftener
TOUCHES = frozenset(
    {
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TouchEnd,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.KeyPress,
    }
)


@dataclass(frozen=True)
class Deadline:
    """When an untouched kiosk warns, and when it ends the stay."""

    warns_at: datetime
    ends_at: datetime


def of_session(row: SessionRow) -> Deadline:
    """Return the deadline that the server keeps."""
    return Deadline(row.warns_at, row.ends_at)


class IdleWatch(QObject):
    """Watches for touches in the whole application, and the clock."""

    warned = Signal(int)  # seconds that are left; again each second
    calmed = Signal()  # the warning is over
    over = Signal()

    def __init__(self, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock
        self._rules = ClinicRules()
        self._deadline: Deadline | None = None
        self._touch_server: Callable[[], None] | None = None
        self._touched_at: datetime | None = None  # what the server was told last
        self._waits_since: datetime | None = None  # a touch that the server has not heard of
        self._said: int | None = None
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    @property
    def is_warning(self) -> bool:
        """Tell whether the warning stands."""
        return self._said is not None

    def start(self) -> None:
        """Begin to watch."""
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)
        self._timer.start()

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def follow(self, rules: ClinicRules, touch_server: Callable[[], None] | None = None) -> None:
        """Count anew, for somebody new; touch_server tells a patient's session that they are there."""
        self._rules = rules
        self._touch_server = touch_server
        self._touched_at = self._clock() if touch_server else None
        self._waits_since = None
        self._end_warning()
        self._deadline = self._by_rules()

    def rest(self) -> None:
        """Nobody is here: there is nothing to end."""
        self._deadline = self._touch_server = None
        self._waits_since = None
        self._end_warning()

    def set_deadline(self, deadline: Deadline) -> None:
        """Take the server's word."""
        self._deadline = deadline
        if self._clock() < deadline.warns_at:
            self._end_warning()

    def answer(self) -> None:
        """Somebody says that they are there: count anew."""
        if self._touch_server is None:
            self._deadline = self._by_rules()
            self._end_warning()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count from the last touch of anything; a touch alone does not answer the warning."""
        if event.type() in TOUCHES and self._deadline is not None and not self.is_warning:
            if self._touch_server is None:
                self._deadline = self._by_rules()
            else:
                self._waits_since = self._clock()
                self._tell_server()
        return super().eventFilter(watched, event)

    def _tell_server(self) -> None:
        now = self._clock()
        if self._waits_since is None or self._touch_server is None:
            return
        if now - self._waits_since > 2 * TOUCH_EVERY:
            self._waits_since = None  # the clock has jumped: an old touch is no new one
        elif self._touched_at is None or now - self._touched_at >= TOUCH_EVERY:
            self._waits_since = None
            self._touched_at = now
            self._touch_server()

    def _look(self) -> None:
        if self._deadline is None:
            return
        self._tell_server()
        now = self._clock()
        if now >= self._deadline.ends_at:
            self.rest()
            self.over.emit()
        elif now >= self._deadline.warns_at:
            left = max(1, round((self._deadline.ends_at - now).total_seconds()))
            if left != self._said:
                self._said = left
                self.warned.emit(left)

    def _end_warning(self) -> None:
        if self._said is not None:
            self._said = None
            self.calmed.emit()

    def _by_rules(self) -> Deadline:
        warns_at = self._clock() + timedelta(seconds=self._rules.kiosk_idle_seconds)
        return Deadline(warns_at, warns_at + timedelta(seconds=self._rules.kiosk_warning_seconds))
