"""What tests of the application have besides a portal and a scene: a log that can be read, and a report."""

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.outside.logs import start_logging
from tests.app.story import Story
from tests.scene import Scene


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Start the log as a program does; give what is in it; put everything back afterwards."""
    root = logging.getLogger()
    level, hooks = root.level, (sys.excepthook, threading.excepthook, sys.unraisablehook)
    handler = start_logging(tmp_path / "log", "server", logging.DEBUG)
    yield lambda: (tmp_path / "log" / "server.log").read_text(encoding="utf-8")
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(capture=False)
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


@pytest.fixture
def story(scene: Scene) -> Story:
    return Story(scene)
