"""What staff see of an exam besides its images: marks, documents with their names, drawings."""

from pathlib import Path
from uuid import UUID

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    BasicTextSRStorage,
    GrayscaleSoftcopyPresentationStateStorage,
    KeyObjectSelectionDocumentStorage,
    generate_uid,
)

from app.errors import PortalError
from tests.made_dicom import Disc, _written, folder_of
from tests.scene import Known, Scene
from ui.patient.exam_images import PortalImages
from ui.viewer.source import StaffSource


def coded(meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "1", "99T", meaning
    return code


def marks(disc: Disc, uid: str, *frames: int) -> bytes:
    data = disc._facts(KeyObjectSelectionDocumentStorage, 91)
    data.Modality, data.SeriesInstanceUID = "KO", generate_uid()
    data.ConceptNameCodeSequence = [coded("Of Interest")]
    reference, item = Dataset(), Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", uid
    if frames:
        reference.ReferencedFrameNumber = list(frames)
    item.ValueType, item.ReferencedSOPSequence = "IMAGE", [reference]
    data.ContentSequence = [item]
    return _written(data)


def report(disc: Disc) -> bytes:
    data = disc._facts(BasicTextSRStorage, 92)
    data.Modality, data.SeriesInstanceUID = "SR", generate_uid()
    data.ConceptNameCodeSequence = [coded("Chest report")]
    item = Dataset()
    item.ValueType, item.ConceptNameCodeSequence, item.TextValue = "TEXT", [coded("Finding")], "Clear lungs"
    data.ContentSequence = [item]
    return _written(data)


def presentation(disc: Disc) -> bytes:
    data = disc._facts(GrayscaleSoftcopyPresentationStateStorage, 93)
    data.Modality, data.SeriesInstanceUID = "PR", generate_uid()
    data.ContentLabel = "ARROWS"
    return _written(data)


@pytest.fixture
def marked_exam(scene: Scene, patient: UUID, tmp_path: Path) -> UUID:
    from io import BytesIO

    from pydicom import dcmread

    disc = Disc(patient_id="M1000123")
    slices = [disc.image(number) for number in (1, 2, 3)]
    film = disc.image(4, frames=3, SeriesInstanceUID=generate_uid(), SeriesNumber=5)
    uids = [str(dcmread(BytesIO(one)).SOPInstanceUID) for one in (*slices, film)]
    folder = folder_of(
        tmp_path / "disc",
        *slices,
        film,
        marks(disc, uids[1]),
        marks(disc, uids[3], 3),
        report(disc),
        presentation(disc),
    )
    desk = scene.acting("reception").imports
    survey = desk.survey([str(folder)], patient)
    return desk.take(survey.id, patient, confirmed_difference="made for a test").exam_ids[0]


def images_of(scene: Scene, who: str | Known, exam: UUID, because: str = "") -> PortalImages:
    known = who if isinstance(who, Known) else scene.staff[who]
    page = scene.acting(known).exams.open(exam)
    return PortalImages(scene.portal, known.caller, page, because=because)


def test_staff_see_marks_and_documents_by_their_names(scene: Scene, marked_exam: UUID) -> None:
    images = images_of(scene, "clinical", marked_exam)
    assert isinstance(images, StaffSource)
    slices, film = images.series
    extras = images.extras()
    assert extras.key_images == {slices.id: frozenset({1}), film.id: frozenset({2})}
    assert sorted((one.kind, extras.titles[one.id]) for one in images.documents) == [
        ("key_images", "Of Interest"),
        ("key_images", "Of Interest"),
        ("presentation", "ARROWS"),
        ("report", "Chest report"),
    ]
    [read] = [one for one in images.documents if one.kind == "report"]
    assert [(line.label, line.text) for line in images.document(read.id).lines] == [
        ("Finding", "Clear lungs")
    ]


@pytest.mark.rule("D26")
def test_reception_reads_a_document_with_a_reason_only(scene: Scene, marked_exam: UUID) -> None:
    images = images_of(scene, "reception", marked_exam)
    [read] = [one for one in images.documents if one.kind == "report"]
    with pytest.raises(PortalError) as refused:
        images.document(read.id)
    assert refused.value.kind == "missing"
    assert images_of(scene, "reception", marked_exam, "the doctor rang").document(read.id).lines


@pytest.mark.rule("R29")
def test_patients_are_told_of_no_document_and_no_mark(
    scene: Scene, account: Known, marked_exam: UUID
) -> None:
    images = images_of(scene, account, marked_exam)
    assert sum(one.count for one in images.series) == 6
    assert list(images.documents) == []
    assert images.extras().key_images == {}
