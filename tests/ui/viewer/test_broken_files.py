"""Broken and hostile files in the open viewer: the window goes on, plain words stand there, the next image comes."""

import os
import random
import threading
import time
from collections.abc import Sequence
from datetime import date
from datetime import time as day_time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from app.imaging import DecodePool, problems
from app.imaging.phantoms import SampleExam, SamplePatient, make_ct
from app.imaging.problems import error_of
from app.words import Words
from tests.app.imaging.mutation import mutated
from tests.ui.viewer.conftest import OpenViewer
from tests.ui.viewer.pulse import Pulse, idle_loop, stalls
from ui.viewer.layers import Layers
from ui.viewer.source import Position, ViewedFrame, ViewedSeries, viewed_frame
from ui.viewer.tile import Tile

PATIENT = SamplePatient("Example", "Ada", date(1980, 5, 1), "1")
EXAM = SampleExam("A1", date(2026, 3, 12), day_time(10, 5), "CT of the chest")
STALL_MS = 100.0
NEXT_GOOD_S = 1.0
LOOK_MS = (
    5  # a person looks at each; what was fetched ahead would else be shown without the loop running once
)


@pytest.fixture
def a_ct_slice(tmp_path: Path) -> Path:
    return make_ct(tmp_path, PATIENT, EXAM, slices=1, coding="jpeg_ls")[0]


class Files:
    """An ImageSource of files, decoded by workers as in the portal."""

    def __init__(self, pool: DecodePool, broken: Sequence[Path | bytes], good: Path) -> None:
        self._pool = pool
        self._broken = broken
        self._good = good
        # A good image follows each broken one: never the same position, so that each is fetched anew.
        self.series: Sequence[ViewedSeries] = [ViewedSeries("all", "All", "CT", 2 * len(broken))]

    def frame(self, series_id: str, index: int, *, reduced: bool) -> ViewedFrame:
        return viewed_frame(self._pool.stored(self._given(index), 0, max_side=1024 if reduced else None))

    def thumbnail(self, series_id: str, index: int) -> NDArray[np.uint8]:
        return self._pool.thumbnail(self._given(index)).pixels

    def shown(self, series_id: str, indexes: Sequence[int]) -> None:
        """Nobody asks."""

    def _given(self, index: int) -> Path | bytes:
        return self._good if index % 2 else self._broken[index // 2]


def broken_files(good: Path) -> list[Path | bytes]:
    """The collected ones where there are any, and damaged copies of a good one."""
    chance = random.Random(11)
    made: list[Path | bytes] = [mutated(good.read_bytes(), chance) for _ in range(20)]
    samples = os.environ.get("PORTAL_DICOM_SAMPLES")
    if not samples:
        return made
    found = sorted((Path(samples) / "broken").rglob("*"))
    return [path for path in found if path.name not in {"MANIFEST.tsv", "mut"}] + made


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_broken_file_stalls_the_window_or_keeps_the_next_image_back(
    qtbot: QtBot, open_viewer: OpenViewer, imaging: DecodePool, a_ct_slice: Path, words: Words
) -> None:
    source = Files(imaging, broken_files(a_ct_slice), a_ct_slice)
    viewer = open_viewer(source, start=Position("all", 1))
    plain = {words.error(error_of(kind)) for kind in (*problems._INVALID, *problems._UNAVAILABLE)}
    count = source.series[0].count
    pulse, tiles = Pulse(), 0
    waits: list[float] = []
    missed: list[str] = []
    with idle_loop() as idle:
        pulse.start()
        for number in range(0, count, 2):
            broken, good = Position("all", number), Position("all", number + 1)
            viewer.go(broken)
            qtbot.waitUntil(lambda at=broken: viewer.shown == at)  # type: ignore[misc]  # bound now
            qtbot.wait(LOOK_MS)
            content = viewer.canvas.content
            if isinstance(content, Tile):
                tiles += 1
                if content.text.split("\n")[0] not in plain:
                    missed.append(content.text)
            began = time.monotonic()
            viewer.go(good)
            qtbot.waitUntil(lambda at=good: viewer.shown == at)  # type: ignore[misc]  # bound now
            waits.append(time.monotonic() - began)
            assert isinstance(viewer.canvas.content, Layers)
            qtbot.wait(LOOK_MS)
        ours = pulse.stop()
    assert count >= 40
    assert tiles >= 5
    assert missed == []
    assert max(stalls(ours, idle)) <= STALL_MS
    worst_idle = max(until - since for since, until, _ in idle)
    assert max(waits) <= NEXT_GOOD_S + worst_idle


def test_a_stall_would_be_seen(qtbot: QtBot) -> None:
    pulse, done = Pulse(), threading.Event()
    with idle_loop() as idle:
        pulse.start()
        qtbot.wait(50)
        done.wait(0.2)  # this thread runs the loop: nothing else moves meanwhile
        qtbot.wait(50)
        ours = pulse.stop()
    assert max(stalls(ours, idle)) > STALL_MS


def test_what_is_missing_of_an_image_that_can_be_shown_is_said_over_it(
    qtbot: QtBot, open_viewer: OpenViewer, imaging: DecodePool, a_ct_slice: Path, words: Words
) -> None:
    whole = make_ct(a_ct_slice.parent / "raw", PATIENT, EXAM, slices=1, coding="raw")[0].read_bytes()
    viewer = open_viewer(Files(imaging, [whole[: len(whole) * 3 // 4]], a_ct_slice))
    said = words(problems.sentence_of("image_cut_short"))
    assert viewer.canvas.overlay.sayings.notes == (said,)
    assert said in viewer.canvas.accessibleName()
    viewer.step(1)
    qtbot.waitUntil(lambda: viewer.canvas.overlay.sayings.notes == ())
