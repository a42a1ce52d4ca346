"""Sample exams made by code, for practice mode and tests: a chest CT, a hand radiograph, an ultrasound film.

The same arguments always make the same bytes. Nothing here reads a file from outside.
"""

import uuid
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from app.imaging.phantom_chest import Chest
from app.imaging.phantom_hand import Hand
from app.imaging.phantom_heart import Heart
from app.imaging.sample_codings import (
    COLOURS,
    LOSSY,
    NATIVE,
    TRANSFER_SYNTAXES,
    SampleCoding,
    coded_frame,
    native_bytes,
)

_NAMES = uuid.UUID("6b1d5c1e-6f0a-4f0e-9b0b-5a3f1f6c2d11")
# pydicom writes no transfer syntax that it does not know: one that takes as much room stands in its place.
_KNOWN = {21: "1.2.840.10008.1.2.4.80", 23: "1.2.840.10008.1.2.4.201"}
_Pixels = NDArray[Any]


@dataclass(frozen=True)
class SamplePatient:
    """The made-up person on the images."""

    family_name: str
    given_name: str
    birth_date: date
    patient_id: str
    issuer: str = ""
    sex: Literal["F", "M", "O"] = "O"


@dataclass(frozen=True)
class SampleExam:
    """What the made-up person came for."""

    accession_number: str
    study_date: date
    study_time: time
    description: str
    referring_name: str = ""


def make_ct(
    folder: Path,
    patient: SamplePatient,
    exam: SampleExam,
    *,
    slices: int = 100,
    side: int = 512,
    coding: SampleCoding = "raw",
    series: int = 1,
) -> list[Path]:
    """Write a chest CT, one file a slice; return the files in order."""
    chest = Chest(side)
    made = []
    for number in range(slices):
        units = chest.slice_at(number / max(1, slices - 1))
        dataset = _dataset(patient, exam, "1.2.840.10008.5.1.4.1.1.2", "CT", series, number + 1)
        dataset.SeriesDescription = "Chest, axial 3 mm"
        dataset.BodyPartExamined = "CHEST"
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        spacing = 400.0 / side
        dataset.PixelSpacing = [spacing, spacing]
        dataset.SliceThickness = 3.0
        dataset.ImagePositionPatient = [-200.0, -200.0, -3.0 * number]
        dataset.ImageOrientationPatient = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
        dataset.FrameOfReferenceUID = _uid(exam.accession_number, "frame")
        dataset.KVP = 120.0
        dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = -1024.0, 1.0, "HU"
        dataset.WindowCenter, dataset.WindowWidth = [40.0, -550.0, 450.0], [400.0, 1600.0, 1800.0]
        dataset.WindowCenterWidthExplanation = ["SOFT TISSUE", "LUNG", "BONE"]
        stored = np.clip(np.rint(units) + 1024, 0, 4095).astype(np.uint16)
        made.append(_write(folder, dataset, stored[None], 12, coding))
    return made


def make_dx(
    folder: Path,
    patient: SamplePatient,
    exam: SampleExam,
    *,
    rows: int = 2500,
    columns: int = 2000,
    coding: SampleCoding = "raw",
    series: int = 1,
) -> list[Path]:
    """Write a radiograph of a hand, MONOCHROME1, 12 bits; return its one file."""
    dataset = _dataset(patient, exam, "1.2.840.10008.5.1.4.1.1.1.1", "DX", series, 1)
    dataset.SeriesDescription = "Hand, left, PA"
    dataset.BodyPartExamined = "HAND"
    dataset.ImageLaterality = "L"
    dataset.ViewPosition = "PA"
    dataset.ImagerPixelSpacing = [200.0 / columns, 200.0 / columns]
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.PresentationLUTShape = "INVERSE"
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = 0.0, 1.0, "US"
    dataset.WindowCenter, dataset.WindowWidth = [2048.0, 2300.0], [4096.0, 3000.0]
    dataset.WindowCenterWidthExplanation = ["NORMAL", "HARDER"]
    stored = np.rint(Hand(rows, columns).exposure() * 4095).astype(np.uint16)
    return [_write(folder, dataset, stored[None], 12, coding, photometric="MONOCHROME1")]


def make_ultrasound(
    folder: Path,
    patient: SamplePatient,
    exam: SampleExam,
    *,
    frames: int = 30,
    coding: SampleCoding = "jpeg",
    series: int = 1,
) -> list[Path]:
    """Write a film of a beating heart in colour, 30 frames a second; return its one file."""
    from pydicom.dataset import Dataset

    heart = Heart(frames=frames)
    dataset = _dataset(patient, exam, "1.2.840.10008.5.1.4.1.1.3.1", "US", series, 1)
    dataset.SeriesDescription = "Heart, four chambers"
    dataset.BodyPartExamined = "HEART"
    dataset.FrameTime = 33.333
    dataset.FrameIncrementPointer = 0x00181063
    region = Dataset()
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = heart.columns - 1, heart.rows - 1
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = 16.0 / (heart.rows * 0.86)
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
    dataset.SequenceOfUltrasoundRegions = [region]
    stored = np.stack([heart.frame_at(number) for number in range(frames)])
    return [_write(folder, dataset, stored, 8, coding, photometric="RGB")]


def _uid(*parts: object) -> str:
    """Return a UID that the same words always make (PS3.5 B.2)."""
    return f"2.25.{uuid.uuid5(_NAMES, '/'.join(map(str, parts))).int}"


def _dataset(
    patient: SamplePatient, exam: SampleExam, sop_class: str, modality: str, series: int, number: int
) -> Any:
    from pydicom.dataset import Dataset

    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientName = f"{patient.family_name}^{patient.given_name}"
    dataset.PatientID = patient.patient_id
    if patient.issuer:
        dataset.IssuerOfPatientID = patient.issuer
    dataset.PatientBirthDate = patient.birth_date.strftime("%Y%m%d")
    dataset.PatientSex = patient.sex
    dataset.AccessionNumber = exam.accession_number
    dataset.StudyID = exam.accession_number[-16:]
    dataset.StudyDate = dataset.SeriesDate = dataset.ContentDate = exam.study_date.strftime("%Y%m%d")
    dataset.StudyTime = dataset.SeriesTime = dataset.ContentTime = exam.study_time.strftime("%H%M%S")
    dataset.StudyDescription = exam.description
    dataset.ReferringPhysicianName = exam.referring_name
    dataset.Manufacturer = "Made by code"
    dataset.Modality = modality
    dataset.SOPClassUID = sop_class
    dataset.StudyInstanceUID = _uid(exam.accession_number)
    dataset.SeriesInstanceUID = _uid(exam.accession_number, modality, series)
    dataset.SOPInstanceUID = _uid(exam.accession_number, modality, series, number)
    dataset.SeriesNumber, dataset.InstanceNumber = series, number
    return dataset


def _write(
    folder: Path,
    dataset: Any,
    stored: _Pixels,
    bits: int,
    coding: SampleCoding,
    photometric: str = "MONOCHROME2",
) -> Path:
    from pydicom.dataset import FileMetaDataset
    from pydicom.encaps import encapsulate
    from pydicom.uid import UID

    frames, rows, columns = stored.shape[:3]
    dataset.Rows, dataset.Columns = rows, columns
    dataset.SamplesPerPixel = 1 if stored.ndim == 3 else 3  # noqa: PLR2004 - frames of grey levels
    if dataset.SamplesPerPixel > 1:
        dataset.PlanarConfiguration = 0
    dataset.PhotometricInterpretation = photometric
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = stored.dtype.itemsize * 8, bits, bits - 1
    dataset.PixelRepresentation = 0
    if frames > 1:
        dataset.NumberOfFrames = frames
    if coding in NATIVE:
        dataset.PixelData = native_bytes(stored, coding)
    else:
        dataset.PixelData = encapsulate([coded_frame(frame, bits, coding) for frame in stored])
        if dataset.SamplesPerPixel > 1:
            dataset.PhotometricInterpretation = COLOURS.get(coding, photometric)
        dataset["PixelData"].is_undefined_length = True
    dataset.LossyImageCompression = "01" if coding in LOSSY else "00"
    dataset["PixelData"].VR = "OB" if coding not in NATIVE or stored.dtype.itemsize == 1 else "OW"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    syntax = TRANSFER_SYNTAXES[coding]
    known = syntax if UID(syntax).is_transfer_syntax else _KNOWN[len(syntax)]
    dataset.file_meta.TransferSyntaxUID = UID(known)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{dataset.Modality.lower()}{dataset.SeriesNumber}-{dataset.InstanceNumber:04}.dcm"
    dataset.save_as(path, enforce_file_format=True)
    if known != syntax:
        written = path.read_bytes()
        path.write_bytes(written.replace(_padded(known), _padded(syntax), 1))
    return path


def _padded(uid: str) -> bytes:
    return uid.encode() + b"\0" * (len(uid) % 2)
