import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.outside.slots import HostSlots

ROOT = Path(__file__).parents[3]
HOLDER = """
import sys
from pathlib import Path
from app.outside.slots import HostSlots
with HostSlots(Path(sys.argv[1]), "image", 2).take(5):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_program_holding_a_place(folder: Path) -> Iterator[subprocess.Popen[str]]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield holder
    finally:
        holder.kill()
        holder.communicate()


def test_places_are_shared_with_other_programs_and_freed_when_one_dies(tmp_path: Path) -> None:
    slots = HostSlots(tmp_path / "slots", "image", 2)
    with another_program_holding_a_place(tmp_path / "slots") as holder, slots.take(0):
        with pytest.raises(TimeoutError):
            slots.take(0)
        holder.kill()
        holder.wait()
        with slots.take(5):
            pass


def test_who_waits_gets_the_place_that_becomes_free(tmp_path: Path) -> None:
    slots = HostSlots(tmp_path, "image", 1)
    waits = threading.Event()
    got: list[float] = []

    def other() -> None:
        with slots.take(20, waits.set):
            got.append(time.monotonic())

    thread = threading.Thread(target=other)
    with slots.take(0):
        thread.start()
        assert waits.wait(60)
        freed = time.monotonic()
        assert got == []
    thread.join(60)
    assert got
    assert got[0] >= freed


def test_whoever_waits_can_give_up(tmp_path: Path) -> None:
    slots = HostSlots(tmp_path, "image", 1)

    def give_up() -> None:
        raise InterruptedError

    with slots.take(0), pytest.raises(InterruptedError):
        slots.take(20, give_up)


def test_places_of_another_name_are_others(tmp_path: Path) -> None:
    with HostSlots(tmp_path, "image", 1).take(0), HostSlots(tmp_path, "slot", 1).take(0):
        pass
