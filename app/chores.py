"""What runs beside people: sends messages every few seconds and keeps house every minute."""

import logging
import threading
from datetime import datetime, timedelta

from app.errors import PortalError
from app.outside.logs import report_bug
from app.portal import Portal

SEND_EVERY_S = 2.0
KEEP_HOUSE_EVERY = timedelta(minutes=1)


class Chores:
    """A thread that works until it is stopped. Several programs may run it at once: messages are claimed by lease."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
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
        while not self._stopped.wait(SEND_EVERY_S):
            try:
                self._work()
            except PortalError as error:
                # A database that is away comes back; what waits goes on waiting.
                logging.getLogger(__name__).warning("chores wait", exc_info=error)
            except Exception as error:  # noqa: BLE001 - the thread must outlive any bug
                report_bug(error)

    def _work(self) -> None:
        if not self._portal.is_set_up():
            return
        while self._portal.deliver_due() and not self._stopped.is_set():
            pass
        now = self._portal.parts.clock()
        if self._kept_house_at is None or now - self._kept_house_at >= KEEP_HOUSE_EVERY:
            self._portal.housekeep()
            self._kept_house_at = now
