"""Which station this machine is."""

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from app.callers import Caller
from app.errors import NotAllowed, Unavailable
from app.own_station import own_station
from app.portal import Portal
from app.settings import StationSettings
from tests.scene import Scene


def embedded(scene: Scene, folder: Path, *, key: str = "", url: str = "sqlite:///here") -> Portal:
    """The scene's portal on a machine with its own database."""
    settings = replace(
        scene.portal.parts.settings, data_folder=folder, portal_url=url, station=StationSettings(key=key)
    )
    return Portal(replace(scene.portal.parts, settings=settings))


def station_id(caller: Caller) -> UUID:
    assert caller.station_id is not None
    return caller.station_id


def names(scene: Scene) -> list[str]:
    return sorted(station.name for station in scene.acting("it").stations.all())


def test_the_first_start_enrols_and_every_later_one_is_the_same_station(scene: Scene, tmp_path: Path) -> None:
    portal = embedded(scene, tmp_path)
    desk, kiosk = own_station(portal, "desk"), own_station(portal, "kiosk")
    assert station_id(own_station(portal, "desk")) == station_id(desk)
    assert station_id(own_station(portal, "kiosk")) == station_id(kiosk)
    # The scene has a Desk 1 and a Kiosk 1 here already, and a Desk 2 in the south.
    assert names(scene) == ["Desk 1", "Desk 3", "Kiosk 1", "Kiosk 2"]


def test_the_key_is_for_this_account_only(scene: Scene, tmp_path: Path) -> None:
    own_station(embedded(scene, tmp_path), "desk")
    file = tmp_path / "stations" / "desk.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_two_windows_opened_at_once_are_one_station(scene: Scene, tmp_path: Path) -> None:
    portal = embedded(scene, tmp_path)
    with ThreadPoolExecutor(4) as windows:
        found = list(windows.map(lambda _: station_id(own_station(portal, "desk")), range(4)))
    assert len(set(found)) == 1
    assert names(scene).count("Desk 3") == 1


def test_a_key_in_the_settings_comes_first(scene: Scene, tmp_path: Path) -> None:
    portal = embedded(scene, tmp_path, key="key of Desk 2")
    assert station_id(own_station(portal, "desk")) == scene.desk_south.id
    assert not (tmp_path / "stations").exists()


@pytest.mark.parametrize(
    ("key", "url"), [("", "postgresql+psycopg://portal@/clinic"), ("of nobody", "sqlite:///here")]
)
def test_a_machine_that_was_not_enrolled_is_told_whom_to_ask(
    scene: Scene, tmp_path: Path, key: str, url: str
) -> None:
    before = names(scene)
    with pytest.raises(NotAllowed, match="station_unknown"):
        own_station(embedded(scene, tmp_path, key=key, url=url), "desk")
    assert names(scene) == before


def test_a_station_that_was_switched_off_does_not_enrol_itself_again(scene: Scene, tmp_path: Path) -> None:
    portal = embedded(scene, tmp_path)
    desk = own_station(portal, "desk")
    scene.acting("it").stations.revoke(station_id(desk))
    before = names(scene)
    with pytest.raises(NotAllowed):
        own_station(portal, "desk")
    assert names(scene) == before


def test_before_the_clinic_is_set_up_there_is_no_station(portal: Portal, tmp_path: Path) -> None:
    settings = replace(portal.parts.settings, data_folder=tmp_path, portal_url="sqlite:///here")
    with pytest.raises((NotAllowed, Unavailable), match="not_set_up"):
        own_station(Portal(replace(portal.parts, settings=settings)), "desk")
    assert not (tmp_path / "stations" / "desk.key").exists()


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_key_that_cannot_be_read_is_said_in_plain_words(
    scene: Scene, tmp_path: Path, content: bytes | None
) -> None:
    portal = embedded(scene, tmp_path)
    file = tmp_path / "stations" / "desk.key"
    file.parent.mkdir()
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    with pytest.raises(Unavailable, match="station_key_unusable"):
        own_station(portal, "desk")
