"""`python -m bench.fuzz`: seeded mutations of a file of every transfer syntax, thousands of each."""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from datetime import time as day_time
from multiprocessing import get_context
from pathlib import Path

from app.imaging import DecodePool
from app.imaging.limits import Limits
from app.imaging.phantoms import SampleExam, SamplePatient, make_ct, make_ultrasound
from app.imaging.sample_codings import EIGHT_BITS, TRANSFER_SYNTAXES
from tests.app.imaging.mutation import Tally, attack

PATIENT = SamplePatient("Hart", "Amelia", date(1944, 5, 17), "100234")
EXAM = SampleExam("B1", date(2026, 3, 12), day_time(9, 30), "Mutations")
LONGEST_S = 10.0
NEXT_GOOD_S = 1.0


def main() -> int:
    """Attack every group, several at once; return 1 when one misses a bar."""
    parser = argparse.ArgumentParser(prog="fuzz")
    parser.add_argument("--mutations", type=int, default=5000)
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as made,
        ProcessPoolExecutor(mp_context=get_context("spawn")) as several,
    ):
        groups = dict(_groups(Path(made)))
        began = time.monotonic()
        running = {
            name: several.submit(_attacked, file.read_bytes(), options.mutations, f"{name} {options.seed}")
            for name, file in groups.items()
        }
        missed = [name for name, future in running.items() if not _said(name, future.result())]
    minutes = (time.monotonic() - began) / 60
    print(f"{len(groups)} groups of {options.mutations:,} mutations in {minutes:.0f} minutes")
    print("missed: " + ", ".join(missed) if missed else "all within their bars")
    return 1 if missed else 0


def _groups(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield a small file of each transfer syntax: made by us, and the smallest real one where there are samples."""
    for coding, syntax in TRANSFER_SYNTAXES.items():
        if coding in EIGHT_BITS:
            yield (
                f"{syntax} made",
                make_ultrasound(folder / coding, PATIENT, EXAM, frames=2, coding=coding)[0],
            )
        else:
            yield (
                f"{syntax} made",
                make_ct(folder / coding, PATIENT, EXAM, slices=1, side=96, coding=coding)[0],
            )
    samples = os.environ.get("PORTAL_DICOM_SAMPLES")
    if not samples:
        return
    real: dict[str, Path] = {}
    with DecodePool(1) as pool:
        for file in sorted((Path(samples) / "images").glob("*.dcm"), key=lambda file: file.stat().st_size):
            about = pool.describe(file)
            if about.problem is None and about.rows * about.columns >= 64 * 64:
                real.setdefault(about.transfer_syntax_uid or "none", file)
    yield from ((f"{syntax} real", file) for syntax, file in real.items())


def _attacked(data: bytes, mutations: int, seed: str) -> Tally:
    with DecodePool(1) as pool:
        return attack(pool, data, mutations, seed)


def _said(name: str, tally: Tally) -> bool:
    is_ok = (
        tally.longest_s <= LONGEST_S
        and tally.next_good_s <= NEXT_GOOD_S
        and tally.memory <= Limits().memory_for_many_frames
    )
    kinds = ", ".join(f"{kind or 'picture'} {count}" for kind, count in tally.kinds.most_common())
    print(
        f"{'ok  ' if is_ok else 'MISS'} {name}: longest {tally.longest_s:.2f} s, next good {tally.next_good_s:.2f} s,"
        f" memory {tally.memory >> 20} MB; {kinds}",
        flush=True,
    )
    return is_ok


if __name__ == "__main__":
    raise SystemExit(main())
