"""Our viewer as the benchmark drives it: one scenario in a process of its own, figures as a line of JSON.

`swipe FOLDER STEPS HERTZ`, `first FOLDER`, `drag FILE`, `thumbnails FOLDER`, `memory FOLDER COUNT`,
`stalls FOLDER STEPS HERTZ`.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QEventLoop, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.imaging import DecodePool
from app.words import Words
from bench.stepping import Stepper
from tests.ui.viewer.pulse import Pulse, idle_loop
from ui.background import Background
from ui.icons import pixmap
from ui.theme import Theme
from ui.viewer.canvas import ImageCanvas
from ui.viewer.layers import Layers
from ui.viewer.source import Caption, ImageSource, Position, ViewedFrame, ViewedSeries, viewed_frame
from ui.viewer.strip import ThumbnailStrip
from ui.viewer.viewer import Viewer

SIDE = 1024
PATIENCE = 60.0  # seconds
DRAWN = 60  # times
BEAT_MS = 4
LEAST = 2  # thumbnails: fewer before the strip has been laid out


class Files:
    """A folder of files as one series, through the decode workers."""

    def __init__(self, pool: DecodePool, files: Sequence[Path]) -> None:
        self._pool, self._files = pool, files
        self.series: Sequence[ViewedSeries] = [ViewedSeries("all", "All", "CT", len(files))]

    def frame(self, _series_id: str, index: int, *, reduced: bool) -> ViewedFrame:
        """Return one image as the portal does."""
        return viewed_frame(self._pool.stored(self._files[index], 0, max_side=SIDE if reduced else None))

    def thumbnail(self, _series_id: str, index: int) -> NDArray[np.uint8]:
        """Return a small picture."""
        return self._pool.thumbnail(self._files[index], 0, side=256).pixels

    def shown(self, _series_id: str, indexes: Sequence[int]) -> None:
        """Nobody asks."""


class AtHand:
    """One image that is there already: what is left is the window's own work."""

    def __init__(self, frame: ViewedFrame, like: Files) -> None:
        self._frame = frame
        self.series = like.series
        self.thumbnail, self.shown = like.thumbnail, like.shown

    def frame(self, _series_id: str, _index: int, *, reduced: bool) -> ViewedFrame:  # noqa: ARG002 - as every source
        """Return it."""
        return self._frame


class Bench:
    """A window with a viewer, and what it takes to drive it."""

    def __init__(self, files: Sequence[Path], *, workers: int = 2) -> None:
        self.application = QApplication(sys.argv)
        self.painted: Callable[[], None] = lambda: None
        paint = ImageCanvas.paintEvent

        def painting(canvas: ImageCanvas, event: QPaintEvent) -> None:
            paint(canvas, event)
            self.painted()

        ImageCanvas.paintEvent = painting  # type: ignore[method-assign, assignment]  # to know when it has been painted
        self.background, self.pool = Background(), DecodePool(workers)
        with ThreadPoolExecutor(workers) as threads:  # as the exam's page has done before
            list(threads.map(self.pool.thumbnail, [*files[:2]] * 2))
        pixmap("image", QColor("white"), 16)  # ... and as any page with an icon has
        self.source: ImageSource = Files(self.pool, files)
        self.window = QWidget(None, Qt.WindowType.FramelessWindowHint)
        self._page = QVBoxLayout(self.window)
        self._page.setContentsMargins(0, 0, 0, 0)
        Theme("kiosk").apply(self.window)
        self.window.resize(1300, 1300)
        self.window.show()
        self.application.processEvents()
        self._beat = QTimer(interval=BEAT_MS)  # ends a sleep in which nothing happens
        self._beat.start()

    def open(self) -> Viewer:
        """Open the viewer, with an image area of 1024 by 1024 pixels."""
        self.viewer = Viewer(
            self.source,
            Caption("Ada Example", "CT of the chest, 12 March 2026, Northside"),
            words=Words("en"),
            background=self.background,
        )
        self._page.addWidget(self.viewer)
        return self.viewer

    def leave(self) -> None:
        """Go back to the page before."""
        self._page.removeWidget(self.viewer)
        self.viewer.hide()
        self.viewer.deleteLater()
        self.settle(0.1)

    def square(self) -> None:
        """Make the room for the image 1024 by 1024."""
        self.wait(lambda: self.viewer.shown is not None and self.viewer.is_ready)
        for _ in range(3):
            room = self.viewer.canvas._room()  # noqa: SLF001 - the size of the image area is the measure
            grown = self.window.size() + QSize(SIDE - round(room.width()), SIDE - round(room.height()))
            self.window.resize(grown)
            self.application.processEvents()

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Run the loop until something is so, asleep between events as a program is: a busy loop would take a processor."""
        until = time.monotonic() + PATIENCE
        while not is_so():
            self.application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.monotonic() > until:
                raise TimeoutError

    def settle(self, seconds: float) -> None:
        """Run the loop for a while."""
        until = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() >= until)

    def is_whole(self) -> bool:
        """Tell whether the wanted image is on the screen at full resolution."""
        content = self.viewer.canvas.content
        is_there = self.viewer.shown == self.viewer.wanted and isinstance(content, Layers)
        return is_there and isinstance(content, Layers) and not content.is_reduced

    def drawing(self) -> list[float]:
        """Return how long it takes to draw an image that is coloured already, in milliseconds: no swipe is quicker."""
        spent, canvas = [], self.viewer.canvas
        for _ in range(DRAWN):
            began = time.perf_counter()
            canvas.repaint()
            spent.append((time.perf_counter() - began) * 1000)
        return spent

    def end(self) -> None:
        """Leave everything in order."""
        if isValid(self.viewer):
            self.viewer.stop()
        self.window.close()
        self.background.stop()
        self.pool.close()


def files_in(folder: Path) -> list[Path]:
    """Return the images in a folder and those below it."""
    return sorted(folder.rglob("*.dcm"))


def swipe(folder: Path, steps: int, hertz: float, *, with_pulse: bool = False) -> dict[str, Any]:
    """Step through a folder."""
    bench = Bench(files_in(folder))
    bench.open()
    bench.square()
    bench.settle(1.0)
    found = swipe_through(bench, steps, hertz, with_pulse=with_pulse)
    bench.end()
    return found


def swipe_through(bench: Bench, steps: int, hertz: float, *, with_pulse: bool = False) -> dict[str, Any]:
    """Step through the first series in the bench's open viewer, from its first image on."""
    viewer = bench.viewer
    whole: list[float] = []
    series = viewer._order.series[0]  # noqa: SLF001 - as a swipe does

    def step(number: int) -> None:
        viewer.go(Position(series.id, number % series.count), is_moving=True)

    loop = QEventLoop()  # the application's own closes every window when it is quit
    stepper = Stepper(step, steps, hertz, loop.quit)

    def painted() -> None:
        if viewer.shown is not None:
            stepper.painted(viewer.shown.index)
        if bench.is_whole() and viewer.wanted == Position(series.id, steps) and not whole:
            whole.append(time.perf_counter())

    bench.painted = painted
    pulse = Pulse()
    if with_pulse:
        pulse.start()
    stepper.start()
    loop.exec()
    bench.wait(lambda: bool(whole))
    gaps = [until - since for since, until, _ in pulse.stop()] if with_pulse else []
    settled = (whole[0] - stepper.last_asked) * 1000
    drawing = bench.drawing()
    bench.painted = lambda: None
    return {
        "latency_ms": stepper.latency_ms,
        "drawing_ms": drawing,
        "whole_after_ms": settled,
        "stalls_ms": [gap * 1000 for gap in gaps],
    }


def first(folder: Path) -> dict[str, Any]:
    """Open the viewer and wait for its first image, as after a click on a thumbnail; for the second exam of a stay."""
    files = files_in(folder)
    bench = Bench(files)
    spent = []
    whole = Files(bench.pool, files)
    for source in (Files(bench.pool, files[-3:]), whole, AtHand(whole.frame("", 0, reduced=False), whole)):
        bench.source = source
        painted: list[float] = []

        def on_paint(painted: list[float] = painted) -> None:
            if bench.viewer.shown is not None and not painted:
                painted.append(time.perf_counter())

        clicked = time.perf_counter()
        bench.open()
        bench.painted = on_paint
        bench.wait(lambda painted=painted: bool(painted))  # type: ignore[misc]  # bound now
        spent.append((painted[0] - clicked) * 1000)
        bench.square()  # from the next exam on, the room is as large as the peers' is
        bench.settle(0.3)
        bench.painted = lambda: None
        bench.viewer.stop()
        bench.leave()
    bench.end()
    return {"cold_ms": spent[0], "first_ms": spent[1], "at_hand_ms": spent[2]}


def drag(file: Path) -> dict[str, Any]:
    """Drag the window, pan and zoom on one large image: from the mouse's movement to the end of painting."""
    bench = Bench([file])
    viewer = bench.open()
    bench.square()
    bench.wait(bench.is_whole)
    canvas = viewer.canvas
    found: dict[str, list[float]] = {"window": [], "pan": [], "zoom": []}

    def mouse(kind: QEvent.Type, at: QPointF, button: Qt.MouseButton) -> None:
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        event = QMouseEvent(kind, at, at, button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(canvas, event)

    middle = QPointF(canvas.width() / 2, canvas.height() / 2)
    for what, button in (
        ("window", None),
        ("zoom", Qt.MouseButton.RightButton),
        ("pan", Qt.MouseButton.LeftButton),
    ):
        canvas.reset()
        if what == "pan":
            canvas.zoom(3.0)
        bench.settle(0.4)
        if button is not None:
            mouse(QEvent.Type.MouseButtonPress, middle, button)
            middle += QPointF(60.0, 0.0)  # so far a drag may be a click yet, which moves nothing
            mouse(QEvent.Type.MouseMove, middle, button)
            bench.settle(0.1)
        for number in range(1, 181):
            painted: list[float] = []
            bench.painted = lambda: painted.append(time.perf_counter())  # noqa: B023 - called before the next turn
            way = QPointF(2.0 * number if number < 90 else 360.0 - 2.0 * number, number % 60)  # noqa: PLR2004 - out and back
            began = time.perf_counter()
            if button is None:
                canvas.drag_tone(QPointF(2.0 if number < 90 else -2.0, 1.0))  # noqa: PLR2004 - the same
            else:
                mouse(QEvent.Type.MouseMove, middle + way, button)
            bench.wait(lambda: bool(painted))  # noqa: B023 - the same
            found[what].append((painted[0] - began) * 1000)
            bench.settle(max(0.0, 1 / 60 - (time.perf_counter() - began)))
        if button is not None:
            mouse(QEvent.Type.MouseButtonRelease, middle, button)
    bench.end()
    return found


def thumbnails(folder: Path) -> dict[str, Any]:
    """Wait until all small pictures in sight are there, from opening the viewer on."""
    bench = Bench(files_in(folder))
    clicked = time.perf_counter()
    viewer = bench.open()
    bench.wait(lambda: viewer.is_ready)
    strip = viewer.findChild(ThumbnailStrip)
    assert isinstance(strip, ThumbnailStrip)
    loader = viewer._main.loader  # noqa: SLF001 - what is there of the thumbnails
    bench.wait(
        lambda: (
            len(strip.in_sight()) > LEAST
            and all(loader.thumbnail(one) is not None for one in strip.in_sight())
        )
    )
    spent = (time.perf_counter() - clicked) * 1000
    count = len(strip.in_sight())
    bench.end()
    return {"screenful_ms": spent, "count": count}


def memory(folder: Path, count: int) -> dict[str, Any]:
    """Go through so many images to the last and back; return what we and the workers hold, shared pages shared out."""
    bench = Bench(files_in(folder)[:count])
    viewer = bench.open()
    bench.square()
    most = 0
    for index in (*range(0, count, 3), *range(count - 1, 0, -7)):
        viewer.go(Position("all", index), is_moving=True)
        bench.wait(lambda at=index: viewer.shown == Position("all", at))  # type: ignore[misc]  # bound now
        if index % 10 == 0:
            most = max(most, proportional_set())
    bench.settle(1.0)
    most = max(most, proportional_set())
    bench.end()
    return {"bytes": most}


def proportional_set() -> int:
    """Return the memory of this process and all below it, in bytes."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(status.parent.name)] = int(fields[1])
    ours = {int(Path("/proc/self").resolve().name)}
    while grown := {child for child, parent in parents.items() if parent in ours} - ours:
        ours |= grown
    total = 0
    for process in ours:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
    return total


def main() -> None:
    """Play the scenario that the arguments name."""
    what, path, *rest = sys.argv[1:]
    place = Path(path)
    if what == "swipe":
        found = swipe(place, int(rest[0]), float(rest[1]))
    elif what == "stalls":
        with idle_loop() as idle:
            found = swipe(place, int(rest[0]), float(rest[1]), with_pulse=True)
        found["idle_ms"] = [(until - since) * 1000 for since, until, _ in idle]
    elif what == "memory":
        found = memory(place, int(rest[0]))
    else:
        found = {"first": first, "drag": drag, "thumbnails": thumbnails}[what](place)
    print("=" + json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
