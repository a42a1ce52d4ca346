import errno
import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from app.errors import Unavailable
from app.outside.folder_archive import FolderArchive, make_archive

ROOT = Path(__file__).parents[3]
ID = "0192f0c1-7a2b-7c3d-8e4f-5a6b7c8d9e0f"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_archive(tmp_path / "archive")
    return tmp_path / "archive"


@pytest.fixture
def archive(folder: Path) -> FolderArchive:
    return FolderArchive(folder)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "MR_SMITH_JOHN.dcm"
    file.write_bytes(os.urandom(3_000_000))
    return file


def _key() -> str:
    return f"{uuid4()}/{uuid4()}"


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and file.name != ".patient-portal-archive"]


def test_what_is_kept_can_be_opened_listed_and_removed(
    archive: FolderArchive, source: Path, folder: Path
) -> None:
    key = _key()
    assert archive.keep(key, source) == hashlib.sha256(source.read_bytes()).hexdigest()
    with archive.open(key) as stored:
        assert stored.read() == source.read_bytes()
    with archive.local_path(key) as path:
        assert path.read_bytes() == source.read_bytes()
    assert list(archive.keys()) == [key]
    archive.remove(key)
    archive.remove(key)
    assert list(archive.keys()) == []
    assert _files(folder) == []


def test_only_this_account_may_read_what_is_kept(archive: FolderArchive, source: Path, folder: Path) -> None:
    archive.keep(_key(), source)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o777 for file in _files(folder)] == [0o600]


def test_no_name_from_outside_comes_into_the_archive(
    archive: FolderArchive, source: Path, folder: Path
) -> None:
    archive.keep(_key(), source)
    assert not any("SMITH" in str(file).upper() for file in folder.rglob("*"))


def test_keeping_the_same_key_again_replaces_it(archive: FolderArchive, source: Path, tmp_path: Path) -> None:
    key, other = _key(), tmp_path / "other"
    other.write_bytes(b"other")
    archive.keep(key, source)
    archive.keep(key, other)
    with archive.open(key) as stored:
        assert stored.read() == b"other"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "..",
        "../../etc/passwd",
        "/etc/passwd",
        f"{ID}/../{ID}",
        f"{ID}/",
        f"/{ID}",
        f"{ID}//{ID}",
        f"{ID}\\{ID}",
        f"{ID}.dcm",
        f"{ID}\n",
        ID.upper(),
        "1.2.840.113619.2.55",
        "MR_SMITH_JOHN",
        "CON",
        "a" * 37,
        "/".join(["0123456789abcdef"] * 7),
    ],
)
def test_a_key_that_is_not_made_of_our_ids_is_refused(archive: FolderArchive, source: Path, key: str) -> None:
    with pytest.raises(ValueError, match="our ids only"):
        archive.keep(key, source)
    with pytest.raises(ValueError, match="our ids only"):
        archive.open(key)
    with pytest.raises(ValueError, match="our ids only"):
        archive.remove(key)


def test_an_archive_whose_disk_is_not_mounted_is_told_and_nothing_is_written_beside_it(
    source: Path, tmp_path: Path
) -> None:
    mount_point = tmp_path / "mount"
    mount_point.mkdir()
    for folder in (mount_point, tmp_path / "nothing"):
        archive = FolderArchive(folder)
        for attempt in (
            lambda archive=archive: archive.keep(_key(), source),
            lambda archive=archive: archive.open(_key()),
            lambda archive=archive: archive.remove(_key()),
            lambda archive=archive: list(archive.keys()),
        ):
            with pytest.raises(Unavailable) as missing:
                attempt()
            assert missing.value.kind == "archive_missing"
    assert list(mount_point.iterdir()) == []


def test_a_stored_file_that_went_missing_is_told_apart_from_a_missing_archive(archive: FolderArchive) -> None:
    with pytest.raises(Unavailable) as missing:
        archive.open(_key())
    assert missing.value.kind == "image_missing"


def test_a_source_that_cannot_be_read_is_not_blamed_on_the_archive(
    archive: FolderArchive, tmp_path: Path, folder: Path
) -> None:
    with pytest.raises(Unavailable) as unreadable:
        archive.keep(_key(), tmp_path / "JOHN_SMITH")
    assert unreadable.value.kind == "source_unreadable"
    assert unreadable.value.fields == {}
    assert _files(folder) == []


_KEEP_WITH_LIMIT = """
import resource, sys
from pathlib import Path
from app.errors import Unavailable
from app.outside.folder_archive import FolderArchive
folder, key, source, limit = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    FolderArchive(folder).keep(key, source)
except Unavailable as error:
    print(error.kind)
else:
    print("kept")
"""


@pytest.mark.parametrize(("limit", "outcome"), [(2_000_000, "archive_full"), (4_000_000, "kept")])
def test_a_file_that_does_not_fit_leaves_nothing_behind(
    folder: Path, source: Path, limit: int, outcome: str
) -> None:
    key = _key()
    told = subprocess.run(
        [sys.executable, "-c", _KEEP_WITH_LIMIT, str(folder), key, str(source), str(limit)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    assert told == outcome
    assert list(FolderArchive(folder).keys()) == ([key] if outcome == "kept" else [])
    assert len(_files(folder)) == (1 if outcome == "kept" else 0)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, "archive_full"),
        (errno.EDQUOT, "archive_full"),
        (errno.EROFS, "archive_read_only"),
        (errno.EIO, "archive_unreachable"),
        (errno.ESTALE, "archive_unreachable"),
    ],
)
def test_a_disk_that_only_fails_when_asked_to_keep_it_for_good_leaves_nothing(
    archive: FolderArchive,
    source: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    kind: str,
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(number, "planted")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(Unavailable) as failed:
        archive.keep(_key(), source)
    assert failed.value.kind == kind
    assert _files(folder) == []


_KEEP_READ_ONLY = """
import os, sys
from pathlib import Path
from app.errors import Unavailable
from app.outside.folder_archive import FolderArchive
source = Path(sys.argv[2]).open("rb")
if os.getuid() == 0:
    os.seteuid(65534)  # root may write anywhere
try:
    FolderArchive(Path(".")).keep(sys.argv[1], Path(f"/proc/self/fd/{source.fileno()}"))
except Unavailable as error:
    print(error.kind)
"""


def test_an_archive_that_may_not_be_written_is_told(folder: Path, source: Path) -> None:
    folder.chmod(0o555)
    (folder / ".unfinished").chmod(0o555)
    told = subprocess.run(
        [sys.executable, "-c", _KEEP_READ_ONLY, _key(), str(source)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    folder.chmod(0o700)
    assert told == "archive_read_only"


_KEEP = """
import sys
from pathlib import Path
from app.outside.folder_archive import FolderArchive
FolderArchive(Path(sys.argv[1])).keep(sys.argv[2], Path(sys.argv[3]))
"""


def test_a_program_killed_while_copying_leaves_no_half_image(folder: Path, tmp_path: Path) -> None:
    pipe, key = tmp_path / "pipe", _key()
    os.mkfifo(pipe)
    with (
        subprocess.Popen([sys.executable, "-c", _KEEP, str(folder), key, str(pipe)], cwd=ROOT) as program,
        pipe.open("wb", buffering=0) as feeding,
    ):
        feeding.write(bytes(2_500_000))  # returns when all but a pipe's worth was taken
        program.kill()
    archive = FolderArchive(folder)
    assert list(archive.keys()) == []
    with pytest.raises(Unavailable):
        archive.open(key)
    [left] = _files(folder)
    assert left.parent.name == ".unfinished"
    assert archive.forget_unfinished(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert archive.forget_unfinished(datetime.now(UTC) + timedelta(hours=1)) == 1
    assert _files(folder) == []


def test_a_file_gets_its_name_only_after_it_is_durable_and_then_the_folder_is(
    archive: FolderArchive, source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, os.replace

    def watched_fsync(descriptor: int) -> None:
        done.append("fsync " + ("folder" if Path(f"/proc/self/fd/{descriptor}").is_dir() else "file"))
        fsync(descriptor)

    def watched_replace(old: Path, new: Path) -> None:
        done.append("rename")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_replace)
    archive.keep(str(uuid4()), source)
    assert done == ["fsync file", "rename", "fsync folder"]
    done.clear()
    archive.keep(_key(), source)  # in a new folder, whose own name must be durable too
    assert done == ["fsync file", "fsync folder", "rename", "fsync folder"]
