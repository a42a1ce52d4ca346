"""`python -m bench`: measures beside what a user would pick instead, in one run, interleaved; writes bench/results/."""

import argparse
import json
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import Measured
from bench.pictures import measure_pictures
from bench.places import measure_places
from bench.start import measure_start

RESULTS = Path(__file__).resolve().parent / "results"
PARTS: dict[str, Callable[[int], list[Measured]]] = {
    "start": measure_start,
    "places": measure_places,
    "pictures": measure_pictures,
}


def main() -> int:
    """Measure the named parts, or all; return 1 when something misses its bar."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    measured = [row for name in options.parts or PARTS for row in PARTS[name](options.repeats)]
    for row in measured:
        print(row.line())
    RESULTS.mkdir(exist_ok=True)
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        "repeats": options.repeats,
        "bars": [row.as_json() for row in measured],
    }
    (RESULTS / "portal.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0 if all(row.is_ok for row in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
