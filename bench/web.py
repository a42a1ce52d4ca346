"""`python -m bench.web`: our pages and images beside what a clinic would put there instead, in one run, interleaved.

Writes bench/results/web.json. Everything listens on loopback and lives for the run only. The viewers beside ours run in
the same Chromium from .browser-bench (make bench-web); Orthanc is Debian's, with a password.
"""

import argparse
import tempfile
from pathlib import Path

from bench.report import begun, conclude
from bench.viewer_bars import Bar
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
    return conclude(RESULTS, begun(repeats=options.repeats), bars)


if __name__ == "__main__":
    raise SystemExit(main())
