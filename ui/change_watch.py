"""Follows the change feed, so that open screens show what changed by themselves."""

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

    Where the database is here it is asked every second. A server is asked once and answers when there is something;
    while it is away it is tried every second.

    changed: nouns of the rows that changed ("invitation", "message", ...); everything: load all anew; ended: the
    session is over (carries the error). Pages also say when time alone will change them: see due_at.
    """

    changed = Signal(object)  # frozenset[str]
    everything = Signal()
    ended = Signal(object)

    def __init__(self, portal: Portal, caller: Caller, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._changes = portal.acting(caller).changes
        self._clock = portal.parts.clock
        self._is_remote = portal.parts.server is not None
        self._background = background
        self._epoch: UUID | None = None
        self._number = 0
        self._due_at: datetime | None = None
        self._is_asking = False
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
        self._is_asking = False

    def due_at(self, at: datetime | None) -> None:
        """Say when time alone will change what is shown: everything is loaded anew then, on the server's clock."""
        self._due_at = at

    def _look(self) -> None:
        if self._due_at is not None and self._clock() >= self._due_at:
            self._due_at = None
            self.everything.emit()
        if not (self._is_asking and self._is_remote):
            self._ask()

    def _ask(self) -> None:
        epoch, number, changes = self._epoch, self._number, self._changes
        self._is_asking = True
        # Where the feed stands is told at once; only what comes after is waited for.
        asked = changes.follow if self._is_remote and epoch is not None else changes.since

        def ask() -> Changes:
            return asked(epoch, number)

        self._background.run(
            ask,
            owner=self,
            done=self._show,
            failed=self._failed,
            lane="waiting" if self._is_remote else "database",
            group="ask",
        )

    def _show(self, found: Changes) -> None:
        self._is_asking = False
        is_new = self._epoch is not None and found.epoch != self._epoch
        self._epoch, self._number = found.epoch, found.number
        if is_new:
            self.everything.emit()
        elif found.rows:
            self.changed.emit(frozenset(row.noun for row in found.rows))
        else:  # the timer asks again: a server that answers at once, because it stops, is not asked at once
            return
        # Whoever was told may have stopped the watch.
        if self._is_remote and self._timer.isActive():
            self._look()

    def _failed(self, error: Exception) -> None:
        self._is_asking = False
        # A database that does not answer for a moment is looked for again in a second; a session that is over is over.
        if isinstance(error, NotAllowed):
            self.stop()
            self.ended.emit(error)
