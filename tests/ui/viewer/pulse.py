"""How long an event loop was kept from its work, beside an idle loop in a process of its own at the same time."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

EVERY_MS = 4
WORTH_MS = 10.0  # shorter gaps of the idle loop explain nothing
ROOT = Path(__file__).resolve().parents[3]
_IDLE = """
import json, sys
from PySide6.QtCore import QCoreApplication, QSocketNotifier
from tests.ui.viewer.pulse import Pulse
application = QCoreApplication(sys.argv)
pulse = Pulse()
pulse.start()
asked = QSocketNotifier(0, QSocketNotifier.Type.Read)
asked.activated.connect(application.quit)
print("idle", flush=True)
application.exec()
print(json.dumps(pulse.stop()))
"""
Gap = tuple[
    float, float, float
]  # from, until (the system's monotonic clock), and how long our threads stood in the processors' queue


class Pulse(QObject):
    """Beats every four milliseconds as long as the loop runs, and keeps the gaps between its beats."""

    def __init__(self) -> None:
        super().__init__()
        self._gaps: list[Gap] = []
        self._last = self._queued = 0.0
        self._timer = QTimer(self, interval=EVERY_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        self._last, self._queued = time.monotonic(), queued()
        self._timer.start()

    def stop(self) -> list[Gap]:
        self._timer.stop()
        self._beat()
        return self._gaps

    def _beat(self) -> None:
        now, stood = time.monotonic(), queued()
        self._gaps.append((self._last, now, max(0.0, stood - self._queued)))
        self._last, self._queued = now, stood


def queued() -> float:
    """Return how many seconds our threads were ready to run and no processor was free, as Linux counts it."""
    total = 0
    for statistics in Path("/proc/self/task").glob("*/schedstat"):
        with suppress(OSError):  # a thread that has just ended
            total += int(statistics.read_text().split()[1])
    return total / 1e9


@contextmanager
def idle_loop() -> Iterator[list[Gap]]:
    """Run an idle loop beside ours; its gaps are in the list afterwards."""
    gaps: list[Gap] = []
    process = subprocess.Popen(
        [sys.executable, "-c", _IDLE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "idle\n"
        yield gaps
        said, _ = process.communicate("\n", timeout=30)
        gaps += [(since, until, stood) for since, until, stood in json.loads(said)]
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def stalls(ours: list[Gap], idle: list[Gap]) -> list[float]:
    """Return how long each of our gaps was, in milliseconds, without what others on this machine took of it.

    That is what the idle loop lost at the same time, or what our threads stood in the queue, whichever is more.
    """
    lost = [gap for gap in idle if (gap[1] - gap[0]) * 1000 > WORTH_MS]
    return [
        (until - since - max(stood, sum(max(0.0, min(until, b) - max(since, a)) for a, b, _ in lost))) * 1000
        for since, until, stood in ours
    ]
