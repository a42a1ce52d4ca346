"""What people take home: pictures, films, ZIP files, DICOM with its DICOMDIR."""

import io
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.fileset import FileSet

from app.errors import Invalid, Unavailable
from app.imaging import DecodePool, Picture, export
from app.imaging.phantoms import make_ct, make_dx
from tests.app.imaging.conftest import EXAM, PATIENT

GREY = Picture(width=20, height=10, pixels=np.arange(200, dtype=np.uint8).reshape(10, 20))
COLOUR = Picture(width=2, height=1, pixels=np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8))


def test_png_keeps_every_grey_level() -> None:
    image = Image.open(io.BytesIO(export.to_png(GREY)))
    assert np.array_equal(np.asarray(image), GREY.pixels)


def test_jpeg_is_near() -> None:
    image = Image.open(io.BytesIO(export.to_jpeg(GREY)))
    assert np.abs(np.asarray(image).astype(int) - GREY.pixels).max() < 12


@pytest.mark.parametrize(("aspect", "size"), [(2.0, (20, 20)), (0.5, (40, 10)), (1.0, (20, 10))])
def test_pixels_become_square_by_growing(aspect: float, size: tuple[int, int]) -> None:
    picture = Picture(width=20, height=10, pixels=GREY.pixels, aspect=aspect)
    assert Image.open(io.BytesIO(export.to_png(picture))).size == size


def test_a_film_has_all_frames_at_the_speed_of_the_file() -> None:
    other = Picture(width=2, height=1, pixels=COLOUR.pixels[:, ::-1])
    film = Image.open(io.BytesIO(export.to_film([COLOUR, other, COLOUR], 40)))
    assert getattr(film, "n_frames", 0) == 3
    film.seek(1)
    film.load()
    assert film.info["duration"] == 40


def test_a_film_of_nothing_is_refused() -> None:
    with pytest.raises(Invalid):
        export.to_film([], 40)


def opened(files: list[Path]) -> list[nullcontext[Path]]:
    """Files as an archive gives them."""
    return [nullcontext(file) for file in files]


def test_a_zip_of_pictures_has_our_names_and_tells_how_far_it_is(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    pictures = iter([GREY, COLOUR])
    zipped = export.pictures_zip(pictures, 2, "jpeg", progress=lambda done, of: steps.append((done, of)))
    export.write_pieces(tmp_path / "a.zip", zipped)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["image-0001.jpg", "image-0002.jpg"]
        assert archive.testzip() is None
    assert steps == [(1, 2), (2, 2)]


def test_a_cancelled_zip_leaves_nothing_and_spares_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    target.write_bytes(b"older")
    cancelled = threading.Event()

    def pictures() -> Iterator[Picture]:
        yield GREY
        cancelled.set()
        yield GREY

    with pytest.raises(Unavailable) as told:
        export.write_pieces(target, export.pictures_zip(pictures(), 2, cancelled=cancelled))
    assert told.value.kind == "image_cancelled"
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]
    assert target.read_bytes() == b"older"


def test_a_folder_that_is_gone_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as told:
        export.write_pieces(tmp_path / "gone" / "a.zip", export.pictures_zip([GREY], 1))
    assert told.value.kind == "disk_full"


def test_a_dicom_zip_lists_its_images_in_a_dicomdir(pool: DecodePool, tmp_path: Path) -> None:
    files = make_ct(tmp_path / "ct", PATIENT, EXAM, slices=3, side=64)
    files += make_ct(tmp_path / "ct2", PATIENT, EXAM, slices=2, side=64, coding="jpeg_ls", series=2)
    files += make_dx(tmp_path / "dx", PATIENT, EXAM, rows=100, columns=80)
    broken = tmp_path / "broken"
    broken.write_bytes(b"nothing of the kind")
    export.write_pieces(tmp_path / "out.zip", export.dicom_zip(opened([*files, broken]), pool))
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "media")
    assert len(names) == 8  # seven files, damaged ones too, and the DICOMDIR
    listed = FileSet(tmp_path / "media" / "DICOMDIR")
    assert sorted(instance.SOPInstanceUID for instance in listed) == sorted(
        pydicom.dcmread(file, stop_before_pixels=True).SOPInstanceUID for file in files
    )
    assert listed.find_values("PatientID") == ["MRN-7"]
    assert str(listed.find_values("PatientName")[0]) == "Möller^Ana"
    assert sorted(listed.find_values("Modality")) == ["CT", "DX"]
    for instance in listed:
        assert Path(instance.path).read_bytes() in [file.read_bytes() for file in files]
    listed._stage["t"].cleanup()  # pydicom would leave it to the garbage collector
    directory = pool.describe(tmp_path / "media" / "DICOMDIR")
    assert sorted("/".join(parts) for parts in directory.referenced_files) == sorted(names[:6])
    done = subprocess.run(
        ["dcmdump", tmp_path / "media" / "DICOMDIR"], capture_output=True, text=True, check=True
    )
    assert done.stdout.count("[IMAGE]") == 6
    assert not done.stderr
    for number, name in enumerate(names[:6]):  # DCMTK reads JPEG-LS by a program of its own
        program = "dcml2pnm" if 3 <= number < 5 else "dcmj2pnm"
        subprocess.run([program, tmp_path / "media" / name, tmp_path / "shown.pgm"], check=True)
        with Image.open(tmp_path / "shown.pgm") as shown:
            assert shown.size == ((80, 100) if number == 5 else (64, 64))


def test_a_cancelled_dicom_zip_leaves_nothing(pool: DecodePool, tmp_path: Path) -> None:
    files = make_ct(tmp_path / "ct", PATIENT, EXAM, slices=3, side=64)
    cancelled = threading.Event()
    zipped = export.dicom_zip(
        opened(files), pool, progress=lambda _done, _of: cancelled.set(), cancelled=cancelled
    )
    with pytest.raises(Unavailable) as told:
        export.write_pieces(tmp_path / "out.zip", zipped)
    assert told.value.kind == "image_cancelled"
    assert [path.name for path in tmp_path.iterdir()] == ["ct"]
