"""Whether somebody is still there: the idle clock, the question over the page, and the word to the server (D25)."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.portal import Acting
from app.rules.limits import ClinicRules
from app.views.people import SessionRow
from ui.kiosk.idle import IdleWatch, of_session
from ui.kiosk.still_there import StillThere
from ui.surroundings import Surroundings


class Presence(QObject):
    """Follows one person after another; a patient's time is the server's."""

    over = Signal()  # nobody has answered

    def __init__(
        self,
        window: QWidget,
        surroundings: Surroundings,
        leave: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        super().__init__(window)
        self._surroundings, self._failed = surroundings, failed
        self._acting: Acting | None = None  # of a patient
        self._is_quiet = True
        self.idle = IdleWatch(surroundings.portal.parts.clock, self)
        self._question = StillThere(window, surroundings.words, self._on_still_here, leave)
        self.idle.warned.connect(self._on_warned)
        self.idle.calmed.connect(self._question.hide)
        self.idle.over.connect(self.over)

    def start(self) -> None:
        """Begin to watch."""
        self.idle.start()

    def stop(self) -> None:
        """Watch no more."""
        self.idle.stop()
        self._surroundings.background.cancel_all(self)

    def follow_patient(self, rules: ClinicRules, acting: Acting, session: SessionRow) -> None:
        """Count by the server's clock."""
        self._acting, self._is_quiet = acting, False
        self.idle.follow(rules, self._touch)
        self.idle.set_deadline(of_session(session))

    def follow(self, rules: ClinicRules, *, is_quiet: bool = False) -> None:
        """Count here, for somebody without a session; quiet: there is nothing to lose, so nobody is asked."""
        self._acting, self._is_quiet = None, is_quiet
        self.idle.follow(rules)

    def rest(self) -> None:
        """Nobody is here."""
        self._surroundings.background.cancel_all(self)
        self._acting, self._is_quiet = None, True
        self.idle.rest()
        self._question.hide()

    def _on_warned(self, seconds: int) -> None:
        if not self._is_quiet:
            self._question.show_seconds(seconds)

    def _touch(self) -> None:
        if self._acting is not None:
            self._tell(self._acting.sessions.touch)

    def _on_still_here(self) -> None:
        acting, clock = self._acting, self._surroundings.portal.parts.clock
        if acting is None:
            self.idle.answer()
            return

        def stay_on() -> SessionRow:
            row = acting.sessions.touch()
            # Touched just now and still about to end: the longest time is over, and is given once more (D25).
            return acting.sessions.extend() if clock() >= row.warns_at else row

        self._tell(stay_on)

    def _tell(self, work: Callable[[], SessionRow]) -> None:
        self._surroundings.background.run(
            work, owner=self, done=self._on_told, failed=self._failed, group="touch"
        )

    def _on_told(self, session: SessionRow) -> None:
        if self._acting is not None:
            self.idle.set_deadline(of_session(session))
