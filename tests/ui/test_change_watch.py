"""A station's open screens follow its server, also after the server was away."""

import itertools
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.errors import PortalError
from app.portal import open_portal
from app.settings import practice_settings
from db.models import Staff
from tests.scene import PASSWORD, Scene
from tests.web.conftest import serving
from ui.background import Background
from ui.change_watch import ChangeWatch

PATIENCE_MS = 60_000


def test_a_station_shows_what_changes_at_its_server_also_after_a_restart(
    qtbot: QtBot, scene: Scene, background: Background, tmp_path: Path
) -> None:
    told: list[object] = []
    over: list[PortalError] = []
    patient, numbers = scene.patient(), itertools.count(1)

    def change() -> None:
        scene.acting("manager").patients.change_contact(patient, "", "", (f"{next(numbers)} Road",))

    def until_told() -> None:
        """Change something, again and again: where the watch began to look cannot be seen from here."""
        told.clear()
        for _ in range(PATIENCE_MS // 1000):
            change()
            with suppress(qtbot.TimeoutError):
                qtbot.waitUntil(lambda: bool(told), timeout=1000)
                return
        raise AssertionError("nothing was told")

    with serving(scene.portal) as address:
        port = int(address.rpartition(":")[2])
        settings = replace(practice_settings(tmp_path / "station"), portal_url=address)
        station = open_portal(settings, clock=scene.clock, imaging=scene.portal.parts.imaging)
        desk = station.station("key of Desk 1")
        name = _user_name(scene, scene.staff["reception"].id)
        caller = station.signed_in(station.acting(desk).staff.sign_in(name, PASSWORD).token, station=desk)
        owner = QObject()
        watch = ChangeWatch(station, caller, background, owner)
        watch.changed.connect(told.append)
        watch.ended.connect(over.append)
        watch.start()
        until_told()
    # The server is away, and something changes meanwhile.
    change()
    told.clear()
    with serving(scene.portal, port):
        qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE_MS)
        assert frozenset({"patient"}) in told
        until_told()
        # Signed out elsewhere, as when the station is switched off: the screen hears it.
        assert over == []
        station.acting(caller).sessions.sign_out()
        qtbot.waitUntil(lambda: bool(over), timeout=PATIENCE_MS)
        assert [error.kind for error in over] == ["signed_out"]
    background.stop()
    assert station.parts.server is not None
    station.parts.server.close()
    qtbot.waitUntil(
        lambda: all(thread.name != "waiting" for thread in threading.enumerate()), timeout=PATIENCE_MS
    )


def _user_name(scene: Scene, staff_id: UUID) -> str:
    with scene.portal.parts.database.reading() as session:
        return session.get_one(Staff, staff_id).user_name
