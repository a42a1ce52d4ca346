"""A station of an earlier version is still understood: what it sends is taken, and what it reads is still said."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.portal import Portal
from app.served import Served, served_by
from app.transport import API_VERSION, OLDEST_VERSION
from tests.app.who_may import TABLE
from tests.app.world import World
from tests.fakes import FixedClock

FROZEN = Path(__file__).parent / "frozen"


def file_of(version: int) -> Path:
    return FROZEN / f"station-{version}.json"


def answered(served: Mapping[str, Served]) -> dict[str, dict[str, list[str]]]:
    """The fields of everything that each use case answers, by the name of its type."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, one in served.items():
        types = one.passage.answer.json_schema().get("$defs", {})
        found[name] = {
            called: sorted(made["properties"]) for called, made in types.items() if "properties" in made
        }
    return found


def freeze(portal: Portal, clock: FixedClock) -> dict[str, Any]:
    """What a station of today sends and reads, for each use case."""
    served, world = served_by(portal), World(portal, clock)
    asked = {
        name: json.loads(one.passage.write_arguments(TABLE[name].arguments(world), {}))
        for name, one in sorted(served.items())
    }
    return {"asked": asked, "answered": answered(served)}


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_what_stations_of_every_version_that_may_still_ask_send_and_read_is_understood(
    portal: Portal, clock: FixedClock
) -> None:
    newest = file_of(API_VERSION)
    if not newest.exists():
        newest.write_text(
            json.dumps(freeze(portal, clock), indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
        pytest.fail(f"{newest.name} was written: look at it and commit it. What is frozen is never changed.")
    served = served_by(portal)
    now = answered(served)
    for version in range(OLDEST_VERSION, API_VERSION + 1):
        kept = json.loads(file_of(version).read_text(encoding="utf-8"))
        assert len(kept["asked"]) > 100  # the control: there is something to understand
        for name, arguments in kept["asked"].items():
            read = served[name].passage.read_arguments(json.dumps(arguments).encode())
            served[name].signature.bind(None, None, **read)
            for called, fields in kept["answered"][name].items():
                assert set(fields) <= set(now[name].get(called, ())), (
                    f"{name}: {called} says less than before"
                )
