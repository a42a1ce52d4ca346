"""Small DICOM files for the tests, written by pydicom: nothing of ours has a part in them."""

import io
import zipfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    MPEG4HP41,
    UID,
    CTImageStorage,
    EncapsulatedPDFStorage,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    VideoEndoscopicImageStorage,
    generate_uid,
)


@dataclass
class Disc:
    """One patient's study as a device would write it."""

    family: str = "Hart"
    given: str = "Amelia"
    born: date | None = date(1944, 5, 17)
    patient_id: str = "MRN1"
    accession: str = "ACC1"
    modality: str = "CT"
    description: str = "CT of the head"
    study_uid: str = field(default_factory=generate_uid)
    series_uid: str = field(default_factory=generate_uid)

    def image(self, number: int = 1, *, shade: int = 500, frames: int = 1, **more: Any) -> bytes:
        """One image of 16 by 16 pixels, all of them of one shade."""
        data = self._facts(CTImageStorage, number)
        data.Rows = data.Columns = 16
        data.SamplesPerPixel = 1
        data.PhotometricInterpretation = "MONOCHROME2"
        data.BitsAllocated = data.BitsStored = 16
        data.HighBit = 15
        data.PixelRepresentation = 0
        data.WindowCenter, data.WindowWidth = 500, 1000
        if frames > 1:
            data.NumberOfFrames = frames
        data.PixelData = np.full((frames, 16, 16), shade, np.uint16).tobytes()
        for keyword, value in more.items():
            setattr(data, keyword, value)
        return _written(data)

    def pdf(self, number: int = 90) -> bytes:
        """A document inside DICOM, as some systems send their reports."""
        data = self._facts(EncapsulatedPDFStorage, number)
        data.Modality = "DOC"
        data.SeriesInstanceUID = generate_uid()
        data.MIMETypeOfEncapsulatedDocument = "application/pdf"
        data.EncapsulatedDocument = a_pdf()
        return _written(data)

    def video(self, mp4: bytes, number: int = 80) -> bytes:
        """A film in H.264, as an endoscope stores it (PS3.5 A.4.7)."""
        data = self._facts(VideoEndoscopicImageStorage, number)
        data.file_meta.TransferSyntaxUID = MPEG4HP41
        data.SeriesInstanceUID = generate_uid()
        data.SeriesDescription = "Film"
        data.SeriesNumber = 9
        data.Rows = data.Columns = 64
        data.SamplesPerPixel = 3
        data.PhotometricInterpretation = "YBR_PARTIAL_420"
        data.PlanarConfiguration = 0
        data.BitsAllocated = data.BitsStored = 8
        data.HighBit = 7
        data.PixelRepresentation = 0
        data.NumberOfFrames = 20
        data.PixelData = encapsulate([mp4], has_bot=False)
        data["PixelData"].VR, data["PixelData"].is_undefined_length = "OB", True
        return _written(data)

    def jpeg(self, number: int = 1, *, is_cut: bool = False) -> bytes:
        """An image in lossy JPEG, 64 by 64 pixels that grow lighter downwards; cut: the file ends before its second half."""
        picture = io.BytesIO()
        rows = np.repeat(np.arange(64, 256, 3, dtype=np.uint8)[:64], 64).reshape(64, 64)
        noise = np.random.default_rng(number).integers(0, 9, (64, 64), dtype=np.uint8)
        Image.fromarray(rows - noise).save(picture, "JPEG", quality=90)
        coded = picture.getvalue()
        data = self._facts(CTImageStorage, number)
        data.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
        data.SeriesInstanceUID, data.SeriesNumber = generate_uid(entropy_srcs=[self.series_uid]), 3
        data.SeriesDescription = "Photographs"
        data.Rows = data.Columns = 64
        data.SamplesPerPixel = 1
        data.PhotometricInterpretation = "MONOCHROME2"
        data.BitsAllocated = data.BitsStored = 8
        data.HighBit, data.PixelRepresentation = 7, 0
        data.LossyImageCompression = "01"
        data.PixelData = encapsulate([coded])
        data["PixelData"].VR, data["PixelData"].is_undefined_length = "OB", True
        written = _written(data)
        return written[: -len(coded) // 2] if is_cut else written

    def _facts(self, sop_class: str, number: int) -> Dataset:
        data = Dataset()
        data.file_meta = FileMetaDataset()
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = UID(sop_class)
        data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = generate_uid()
        data.PatientName = f"{self.family}^{self.given}"
        data.PatientID = self.patient_id
        data.PatientBirthDate = self.born.strftime("%Y%m%d") if self.born else ""
        data.StudyInstanceUID = self.study_uid
        data.SeriesInstanceUID = self.series_uid
        data.StudyDate, data.StudyTime = "20260312", "103000"
        data.StudyID = "1"
        data.AccessionNumber = self.accession
        data.StudyDescription = self.description
        data.SeriesDescription = "Thin slices"
        data.Modality = self.modality
        data.SeriesNumber = 2
        data.InstanceNumber = number
        return data


def _written(data: Dataset) -> bytes:
    target = io.BytesIO()
    data.save_as(target, enforce_file_format=True)
    return target.getvalue()


def folder_of(where: Path, *files: bytes) -> Path:
    """Write the files into a folder as IM0001, IM0002 ..."""
    where.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(files, 1):
        (where / f"IM{number:04}").write_bytes(content)
    return where


def zip_of(where: Path, **files: bytes) -> Path:
    """Write the files into a ZIP."""
    with zipfile.ZipFile(where, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return where


def a_pdf(pages: int = 1) -> bytes:
    """A PDF with some pages, made by reportlab."""
    from reportlab.pdfgen.canvas import Canvas

    target = io.BytesIO()
    canvas = Canvas(target)
    for page in range(pages):
        canvas.drawString(100, 700, f"Page {page + 1}")
        canvas.showPage()
    canvas.save()
    return target.getvalue()
