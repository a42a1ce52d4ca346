"""Hears what nobody is told on the screen: Qt's warnings, and errors that the program logs."""

import logging
from types import TracebackType
from typing import Self

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from app.outside.logs import DiscreetFormatter

HARMLESS = ("This plugin does not support",)  # what Qt's offscreen screen says of itself
MINOR = (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg)


class Complaints(logging.Handler):
    """Listens while its context lasts: to Qt, and to errors in slots, threads and pages, which all reach the log."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.setFormatter(DiscreetFormatter())
        self._heard: list[str] = []

    def __enter__(self) -> Self:
        """Begin to listen."""
        logging.getLogger().addHandler(self)
        qInstallMessageHandler(self._hear_qt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Listen no more."""
        qInstallMessageHandler(None)
        logging.getLogger().removeHandler(self)

    def take(self) -> list[str]:
        """Return what was heard since the last time."""
        heard, self._heard = self._heard, []
        return heard

    def emit(self, record: logging.LogRecord) -> None:
        """Note an error; the formatter leaves out whatever may name somebody."""
        self._heard.append(self.format(record))

    def _hear_qt(self, kind: QtMsgType, _where: QMessageLogContext, words: str) -> None:
        if kind not in MINOR and not words.startswith(HARMLESS):
            self._heard.append(f"Qt: {words}")
