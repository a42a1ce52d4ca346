"""`make bench-server`: a group of ten clinics' morning on one server with PostgreSQL beside it, and Orthanc beside that."""

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from bench.report import begun, conclude
from bench.server_asks import AtKiosk, Guest, Times, at_rate, everybody
from bench.server_clinic import Group, running_group
from bench.server_following import follow
from bench.viewer_bars import Bar, said, share
from bench.web_throughput import run_target, theirs_of

RESULTS = Path(__file__).resolve().parent / "results" / "server.json"
# A patient's way asks about forty things. Ten clinics with sixty patients each in four hours ask not quite two a second.
MORNING = 10.0  # a second: six times that, for the minutes when everybody is there
STEPS = (5.0, 10.0, 20.0, 30.0, 40.0, 60.0, 100.0)
GUESTS = 200
BAR_MS = 150.0


def main() -> int:
    """Measure and write down; return 1 when something misses its bar."""
    parser = argparse.ArgumentParser(prog="bench.server")
    parser.add_argument("--seconds", type=float, default=12, help="of each step of the load")
    parser.add_argument("--note", default="", help="what else the machine did")
    options = parser.parse_args()
    about = begun(load_before=os.getloadavg()[0], note=options.note, seconds_a_step=options.seconds)
    with TemporaryDirectory(prefix="bench-server-") as folder, running_group(Path(folder)) as group:
        bars = asyncio.run(follow(group))
        morning, steps = asyncio.run(_load(group, options.seconds))
        bars += morning
        bars += _beside_orthanc(group)
    about["steps"] = steps
    about["load_after"] = os.getloadavg()[0]
    for bar in bars:
        print(bar.line())
    return conclude(RESULTS, about, bars)


# The morning


async def _load(group: Group, seconds: float) -> tuple[list[Bar], list[dict[str, Any]]]:
    chance = Random(20261124)  # noqa: S311 - the same load each time, no secret
    steps: list[dict[str, Any]] = []
    bars: list[Bar] = []
    most = 0.0
    times = Times()
    actors = everybody(group, times, GUESTS)
    for actor in actors:
        if isinstance(actor, AtKiosk):
            await actor.sign_in()
    for a_second in STEPS:
        _empty(times)
        took = seconds * 2 if a_second == MORNING else seconds
        done = await at_rate(actors, a_second, took, chance) - times.busy / took
        quick = {what: values for what, values in times.spent.items() if "argon2" not in what}
        every = [value for values in quick.values() for value in values]
        worst = share(every, 0.99)
        steps.append(
            {
                "asked a second": a_second,
                "done a second": round(done, 1),
                "p50": round(share(every, 0.5), 1),
                "p99": round(worst, 1),
                "busy": times.busy,
                "wrong": dict(times.wrong),
                "of each": {what: said(values) for what, values in sorted(times.spent.items())},
            }
        )
        print(
            f"{a_second:g} a second: {done:.1f} done, p99 {worst:.0f} ms, {times.busy} busy, {dict(times.wrong)}"
        )
        if a_second == MORNING:
            bars += [
                Bar(
                    f"{what}, p99 at {MORNING:g} steps a second",
                    BAR_MS,
                    round(share(values, 0.99), 1),
                    details=said(values),
                )
                for what, values in sorted(quick.items())
            ]
            bars.append(
                Bar("errors of the morning", 0, float(sum(times.wrong.values()) + times.busy), unit="answers")
            )
        if worst <= BAR_MS and done > 0.9 * a_second and not times.wrong:
            most = a_second
    note = f"p99 of all within {BAR_MS:g} ms up to {most:g} steps a second on {os.cpu_count()} cores with everything"
    bars.append(
        Bar(
            "saturation: steps a second that it must carry, over what it carries",
            1,
            round(MORNING / most, 2) if most else 99.0,
            unit="times",
            note=note,
        )
    )
    beyond = steps[-1]
    bars.append(
        Bar(
            "beyond it: wrong answers",
            0,
            float(len(beyond["wrong"])),
            unit="kinds",
            note=f"{beyond['done a second']} done, {beyond['busy']} told to try again",
        )
    )
    return bars, steps


def _empty(times: Times) -> None:
    times.spent.clear()
    times.wrong.clear()
    times.busy = 0


# Beside Orthanc


def _beside_orthanc(group: Group) -> list[Bar]:
    """Validate an invitation and deliver one image, against one image that Orthanc renders for a password."""
    if not group.orthanc:
        print("Orthanc is not installed: apt-get install orthanc")
        return []
    ours: list[float] = []
    chance = Random(1)  # noqa: S311 - no secret

    async def four(count: int) -> float:
        port = int(group.address.rpartition(":")[2])
        times = Times()

        async def one(first: int) -> None:
            for number in range(count):
                guest = Guest(
                    port, 1000 + first * count + number, group.shared[-1 - first * count - number], times
                )
                await guest.load()
                began = time.perf_counter()
                await guest.send()
                await guest.read()
                await guest.picture(chance)
                ours.append((time.perf_counter() - began) * 1000)

        began = time.perf_counter()
        await asyncio.gather(*(one(first) for first in range(4)))
        if times.wrong or times.busy:
            raise RuntimeError(str(dict(times.wrong)))
        return 4 * count / (time.perf_counter() - began)

    theirs = theirs_of(group.orthanc, group.orthanc_image)
    run_target(theirs, 2)
    rate = asyncio.run(four(30))
    spent, other = run_target(theirs, 30)
    return [
        Bar(
            "an invitation validated, its page read and an image delivered, beside Orthanc's image: p50 of a request",
            20,
            round(share(ours, 0.5) / share(spent, 0.5), 2),
            peers={"Orthanc": share(spent, 0.5)},
            details={"ours_ms": said(ours), "orthanc_ms": said(spent)},
            unit="times Orthanc's",
            note=f"{rate:.0f} a second, Orthanc {other:.0f} (it validates a password in its memory; a code is counted on disk)",
        )
    ]


if __name__ == "__main__":
    sys.exit(main())
