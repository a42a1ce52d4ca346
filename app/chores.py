"""What runs beside people: sends messages every few seconds and keeps house every minute."""

import logging
import threading
from datetime import datetime, timedelta

from app.errors import PortalError
from app.outside.logs import report_bug
from app.portal import Portal

SEND_EVERY_S = 2.0
AFTER_TROUBLE_S = 30.0
KEEP_HOUSE_EVERY = timedelta(minutes=1)


class Chores:
    """A thread that works until it is stopped. Several programs may run it at once: messages are claimed by lease."""

    def __init__(
        self, portal: Portal, *, every_s: float = SEND_EVERY_S, after_trouble_s: float = AFTER_TROUBLE_S
    ) -> None:
        self._portal = portal
        self._every_s, self._after_trouble_s = every_s, after_trouble_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chores", daemon=True)
        self._kept_house_at: datetime | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being sent, then end."""
        self._stopped.set()
        self._thread.join(timeout=60)

    def _run(self) -> None:
        pause = self._every_s
        while not self._stopped.wait(pause):
            pause = self._every_s if self.work() else self._after_trouble_s

    def work(self) -> bool:
        """Do what is due; tell whether all went well. Trouble with one chore does not hold the others up."""
        is_well = True
        for chore in (self._send, self._keep_house):
            try:
                chore()
            except PortalError as error:
                # A database that is away comes back; what waits goes on waiting.
                logging.getLogger(__name__).warning("chores wait", exc_info=error)
                is_well = False
            except Exception as error:  # noqa: BLE001 - the thread must outlive any bug
                report_bug(error)
                is_well = False
        return is_well

    def _send(self) -> None:
        while self._portal.is_set_up() and not self._stopped.is_set() and self._portal.deliver_due():
            pass

    def _keep_house(self) -> None:
        now = self._portal.parts.clock()
        is_due = self._kept_house_at is None or abs(now - self._kept_house_at) >= KEEP_HOUSE_EVERY
        if is_due and self._portal.is_set_up():
            self._portal.housekeep()
            self._kept_house_at = now
