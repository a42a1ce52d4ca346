"""The server's own command line, as an administrator types it: each verb is a process of its own."""

import os
import subprocess
import sys
from datetime import date, time
from pathlib import Path

import pytest
from PIL import Image

from app.imaging.phantoms import SampleExam, SamplePatient, make_ct

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = """\
Harbour Imaging
portal@harbour.example
https://portal.harbour.example
North
1 North Street; Sydney NSW 2000
+61 2 5550 1234
Australia/Sydney
Mia Manager
mia.manager
heron lamp quietly 7
"""


class CommandLine:
    """One machine with its settings file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._settings = folder / "portal.toml"
        self._settings.write_text(f'data_folder = "{folder / "data"}"\n', encoding="utf-8")

    def run(self, *words: str, typed: str = "", status: int = 0) -> str:
        """Run one verb; return what it printed, errors too."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), *words],
            input=typed,
            capture_output=True,
            text=True,
            env={**os.environ, "PORTAL_SETTINGS": str(self._settings)},
            check=False,
        )
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


def disc(folder: Path) -> Path:
    folder.mkdir()
    person = SamplePatient("Hart", "Amelia", date(1944, 5, 17), "M100234", "Harbour Imaging")
    make_ct(folder, person, SampleExam("A1", date(2026, 3, 11), time(9, 30), "CT"), slices=2, side=32)
    return folder


@pytest.mark.rule("D32")
def test_a_clinic_is_set_up_fed_checked_and_saved_without_a_window(line: CommandLine, tmp_path: Path) -> None:
    assert "The clinic is set up." in line.run("admin", "first-manager", typed=ANSWERS)
    assert "has been set up already" in line.run("admin", "first-manager", typed=ANSWERS, status=1)
    key = line.run("admin", "enrol-station", "Kiosk 1", "--kind", "kiosk").strip()
    assert len(key) > 40

    images = str(disc(tmp_path / "disc"))
    assert "no patient, or more than one" in line.run("import", images, "--patient", "M100234", status=1)
    said = line.run("import", images)
    assert "2 images came in" in said
    assert "1 exams wait on the To do list" in said
    assert "2 were there already" in line.run("import", images)

    head = line.run("admin", "audit-head").strip()
    assert line.run("admin", "verify-audit", "--head", head).endswith("audit events were checked.\n")
    number, _, digest = head.partition(":")
    assert "its end was cut or replaced" in line.run(
        "admin", "verify-audit", "--head", f"{int(number) + 5}:{digest}", status=1
    )
    assert "2 image files were copied" in line.run("admin", "backup", str(tmp_path / "saved"))


def test_the_encryption_key_is_renewed_and_what_waited_is_still_read(
    line: CommandLine, tmp_path: Path
) -> None:
    line.run("admin", "first-manager", typed=ANSWERS)
    images = str(disc(tmp_path / "disc"))
    line.run("import", images)  # what waits is encrypted
    keys = tmp_path / "data" / "keys"
    before = keys.read_text().splitlines()
    assert "The new key is in" in line.run("admin", "rotate-key")
    after = keys.read_text().splitlines()
    assert set(before) < set(after)
    assert len(after) == len(before) + 1
    assert "2 were there already" in line.run("import", images)


def test_one_frame_is_drawn_and_one_that_is_not_there_is_said_plainly(
    line: CommandLine, tmp_path: Path
) -> None:
    file = str(min(disc(tmp_path / "disc").iterdir()))
    drawn = tmp_path / "frame.png"
    line.run("render", file, str(drawn), "--frame", "0")
    with Image.open(drawn) as picture:
        assert picture.size == (32, 32)
    assert "Traceback" not in line.run("render", file, str(tmp_path / "none.png"), "--frame", "7", status=1)
    assert not (tmp_path / "none.png").exists()


def test_a_mistake_in_the_settings_is_named_with_its_line(line: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "portal.toml").write_text('data_folder = "/nowhere"\nportal_urll = "sqlite:///x"\n')
    assert "portal.toml:2: " in line.run("admin", "audit-head", status=1)
