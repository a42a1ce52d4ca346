"""Looks once a second whether something changed, so that open screens show it by themselves."""

from datetime import datetime
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from app.callers import Caller
from app.errors import NotAllowed
from app.portal import Portal
from app.views.work import Changes
from ui.background import Background

EVERY_MS = 1000


class ChangeWatch(QObject):
    """Follows the change feed for one caller while somebody looks.

    changed: nouns of the rows that changed ("invitation", "message", ...); everything: load all anew; ended: the
    session is over (carries the error). Pages also say when time alone will change them: see due_at.
    """

    changed = Signal(object)  # frozenset[str]
    everything = Signal()
    ended = Signal(object)

    def __init__(self, portal: Portal, caller: Caller, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._acting = portal.acting(caller)
        self._clock = portal.parts.clock
        self._background = background
        self._epoch: UUID | None = None
        self._number = 0
        self._due_at: datetime | None = None
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin to look."""
        self._timer.start()
        self._look()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()
        self._background.cancel_all(self)

    def due_at(self, at: datetime | None) -> None:
        """Say when time alone will change what is shown: everything is loaded anew then, on the server's clock."""
        self._due_at = at

    def _look(self) -> None:
        epoch, number, due_at = self._epoch, self._number, self._due_at

        def look() -> tuple[Changes, bool]:
            is_due = due_at is not None and self._clock() >= due_at
            return self._acting.changes.since(epoch, number), is_due

        self._background.run(look, owner=self, done=self._show, failed=self._failed, group="look")

    def _show(self, found: tuple[Changes, bool]) -> None:
        changes, is_due = found
        is_new = self._epoch is not None and changes.epoch != self._epoch
        self._epoch, self._number = changes.epoch, changes.number
        if is_due:
            self._due_at = None
        if is_new or is_due:
            self.everything.emit()
        elif changes.rows:
            self.changed.emit(frozenset(row.noun for row in changes.rows))

    def _failed(self, error: Exception) -> None:
        # A database that does not answer for a moment is looked for again in a second; a session that is over is over.
        if isinstance(error, NotAllowed):
            self.stop()
            self.ended.emit(error)
