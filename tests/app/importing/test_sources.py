"""Files in folders, ZIP files and discs."""

import io
import os
import threading
import zipfile
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from app.errors import Unavailable
from app.importing.sources import BOMB, LOCKED, NOT_A_FILE, TOO_DEEP, Bounds, Sources
from app.portal import Acting, Portal
from app.views.exams import Survey
from tests.app.importing.imported import brought, nothing_waits
from tests.made_dicom import Disc, folder_of, zip_of


def test_a_zip_in_a_zip_comes_in_and_another_level_does_not(
    desk: Acting, patient: UUID, tmp_path: Path
) -> None:
    disc = Disc()

    def packed(**files: bytes) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return target.getvalue()

    deep = packed(a=disc.image(2), b=packed(c=disc.image(3)))
    path = zip_of(tmp_path / "disc.zip", one=disc.image(1), inner=deep)
    done = brought(desk, patient, path)
    assert done.files == 2
    assert [broken.problem for broken in done.broken] == [TOO_DEEP]


@pytest.mark.parametrize(
    "name", ["/etc/evil.dcm", "../../../evil.dcm", "..\\..\\evil.dcm", "C:\\evil.dcm", "a/../../b"]
)
def test_names_in_a_zip_decide_nothing(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "in" / "disc.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, Disc().image(1))
    before = {file for file in tmp_path.rglob("*") if "surveys" not in file.parts}
    found = desk.imports.survey((str(path),), patient)
    data = portal.parts.settings.data_folder
    came = {file for file in tmp_path.rglob("*") if file.is_file()} - before
    assert all(file.is_relative_to(data / "surveys") for file in came)
    assert desk.imports.take(found.id, patient).files == 1
    assert not Path("/etc/evil.dcm").exists()
    assert nothing_waits(portal)


def sources(tmp_path: Path, **bounds: int) -> Sources:
    unpacking = tmp_path / "unpacking"
    unpacking.mkdir()
    return Sources(unpacking, threading.Event(), replace(Bounds(), **bounds))


def test_a_zip_bomb_is_left_out_before_it_has_grown(tmp_path: Path) -> None:
    bomb = zip_of(tmp_path / "bomb.zip", zeros=bytes(3 << 20), fine=Disc().image(1))
    found = sources(tmp_path, free_bytes=1 << 20)
    assert len(list(found.files((str(bomb),)))) == 1
    assert [broken.problem for broken in found.broken] == [BOMB]
    assert sum(file.stat().st_size for file in (tmp_path / "unpacking").iterdir()) < 1 << 20


def test_a_zip_that_lies_about_its_sizes_is_counted_by_what_comes_out(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "bomb.zip", zeros=bytes(3 << 20))
    content = path.read_bytes()
    honest = (3 << 20).to_bytes(4, "little")
    assert content.count(honest) == 2  # in the local header and in the directory
    path.write_bytes(content.replace(honest, (1000).to_bytes(4, "little")))
    found = sources(tmp_path, free_bytes=1 << 20)
    assert list(found.files((str(path),))) == []
    assert len(found.broken) == 1
    assert sum(file.stat().st_size for file in (tmp_path / "unpacking").iterdir()) <= 1 << 20


@pytest.mark.parametrize("bounds", [{"files": 3}, {"bytes": 3000}])
def test_more_than_one_import_may_bring_is_refused_as_a_whole(tmp_path: Path, bounds: dict[str, int]) -> None:
    files = {f"f{number}": os.urandom(1000) for number in range(5)}
    path = zip_of(tmp_path / "many.zip", **files)
    with pytest.raises(Unavailable) as caught:
        list(sources(tmp_path, **bounds).files((str(path),)))
    assert caught.value.kind == "import_too_large"


def test_locked_members_pipes_links_and_clutter_are_not_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "disc", b"one")
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "Thumbs.db").write_bytes(b"x")
    (folder / "link").symlink_to("/etc/hostname")
    os.mkfifo(folder / "pipe")
    path = zip_of(tmp_path / "locked.zip", secret=b"x")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    found = sources(tmp_path)
    assert [file.name for file in found.files((str(folder), str(path)))] == ["IM0001"]
    assert [broken.problem for broken in found.broken] == [NOT_A_FILE, NOT_A_FILE, LOCKED]


def test_a_damaged_zip_is_listed_and_what_can_be_read_comes_in(
    desk: Acting, patient: UUID, tmp_path: Path
) -> None:
    disc = Disc()
    path = zip_of(tmp_path / "disc.zip", one=disc.image(1), two=disc.image(2, ImageComments="here"))
    content = bytearray(path.read_bytes())
    second = content.index(b"two")
    content[second + 40 : second + 60] = bytes(20)
    path.write_bytes(content)
    (tmp_path / "no.zip").write_bytes(b"PK\x03\x04 and nothing more")
    done = brought(desk, patient, path, tmp_path / "no.zip")
    assert done.files == 1
    assert len(done.broken) == 2


def dicomdir_disc(where: Path, disc: Disc, images: int) -> Path:
    """A disc with a DICOMDIR, written by pydicom."""
    from pydicom import dcmread
    from pydicom.fileset import FileSet

    made = FileSet()
    for number in range(1, images + 1):
        made.add(dcmread(io.BytesIO(disc.image(number))))
    made.write(where)
    made._stage["t"].cleanup()  # else a ResourceWarning comes some time later
    return where


def test_a_dicomdir_is_followed_and_what_it_lists_in_vain_is_named(
    desk: Acting, patient: UUID, tmp_path: Path
) -> None:
    root = dicomdir_disc(tmp_path / "cd", Disc(), 4)
    (root / "viewer.exe").write_bytes(b"MZ" * 500)
    images = sorted(
        file for file in root.rglob("*") if file.is_file() and file.name not in {"DICOMDIR", "viewer.exe"}
    )
    assert len(images) == 4
    images[0].unlink()
    missing = images[0].relative_to(root).as_posix()
    for chosen in (root / "DICOMDIR", root):
        found = desk.imports.survey((str(chosen),), patient)
        assert sum(study.files for study in found.studies) == 3
        assert [broken.name for broken in found.broken] == [missing]


def test_a_dicomdir_is_followed_whatever_the_case_of_the_names(
    desk: Acting, patient: UUID, tmp_path: Path
) -> None:
    root = dicomdir_disc(tmp_path / "cd", Disc(), 2)
    for path in sorted(root.rglob("*"), key=lambda one: -len(one.parts)):
        if path.name != "DICOMDIR":
            path.rename(path.with_name(path.name.lower()))
    found: Survey = desk.imports.survey((str(root / "DICOMDIR"),), patient)
    assert (found.studies[0].files, found.broken) == (2, ())
