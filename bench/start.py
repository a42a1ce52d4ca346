"""From starting the program to its first painted page, beside an empty PySide6 window."""

import os
import subprocess
import sys
import tempfile

from bench.measure import Measured, interleaved

# Both say "painted" at the end of the first paint event and end.
_EMPTY = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
class Window(QWidget):
    def paintEvent(self, event):
        QTimer.singleShot(0, QApplication.quit)
application = QApplication(sys.argv)
window = Window(); window.resize(1280, 800); window.show()
application.exec()
"""
_OURS = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from ui import desktop
def painted(self, event):
    QTimer.singleShot(0, QApplication.quit)
desktop.FirstPage.paintEvent = painted
application = QApplication(sys.argv)
start = desktop.Start(application, "desk", lambda: None, is_practice=False, window=None)
start._load = lambda: None
start.show()
application.exec()
start.close_down()
"""


def measure_start(repeats: int) -> list[Measured]:
    """Time both whole programs, compiled before, as an installed program is."""
    with tempfile.TemporaryDirectory() as compiled:
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        ours, peer = interleaved(lambda: _run(_OURS, environment), lambda: _run(_EMPTY, environment), repeats)
    return [Measured("start to first painted page", ours, peer, "empty PySide6 window", 1.5)]


def _run(program: str, environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, capture_output=True)  # noqa: S603 - our own text
