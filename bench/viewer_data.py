"""Made series and plates for the benchmark of the viewer, in every transfer syntax; frames of a series repeat."""

import os
import shutil
from collections.abc import Sequence
from datetime import date, time
from pathlib import Path

from app.imaging.phantoms import SampleExam, SamplePatient, make_ct, make_dx
from app.imaging.sample_codings import EIGHT_BITS, SampleCoding

PATIENT = SamplePatient("Hart", "Amelia", date(1944, 5, 17), "100234")
EXAM = SampleExam("B1", date(2026, 3, 12), time(9, 30), "Benchmark")
DIFFERENT = 20  # slices of a series; then they come again


def ct_series(folder: Path, coding: SampleCoding, slices: int) -> Path:
    """Write a chest CT of 512 x 512 pixels, a file a slice; return its folder."""
    made = make_ct(folder / f"made {coding}", PATIENT, EXAM, slices=DIFFERENT, coding=coding)
    series = folder / f"series {coding} {slices}"
    series.mkdir()
    for number in range(slices):
        shutil.copyfile(made[number % DIFFERENT], series / f"{number:05}.dcm")
    return series


def ct_slice(folder: Path, coding: SampleCoding) -> Path:
    """Write one slice, unless it is there."""
    place = folder / f"slice {coding}"
    made = sorted(place.glob("*.dcm")) or make_ct(place, PATIENT, EXAM, slices=3, coding=coding)
    return made[1]


def dx(folder: Path, coding: SampleCoding) -> Path:
    """Write a radiograph of 3000 x 4000 pixels, unless it is there; of 8 bits where the coding has no more."""
    place = folder / f"dx {coding}"
    there = sorted(place.glob("*.dcm"))
    if there:
        return there[0]
    if coding in EIGHT_BITS:
        return _eight_bit_dx(place, coding)
    return make_dx(place, PATIENT, EXAM, rows=4000, columns=3000, coding=coding)[0]


def real_series() -> Sequence[tuple[str, Path]]:
    """Return the series of the real exams, where PORTAL_DICOM_SAMPLES names some: a folder each."""
    samples = os.environ.get("PORTAL_DICOM_SAMPLES")
    if not samples:
        return []
    studies = (path for path in sorted((Path(samples) / "studies").iterdir()) if path.is_dir())
    return [(study.name, study) for study in studies]


def _eight_bit_dx(folder: Path, coding: SampleCoding) -> Path:
    """Write a plate of 8 bits: baseline JPEG holds no more."""
    from pydicom import dcmread
    from pydicom.encaps import encapsulate
    from pydicom.uid import UID

    from app.imaging.sample_codings import TRANSFER_SYNTAXES, coded_frame

    whole = make_dx(folder, PATIENT, EXAM, rows=4000, columns=3000)[0]
    dataset = dcmread(whole)
    whole.unlink()
    eight = (dataset.pixel_array >> 4).astype("uint8")
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.WindowCenter, dataset.WindowWidth = 128, 144
    dataset.PixelData = encapsulate([coded_frame(eight, 8, coding)])
    dataset["PixelData"].VR, dataset["PixelData"].is_undefined_length = "OB", True
    dataset.file_meta.TransferSyntaxUID = UID(TRANSFER_SYNTAXES[coding])
    path = folder / "eight.dcm"
    dataset.save_as(path, enforce_file_format=True)
    return path
