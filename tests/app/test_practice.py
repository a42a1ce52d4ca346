"""Practice mode: made once, begun anew when it was interrupted, by one program of several, without a network."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import app.portal
from app.own_station import own_station
from app.portal import Acting, Portal
from app.practice import PASSWORD, SAMPLES, open_practice
from app.settings import MachineSettings, practice_settings
from tests.fakes import quick_passwords

ROOT = Path(__file__).resolve().parent.parent.parent
MAKE = """
import sys
from pathlib import Path
from app.practice import open_practice
from app.settings import practice_settings
if __name__ == "__main__":
    def told(done, total):
        print(done, flush=True)
    open_practice(practice_settings(Path(sys.argv[1])), told).close()
    print("ready", flush=True)
"""
NO_NETWORK = """
import os, socket, sys
def hook(event, arguments):
    if event in {"socket.connect", "socket.sendto", "socket.getaddrinfo"}:
        family = arguments[0].family if event != "socket.getaddrinfo" else socket.AF_INET
        if family != socket.AF_UNIX:
            with open(os.environ["TRESPASSES"], "a") as file:
                file.write(event + "\\n")
sys.addaudithook(hook)
"""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that take no time, for portals that are opened in this process."""
    monkeypatch.setattr(app.portal, "Argon2Passwords", quick_passwords)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> MachineSettings:
    """A practice folder that a program has made and left, with what it used of the network noted."""
    folder = tmp_path_factory.mktemp("practice")
    settings = practice_settings(folder / "practice")
    with started(settings, folder) as program:
        assert program.wait(110) == 0
    return settings


def started(settings: MachineSettings, scratch: Path) -> subprocess.Popen[str]:
    """Start a program that makes the practice folder; it says how far it is, a line each."""
    (scratch / "make.py").write_text(MAKE)
    (scratch / "sitecustomize.py").write_text(NO_NETWORK)
    paths = f"{ROOT}:{scratch}"
    return subprocess.Popen(
        [sys.executable, str(scratch / "make.py"), str(settings.data_folder)],
        cwd=scratch,
        env=os.environ | {"PYTHONPATH": paths, "TRESPASSES": str(scratch / "trespasses")},
        stdout=subprocess.PIPE,
        text=True,
    )


def copy_of(finished: MachineSettings, folder: Path) -> MachineSettings:
    shutil.copytree(finished.data_folder, folder)
    return practice_settings(folder)


@pytest.fixture
def practice(finished: MachineSettings, tmp_path: Path) -> Iterator[Portal]:
    portal = open_practice(copy_of(finished, tmp_path / "practice"), never)
    yield portal
    portal.close()


def never(_done: int, _total: int) -> None:
    raise AssertionError("practice was made again")


def at(portal: Portal, kind: str) -> Acting:
    return portal.acting(own_station(portal, kind))


def signed_in(portal: Portal, user_name: str, kind: str) -> Acting:
    station = own_station(portal, kind)
    here = portal.acting(station)
    sign_in = here.sessions.sign_in if kind == "kiosk" else here.staff.sign_in
    return portal.acting(portal.signed_in(sign_in(user_name, PASSWORD).token, station=station))


def summary(portal: Portal) -> list[tuple[str, list[tuple[str, int]], int]]:
    """Everybody in the clinic: name, exams with their images, accounts."""
    reception = signed_in(portal, "reception", "desk")
    people = [reception.patients.open(row.id) for row in reception.patients.find("1")]
    return sorted(
        (
            page.patient.family_name,
            sorted((exam.exam.title, exam.exam.image_count) for exam in page.exams),
            len(page.accounts),
        )
        for page in people
    )


@pytest.mark.slow
def test_every_sign_in_that_is_shown_works_and_lands_in_its_role(practice: Portal) -> None:
    for sample in SAMPLES:
        if sample.what == "patient":
            session = signed_in(practice, sample.user_name, "kiosk").sessions.mine()
            assert session.name == "Amelia Hart"
        else:
            me = signed_in(practice, sample.user_name, "desk").staff.me()
            assert sample.what in {role.value for role in me.roles}
    assert {sample.what for sample in SAMPLES} == {
        "reception",
        "clinical",
        "manager",
        "privacy",
        "it",
        "patient",
    }


@pytest.mark.slow
def test_the_sample_patient_has_an_exam_to_read_to_swipe_through_and_to_share(practice: Portal) -> None:
    amelia = signed_in(practice, "amelia", "kiosk")
    pages = [amelia.exams.open(exam.id) for exam in amelia.exams.mine()]
    chest = next(page for page in pages if page.exam.can_share)
    assert max(series.frame_count for series in chest.series) == 100
    assert "Normal chest CT" in " ".join(amelia.reports.read(chest.reports[0].id).paragraphs)
    hand = next(page for page in pages if not page.exam.can_share)
    assert hand.notice
    assert hand.notice_opens_at is not None  # its 48 hours run
    assert hand.series


@pytest.mark.slow
def test_the_samples_come_in_several_codings_and_every_one_can_be_seen(practice: Portal) -> None:
    archive, imaging = practice.parts.archive, practice.parts.imaging
    syntaxes = set()
    for key in archive.keys():  # noqa: SIM118 - an archive is not a mapping
        with archive.local_path(key) as path:
            syntaxes.add(imaging.describe(path).transfer_syntax_uid)
    # JPEG-LS, JPEG 2000, JPEG lossless, JPEG and what is not compressed.
    assert syntaxes >= {f"1.2.840.10008.1.2.4.{end}" for end in (80, 90, 70, 50)} | {"1.2.840.10008.1.2.1"}
    doctor = signed_in(practice, "doctor", "desk")
    for row in doctor.patients.find("1"):
        for exam in doctor.patients.open(row.id).exams:
            for series in doctor.exams.open(exam.exam.id).series:
                picture = doctor.images.thumbnail(series.instances[0].id)
                assert picture.pixels.max() > picture.pixels.min()


@pytest.mark.slow
def test_it_is_made_once(practice: Portal) -> None:
    head = practice.acting(practice.command_line()).audit.head()
    settings = practice.parts.settings
    again = open_practice(settings, never)
    assert again.acting(again.command_line()).audit.head() == head
    again.close()


@pytest.mark.slow
def test_nothing_of_it_needs_a_network(finished: MachineSettings) -> None:
    assert not (finished.data_folder.parent / "trespasses").exists()


@pytest.mark.slow
def test_control_a_program_that_uses_the_network_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(NO_NETWORK)
    use = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    subprocess.run(
        [sys.executable, "-c", use],
        env=os.environ | {"PYTHONPATH": str(tmp_path), "TRESPASSES": str(tmp_path / "trespasses")},
        check=True,
    )
    assert (tmp_path / "trespasses").read_text() == "socket.connect\n"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("quick")
def test_what_an_interrupted_start_left_is_begun_anew_and_nothing_else_is_touched(
    practice: Portal, tmp_path: Path
) -> None:
    settings = practice_settings(tmp_path / "interrupted")
    settings.log_folder.mkdir(parents=True)
    theirs = [settings.data_folder / "notes.txt", settings.log_folder / "staff.log"]
    for path in theirs:
        path.write_text("kept")

    def interrupt(done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_practice(settings, interrupt)
    steps: list[int] = []
    portal = open_practice(settings, lambda done, _total: steps.append(done))
    assert steps == list(range(1, 8))
    assert summary(portal) == summary(practice)
    assert [path.read_text() for path in theirs] == ["kept"] * 2
    portal.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_programs_that_start_together_after_one_was_killed_share_one_clinic(
    practice: Portal, tmp_path: Path
) -> None:
    settings = practice_settings(tmp_path / "killed")
    with started(settings, tmp_path) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "1\n"  # the clinic is set up, its people are not all there
        killed.kill()
    with started(settings, tmp_path) as one, started(settings, tmp_path) as other:
        said = [program.communicate(timeout=110)[0].split() for program in (one, other)]
    assert sorted(said, key=len) == [["ready"], [*"1234567", "ready"]]  # one of them made it
    portal = open_practice(settings, never)
    assert summary(portal) == summary(practice)
    portal.close()


@pytest.mark.usefixtures("quick")
def test_a_clinic_that_somebody_set_up_by_hand_is_left_alone(tmp_path: Path) -> None:
    settings = practice_settings(tmp_path)
    portal = app.portal.open_portal(settings)
    from app.practice import make_clinic

    make_clinic(portal)
    head = portal.acting(portal.command_line()).audit.head()
    portal.close()
    again = open_practice(settings, never)
    assert again.acting(again.command_line()).audit.head() == head
    again.close()


@pytest.mark.slow
def test_practice_says_that_it_is_practice_and_sends_into_a_folder(practice: Portal) -> None:
    desk = at(practice, "desk")
    assert desk.clinic.settings().practice
    reception = signed_in(practice, "reception", "desk")
    ben = next(row for row in reception.patients.find("100235"))
    reception.accounts.create(ben.id, "passport")
    while practice.deliver_due():
        pass
    folder = practice.parts.settings.messages_folder
    assert folder is not None
    assert any(b"Activate Account" in path.read_bytes() for path in folder.glob("*.eml"))
