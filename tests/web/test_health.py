"""What looks after the server: alive, ready, and numbers without a word of any person."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.errors import Unavailable
from app.imaging import DecodePool
from app.outside.logs import start_request_log
from app.portal import open_portal
from app.settings import practice_settings
from app.transport import API_VERSION
from tests.fakes import FixedClock
from tests.web.conftest import NUMBER, Web
from tests.web.test_feed import answer, served
from web.main import MOST_IN_HAND


def test_it_says_whether_it_is_ready_and_what_it_does(web: Web) -> None:
    web.invitation()
    here = TestClient(web.app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000))
    outside = web.browser()
    assert here.get("/healthz").text == "alive\n"
    ready = here.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"database": True, "tables": True, "archive": True})

    outside.enter()
    here.post("/api/sessions.mine", json={})
    numbers = here.get("/metrics").text
    assert 'portal_answers_total{asked="pages",status="303"} 1.0\n' in numbers
    assert 'portal_answers_total{asked="sessions.mine",status="401"} 1.0\n' in numbers
    assert 'portal_answer_seconds_count{asked="sessions.mine"} 1.0\n' in numbers
    assert "portal_followers 0.0\n" in numbers
    for private in ("Hart", "Okafor", "0123456789AB", "203.0.113", "/i/", str(web.patient)):
        assert private not in numbers
    assert outside.get("/metrics").status_code == 404  # the control: it is this machine's only

    # Tables of another version, and an archive whose disk is gone: not ready, and it says which part.
    archive = web.portal.parts.settings.archive_folder
    archive.rename(archive.parent / "gone")
    with as_of_another_version(web):
        ready = here.get("/readyz")
        found = (ready.status_code, ready.json())
        assert found == (503, {"database": True, "tables": False, "archive": False})
        assert here.get("/healthz").status_code == 200


@pytest.fixture
def requests_written(tmp_path: Path) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What the log of requests says, without the times."""
    logger = logging.getLogger("web.requests")
    handler = start_request_log(tmp_path / "log")
    logger.setLevel(logging.INFO)

    def written() -> list[dict[str, Any]]:
        lines = (tmp_path / "log" / "requests.log").read_text().splitlines()
        times = {"at", "milliseconds"}
        return [{k: v for k, v in json.loads(line).items() if k not in times} for line in lines]

    yield written
    logger.setLevel(logging.NOTSET)
    logger.removeHandler(handler)
    handler.close()


def test_a_slow_or_failed_request_of_a_station_is_found_and_nobody_is_named(
    web: Web, requests_written: Callable[[], list[dict[str, Any]]]
) -> None:
    web.invitation()
    desk = web.scene.desk
    keyed = {"Authorization": "Bearer key of Desk 1", "Portal-Api": str(API_VERSION)}
    stations = TestClient(web.app, base_url="http://127.0.0.1")
    asked = uuid4()
    stations.post("/api/sessions.mine", json={}, headers=keyed | {"Portal-Request": str(asked)})
    stations.post("/api/sessions.mine", json={}, headers={"Authorization": f"Bearer {NUMBER}"})
    stations.post(f"/api/{NUMBER}", json={}, headers=keyed)
    stations.get("/api/hello", headers=keyed)
    stations.get(f"/api/file/{NUMBER}", headers=keyed)
    outside = web.browser()
    outside.get("/static/portal.css")
    outside.get("/static/none.css")
    outside.enter("WRNGWRNGWRNG")
    outside.get(f"/i/{NUMBER}")
    outside.client.request("BREW", f"/{NUMBER}")
    first, *others = requests_written()
    assert first == {
        "level": "INFO",
        "logger": "web.requests",
        "event": "answered",
        "request": str(asked),
        "station": str(desk.caller.station_id),
        "refused": "signed_out",
        "asked": "sessions.mine",
        "method": "POST",
        "status": 403,
    }
    ends = [(line["method"], line["asked"], line["status"], line.get("refused")) for line in others]
    assert ends == [
        ("POST", "sessions.mine", 401, "station_unknown"),
        ("POST", "other of stations", 404, "use_case_unknown"),
        ("GET", "hello", 200, None),
        ("GET", "file", 403, "signed_out"),
        ("GET", "static", 404, None),
        ("GET", "/open", 200, None),
        ("POST", "/open", 403, None),
        ("GET", "/i/{number}", 200, None),
        ("other", "pages", 404, None),
    ]
    assert len({line["request"] for line in (first, *others)}) == len(others) + 1
    written = str((first, *others))
    for private in ("Hart", "Okafor", NUMBER, "WRNG", "203.0.113", "BREW", "key of"):
        assert private not in written


@contextmanager
def as_of_another_version(web: Web) -> Iterator[None]:
    """For as long as the context lasts: the database is used again by other tests."""
    database = web.portal.parts.database
    with database.writing() as session:
        own = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        session.execute(text("UPDATE alembic_version SET version_num = 'another'"))
    try:
        yield
    finally:
        with database.writing() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :own"), {"own": own})


def test_when_too_much_is_in_hand_whoever_comes_is_told_at_once_to_try_again(
    web: Web, clock: FixedClock, imaging: DecodePool, tmp_path: Path
) -> None:
    with served(web.scene) as place:
        station = open_portal(
            replace(practice_settings(tmp_path / "station"), portal_url=place.address),
            clock=clock,
            imaging=imaging,
        )
        desk = place.signed_in("reception", web.scene.desk)
        start = place.start(desk)
        place.application.most_in_hand = 0
        page = requests.get(f"{place.address}/open", timeout=60)
        assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
        assert "The clinic's server is busy." in page.text.replace("&#39;", "'")
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        with pytest.raises(Unavailable) as told:
            station.station("key of Desk 1")
        assert told.value.kind == "server_busy"
        # Who only waits, and who asks how the server is, is answered.
        asking = place.follow(desk, **start)
        place.until_waiting(1)
        assert requests.get(f"{place.address}/readyz", timeout=60).status_code == 200
        place.application.most_in_hand = MOST_IN_HAND
        assert station.station("key of Desk 1").station_kind == "desk"
        assert station.parts.server is not None
        station.parts.server.close()
    assert answer(asking)[0] == 200
