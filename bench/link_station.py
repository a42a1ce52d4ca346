"""The station of bench.link: `ADDRESS EXAM STEPS HERTZ FOLDER`, its key in BENCH_STATION_KEY; figures as a line of JSON."""

import gc
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from app.imaging.phantoms import make_ct
from app.portal import open_portal
from app.practice import SAMPLES
from app.settings import StationSettings, practice_settings
from bench.viewer_data import EXAM, PATIENT
from bench.viewer_window import Bench, swipe_through
from tests.ui.viewer.pulse import idle_loop
from ui.patient.exam_images import PortalImages
from ui.viewer.source import Position


def station(address: str, exam: UUID, steps: int, hertz: float, folder: Path) -> dict[str, Any]:
    """Swipe through an exam at a desk that asks the server at this address: at once, and when all of it is here."""
    bench = Bench(make_ct(folder / "warm", PATIENT, EXAM, slices=2))
    settings = replace(
        practice_settings(folder / "station"),
        portal_url=address,
        station=StationSettings(key=os.environ["BENCH_STATION_KEY"]),
    )
    portal = open_portal(settings, imaging=bench.pool)
    desk = portal.station(settings.station.key)
    token = portal.acting(desk).staff.sign_in("reception", SAMPLES[0].password).token
    caller = portal.signed_in(token, station=desk)
    gc.freeze()  # as the program does once all its parts are there
    images = PortalImages(portal, caller, portal.acting(caller).exams.open(exam))
    bench.source = images
    viewer = bench.open()
    bench.square()
    bench.settle(1.0)
    first = swipe_through(bench, steps, hertz)
    for index in range(steps, -1, -1):  # what the first swipe went past too quickly
        at = Position(images.series[0].id, index)
        viewer.go(at)
        bench.wait(lambda at=at: viewer.shown == at and bench.is_whole())  # type: ignore[misc]  # bound now
    bench.settle(1.0)
    with idle_loop() as idle:
        found = swipe_through(bench, steps, hertz, with_pulse=True)
    images.close()
    bench.end()
    portal.close()
    found["first_ms"], found["first_whole_after_ms"] = first["latency_ms"], first["whole_after_ms"]
    found["idle_ms"] = [(until - since) * 1000 for since, until, _ in idle]
    return found


if __name__ == "__main__":
    where, which, count, rate, place = sys.argv[1:]
    measured = station(where, UUID(which), int(count), float(rate), Path(place))
    print("=" + json.dumps(measured), flush=True)
