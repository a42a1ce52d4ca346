"""Workers that hang, die, ask for too much or lie, and the pool that goes on."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from app.errors import Invalid, PortalError
from app.imaging import DecodePool, FileDescription, Picture, wire
from app.imaging.jobs import Render
from app.imaging.limits import MEGABYTE, Limits
from app.imaging.picture import PictureFacts
from app.outside.slots import HostSlots
from tests.app.imaging.conftest import MakeFile

ROOT = Path(__file__).resolve().parents[3]
RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


def process_of(pool: DecodePool) -> int:
    worker = pool._idle.get()
    pool._idle.put(worker)
    assert worker._process is not None
    assert worker._process.pid is not None
    return worker._process.pid


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def kind_of(ask: Callable[[], object]) -> str:
    with pytest.raises(PortalError) as told:
        ask()
    return told.value.kind


def test_a_job_that_hangs_is_stopped_and_the_next_one_works(make_file: MakeFile) -> None:
    good = make_file(RAMP)
    with DecodePool(1, seconds=1.5) as pool:
        pool.render(good)
        stuck = process_of(pool)
        os.kill(stuck, signal.SIGSTOP)
        assert kind_of(lambda: pool.render(good)) == "image_timed_out"
        assert np.array_equal(pool.render(good).pixels, RAMP)
        assert process_of(pool) != stuck


def test_a_job_is_cancelled_while_it_runs_and_while_it_waits(make_file: MakeFile) -> None:
    good = make_file(RAMP)
    with DecodePool(1) as pool, ThreadPoolExecutor(2) as threads:
        pool.render(good)
        os.kill(process_of(pool), signal.SIGSTOP)
        first, second = threading.Event(), threading.Event()
        running = threads.submit(pool.render, good, cancelled=first)
        waiting = threads.submit(pool.render, good, cancelled=second)
        second.set()
        first.set()
        kinds = [kind_of(job.result) for job in (running, waiting)]
        assert kinds == ["image_cancelled", "image_cancelled"]
        assert np.array_equal(pool.render(good).pixels, RAMP)


def test_a_worker_that_was_killed_is_replaced(make_file: MakeFile) -> None:
    good = make_file(RAMP)
    with DecodePool(1) as pool:
        pool.render(good)
        worker = pool._idle.get()
        assert worker._process is not None
        worker._process.kill()
        worker._process.join()
        pool._idle.put(worker)
        assert np.array_equal(pool.render(good).pixels, RAMP)


def test_the_next_person_s_pictures_come_from_a_process_that_never_saw_the_last_one_s(
    make_file: MakeFile,
) -> None:
    good = make_file(RAMP)
    with DecodePool(1) as pool:
        pool.render(good)
        before = process_of(pool)
        pool.forget()
        assert not alive(before)
        assert np.array_equal(pool.render(good).pixels, RAMP)


def test_a_worker_that_does_not_read_is_stopped_too(make_file: MakeFile) -> None:
    good = make_file(RAMP)
    with DecodePool(1, seconds=1.5) as pool:
        pool.render(good)
        os.kill(process_of(pool), signal.SIGSTOP)
        assert kind_of(lambda: pool.render(good.read_bytes() + bytes(1 << 20))) == "image_worker_lost"
        assert np.array_equal(pool.render(good).pixels, RAMP)


def test_closing_ends_a_job_under_way(make_file: MakeFile) -> None:
    good = make_file(RAMP)
    with ThreadPoolExecutor(1) as threads:
        pool = DecodePool(1)
        pool.render(good)
        stopped = process_of(pool)
        os.kill(stopped, signal.SIGSTOP)
        running = threads.submit(pool.render, good)
        while not running.running():
            pass
        pool.close()
        assert kind_of(running.result) in {"image_cancelled", "imaging_closed"}
        assert not alive(stopped)


def test_a_worker_that_dies_at_work_is_told_as_such(make_file: MakeFile) -> None:
    good = make_file(RAMP)
    with DecodePool(1) as pool, ThreadPoolExecutor(1) as threads:
        pool.render(good)
        stopped = process_of(pool)
        os.kill(stopped, signal.SIGSTOP)
        running = threads.submit(pool.render, good)
        os.kill(stopped, signal.SIGKILL)
        # Either the job had been handed over before the death, or a new worker did it.
        assert running.exception() is None or kind_of(running.result) == "image_worker_lost"
        assert np.array_equal(pool.render(good).pixels, RAMP)


def test_a_file_that_asks_for_more_memory_than_allowed_is_refused_and_the_next_one_works(
    make_file: MakeFile, tmp_path: Path
) -> None:
    small = make_file(np.zeros((2, 2), np.uint16))
    data = small.read_bytes()
    huge = tmp_path / "huge.dcm"
    side = 9_000
    header = data[:-12].replace(
        b"\x28\x00\x10\x00US\x02\x00\x02\x00", b"\x28\x00\x10\x00US\x02\x00" + side.to_bytes(2, "little")
    )
    header = header.replace(
        b"\x28\x00\x11\x00US\x02\x00\x02\x00", b"\x28\x00\x11\x00US\x02\x00" + side.to_bytes(2, "little")
    )
    with huge.open("wb") as sink:
        sink.write(header + b"OW\0\0" + (side * side * 2).to_bytes(4, "little"))
        sink.truncate(sink.tell() + side * side * 2)
    limits = Limits(memory=350 * MEGABYTE, memory_for_many_frames=400 * MEGABYTE)
    # What is tried is the limit of memory, so a slow machine gets all the time it needs.
    with DecodePool(1, seconds=60, limits=limits) as narrow, DecodePool(1, seconds=60) as wide:
        assert kind_of(lambda: narrow.render(huge)) in {"image_too_large", "image_unreadable"}
        assert np.array_equal(narrow.render(make_file(RAMP)).pixels, RAMP)
        assert wide.render(huge).width == side  # the control: it is the limit that refuses


def test_the_limits_are_set_in_the_process(pool: DecodePool, make_file: MakeFile) -> None:
    pool.render(make_file(RAMP))
    lines = Path(f"/proc/{process_of(pool)}/limits").read_text().splitlines()
    said = {line[:25].strip(): line[26:].split()[:2] for line in lines}
    assert said["Max address space"] == [str(1 << 30), str(2 << 30)]
    assert said["Max core file size"][0] == "0"
    assert int(said["Max cpu time"][0]) < 3600


def test_a_deflated_bomb_is_refused(pool: DecodePool, make_file: MakeFile) -> None:
    import zlib

    data = make_file(RAMP).read_bytes().replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99")
    data = data.replace(b"\x02\x00\x10\x00UI\x14\x00", b"\x02\x00\x10\x00UI\x16\x00")
    start = data.index(b"\x08\x00\x16\x00")
    machine = zlib.compressobj(wbits=-15)
    packed = machine.compress(b"\x08\x00\x16\x00UI\x02\x001\0") + machine.compress(
        b"\x09\x00\x10\x10UT\0\0" + b"\xf0\xff\xff\x7f"
    )
    for _ in range(500):
        packed += machine.compress(bytes(1 << 20))
    packed += machine.flush()
    assert len(packed) < 1 << 20
    assert kind_of(lambda: pool.describe(data[:start] + packed)) == "image_too_large"


@pytest.mark.parametrize("side", [60_000, 65_535])
def test_a_header_that_asks_for_gigabytes_is_refused_before_anything_is_set_aside(
    pool: DecodePool, make_file: MakeFile, side: int
) -> None:
    assert kind_of(lambda: pool.render(make_file(RAMP, Rows=side, Columns=side))) == "image_too_large"


def test_several_threads_share_the_workers(coded: dict[str, Path]) -> None:
    files = list(coded.values())
    with DecodePool(2) as pool, ThreadPoolExecutor(6) as threads:
        alone = [pool.render(file).pixels for file in files]
        together = list(threads.map(pool.render, files * 5))
        for number, picture in enumerate(together):
            assert np.array_equal(picture.pixels, alone[number % len(files)])


def test_two_servers_on_one_machine_decode_no_more_at_once_than_there_are_places(
    coded: dict[str, Path], tmp_path: Path
) -> None:
    file = coded["us raw"]
    busy = threading.Event()
    with (
        DecodePool(1, slots=HostSlots(tmp_path, "image", 1)) as one,
        DecodePool(1, slots=HostSlots(tmp_path, "image", 1)) as other,
        ThreadPoolExecutor(1) as threads,
    ):
        one.render(file)
        with HostSlots(tmp_path, "image", 1).take(0):
            waiting = threads.submit(one.render, file, cancelled=busy)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
            busy.set()
            assert kind_of(waiting.result) == "image_cancelled"
        assert np.array_equal(one.render(file).pixels, other.render(file).pixels)


def test_a_closed_pool_says_so_and_leaves_no_process(make_file: MakeFile) -> None:
    good = make_file(RAMP)
    pool = DecodePool(1)
    pool.render(good)
    process = process_of(pool)
    pool.close()
    assert kind_of(lambda: pool.render(good)) == "imaging_closed"
    assert (
        not Path(f"/proc/{process}").exists()
        or "Z" in Path(f"/proc/{process}/stat").read_text().split(")")[1]
    )


def test_what_is_no_file_is_said_plainly(pool: DecodePool, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert kind_of(lambda: pool.describe(tmp_path)) == "file_is_folder"
    assert kind_of(lambda: pool.describe(tmp_path / "nothing")) == "file_missing"
    assert kind_of(lambda: pool.describe(tmp_path / "pipe")) == "file_missing"
    assert kind_of(lambda: pool.describe(b"")) == "not_dicom"
    assert kind_of(lambda: pool.describe(b"%PDF-1.4" + bytes(300))) == "not_dicom"


def test_errors_never_carry_what_the_file_says(pool: DecodePool, make_file: MakeFile) -> None:
    file = make_file(RAMP, PatientName="Canary^Secret", PhotometricInterpretation="CANARY")
    with pytest.raises(Invalid) as told:
        pool.render(file)
    assert told.value.kind == "image_coding_unknown"
    assert "anary" not in repr(told.value) + str(told.value.fields) + told.value.sentence


def test_the_parent_loads_no_codec_and_no_parser(coded: dict[str, Path]) -> None:
    script = (
        "import sys, pathlib\n"
        "from app.imaging import DecodePool\n"
        "with DecodePool(1) as pool:\n"
        "    pool.describe(pathlib.Path(sys.argv[1])); pool.render(pathlib.Path(sys.argv[1]))\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'pydicom', 'imagecodecs', 'pypdfium2', 'PIL'}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(coded["ct jpeg_ls"])],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "[]"


def test_a_program_without_the_usual_guard_is_not_started_again(
    tmp_path: Path, coded: dict[str, Path]
) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text(
        f"import sys, pathlib\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from app.imaging import render_frame\n"
        "print(render_frame(sys.argv[1], 0).shape)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script), str(coded["ct raw"])],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert (done.stdout.strip(), done.stderr) == ("(96, 96)", "")


FACTS = wire._json({"width": 2, "height": 1, "window": None, "notes": []})


@pytest.mark.parametrize(
    "message",
    [
        wire.Message(FACTS, (1, 2), "object"),
        wire.Message(FACTS, (1 << 20, 1 << 20), "uint8"),
        wire.Message(FACTS, (-1, -2), "uint8"),
        wire.Message(FACTS, (1, 1, 1, 2), "uint8"),
    ],
    ids=["objects", "a terabyte", "less than nothing", "four dimensions"],
)
def test_the_parent_refuses_sizes_that_cannot_be(message: wire.Message) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of ours or of pydantic, the parent catches both
        _ = wire.from_bytes(wire.to_bytes(message)).size


@pytest.mark.parametrize(
    ("facts", "shape"),
    [(FACTS, (2, 1)), ('{"width": "wide"}', (1, 2)), ("[]", (1, 2)), ("", (1, 2))],
    ids=["sides exchanged", "no number", "no object", "nothing"],
)
def test_the_parent_refuses_facts_that_do_not_fit(facts: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the same
        wire.put_together(Picture, wire.Message(facts, shape), np.zeros(2, np.uint8))


def test_an_answer_comes_out_as_it_went_in() -> None:
    picture = Picture(width=2, height=1, pixels=np.array([[1, 2]], np.uint8), notes=("size_differs",))
    message, payload = wire.take_apart(picture)
    assert payload is not None
    back = wire.put_together(Picture, wire.from_bytes(wire.to_bytes(message)), payload.ravel().view(np.uint8))
    assert isinstance(back, Picture)
    assert back.pixels.tolist() == [[1, 2]]
    assert PictureFacts(
        **{name: getattr(back, name) for name in PictureFacts.__dataclass_fields__}
    ) == PictureFacts(width=2, height=1, notes=("size_differs",))
    said = FileDescription("image", family_name="É")
    message, _none = wire.take_apart(said)
    assert wire.put_together(FileDescription, message, np.zeros(0, np.uint8)) == said


def test_an_interrupted_job_never_answers_the_next_one(
    make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_file(RAMP, name="1.dcm"), make_file(RAMP[::-1], name="2.dcm")
    with DecodePool(1) as pool:
        pool.render(first)
        with monkeypatch.context() as patched:
            patched.setattr("app.imaging.pool._received", interrupted)
            with pytest.raises(KeyboardInterrupt):
                pool.render(first)
        assert np.array_equal(pool.render(second).pixels, RAMP[::-1])


def interrupted(*_given: object) -> bytes:
    raise KeyboardInterrupt


def test_an_answer_to_another_question_is_not_taken(make_file: MakeFile) -> None:
    first, second = make_file(RAMP, name="1.dcm"), make_file(RAMP[::-1], name="2.dcm")
    with DecodePool(1) as pool:
        pool.render(first)
        worker = pool._idle.get()
        pool._idle.put(worker)
        assert worker._pipe is not None
        assert worker._memory is not None
        worker._pipe.send((999, Render(first, 0), worker._memory.name))  # an answer that nobody waits for
        assert kind_of(lambda: pool.render(second)) == "image_worker_lost"
        assert np.array_equal(pool.render(second).pixels, RAMP[::-1])
