"""Asks a window for one image after the other at a steady rate, and notes how long each took to be painted."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer


class Stepper(QObject):
    """step(index) is the event; whoever paints calls painted(index) when that image is on the screen.

    An image that is never painted, because a later one came first, counts until that one is there.
    """

    def __init__(
        self, step: Callable[[int], None], steps: int, hertz: float, done: Callable[[], None]
    ) -> None:
        super().__init__()
        self._step, self._steps, self._done = step, steps, done
        self._asked: list[float] = []
        self._latency: list[float | None] = []
        self._waiting = 0  # the first index that has not been painted
        self._every = 1.0 / hertz
        self._began = 0.0
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin with the image after the one that is shown."""
        self._began = time.perf_counter()
        self._timer.start(0)

    @property
    def latency_ms(self) -> list[float]:
        """How long each image took."""
        return [found for found in self._latency if found is not None]

    @property
    def last_asked(self) -> float:
        """When the last image was asked for, on the performance counter."""
        return self._asked[-1]

    def painted(self, index: int) -> None:
        """Note that an image is on the screen, from 1 for the first step."""
        now = time.perf_counter()
        while self._waiting < min(index, len(self._asked)):
            self._latency[self._waiting] = (now - self._asked[self._waiting]) * 1000
            self._waiting += 1
        if self._waiting == self._steps:
            self._waiting += 1
            QTimer.singleShot(0, self._done)

    def _tick(self) -> None:
        number = len(self._asked) + 1
        if number < self._steps:
            due = self._began + number * self._every
            self._timer.start(max(0, round((due - time.perf_counter()) * 1000)))
        self._asked.append(time.perf_counter())
        self._latency.append(None)
        self._step(number)
