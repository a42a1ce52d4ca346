"""A keyboard-wedge scanner: it types what a QR code says, far faster than any finger, with Enter at its end."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

SCANNERS_MS = 5
FINGERS_MS = 150
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


def scan(target: QObject, text: str, *, every_ms: int = SCANNERS_MS) -> None:
    """Type into a window, or into what has the focus; every_ms: by the keys' own time stamps.

    However busy the machine is, the keys are as far apart as the device sent them.
    """
    sent_at = 1 << 30
    for character in f"{text}\r":
        key = Qt.Key.Key_Return if character == "\r" else Qt.Key(ord(character.upper()))
        held = SHIFT if character.isupper() else NONE
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, held, character)
            event.setTimestamp(sent_at)
            QApplication.sendEvent(target, event)
        sent_at += every_ms
