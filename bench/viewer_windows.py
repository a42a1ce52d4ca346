"""Whole windows: swiping, the first image, dragging, stalls and memory, ours and the peers' in turn."""

from pathlib import Path

from app.imaging.sample_codings import SampleCoding
from bench.viewer_bars import Bar, said, share
from bench.viewer_data import ct_series, dx, real_series
from bench.viewer_runs import ours, theirs

SLICES = 1000
STEPS = 300
QUICK, CALM = 60.0, 30.0  # hertz
FRAME_MS = 1000 / 60
SWIPED: tuple[SampleCoding, ...] = ("rle", "jpeg_lossless", "jpeg_ls", "jpeg_2000_lossy")
HEAVY: tuple[SampleCoding, ...] = ("jpeg_2000", "htj2k")


def series(folder: Path, coding: SampleCoding, slices: int = SLICES) -> Path:
    """Return a series of this coding, made when it is asked for first."""
    there = folder / f"series {coding} {slices}"
    return there if there.exists() else ct_series(folder, coding, slices)


def measure_swipes(folder: Path, repeats: int) -> list[Bar]:
    """Measure swiping through 1,000 slices in every coding of the table."""
    bars = _raw(folder, repeats)
    for coding in SWIPED:
        place, mine, naive, drawing = series(folder, coding), [], [], []
        for _ in range(repeats):
            run = ours("swipe", place, STEPS, CALM)
            mine += run["latency_ms"]
            drawing += run["drawing_ms"]
            naive += theirs("naive", place, STEPS, CALM)["latency_ms"]
        name = coding.replace("_", " ")
        details = {"ours": said(mine), "naive": said(naive), "limit: drawing alone": said(drawing)}
        peers = {"naive, p50": share(naive, 0.5)}
        bars.append(
            Bar(
                f"swipe {name} CT at 30 Hz, p99.9",
                2 * FRAME_MS,
                round(share(mine, 0.999), 2),
                details=details,
            )
        )
        ratio = share(mine, 0.5) / share(naive, 0.5)
        bars.append(
            Bar(f"swipe {name} CT at 30 Hz, p50", 0.3, round(ratio, 3), peers, details, unit="of naive")
        )
    for coding in HEAVY:
        place = series(folder, coding)
        runs = [ours("stalls", place, STEPS, QUICK) for _ in range(repeats)]
        gaps = [gap for run in runs for gap in run["stalls_ms"]]
        idle = [gap for run in runs for gap in run["idle_ms"]]
        name = coding.replace("_", " ")
        whole = [run["whole_after_ms"] for run in runs]
        latency = said([one for run in runs for one in run["latency_ms"]])
        bars += [
            Bar(
                f"swipe {name} CT at 60 Hz, whole image after the finger stops",
                150.0,
                round(max(whole), 1),
                details={"each": [round(one, 1) for one in whole], "ours": latency},
            ),
            Bar(
                f"swipe {name} CT at 60 Hz, window's event loop, p99.9 stall",
                16.0,
                round(share(gaps, 0.999), 2),
                {"idle loop": share(idle, 0.999)},
                {"ours": said(gaps), "idle": said(idle)},
            ),
        ]
    return bars + _real(repeats)


def _raw(folder: Path, repeats: int) -> list[Bar]:
    place = series(folder, "raw")
    mine: list[float] = []
    naive: list[float] = []
    graph: list[float] = []
    for _ in range(repeats):
        mine += ours("swipe", place, STEPS, QUICK)["latency_ms"]
        naive += theirs("naive", place, STEPS, QUICK)["latency_ms"]
        graph += theirs("pyqtgraph", place, STEPS, QUICK)["latency_ms"]
    details = {"ours": said(mine), "naive": said(naive), "pyqtgraph": said(graph)}
    bars = [Bar("swipe raw CT at 60 Hz, p99", 16.7, round(share(mine, 0.99), 2), details=details)]
    for peer, times in (("naive", naive), ("pyqtgraph", graph)):
        ratio = share(mine, 0.5) / share(times, 0.5)
        bars.append(
            Bar(
                f"swipe raw CT at 60 Hz, p50 beside {peer}",
                0.6,
                round(ratio, 3),
                {f"{peer}, p50": share(times, 0.5)},
                details,
                unit=f"of {peer}",
            )
        )
    return bars


def _real(repeats: int) -> list[Bar]:
    """Swipe through the real exams: too short for a ratio, long enough for the frame rate."""
    bars = []
    for name, place in real_series():
        times = [one for _ in range(repeats) for one in ours("swipe", place, 34, QUICK)["latency_ms"]]
        bars.append(
            Bar(
                f"swipe real exam {name} at 60 Hz, p99",
                16.7,
                round(share(times, 0.99), 2),
                details={"ours": said(times)},
            )
        )
    return bars


def measure_firsts(folder: Path, repeats: int) -> list[Bar]:
    """Measure the first image after the click."""
    bars = []
    for coding in ("raw", *SWIPED, *HEAVY):
        place = series(folder, coding)
        mine, naive, cold, at_hand = [], [], [], []
        for _ in range(max(repeats, 5)):
            run = ours("first", place)
            mine.append(run["first_ms"])
            cold.append(run["cold_ms"])
            at_hand.append(run["at_hand_ms"])
            naive.append(theirs("naive", place, 1, QUICK)["first_ms"])
        spent, beside = share(mine, 0.5), share(naive, 0.5)
        name = coding.replace("_", " ")
        details = {"ours": said(mine), "naive": said(naive), "ours, first exam of the program": said(cold)}
        details["ours, image at hand"] = said(
            at_hand
        )  # the limit: making, laying out and painting the controls
        if coding == "raw":
            bars.append(
                Bar(
                    f"first image, {name} CT, more than naive",
                    5.0,
                    round(spent - beside, 2),
                    {"naive": beside},
                    details,
                )
            )
            graph = [theirs("pyqtgraph", place, 1, QUICK)["first_ms"] for _ in range(min(3, repeats))]
            loaded = share(graph, 0.5)
            bars.append(
                Bar(
                    "first image, raw CT, beside pyqtgraph loading 1,000 slices",
                    0.01,
                    round(spent / loaded, 4),
                    {"pyqtgraph": loaded},
                    details,
                    unit="of pyqtgraph",
                )
            )
        else:
            bars.append(
                Bar(
                    f"first image, {name} CT",
                    1.0,
                    round(spent / beside, 3),
                    {"naive": beside},
                    details,
                    unit="of naive",
                )
            )
    return bars


def measure_drags(folder: Path, repeats: int) -> list[Bar]:
    """Measure window, pan and zoom on a DX."""
    file = dx(folder, "raw")
    runs = [ours("drag", file) for _ in range(repeats)]
    bars = []
    for what in ("window", "pan", "zoom"):
        times = [one for run in runs for one in run[what]]
        bars.append(
            Bar(f"{what} on a DX, p99", 16.7, round(share(times, 0.99), 2), details={"ours": said(times)})
        )
    return bars


def measure_stalls(folder: Path, repeats: int) -> list[Bar]:
    """Measure the first screenful of thumbnails, and the event loop while raw slices are swiped."""
    place = series(folder, "raw")
    screens = [ours("thumbnails", place) for _ in range(repeats)]
    spent = [run["screenful_ms"] for run in screens]
    runs = [ours("stalls", place, STEPS, QUICK) for _ in range(repeats)]
    gaps = [gap for run in runs for gap in run["stalls_ms"]]
    idle = [gap for run in runs for gap in run["idle_ms"]]
    return [
        Bar(
            "first screenful of thumbnails of 1,000 CT slices",
            300.0,
            round(share(spent, 0.5), 1),
            details={"each": [round(one, 1) for one in spent], "pictures": screens[0]["count"]},
        ),
        Bar(
            "swipe raw CT at 60 Hz, window's event loop, p99.9 stall",
            16.0,
            round(share(gaps, 0.999), 2),
            {"idle loop": share(idle, 0.999)},
            {"ours": said(gaps), "idle": said(idle)},
        ),
    ]


def measure_memory(folder: Path, _repeats: int) -> list[Bar]:
    """Measure what we and the workers hold after 600, 1,000 and 3,000 slices."""
    long = series(folder, "raw", 3000)
    held = {count: ours("memory", long, count)["bytes"] / 1e6 for count in (600, 1000, 3000)}
    details = {f"{count} slices, MB": round(size, 1) for count, size in held.items()}
    return [
        Bar(
            "memory at 1,000 slices against 600",
            1.1,
            round(held[1000] / held[600], 3),
            details=details,
            unit="times",
        ),
        Bar(
            "memory at 3,000 slices against 1,000",
            1.1,
            round(held[3000] / held[1000], 3),
            details=details,
            unit="times",
        ),
        Bar("memory at 3,000 slices", 450.0, round(held[3000], 1), details=details, unit="MB"),
    ]
