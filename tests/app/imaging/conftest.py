"""A pool for all imaging tests, small sample files, and a writer of odd ones."""

import struct
from collections.abc import Callable, Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID

from app.imaging import DecodePool
from app.imaging.phantoms import SampleExam, SamplePatient, make_ct, make_ultrasound
from app.imaging.sample_codings import EIGHT_BITS, TRANSFER_SYNTAXES

PATIENT = SamplePatient("Möller", "Ana", date(1980, 2, 29), "MRN-7", "NORTH", "F")
EXAM = SampleExam("ACC-9", date(2026, 3, 12), time(10, 5), "CT of the chest")


@pytest.fixture(scope="session")
def pool() -> Iterator[DecodePool]:
    with DecodePool(1) as pool:
        yield pool


@pytest.fixture(scope="session")
def coded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small CT slice or colour film in every coding that the sample maker knows."""
    folder = tmp_path_factory.mktemp("coded")
    files: dict[str, Path] = {}
    for coding in TRANSFER_SYNTAXES:
        if coding not in EIGHT_BITS:
            files[f"ct {coding}"] = make_ct(folder / coding, PATIENT, EXAM, slices=1, side=96, coding=coding)[
                0
            ]
        files[f"us {coding}"] = make_ultrasound(folder / coding, PATIENT, EXAM, frames=2, coding=coding)[0]
    return files


MakeFile = Callable[..., Path]


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    """Write pixels, or bytes as they are, with a header of the given keywords; return the file."""

    def make(
        pixels: NDArray[Any] | bytes,
        *,
        syntax: str = "1.2.840.10008.1.2.1",
        name: str = "made.dcm",
        **header: Any,
    ) -> Path:
        dataset = Dataset()
        dataset.SOPClassUID, dataset.SOPInstanceUID = UID("1.2.840.10008.5.1.4.1.1.7"), UID("1.2.3.4")
        dataset.Modality = "OT"
        if isinstance(pixels, np.ndarray):
            dataset.Rows, dataset.Columns = pixels.shape[:2]
            dataset.SamplesPerPixel = 1 if pixels.ndim == 2 else pixels.shape[2]
            dataset.PhotometricInterpretation = "MONOCHROME2" if pixels.ndim == 2 else "RGB"
            dataset.BitsAllocated = dataset.BitsStored = pixels.dtype.itemsize * 8
            dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
            if pixels.ndim == 3:
                dataset.PlanarConfiguration = 0
        for keyword, value in header.items():
            setattr(dataset, keyword, value)
        if "HighBit" not in header and "BitsStored" in dataset:
            dataset.HighBit = dataset.BitsStored - 1
        dataset.PixelData = pixels.tobytes() if isinstance(pixels, np.ndarray) else pixels
        encapsulated = isinstance(pixels, bytes) and pixels[:4] == b"\xfe\xff\x00\xe0"
        dataset["PixelData"].VR = "OB" if encapsulated or dataset.BitsAllocated <= 8 else "OW"
        dataset["PixelData"].is_undefined_length = encapsulated
        dataset.file_meta = FileMetaDataset()
        known = syntax if UID(syntax).is_transfer_syntax else "1.2.840.10008.1.2.4.80"
        dataset.file_meta.TransferSyntaxUID = UID(known)
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        path = tmp_path / name
        dataset.save_as(path, enforce_file_format=True)
        if known != syntax:
            path.write_bytes(with_syntax(path.read_bytes(), known, syntax))
        return path

    return make


def with_syntax(data: bytes, old: str, new: str) -> bytes:
    """Return a file that says another transfer syntax; the group's length stays wrong, which readers must bear."""
    before, after = (uid.encode() + b"\0" * (len(uid) % 2) for uid in (old, new))
    changed = data.replace(
        struct.pack("<HH2sH", 2, 0x10, b"UI", len(before)) + before,
        struct.pack("<HH2sH", 2, 0x10, b"UI", len(after)) + after,
    )
    assert changed != data
    return changed
