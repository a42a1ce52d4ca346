"""A backup of database and archive, and bringing it back, on both databases."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from app.backup import back_up, restore
from app.errors import PortalError
from app.imaging import DecodePool
from app.portal import Portal, open_portal
from app.settings import MachineSettings, practice_settings
from db.database import Database
from db.models import Base
from tests.app.book import refusal
from tests.databases import PostgreSQL, SQLiteFiles
from tests.fakes import FixedClock, KeptMailer, KeptTextSender, quick_passwords
from tests.made_dicom import Disc, folder_of
from tests.scene import PASSWORD, Scene

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def filled(scene: Scene, tmp_path: Path) -> UUID:
    """A patient with an exam of three images; returns the exam."""
    patient = scene.patient(mrn="MRN1")
    files = folder_of(tmp_path / "disc", *(Disc().image(number, shade=number * 100) for number in (1, 2, 3)))
    desk = scene.acting("reception")
    survey = desk.imports.survey((str(files),), patient)
    return desk.imports.take(survey.id, patient).exam_ids[0]


@pytest.fixture
def elsewhere(databases: SQLiteFiles | PostgreSQL, tmp_path: Path) -> Callable[[], MachineSettings]:
    """Another machine with nothing on it: a new one each time."""

    def make() -> MachineSettings:
        made = practice_settings(tmp_path / f"machine {time.monotonic_ns()}")
        return replace(made, portal_url=databases.empty())

    return make


def rows(url: str) -> dict[str, list[str]]:
    """Everything in every table but the epoch."""
    database = Database(url)
    with database.engine.connect() as connection:
        found = {
            table.name: sorted(str(tuple(row)) for row in connection.execute(table.select()))
            for table in Base.metadata.sorted_tables
            if table.name != "journal"
        }
        journal = connection.execute(Base.metadata.tables["journal"].select()).one()
    database.close()
    return found | {"journal": [str((journal.change_number, journal.audit_number, journal.audit_hash))]}


def epoch(url: str) -> UUID:
    database = Database(url)
    with database.engine.connect() as connection:
        found: UUID = connection.execute(Base.metadata.tables["journal"].select()).one().epoch
    database.close()
    return found


def images(settings: MachineSettings) -> dict[str, bytes]:
    return {
        path.relative_to(settings.archive_folder).as_posix(): path.read_bytes()
        for path in settings.archive_folder.rglob("*.dcm")
    }


def opened(settings: MachineSettings, imaging: DecodePool) -> Portal:
    return open_portal(
        settings,
        clock=FixedClock(),
        passwords=quick_passwords(settings.data_folder / "slots"),
        mailer=KeptMailer(),
        texts=KeptTextSender(),
        imaging=imaging,
    )


def test_what_was_backed_up_comes_back_whole_in_a_new_epoch(
    scene: Scene, filled: UUID, elsewhere: Callable[[], MachineSettings], imaging: DecodePool, tmp_path: Path
) -> None:
    here, there = scene.portal.parts.settings, elsewhere()
    assert back_up(scene.portal, tmp_path / "backup") == 3
    assert restore(there, tmp_path / "backup") == 3
    assert rows(there.portal_url) == rows(here.portal_url)
    assert images(there) == images(here)
    assert epoch(there.portal_url) != epoch(here.portal_url)
    # The keys are brought back apart; then everybody signs in as before and sees the images.
    with pytest.raises(PortalError, match="key_file_missing"):
        opened(there, imaging)
    shutil.copy(here.key_file, there.key_file)
    portal = opened(there, imaging)
    user_name = scene.acting("reception").staff.me().user_name
    desk = portal.acting(portal.station("key of Desk 1"))
    reception = portal.acting(
        portal.signed_in(desk.staff.sign_in(user_name, PASSWORD).token, station=desk.staff.caller)
    )
    page = reception.exams.open(filled)
    assert reception.images.thumbnail(page.series[0].instances[0].id).pixels.size > 0
    assert portal.acting(portal.command_line()).audit.verify("").broken == ()
    portal.parts.database.close()


def test_each_restore_has_an_epoch_of_its_own_so_that_every_station_loads_anew(
    scene: Scene, filled: UUID, elsewhere: Callable[[], MachineSettings], tmp_path: Path
) -> None:
    back_up(scene.portal, tmp_path / "backup")
    machines = [elsewhere(), elsewhere()]
    for there in machines:
        restore(there, tmp_path / "backup")
    urls = [scene.portal.parts.settings.portal_url, *(there.portal_url for there in machines)]
    assert len({epoch(url) for url in urls}) == 3


def test_a_backup_is_one_moment_although_others_go_on_writing(
    scene: Scene, filled: UUID, elsewhere: Callable[[], MachineSettings], tmp_path: Path
) -> None:
    desk = scene.acting("reception")
    patient = scene.patient()
    archive = scene.portal.parts.archive

    class Busy:
        """The archive, in whose first moment somebody works on."""

        def __getattr__(self, name: str) -> object:
            desk.patients.open(patient)
            return getattr(archive, name)

    portal = Portal(replace(scene.portal.parts, archive=Busy()))  # type: ignore[arg-type]  # all of an archive by getattr
    before = rows(scene.portal.parts.settings.portal_url)
    back_up(portal, tmp_path / "backup")
    there = elsewhere()
    restore(there, tmp_path / "backup")
    assert rows(there.portal_url) == before
    assert rows(scene.portal.parts.settings.portal_url) != before


def test_a_backup_can_be_read_by_its_owner_only_and_holds_no_keys(
    scene: Scene, filled: UUID, tmp_path: Path
) -> None:
    back_up(scene.portal, tmp_path / "backup")
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    keys = scene.portal.parts.settings.key_file.read_bytes()
    secrets = [line.split()[2] for line in keys.splitlines() if not line.startswith(b"#")]
    for path in (tmp_path / "backup").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(secret in content for secret in secrets)


def test_a_folder_that_is_there_is_never_written_into(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    assert refusal(lambda: back_up(scene.portal, tmp_path / "backup")) == "backup_exists"
    assert list((tmp_path / "backup").iterdir()) == []


def damage_database(backup: Path) -> None:
    path = next(backup.glob("database.*"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def damage_image(backup: Path) -> None:
    next(path for path in (backup / "archive").rglob("*") if path.is_file()).write_bytes(b"another image")


def lose_image(backup: Path) -> None:
    next(path for path in (backup / "archive").rglob("*") if path.is_file()).unlink()


def lose_manifest(backup: Path) -> None:
    (backup / "manifest.json").unlink()


def spoil_manifest(backup: Path) -> None:
    (backup / "manifest.json").write_text('{"database": 3}')


def point_outside(backup: Path) -> None:
    manifest = json.loads((backup / "manifest.json").read_text())
    shutil.move(backup / manifest["database"], backup.parent / "outside")
    (backup / "manifest.json").write_text(json.dumps(manifest | {"database": "../outside"}))


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        (damage_database, "backup_damaged"),
        (damage_image, "backup_damaged"),
        (lose_image, "backup_damaged"),
        (point_outside, "backup_damaged"),
        (lose_manifest, "no_backup"),
        (spoil_manifest, "no_backup"),
    ],
)
def test_a_damaged_backup_is_refused_before_anything_is_written(
    scene: Scene,
    filled: UUID,
    elsewhere: Callable[[], MachineSettings],
    tmp_path: Path,
    damage: Callable[[Path], None],
    kind: str,
) -> None:
    back_up(scene.portal, tmp_path / "backup")
    damage(tmp_path / "backup")
    there = elsewhere()
    assert refusal(lambda: restore(there, tmp_path / "backup")) == kind
    assert not there.data_folder.exists()


def test_nothing_is_restored_over_a_clinic_that_is_there(
    scene: Scene, filled: UUID, portal: Portal, tmp_path: Path
) -> None:
    back_up(scene.portal, tmp_path / "backup")
    here = scene.portal.parts.settings
    before = rows(here.portal_url), images(here)
    assert refusal(lambda: restore(here, tmp_path / "backup")) == "not_empty"
    assert (rows(here.portal_url), images(here)) == before


def test_a_restore_that_fails_midway_can_be_run_again(
    scene: Scene, filled: UUID, elsewhere: Callable[[], MachineSettings], tmp_path: Path
) -> None:
    back_up(scene.portal, tmp_path / "backup")
    there = elsewhere()
    there.data_folder.mkdir()
    there.archive_folder.write_text("a file stands where the archive should be")
    assert refusal(lambda: restore(there, tmp_path / "backup"))
    there.archive_folder.unlink()
    assert restore(there, tmp_path / "backup") == 3
    assert rows(there.portal_url) == rows(scene.portal.parts.settings.portal_url)


def test_an_image_taken_away_meanwhile_is_left_out(scene: Scene, filled: UUID, tmp_path: Path) -> None:
    archive = scene.portal.parts.archive

    class Racing:
        """The archive, from which an unfinished import takes its files back while they are listed."""

        def keys(self) -> Iterator[str]:
            yield from archive.keys()
            yield "0123456789abcdef/0123456789abcdef"

        def __getattr__(self, name: str) -> object:
            return getattr(archive, name)

    portal = Portal(replace(scene.portal.parts, archive=Racing()))  # type: ignore[arg-type]  # all of an archive by getattr
    assert back_up(portal, tmp_path / "backup") == 3


def test_a_missing_archive_ends_the_backup_and_leaves_none(
    scene: Scene, filled: UUID, tmp_path: Path
) -> None:
    folder = scene.portal.parts.settings.archive_folder
    folder.rename(tmp_path / "unplugged")
    assert refusal(lambda: back_up(scene.portal, tmp_path / "backup")) == "archive_missing"
    assert not (tmp_path / "backup" / "manifest.json").exists()


def test_programs_that_are_not_installed_are_named(
    postgresql: PostgreSQL, tmp_path: Path, imaging: DecodePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql.upgraded()
    portal = opened(replace(practice_settings(tmp_path / "data"), portal_url=url), imaging)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PortalError) as caught:
        back_up(portal, tmp_path / "backup")
    assert (caught.value.kind, caught.value.fields) == ("program_missing", {"program": "pg_dump"})
    portal.parts.database.close()


def test_the_password_of_a_database_is_no_argument_of_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db import copying

    program = tmp_path / "pg_dump"
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" >{tmp_path}/arguments\nprintf %s "$PGPASSWORD" >{tmp_path}/secret\n'
        f'for a; do case $a in --file=*) : >"${{a#--file=}}";; esac; done\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    database = Database("postgresql+psycopg://portal:hunter%402@db.example:5433/clinic?sslmode=verify-full")
    copying.dump(database, tmp_path)
    arguments = (tmp_path / "arguments").read_text()
    assert "hunter" not in arguments
    for part in ("dbname=clinic", "user=portal", "host=db.example", "port=5433", "sslmode=verify-full"):
        assert part in arguments
    assert (tmp_path / "secret").read_text() == "hunter@2"


def test_a_killed_backup_leaves_no_manifest(tmp_path: Path, imaging: DecodePool) -> None:
    settings = practice_settings(tmp_path / "data")
    portal = opened(settings, imaging)
    Scene(portal, FixedClock())
    # A pipe in the archive holds the backup up, for as long as nobody writes into it.
    stuck = settings.archive_folder / "0123456789abcdef" / "0123456789abcdef.dcm"
    stuck.parent.mkdir()
    os.mkfifo(stuck)
    portal.parts.database.close()
    target = tmp_path / "backup"
    run = subprocess.Popen(
        [sys.executable, "main.py", "admin", "backup", str(target)],
        cwd=ROOT,
        env=os.environ | {"PORTAL_SETTINGS": str(_written(settings, tmp_path))},
    )
    until = time.monotonic() + 60
    while not any(target.glob("database.*")) and time.monotonic() < until:
        assert run.poll() is None
    run.send_signal(signal.SIGKILL)
    assert run.wait(60) == -signal.SIGKILL
    assert target.exists()
    assert refusal(lambda: restore(practice_settings(tmp_path / "there"), target)) == "no_backup"


def _written(settings: MachineSettings, folder: Path) -> Path:
    file = folder / "settings.toml"
    file.write_text(f'data_folder = "{settings.data_folder}"\n')
    return file
