"""Drawing pictures for browsers, again and again: neither the server nor its decode worker grows."""

import os
import random
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from mmap import mmap
from pathlib import Path

import pytest

from app.images import PictureForm
from app.imaging import DecodePool
from app.portal import Portal
from app.renditions import Renditions
from tests.databases import SQLiteFiles
from tests.web.conftest import Web

# By the end of the first ones all modules are there and all buffers as large as they get.
FIRST, MORE = 200, 500
OF_EACH = 16_000  # bytes: what a grey image of this exam takes before it is compressed
SIDES = (256, 512, 2048)


@pytest.fixture
def databases(sqlite_files: SQLiteFiles) -> SQLiteFiles:
    """Memory does not depend on the kind of database."""
    return sqlite_files


def resident(pid: int) -> int:
    """How many bytes of memory a process has."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def workers(pool: DecodePool) -> list[int]:
    started = (worker._process for worker in pool._idle.queue)
    return [process.pid for process in started if process is not None and process.pid is not None]


def growth(draw: Callable[[], object], imaging: DecodePool) -> int:
    """How many bytes server and worker grow by with so many more pictures."""
    for _ in range(FIRST):
        draw()
    pids = [os.getpid(), *workers(imaging)]
    assert len(pids) > 1
    before = sum(map(resident, pids))
    for _ in range(MORE):
        draw()
    assert pids[1:] == workers(imaging), "a worker that is replaced forgets what it has lost"
    return sum(map(resident, pids)) - before


@pytest.mark.slow
def test_drawing_more_pictures_takes_no_more_memory(web: Web, imaging: DecodePool) -> None:
    portal = Portal(
        replace(web.portal.parts, renditions=Renditions(most_bytes=1))
    )  # nothing is kept: all are drawn
    acting = portal.acting(web.as_owner().caller)
    instances = [one.id for series in acting.exams.open(web.exam).series for one in series.instances]
    chosen = random.Random(10_000)

    def draw() -> bytes:
        form: PictureForm = chosen.choice(("jpeg", "webp"))
        return acting.images.picture(chosen.choice(instances), 0, chosen.choice(SIDES), form).content

    assert growth(draw, imaging) < MORE * OF_EACH / 2
    # The control: if of each picture only its grey levels stayed, it would be seen.
    with ExitStack() as lost:

        def draw_and_lose() -> None:
            draw()
            # Pages of its own: what is lost from the heap may first fill holes that other tests left there.
            lost.enter_context(mmap(-1, OF_EACH)).write(os.urandom(OF_EACH))

        assert growth(draw_and_lose, imaging) > MORE * OF_EACH / 2
