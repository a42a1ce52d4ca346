"""Tells a keyboard-wedge scanner from fingers: a burst of keys that spells one of our addresses (D23)."""

import re
from dataclasses import dataclass
from time import monotonic
from typing import Literal

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QLineEdit
from shiboken6 import isValid

BURST_S = 0.1  # a scanner sends a key every 5 ms or so, a finger far slower
LONGEST = 400
ADDRESS = re.compile(
    r"(?P<host>https?://[^\s/]+(?:/\S*?)?)/(?:(?P<page>activate|reset)|i/(?P<number>\w+))#(?P<code>[\w-]+)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Scan:
    """What one of our QR codes says."""

    kind: Literal["activate", "reset", "invitation"]
    code: str
    number: str = ""


def read_scan(text: str, public_address: str) -> Scan | None:
    """Return what an address leads to; None for one that is not this clinic's portal."""
    found = ADDRESS.match(text.strip())
    if found is None or found["host"].casefold().rstrip("/") != public_address.casefold().rstrip("/"):
        return None
    if found["number"]:
        return Scan("invitation", found["code"], found["number"])
    return Scan("activate" if found["page"].casefold() == "activate" else "reset", found["code"])


class Scanner(QObject):
    """Listens to keys before they are typed; what was scanned into an input is taken out of it again."""

    scanned = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._source: QObject | None = None
        self._keys = ""
        self._last = 0.0
        self._input: QLineEdit | None = None
        self._before = ""

    def start(self, window: QWindow | None = None) -> None:
        """Begin to listen, to one window or to the whole application."""
        self.stop()
        self._source = window or QApplication.instance()
        assert self._source is not None
        self._source.installEventFilter(self)

    def stop(self) -> None:
        """Listen no more."""
        if self._source is not None and isValid(self._source):
            self._source.removeEventFilter(self)
        self._source = None
        self.forget()

    def forget(self) -> None:
        """Drop the keys that have come."""
        self._keys, self._before, self._input = "", "", None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Collect a burst; its Enter ends it."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and watched is (self._source if isinstance(self._source, QWindow) else QApplication.focusWidget())
        ):
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                return self._end(_sent_at(event))
            self._collect(event.text(), _sent_at(event))
        return super().eventFilter(watched, event)

    def _collect(self, text: str, now: float) -> None:
        if abs(now - self._last) > BURST_S:
            focus = QApplication.focusWidget()
            self._keys = ""
            self._input = focus if isinstance(focus, QLineEdit) else None
            self._before = self._input.text() if self._input is not None else ""
        self._last = now
        if text and text.isprintable():
            self._keys = (self._keys + text)[-LONGEST:]

    def _end(self, now: float) -> bool:
        keys, scanned_into, before = self._keys, self._input, self._before
        is_burst = abs(now - self._last) <= BURST_S
        self.forget()
        if not is_burst or ADDRESS.match(keys) is None:
            return False
        if scanned_into is not None and isValid(scanned_into):
            scanned_into.setText(before)
        self.scanned.emit(keys)
        return True


def _sent_at(event: QKeyEvent) -> float:
    """Return when a key was pressed, in seconds: a window that was busy sees a scanner's keys late."""
    return event.timestamp() / 1000 or monotonic()
