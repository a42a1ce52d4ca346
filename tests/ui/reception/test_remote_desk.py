"""The desk's real window on a station without a database, and a real server process with TLS behind it."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.imaging import DecodePool
from app.own_station import own_station
from app.portal import Portal, open_portal
from app.settings import MachineSettings, read_settings
from app.words import Words
from tests.certificates import Certificates, make_certificates
from tests.fakes import FixedClock
from tests.machine import ROOT
from tests.scene import PASSWORD, Known, Scene
from tests.ui.kiosk.conftest import import_exam
from tests.ui.reception.conftest import ALT, CTRL, Desk, NoPrinters, user_name
from ui.background import Background
from ui.reception.desk import DeskWindow
from ui.reception.images_view import ImagesView
from ui.surroundings import Surroundings
from ui.theme import Theme

__all__ = ["import_exam"]

PATIENCE_MS = 90_000  # a server process of its own, on a machine that may be busy


@pytest.fixture
def clock() -> FixedClock:
    """The server's process has the machine's own clock: what is planted here must be of today."""
    return FixedClock(datetime.now(UTC))


class RemoteDesk(Desk):
    """Hands that wait for a server far away."""

    def wait_for(self, name: str) -> None:
        self.qtbot.waitUntil(lambda: self.sees(name), timeout=PATIENCE_MS)

    def settle(self) -> None:
        self.qtbot.waitUntil(self.background.is_idle, timeout=PATIENCE_MS)

    def sign_in(self, who: Known) -> None:
        self.wait_for("sign_in_user_name")
        self.type(user_name(self.scene, who))
        self.press(Qt.Key.Key_Return)
        self.type(PASSWORD)
        self.press(Qt.Key.Key_Return)
        self.wait_for("status_line")
        self.settle()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@contextmanager
def served(settings: MachineSettings, certificates: Certificates, folder: Path) -> Iterator[str]:
    """`main.py server` in a process of its own; its address."""
    port = free_port()
    file = folder / "server.toml"
    values = {
        "portal_url": settings.portal_url,
        "data_folder": settings.data_folder,
        "archive_folder": settings.archive_folder,
        "key_file": settings.key_file,
        "log_folder": folder / "log",
        "messages_folder": folder / "messages",
    }
    listen = {"certificate": certificates.certificate, "certificate_key": certificates.key}
    file.write_text(
        "\n".join(f"{name} = {json.dumps(str(value))}" for name, value in values.items())
        + f"\n[listen]\nport = {port}\n"
        + "\n".join(f"{name} = {json.dumps(str(value))}" for name, value in listen.items())
    )
    with subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "server", "--settings", str(file)], stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            assert b"is served at" in process.stdout.readline()
            yield f"https://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(60)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_desk_enrols_signs_in_and_opens_images_over_https_and_a_revoked_one_is_shown_out(
    scene: Scene,
    import_exam: Callable[[UUID], UUID],
    tmp_path: Path,
    imaging: DecodePool,
    qtbot: QtBot,
    show: Callable[..., QWidget],
    background: Background,
    words: Words,
) -> None:
    import_exam(scene.patient("Amelia", "Hart", date(1944, 5, 17), mrn="M1000123"))
    code = scene.acting("it").stations.expect(scene.north, "Desk 7", "desk")
    certificates = make_certificates(tmp_path)
    file = tmp_path / "station.toml"
    with served(scene.portal.parts.settings, certificates, tmp_path) as address:
        said = subprocess.run(
            [
                *(sys.executable, str(ROOT / "main.py"), "enrol", "--server", address, "--code", code.code),
                *("--settings", str(file), "--ca-file", str(certificates.authority)),
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert "This computer is Desk 7 from now on." in said
        portal: Portal = open_portal(read_settings(file, {"HOME": str(tmp_path / "home")}), imaging=imaging)
        surroundings = Surroundings(
            portal=portal,
            station=own_station(portal, "desk"),
            words=words,
            background=background,
            theme=Theme("desk"),
            printers=NoPrinters(),
        )
        window = DeskWindow(surroundings)
        show(window, surroundings.theme, (1280, 800))
        desk = RemoteDesk(window, qtbot, scene, background)

        desk.sign_in(scene.staff["reception"])
        desk.open("M1000123")
        desk.press(Qt.Key.Key_2, CTRL)
        desk.press(Qt.Key.Key_Return)
        desk.wait_for("exam_view")
        desk.settle()
        desk.press(Qt.Key.Key_O, ALT)
        desk.wait_for("images_view")
        view = desk.find(ImagesView, "images_view")
        qtbot.waitUntil(
            lambda: view.viewer is not None and view.viewer.is_ready and view.viewer.shown is not None,
            timeout=PATIENCE_MS,
        )
        assert portal.parts.server is not None

        scene.acting("it").stations.revoke(code.station_id)
        desk.wait_for("sign_in_user_name")
        # Whoever noticed first, the followed feed or a question, says the same.
        assert "This station has been switched off by the clinic" in desk.words()
        window.close()
        desk.settle()
        portal.parts.server.close()
