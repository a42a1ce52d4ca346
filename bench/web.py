"""`python -m bench.web`: our pages and images beside what a clinic would put there instead, in one run, interleaved.

Writes bench/results/web.json. Everything listens on loopback and lives for the run only. The viewers beside ours run in
the same Chromium from .browser-bench (make bench-web); Orthanc is Debian's, with a password.
"""

import argparse
import json
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.viewer_bars import Bar
from bench.viewer_runs import machine
from bench.web_browser import measure_browser
from bench.web_clinic import running_clinic
from bench.web_throughput import measure_throughput

RESULTS = Path(__file__).resolve().parent / "results" / "web.json"


def main() -> int:
    """Measure everything; return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="bench-web")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    bars: list[Bar] = []
    with tempfile.TemporaryDirectory() as made, running_clinic(Path(made)) as clinic:
        for measure in (measure_throughput, measure_browser):
            for bar in measure(clinic, options.repeats):
                print(bar.line(), flush=True)
                bars.append(bar)
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "python": platform.python_version(),
        "repeats": options.repeats,
        "bars": [bar.as_json() for bar in bars],
    }
    RESULTS.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    missed = [bar.work for bar in bars if not bar.is_ok]
    print(f"{len(bars) - len(missed)} of {len(bars)} bars met")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
