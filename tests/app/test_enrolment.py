"""A new computer becomes a station of the server: code, key, settings file."""

import stat
from pathlib import Path

import pytest

from app.enrolment import enrol
from app.errors import PortalError
from app.imaging import DecodePool
from app.own_station import own_station
from app.portal import open_portal
from app.settings import read_settings
from tests.fakes import FixedClock
from tests.https_server import HttpsServer
from tests.scene import Scene


@pytest.fixture
def code(scene: Scene) -> str:
    return scene.acting("manager").stations.expect(scene.north, 'Desk "9"', "desk").code


def test_the_code_becomes_a_settings_file_that_opens_the_portal(
    scene: Scene, code: str, https_server: HttpsServer, tmp_path: Path, clock: FixedClock, imaging: DecodePool
) -> None:
    file = tmp_path / "new" / "portal.toml"
    with https_server.serving(scene.portal):
        made = enrol(https_server.address, code, file, https_server.certificates.authority)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        settings = read_settings(file, {"HOME": str(tmp_path)})
        assert made.key not in repr(settings)
        portal = open_portal(settings, clock=clock, imaging=imaging)
        desk = portal.acting(own_station(portal, "desk"))
        assert desk.stations.mine().name == 'Desk "9"'
        assert portal.parts.server is not None
        portal.parts.server.close()


@pytest.mark.parametrize("fault", ["code", "away", "untrusted", "clear", "there"])
def test_what_cannot_be_enrolled_leaves_no_file_and_does_not_spend_the_code(
    scene: Scene, code: str, fault: str, https_server: HttpsServer, tmp_path: Path
) -> None:
    file = tmp_path / "portal.toml"
    address, authority = https_server.address, https_server.certificates.authority
    wrong: dict[str, tuple[str, str, Path | None, str]] = {
        "code": (address, "ABCD-EFGH-JKMN", authority, "enrolment_code_wrong"),
        "away": ("http://127.0.0.1:1", code, None, "server_away"),
        "untrusted": (address, code, None, "server_not_trusted"),
        "clear": ("http://portal.example", code, None, "portal_url_in_clear"),
        "there": (address, code, authority, "settings_exist"),
    }
    if fault == "there":
        file.write_text("mine")
    where, typed, ca_file, kind = wrong[fault]
    with https_server.serving(scene.portal):
        with pytest.raises(PortalError, match=kind):
            enrol(where, typed, file, ca_file)
        assert file.exists() == (fault == "there")
        assert enrol(address, code, tmp_path / "good.toml", authority).name == 'Desk "9"'
