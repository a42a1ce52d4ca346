"""What every benchmark writes down in the end: when and where it ran, and how each bar came out."""

import json
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.viewer_bars import Bar
from bench.viewer_runs import machine


def begun(**how: object) -> dict[str, object]:
    """Return when and where a run takes place, and how."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "python": platform.python_version(),
        **how,
    }


def conclude(
    results: Path, about: Mapping[str, object], bars: Sequence[Bar], kept: Sequence[dict[str, object]] = ()
) -> int:
    """Write the bars into a results file, those kept of earlier runs first; return 1 when one is missed."""
    report = {**about, "bars": [*kept, *(bar.as_json() for bar in bars)]}
    results.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    missed = [bar.work for bar in bars if not bar.is_ok]
    print(f"{len(bars) - len(missed)} of {len(bars)} bars met")
    return 1 if missed else 0
