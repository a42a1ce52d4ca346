"""What files say of themselves, and the documents in them."""

import struct
from datetime import date, time
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID

from app.errors import Invalid
from app.imaging import DecodePool, Identifier, KeyReference, Window
from tests.app.imaging.conftest import MakeFile

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


def saved(path: Path, sop_class: str, **values: object) -> Path:
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = UID(sop_class), UID("1.2.3")
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.1")
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.save_as(path, enforce_file_format=True)
    return path


def coded_entry(meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "1", "99P", meaning
    return code


def test_a_sample_ct_says_who_what_and_when(pool: DecodePool, coded: dict[str, Path]) -> None:
    said = pool.describe(coded["ct jpeg_ls"])
    assert (said.kind, said.family_name, said.given_name, said.birth_date) == (
        "image",
        "Möller",
        "Ana",
        date(1980, 2, 29),
    )
    assert (said.patient_id, said.sex) == (Identifier("MRN-7", "NORTH"), "F")
    assert (said.accession_number, said.modality, said.body_part) == ("ACC-9", "CT", "CHEST")
    assert (said.study_date, said.study_time) == (date(2026, 3, 12), time(10, 5))
    assert (said.rows, said.columns, said.frame_count) == (96, 96, 1)
    assert said.windows[1] == Window(-550, 1600, "LUNG")
    assert said.pixel_spacing is not None
    assert list(said.pixel_spacing) == pytest.approx([400 / 96, 400 / 96])
    assert (said.spacing_of, said.lossy, said.problem) == ("patient", False, None)


def test_a_film_says_how_fast_it_runs_and_what_its_scale_is_measured_on(
    pool: DecodePool, coded: dict[str, Path]
) -> None:
    said = pool.describe(coded["us jpeg"])
    assert (said.frame_count, said.frame_time_ms, said.spacing_of, said.lossy) == (2, 33.333, "region", True)


@pytest.mark.parametrize(
    ("charset", "raw", "family", "given"),
    [
        ("ISO_IR 192", "Čapek^Zoë".encode(), "Čapek", "Zoë"),
        ("ISO_IR 100", "Åström^Åsa^Maj".encode("latin-1"), "Åström", "Åsa Maj"),
        # PS3.5 H.3.1: alphabetic, ideographic and phonetic group.
        (
            "\\ISO 2022 IR 87",
            b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
            "Yamada",
            "Tarou",
        ),
        ("ISO_IR 192", "=山田^太郎".encode(), "山田", "太郎"),
        ("NO SUCH SET", b"Smith^Jo", "Smith", "Jo"),
    ],
)
def test_names_in_their_character_sets(
    pool: DecodePool, make_file: MakeFile, charset: str, raw: bytes, family: str, given: str
) -> None:
    data = make_file(RAMP).read_bytes()
    raw += b" " * (len(raw) % 2)
    charset += " " * (len(charset) % 2)
    at = data.index(struct.pack("<HH", 0x0008, 0x0016))
    with_set = data[:at] + struct.pack("<HH2sH", 8, 5, b"CS", len(charset)) + charset.encode() + data[at:]
    at = with_set.index(struct.pack("<HH", 0x0028, 0x0002))
    named = with_set[:at] + struct.pack("<HH2sH", 0x10, 0x10, b"PN", len(raw)) + raw + with_set[at:]
    said = pool.describe(named)
    assert (said.family_name, said.given_name) == (family, given)


@pytest.mark.parametrize(
    ("offset", "minutes"), [("+0100", 60), ("-0330", -210), ("+1045", 645), ("100", None), ("", None)]
)
def test_the_device_s_time_zone(
    pool: DecodePool, make_file: MakeFile, offset: str, minutes: int | None
) -> None:
    assert pool.describe(make_file(RAMP, TimezoneOffsetFromUTC=offset)).utc_offset_minutes == minutes


@pytest.mark.parametrize(
    ("said", "day", "at"),
    [
        ({"StudyDate": "20260312", "SeriesDate": "20260313"}, date(2026, 3, 12), None),
        ({"StudyDate": "", "StudyTime": "0900", "SeriesDate": "20260313"}, date(2026, 3, 13), None),
        ({"SeriesDate": "none", "AcquisitionDate": "20260314", "AcquisitionTime": "1005"}, date(2026, 3, 14), time(10, 5)),
        ({"StudyDate": "00010101", "ContentDate": "20260315", "ContentTime": "11"}, date(2026, 3, 15), time(11)),
        ({"StudyTime": "1005"}, None, None),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Invalid value for VR")  # the writer warns of what we mean to write
def test_where_the_study_has_no_date_its_series_or_its_images_say_when(
    pool: DecodePool, make_file: MakeFile, said: dict[str, str], day: date | None, at: time | None
) -> None:
    found = pool.describe(make_file(RAMP, **said))
    assert (found.study_date, found.study_time) == (day, at)


@pytest.mark.filterwarnings("ignore:Invalid value for VR")  # the writer warns of what we mean to write
def test_numbers_as_text_dates_that_are_none_and_times_with_colons(
    pool: DecodePool, make_file: MakeFile
) -> None:
    data = make_file(
        RAMP, StudyDate="20260312", StudyTime="101112.5", PatientBirthDate="20261301"
    ).read_bytes()
    said = pool.describe(data)
    assert (said.birth_date, said.study_time) == (None, time(10, 11, 12, 500_000))


@pytest.mark.parametrize(
    ("header", "spacing", "of"),
    [
        ({"PixelSpacing": [0.5, 0.6]}, (0.5, 0.6), "patient"),
        ({"ImagerPixelSpacing": [0.1, 0.1]}, (0.1, 0.1), "detector"),
        ({"ImagerPixelSpacing": [0.1, 0.1], "PixelSpacing": [0.1, 0.1]}, (0.1, 0.1), "detector"),
        (
            {
                "ImagerPixelSpacing": [0.1, 0.1],
                "PixelSpacing": [0.08, 0.08],
                "PixelSpacingCalibrationType": "GEOMETRY",
            },
            (0.08, 0.08),
            "geometry",
        ),
        ({"PixelSpacing": [0, 0]}, None, ""),
    ],
)
def test_what_a_scale_is_measured_on(
    pool: DecodePool,
    make_file: MakeFile,
    header: dict[str, object],
    spacing: tuple[float, float] | None,
    of: str,
) -> None:
    said = pool.describe(make_file(RAMP, **header))
    assert (said.pixel_spacing, said.spacing_of) == (spacing, of)


def test_key_objects_name_the_images_they_mark(pool: DecodePool, tmp_path: Path) -> None:
    one, two, image, other = Dataset(), Dataset(), Dataset(), Dataset()
    one.ReferencedSOPClassUID, one.ReferencedSOPInstanceUID, one.ReferencedFrameNumber = (
        UID("1.2"),
        UID("1.2.9"),
        [1, 4],
    )
    two.ReferencedSOPClassUID, two.ReferencedSOPInstanceUID = UID("1.2"), UID("1.2.10")
    image.ValueType, image.ReferencedSOPSequence = "IMAGE", [one]
    other.ValueType, other.ReferencedSOPSequence = "IMAGE", [two]
    file = saved(tmp_path / "ko", "1.2.840.10008.5.1.4.1.1.88.59", ContentSequence=[image, other])
    said = pool.describe(file)
    assert said.kind == "key_objects"
    assert said.key_references == (KeyReference("1.2.9", (0, 3)), KeyReference("1.2.10"))


@pytest.mark.filterwarnings("ignore:Invalid value for VR")  # the same
def test_a_dicomdir_is_followed_but_never_out_of_its_folder(pool: DecodePool, tmp_path: Path) -> None:
    records = []
    for file_id in (["DICOM", "A1"], ["..", "..", "etc", "passwd"], ["/etc/passwd"], ["C:", "x"], ["A", ""]):
        record = Dataset()
        record.DirectoryRecordType, record.ReferencedFileID = "IMAGE", file_id
        records.append(record)
    said = pool.describe(saved(tmp_path / "dir", "1.2.840.10008.1.3.10", DirectoryRecordSequence=records))
    assert (said.kind, said.referenced_files) == ("directory", (("DICOM", "A1"),))


def test_pydicom_s_dicomdir_lists_its_files(pool: DecodePool) -> None:
    path = get_testdata_file("DICOMDIR")
    assert isinstance(path, str)
    theirs = [
        tuple(record.ReferencedFileID)
        for record in pydicom.dcmread(path).DirectoryRecordSequence
        if "ReferencedFileID" in record
    ]
    assert list(pool.describe(Path(path)).referenced_files) == theirs


def test_an_encapsulated_pdf_is_a_document(pool: DecodePool, tmp_path: Path) -> None:
    pdf = b"%PDF-1.4\n%%EOF\n\0"
    file = saved(
        tmp_path / "pdf",
        "1.2.840.10008.5.1.4.1.1.104.1",
        EncapsulatedDocument=pdf,
        DocumentTitle="Your report",
    )
    said = pool.describe(file)
    assert (said.kind, said.document_title, said.frame_count) == ("document_pdf", "Your report", 0)
    assert pool.document(file).pdf == pdf


def test_a_structured_report_becomes_lines(pool: DecodePool, tmp_path: Path) -> None:
    finding, size, unit, text = Dataset(), Dataset(), Dataset(), Dataset()
    text.ValueType, text.ConceptNameCodeSequence, text.TextValue = "TEXT", [coded_entry("Finding")], "A cyst."
    unit.NumericValue, unit.MeasurementUnitsCodeSequence = "12", [coded_entry("mm")]
    size.ValueType, size.ConceptNameCodeSequence, size.MeasuredValueSequence = (
        "NUM",
        [coded_entry("Size")],
        [unit],
    )
    finding.ValueType, finding.ConceptNameCodeSequence = "CONTAINER", [coded_entry("Findings")]
    finding.ContentSequence = [text, size]
    file = saved(
        tmp_path / "sr",
        "1.2.840.10008.5.1.4.1.1.88.22",
        ConceptNameCodeSequence=[coded_entry("CT report")],
        ContentSequence=[finding],
    )
    document = pool.document(file)
    assert pool.describe(file).kind == "structured_report"
    assert document.title == "CT report"
    assert [(line.depth, line.label, line.text) for line in document.lines] == [
        (0, "Findings", ""),
        (1, "Finding", "A cyst."),
        (1, "Size", "12 mm"),
    ]


def test_a_presentation_state_is_named(pool: DecodePool, tmp_path: Path) -> None:
    assert pool.describe(saved(tmp_path / "ps", "1.2.840.10008.5.1.4.1.1.11.1")).kind == "presentation_state"


def test_a_video_is_named_and_not_played(pool: DecodePool, make_file: MakeFile) -> None:
    from pydicom.encaps import encapsulate

    header = {"Rows": 16, "Columns": 16, "SamplesPerPixel": 3, "PhotometricInterpretation": "YBR_PARTIAL_420"}
    header |= {"BitsAllocated": 8, "BitsStored": 8, "PixelRepresentation": 0, "NumberOfFrames": 60}
    file = make_file(encapsulate([b"\0\0\1\xb3" * 20]), syntax="1.2.840.10008.1.2.4.103", **header)
    assert (pool.describe(file).kind, pool.describe(file).problem) == ("video", "image_is_video")
    with pytest.raises(Invalid) as told:
        pool.render(file)
    assert told.value.kind == "image_is_video"
