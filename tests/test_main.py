"""The command line, as somebody types it: every verb in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom.data import get_testdata_file

from app.outside.keys import read_keys
from db.database import Database
from db.models import Base
from tests.machine import ANSWERS, ROOT, Machine
from tests.made_dicom import Disc, folder_of

# Words that are wrong, and help


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("render", "one.dcm"),
        ("render", "one.dcm", "one.png", "--frame", "first"),
        ("import",),
        ("admin",),
        ("admin", "backup"),
        ("admin", "enrol-station", "Desk 1"),
        ("admin", "enrol-station", "Desk 1", "--kind", "toaster"),
        ("tour",),
    ],
)
def test_wrong_words_are_answered_with_how_it_is_written(machine: Machine, words: tuple[str, ...]) -> None:
    done = machine.run(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: main.py")
    assert "Traceback" not in done.stderr
    assert list(machine.home.iterdir()) == []


VERBS = ("staff", "kiosk", "server", "tour", "import", "render", "admin")
ADMIN = ("first-manager", "enrol-station", "stations", "backup", "restore", "migrate", "database", "audit")


def test_help_names_every_verb_and_every_verb_explains_itself(machine: Machine) -> None:
    said = machine.said("--help")
    for verb in VERBS:
        assert f"    {verb} " in said
    said = machine.said("admin", "--help")
    for verb in ADMIN:
        assert f"    {verb} " in said
    assert "--head" in machine.said("admin", "audit", "verify", "--help")


def test_nothing_heavy_is_loaded_before_a_verb_needs_it() -> None:
    look = (
        "import sys, main\n"
        "try: main.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "argparse" in loaded  # the control
    heavy = {
        "PySide6",
        "sqlalchemy",
        "alembic",
        "psycopg",
        "pydantic",
        "pydicom",
        "numpy",
        "PIL",
        "imagecodecs",
        "reportlab",
        "requests",
        "fastapi",
        "cryptography",
        "argon2",
        "babel",
        "multiprocessing",
    }
    assert loaded & heavy == set()


# render


def test_render_draws_the_frame_that_is_asked_for(machine: Machine) -> None:
    file = machine.home / "film.dcm"
    file.write_bytes(
        Disc().image(frames=3, PixelData=np.repeat([0, 500, 1000], 256).astype(np.uint16).tobytes())
    )
    shades = []
    for frame in range(3):
        out = machine.home / f"{frame}.png"
        assert machine.said("render", file, out, "--frame", str(frame)) == ""
        with Image.open(out) as picture:
            assert (picture.format, picture.size, picture.mode) == ("PNG", (16, 16), "L")
            shades.append(int(np.asarray(picture).mean()))
    assert shades[0] < shades[1] < shades[2]
    assert machine.said("render", file, machine.home / "first.png") == ""
    assert (machine.home / "first.png").read_bytes() == (machine.home / "0.png").read_bytes()


@pytest.mark.parametrize("frame", ["3", "-1", "1000000"])
def test_render_says_which_frames_there_are(machine: Machine, frame: str) -> None:
    file = machine.home / "film.dcm"
    file.write_bytes(Disc().image(frames=3))
    told = machine.told("render", file, machine.home / "out.png", "--frame", frame)
    assert told == f"This file has no frame {frame}: its frames are numbered from 0 to 2."
    assert not (machine.home / "out.png").exists()


def test_render_says_what_is_wrong_with_a_file(machine: Machine) -> None:
    out = machine.home / "out.png"
    letter = machine.home / "letter.txt"
    letter.write_text("Dear Amelia\n" * 100)
    whole = get_testdata_file("CT_small.dcm")
    assert isinstance(whole, str)
    half = machine.home / "half.dcm"
    half.write_bytes(Path(whole).read_bytes()[:500])
    for file in (letter, half, machine.home / "missing.dcm", machine.home):
        told = machine.told("render", file, out)
        assert told.endswith(".")
        assert "Amelia" not in told
        assert not out.exists()
    nowhere = machine.home / "nowhere" / "out.png"
    assert "cannot be written" in machine.told("render", whole, nowhere)


# The first manager, and what there is before


@pytest.mark.parametrize(
    "words",
    [
        ("admin", "audit", "head"),
        ("admin", "audit", "verify"),
        ("admin", "enrol-station", "Desk 1", "--kind", "desk"),
        ("import", "."),
    ],
)
def test_before_the_clinic_is_set_up_every_verb_says_so(machine: Machine, words: tuple[str, ...]) -> None:
    assert machine.told(*words).startswith("This clinic has not been set up yet.")


def test_the_first_manager_is_asked_for_once(clinic: Machine) -> None:
    assert (clinic.count("clinic"), clinic.count("site"), clinic.count("staff")) == (1, 1, 1)
    # Refused before anything is asked.
    assert clinic.told("admin", "first-manager").startswith("This clinic has been set up already.")


@pytest.mark.parametrize(
    ("place", "answer"), [(1, "no address"), (2, "ftp://x"), (6, "Mars/Crater"), (8, "mi"), (9, "short")]
)
def test_an_answer_that_cannot_be_used_is_said_and_nothing_is_set_up(
    machine: Machine, place: int, answer: str
) -> None:
    answers = [*ANSWERS]
    answers[place] = answer
    done = machine.run("admin", "first-manager", answers=tuple(answers))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert machine.count("clinic") == 0
    assert "short" not in done.stderr


def test_an_answer_that_is_missing_is_said(machine: Machine) -> None:
    told = machine.run("admin", "first-manager", answers=ANSWERS[:5])
    assert (told.returncode, told.stderr) == (1, "An answer is missing. Nothing was changed.\n")
    assert machine.count("clinic") == 0


def test_at_a_terminal_what_was_typed_is_kept_when_an_answer_cannot_be_used(machine: Machine) -> None:
    typed = [*ANSWERS[:6], "Mars/Crater", *ANSWERS[7:]]
    again = [*[""] * 6, "Australia/Sydney", "", "", ANSWERS[-1]]
    shown = machine.at_terminal("admin", "first-manager", answers=(*typed, *again))
    assert "Its time zone, such as Australia/Sydney [Mars/Crater]: " in shown
    assert "Name of the clinic [Harbour Imaging]: " in shown
    assert shown.rstrip().endswith("The clinic is set up. Start the staff application and sign in.")
    assert ANSWERS[-1] not in shown  # passwords are typed unseen, and never offered again
    assert (machine.count("clinic"), machine.count("site"), machine.count("staff")) == (1, 1, 1)


# Stations, audit


def test_a_station_is_enrolled_and_its_key_printed_alone(clinic: Machine) -> None:
    key = clinic.said("admin", "enrol-station", "Kiosk 7", "--kind", "kiosk").strip()
    database = Database(clinic.settings().portal_url)
    with database.engine.connect() as connection:
        (row,) = connection.execute(Base.metadata.tables["station"].select()).all()
    database.close()
    keys = read_keys(clinic.settings().key_file, may_make=False)
    assert (row.name, row.kind, row.key_digest) == ("Kiosk 7", "kiosk", keys.digest("station", key))
    assert clinic.said("admin", "stations") == f"{row.id}\tkiosk\tIn use\tNorth\tKiosk 7\n"
    assert "already" in clinic.told("admin", "enrol-station", "Kiosk 7", "--kind", "kiosk")
    told = clinic.told("admin", "enrol-station", "Kiosk 8", "--kind", "kiosk", "--site", "South")
    assert told == "Give the name of a site with --site. The sites are: North."
    assert clinic.count("station") == 1


def test_the_audit_chain_is_checked_with_a_head_that_was_kept_elsewhere(clinic: Machine) -> None:
    head = clinic.said("admin", "audit", "head").strip()
    clinic.said("admin", "enrol-station", "Desk 1", "--kind", "desk")
    assert clinic.said("admin", "audit", "verify", "--head", head) == "2 audit events were checked.\n"
    done = clinic.run("admin", "audit", "verify", "--head", f"2:{'00' * 32}")
    assert done.returncode == 1
    assert "does not stand in this chain" in done.stdout
    database = Database(clinic.settings().portal_url)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_event_stays")
        connection.exec_driver_sql("UPDATE audit_event SET verb = 'nothing.happened' WHERE number = 1")
    database.close()
    done = clinic.run("admin", "audit", "verify")
    assert (done.returncode, done.stderr) == (1, "")
    assert "Audit event 1 does not follow from the one before." in done.stdout


def test_the_encryption_key_is_renewed_and_what_waits_is_still_read(clinic: Machine) -> None:
    disc = folder_of(clinic.home / "disc", Disc().image())
    clinic.said("import", disc)  # for nobody that is known: it waits, encrypted
    before = clinic.settings().key_file.read_text().splitlines()
    assert str(clinic.settings().key_file) in clinic.said("admin", "rotate-key")
    after = clinic.settings().key_file.read_text().splitlines()
    assert set(before) < set(after)
    assert len(after) == len(before) + 1
    assert "1 were there already" in clinic.said("import", disc)


# Backup


def test_a_backup_comes_back_on_another_machine(clinic: Machine, tmp_path: Path) -> None:
    disc = folder_of(clinic.home / "disc", Disc().image())
    clinic.said("import", disc)
    head = clinic.said("admin", "audit", "head")
    said = clinic.said("admin", "backup", clinic.home / "backup")
    assert said.startswith("1 image files were copied.\n")
    assert str(clinic.settings().key_file) in said
    assert "is there already" in clinic.told("admin", "backup", clinic.home / "backup")
    assert "database here already" in clinic.told("admin", "restore", clinic.home / "backup")
    other = Machine(tmp_path / "other")
    other.home.mkdir()
    assert "no finished backup" in other.told("admin", "restore", clinic.home / "disc")
    assert other.said("admin", "restore", clinic.home / "backup") == "1 image files came back.\n"
    assert "key" in other.told("admin", "audit", "head")
    other.settings().key_file.write_bytes(clinic.settings().key_file.read_bytes())
    other.settings().key_file.chmod(0o600)
    assert other.said("admin", "audit", "head") == head


# Settings


def test_a_settings_file_is_found_before_and_after_the_second_verb(machine: Machine) -> None:
    settings = machine.home / "clinic.toml"
    settings.write_text(f'data_folder = "{machine.home / "clinic"}"\n')
    for words in (
        ("admin", "--settings", settings, "audit", "head"),
        ("admin", "audit", "head", "--settings", settings),
    ):
        machine.told(*words)
        assert (machine.home / "clinic" / "portal.sqlite").exists()
    assert not machine.folder.exists()
    assert "cannot be read" in machine.told("admin", "audit", "head", "--settings", "nowhere.toml")
    settings.write_text("data_folder = nonsense\n")
    assert str(settings) in machine.told("admin", "audit", "head", "--settings", settings)


def test_without_a_display_the_kiosk_says_so(machine: Machine) -> None:
    assert machine.told("kiosk", "--practice") == "There is no display here, so the kiosk cannot open."


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_an_open_window_closes_well_when_the_program_is_told_to_end(
    machine: Machine, told: signal.Signals
) -> None:
    window = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "staff"],
        env=os.environ | {"HOME": str(machine.home), "QT_QPA_PLATFORM": "offscreen"},
        cwd=machine.home,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 60
    while not (machine.folder / "log" / "desk.log").exists() and time.monotonic() < until:
        assert window.poll() is None
    window.send_signal(told)
    assert "Traceback" not in window.communicate(timeout=60)[1]
    assert window.returncode == 0


# What nobody expected


def test_an_unexpected_error_is_a_reference_and_never_its_message(machine: Machine) -> None:
    fault = (
        "import sys, main, app.command_line\n"
        "def fail(*_, **__): raise LookupError('Amelia Canary')\n"
        "app.command_line.open_portal = fail\n"
        "sys.exit(main.main(['admin', 'audit', 'head']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", fault],
        cwd=ROOT,
        env=os.environ | {"HOME": str(machine.home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    reference = line.removesuffix(".").rsplit(" ", 1)[-1]
    log = (machine.folder / "log" / "command_line.log").read_text()
    assert reference in log
    assert "LookupError" in log
    assert "Canary" not in log + done.stderr + done.stdout


def test_an_unexpected_error_without_a_log_is_as_discreet() -> None:
    fault = (
        "import sys, main, app.imaging.picture_file as room\n"
        "def fail(*_): raise LookupError('Amelia Canary')\n"
        "room.write_frame = fail\n"
        "sys.exit(main.main(['render', 'a', 'b']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", fault], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "LookupError" in done.stderr
    assert "Something went wrong." in done.stderr
    assert "Canary" not in done.stderr
