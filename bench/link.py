"""`python -m bench.link`: swiping at a station whose server is 20 ms and 100 Mbit/s away.

Writes bench/results/link.json. The server and the station's window are processes of their own; the line is in this one.
A series that was fetched ahead keeps the viewer's bars. The first swipe through one that never came stands beside it,
with what the line alone would take.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from app.imaging.phantoms import make_ct
from app.imaging.sample_codings import SampleCoding
from app.own_station import own_station
from app.portal import Portal
from app.practice import SAMPLES, open_practice
from app.settings import ListenSettings, practice_settings
from bench.report import begun, conclude
from bench.viewer_bars import Bar, said, share
from bench.viewer_data import DIFFERENT, EXAM, PATIENT
from bench.viewer_runs import AROUND, ROOT
from bench.web_clinic import answering, free_port
from tests.far_line import BYTES_PER_S, ROUND_TRIP_S, far_line_to

RESULTS = Path(__file__).resolve().parent / "results" / "link.json"
HERTZ: dict[SampleCoding, float] = {"jpeg_ls": 30.0, "jpeg_2000": 60.0}
BEYOND = 20  # images after the last that is swiped to
SETTLED_S = 1.0  # between opening the viewer and the first swipe, as in the viewer's own bars
FRAME_MS = 1000 / 60
PASSWORD = SAMPLES[0].password
PATIENCE_S = 600


@dataclass(frozen=True)
class Series:
    """One exam of one series at the server."""

    exam: UUID
    bytes: int  # of a file, on the average


def main() -> int:
    """Measure; return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="bench-link")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--steps", type=int, default=240)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as made,
        _server(Path(made), options.steps + BEYOND) as (address, key, found),
    ):
        about = begun(
            repeats=options.repeats, steps=options.steps, line="20 ms there and back, 100 Mbit/s each way"
        )
        bars = []
        for coding, hertz in HERTZ.items():
            runs = []
            for _ in range(options.repeats):
                with far_line_to(address) as far:
                    runs.append(_window(Path(made), far, key, found[coding].exam, options.steps, hertz))
            alone = _line_alone(found[coding].bytes, options.steps, hertz)
            for bar in _bars(coding, hertz, runs, alone):
                print(bar.line(), flush=True)
                bars.append(bar)
            first = [one for run in runs for one in run["first_ms"]]
            print(f"     the first swipe: {said(first)}; the line alone: {said(alone)}", flush=True)
    return conclude(RESULTS, about, bars)


def _line_alone(size: int, steps: int, hertz: float) -> list[float]:
    """Return how late each image of a first swipe would be if there were nothing but the line, in milliseconds."""
    carried_ms = size / BYTES_PER_S * 1000
    return [
        max(0.0, ROUND_TRIP_S * 1000 + (step + 1) * carried_ms - SETTLED_S * 1000 - step * 1000 / hertz)
        for step in range(steps)
    ]


def _bars(
    coding: SampleCoding, hertz: float, runs: Sequence[dict[str, Any]], alone: Sequence[float]
) -> list[Bar]:
    name = f"swipe {coding.replace('_', ' ')} CT, fetched ahead over the line, at {hertz:g} Hz"
    latency, first, gaps, idle = (
        [one for run in runs for one in run[kind]]
        for kind in ("latency_ms", "first_ms", "stalls_ms", "idle_ms")
    )
    whole = [run["whole_after_ms"] for run in runs]
    details = {
        "ours": said(latency),
        "the first swipe": said(first),
        "the first swipe, limit: the line alone": said(alone),
        "the first swipe, whole after": [round(run["first_whole_after_ms"], 1) for run in runs],
        "whole after": [round(one, 1) for one in whole],
    }
    bars = [
        Bar(f"{name}, whole image after the finger stops", 150.0, round(max(whole), 1), details=details),
        Bar(
            f"{name}, window's event loop, p99.9 stall",
            16.0,
            round(share(gaps, 0.999), 2),
            {"idle loop": share(idle, 0.999)},
            {"ours": said(gaps), "idle": said(idle)},
        ),
    ]
    if coding == "jpeg_ls":
        bars.insert(0, Bar(f"{name}, p99.9", 2 * FRAME_MS, round(share(latency, 0.999), 2), details=details))
    return bars


@contextmanager
def _server(folder: Path, slices: int) -> Iterator[tuple[str, str, dict[SampleCoding, Series]]]:
    """Run a clinic's server with an exam of each coding; its address, a desk's key, and the exams."""
    port = free_port()
    data = folder / "clinic"
    settings = replace(practice_settings(data), listen=ListenSettings(port=port))
    portal = open_practice(settings, lambda _done, _of: None)
    try:
        found = {coding: _brought(portal, folder, coding, slices) for coding in HERTZ}
        key = (data / "stations" / "desk.key").read_text(encoding="ascii").strip()
    finally:
        portal.close()
    file = folder / "settings.toml"
    file.write_text(
        f'data_folder = "{data}"\narchive_folder = "{data}/archive"\nkey_file = "{data}/keys"\n'
        f'portal_url = "{settings.portal_url}"\n[listen]\nport = {port}\n'
    )
    command = [sys.executable, "main.py", "server", "--settings", str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own
        try:
            yield answering(f"http://127.0.0.1:{port}", "/sign-in"), key, found
        finally:
            process.terminate()


def _brought(portal: Portal, folder: Path, coding: SampleCoding, slices: int) -> Series:
    files = _files(folder / coding, coding, slices)
    desk = own_station(portal, "desk")
    token = portal.acting(desk).staff.sign_in("reception", PASSWORD).token
    reception = portal.acting(portal.signed_in(token, station=desk))
    amelia = reception.patients.find("hart")[0].id
    survey = reception.imports.survey((str(folder / coding),), amelia)
    exam = reception.imports.take(survey.id, amelia, "made for a benchmark").exam_ids[0]
    return Series(exam, sum(file.stat().st_size for file in files) // len(files))


def _files(folder: Path, coding: SampleCoding, slices: int) -> list[Path]:
    """Write a series in which no file is like another: what came once is not fetched again."""
    from pydicom import dcmread
    from pydicom.uid import generate_uid

    exam = replace(EXAM, accession_number=f"BL-{coding}")
    files = make_ct(folder, PATIENT, exam, slices=min(DIFFERENT, slices), coding=coding)
    for number in range(len(files), slices):
        dataset = dcmread(files[number % DIFFERENT])
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset.InstanceNumber = number + 1
        files.append(folder / f"more {number:05}.dcm")
        dataset.save_as(files[-1], enforce_file_format=True)
    return files


def _window(folder: Path, address: str, key: str, exam: UUID, steps: int, hertz: float) -> dict[str, Any]:
    """Play one run in a process of its own; return its figures."""
    command = [
        sys.executable,
        "-m",
        "bench.link_station",
        address,
        str(exam),
        str(steps),
        str(hertz),
        str(folder),
    ]
    done = subprocess.run(  # noqa: S603 - our own
        command,
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=AROUND | {"BENCH_STATION_KEY": key},
        timeout=PATIENCE_S,
    )
    found: dict[str, Any] = json.loads(done.stdout.rpartition("=")[2])
    return found


if __name__ == "__main__":
    raise SystemExit(main())
