"""One measurement: ours beside a peer, interleaved, as medians, 99th percentiles and their ratio."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Measured:
    """What was measured, in milliseconds; the bar is the largest ratio of medians that passes."""

    work: str
    ours: tuple[float, ...]
    peer: tuple[float, ...]
    peer_name: str
    bar: float
    note: str = ""
    extra: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Our median over the peer's."""
        return median(self.ours) / median(self.peer)

    @property
    def is_ok(self) -> bool:
        """Whether the ratio is within the bar."""
        return self.ratio <= self.bar

    def line(self) -> str:
        """One line for the terminal."""
        return (
            f"{'ok  ' if self.is_ok else 'MISS'} {self.work}: {median(self.ours):.2f} ms (p99 {_p99(self.ours):.2f}),"
            f" {self.peer_name} {median(self.peer):.2f} ms (p99 {_p99(self.peer):.2f}),"
            f" ratio {self.ratio:.2f}, bar {self.bar:g}{'; ' + self.note if self.note else ''}"
        )

    def as_json(self) -> dict[str, object]:
        """The same for the results file."""
        return {
            "work": self.work,
            "bar": self.bar,
            "value": round(self.ratio, 3),
            "ok": self.is_ok,
            "ours_ms": {"median": round(median(self.ours), 3), "p99": round(_p99(self.ours), 3)},
            "peers": {
                self.peer_name: {"median": round(median(self.peer), 3), "p99": round(_p99(self.peer), 3)}
            },
            "note": self.note,
        }


def interleaved(
    ours: Callable[[], object], peer: Callable[[], object], repeats: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Time both in turn, after one run each that does not count; return milliseconds."""
    ours()
    peer()
    mine, theirs = [], []
    for _ in range(repeats):
        mine.append(_timed(ours))
        theirs.append(_timed(peer))
    return tuple(mine), tuple(theirs)


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def _p99(values: tuple[float, ...]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
