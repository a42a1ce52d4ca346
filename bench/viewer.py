"""`python -m bench.viewer`: our viewer beside what a user would pick instead, in one run, interleaved.

Writes bench/results/viewer.json. The peers run in an environment of their own, .venv-bench (make bench-viewer).
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.report import begun, conclude
from bench.start import measure_start
from bench.viewer_bars import Bar
from bench.viewer_decoding import measure_decoding, measure_thumbnails
from bench.viewer_runs import physical_limits
from bench.viewer_windows import measure_drags, measure_firsts, measure_memory, measure_stalls, measure_swipes

RESULTS = Path(__file__).resolve().parent / "results" / "viewer.json"


def measure_starts(_folder: Path, repeats: int) -> list[Bar]:
    """Measure the start of the application beside an empty window."""
    return [
        Bar(
            row.work,
            row.bar,
            round(row.ratio, 3),
            {row.peer_name: sorted(row.peer)[len(row.peer) // 2]},
            {"ours_ms": sorted(row.ours)[len(row.ours) // 2]},
            unit="of an empty window",
        )
        for row in measure_start(repeats)
    ]


PARTS: dict[str, Callable[[Path, int], list[Bar]]] = {
    "decoding": measure_decoding,
    "thumbnails": measure_thumbnails,
    "swipes": measure_swipes,
    "firsts": measure_firsts,
    "drags": measure_drags,
    "stalls": measure_stalls,
    "memory": measure_memory,
    "start": measure_starts,
}


def main() -> int:
    """Measure the named parts, or all; return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="bench-viewer")
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument(
        "--folder", type=Path, help="where made files are kept; a temporary one if none is named"
    )
    options = parser.parse_args()
    bars: list[Bar] = []
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        about = begun(repeats=options.repeats, limits_ms=physical_limits(folder))
        for name in options.parts or PARTS:
            for bar in PARTS[name](folder, options.repeats):
                print(bar.line(), flush=True)
                bars.append(bar)
    kept = [] if not options.parts else _kept({bar.work for bar in bars})
    return conclude(RESULTS, about, bars, kept)


def _kept(measured: set[str]) -> list[dict[str, object]]:
    """Return the bars of earlier runs that were not measured now."""
    if not RESULTS.exists():
        return []
    before = json.loads(RESULTS.read_text(encoding="utf-8"))["bars"]
    return [bar for bar in before if bar["work"] not in measured]


if __name__ == "__main__":
    raise SystemExit(main())
