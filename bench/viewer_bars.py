"""One bar of issue 3's table: what was measured, what it may be at most, and the peers beside it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Bar:
    """value: what is compared with the bar, smaller is better; peers and details in milliseconds unless named."""

    work: str
    bar: float
    value: float
    peers: Mapping[str, float | None] = field(default_factory=dict)
    details: Mapping[str, object] = field(default_factory=dict)
    unit: str = "ms"
    note: str = ""

    @property
    def is_ok(self) -> bool:
        """Tell whether the bar is met."""
        return self.value <= self.bar

    def line(self) -> str:
        """Return a line for the terminal."""
        beside = ", ".join(
            f"{name} {'cannot' if spent is None else f'{spent:.2f} ms'}" for name, spent in self.peers.items()
        )
        return (
            f"{'ok  ' if self.is_ok else 'MISS'} {self.work}: {self.value:g} (bar {self.bar:g} {self.unit})"
            f"{'; ' + beside if beside else ''}{'; ' + self.note if self.note else ''}"
        )

    def as_json(self) -> dict[str, object]:
        """Return the same for the results."""
        return {
            "work": self.work,
            "bar": self.bar,
            "value": self.value,
            "ok": self.is_ok,
            "unit": self.unit,
            "peers": {
                name: spent if spent is None else round(spent, 3) for name, spent in self.peers.items()
            },
            "details": dict(self.details),
            "note": self.note,
        }


def share(values: Sequence[float], part: float) -> float:
    """Return the value that this part of all does not exceed: 0.5 is the median, 0.99 the 99th percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(len(ordered) * part) - 1)]


def said(values: Sequence[float]) -> dict[str, float]:
    """Return the figures by which a list of milliseconds is told."""
    return {
        "p50": round(share(values, 0.5), 2),
        "p99": round(share(values, 0.99), 2),
        "p99.9": round(share(values, 0.999), 2),
        "most": round(max(values), 2),
        "count": len(values),
    }
