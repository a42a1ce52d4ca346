import io
import json
import zipfile
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from sqlalchemy import select

from app.documents import PaperStyle
from app.errors import PortalError
from app.imaging import Window
from app.portal import Acting, Portal
from app.views.exams import ExamPage
from app.words import Words
from db.models import AuditEvent, Invitation
from tests.made_dicom import Disc, folder_of
from tests.scene import Scene


class Stored:
    """One exam with a series of three images, a film of two frames, and a document."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self.scene = scene
        self.patient = scene.patient(mrn="MRN1")
        self.account = scene.account(self.patient)
        disc = Disc()
        film = Disc(study_uid=disc.study_uid, modality="US")
        self.files = [
            disc.image(1, shade=0),
            disc.image(2, shade=500),
            disc.image(3, shade=1000),
            film.image(1, frames=2, SeriesNumber=3),
            disc.pdf(),
        ]
        desk = scene.acting("reception")
        found = desk.imports.survey((str(folder_of(folder, *self.files)),), self.patient)
        [self.exam] = desk.imports.take(found.id, self.patient).exam_ids

    def opened(self) -> tuple[Acting, ExamPage]:
        acting = self.scene.acting(self.account)
        return acting, acting.exams.open(self.exam)


@pytest.fixture
def stored(scene: Scene, tmp_path: Path) -> Stored:
    return Stored(scene, tmp_path / "disc")


def kind_of(call: object, *arguments: object, **more: object) -> str:
    with pytest.raises(PortalError) as caught:
        call(*arguments, **more)  # type: ignore[operator]  # a bound method
    return caught.value.kind


def events(portal: Portal, verb: str) -> list[AuditEvent]:
    with portal.parts.database.reading() as session:
        query = select(AuditEvent).where(AuditEvent.verb == verb, AuditEvent.outcome == "done")
        return list(session.scalars(query))


@pytest.mark.rule("R37", "R38", "R45")
def test_thumbnails_and_images_are_those_of_the_exam_in_their_order(stored: Stored) -> None:
    acting, page = stored.opened()
    slices, film = page.series
    assert [instance.number for instance in slices.instances] == [1, 2, 3]
    assert (film.frame_count, page.exam.image_count) == (2, 5)
    pictures = [acting.images.picture(i.id, 0, form="png").content for i in slices.instances]
    shades = [int(np.asarray(Image.open(io.BytesIO(picture)))[8, 8]) for picture in pictures]
    assert shades[0] == 0
    assert 120 < shades[1] < 135
    assert shades[2] == 255
    small = acting.images.thumbnail(slices.instances[1].id, 0, 8)
    assert max(small.width, small.height) == 8
    frame = acting.images.frame(slices.instances[1].id, 0)
    assert int(frame.pixels[0, 0]) == 500
    assert frame.grayscale is not None
    assert kind_of(acting.images.frame, slices.instances[1].id, 1) == "frame_missing"


def test_a_picture_for_a_browser_is_png_or_jpeg(stored: Stored) -> None:
    acting, page = stored.opened()
    instance = page.series[0].instances[2].id
    for form in ("png", "jpeg"):
        with Image.open(io.BytesIO(acting.images.picture(instance, 0, form=form).content)) as picture:
            assert picture.format == form.upper()
            assert picture.size == (16, 16)


@pytest.mark.rule("D24")
def test_images_are_shown_only_after_an_opening_that_was_written_down(scene: Scene, stored: Stored) -> None:
    _, page = stored.opened()
    instance = page.series[0].instances[0].id
    another_session = scene.acting(scene.session("web", account_id=stored.account.id))
    assert kind_of(another_session.images.picture, instance, 0) == "not_opened"
    assert kind_of(scene.acting("clinical").images.thumbnail, instance) == "not_opened"


def test_nobody_reaches_images_of_others(scene: Scene, stored: Stored) -> None:
    _, page = stored.opened()
    instance = page.series[0].instances[0].id
    stranger = scene.acting(scene.account(scene.patient("Kai", "Other")))
    for call in (stranger.images.find, stranger.images.thumbnail, stranger.images.described):
        assert kind_of(call, instance) == "image_unknown"
    assert kind_of(stranger.images.shown, stored.exam, page.series[0].id, (1,)) == "image_unknown"
    assert kind_of(stranger.images.take_away, stored.exam, "all_zip") == "image_unknown"
    for role in ("manager", "it", "privacy"):
        assert kind_of(scene.acting(role).images.find, instance) == "not_allowed"
    assert kind_of(scene.acting("clinical_south").images.find, instance) == "image_unknown"


@pytest.mark.rule("D24")
def test_what_was_shown_is_written_once_for_each_series_and_session_with_its_numbers(
    scene: Scene, portal: Portal, stored: Stored
) -> None:
    acting, page = stored.opened()
    slices, film = page.series
    acting.images.shown(stored.exam, slices.id, (1, 2, 2))
    acting.images.shown(stored.exam, slices.id, (2, 1))
    acting.images.shown(stored.exam, film.id, (1,))
    acting.images.shown(stored.exam, slices.id, (2, 3))
    details = [event.detail for event in events(portal, "images.shown")]
    assert [detail.split('"numbers": ')[1].split("]")[0] for detail in details] == ["[1, 2", "[1", "[3"]
    again = scene.acting(scene.session("web", account_id=stored.account.id))
    again.exams.open(stored.exam)
    again.images.shown(stored.exam, slices.id, (1,))
    assert len(events(portal, "images.shown")) == 4
    assert kind_of(acting.images.shown, stored.exam, UUID(int=0), (1,)) == "image_unknown"


@pytest.mark.rule("R41", "D21")
def test_one_image_is_downloaded_as_png_or_jpeg(portal: Portal, stored: Stored, tmp_path: Path) -> None:
    acting, page = stored.opened()
    instance = page.series[0].instances[2].id
    for kind, form in (("image_png", "PNG"), ("image_jpeg", "JPEG")):
        target = tmp_path / form
        acting.images.download(stored.exam, kind, target, instance_id=instance)  # type: ignore[arg-type]  # one of the kinds
        with Image.open(target) as picture:
            assert (picture.format, picture.getpixel((8, 8))) == (form, 255)
    assert len(events(portal, "images.take_away")) == 2
    assert kind_of(acting.images.download, stored.exam, "image_png", tmp_path / "x") == "image_unknown"


@pytest.mark.rule("R41", "D21")
def test_all_images_are_downloaded_as_a_zip_with_progress(stored: Stored, tmp_path: Path) -> None:
    acting, _ = stored.opened()
    seen: list[tuple[int, int]] = []
    acting.images.download(
        stored.exam, "all_zip", tmp_path / "all.zip", progress=lambda done, of: seen.append((done, of))
    )
    assert seen == [(done, 5) for done in range(1, 6)]
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert len(archive.namelist()) == 5
        assert not any("art" in name.lower() for name in archive.namelist())


@pytest.mark.rule("R41", "D21")
def test_dicom_files_are_downloaded_unchanged_with_a_dicomdir_and_without_documents(
    stored: Stored, tmp_path: Path
) -> None:
    acting, _ = stored.opened()
    acting.images.download(stored.exam, "dicom_zip", tmp_path / "dicom.zip")
    with zipfile.ZipFile(tmp_path / "dicom.zip") as archive:
        archive.extractall(tmp_path / "out")
    files = [file for file in (tmp_path / "out").rglob("*") if file.is_file()]
    contents = sorted(file.read_bytes() for file in files if file.name != "DICOMDIR")
    assert contents == sorted(stored.files[:4])
    directory = dcmread(tmp_path / "out" / "DICOMDIR")
    kinds = [record.DirectoryRecordType for record in directory.DirectoryRecordSequence]
    assert sorted(kinds) == ["IMAGE"] * 4 + ["PATIENT", "SERIES", "SERIES", "STUDY"]


def test_a_cancelled_or_impossible_download_leaves_no_file(stored: Stored, tmp_path: Path) -> None:
    from threading import Event

    acting, _ = stored.opened()
    stop = Event()
    target = tmp_path / "out" / "all.zip"
    target.parent.mkdir()

    def cancel(_done: int, _of: int) -> None:
        stop.set()

    for kind in ("all_zip", "dicom_zip"):
        stop.clear()
        refusal = kind_of(acting.images.download, stored.exam, kind, target, progress=cancel, cancelled=stop)
        assert refusal == "image_cancelled"
    assert list(target.parent.iterdir()) == []
    nowhere = tmp_path / "missing" / "x.png"
    instance = stored.opened()[1].series[0].instances[0].id
    assert (
        kind_of(acting.images.download, stored.exam, "image_png", nowhere, instance_id=instance)
        == "disk_full"
    )


@pytest.mark.rule("D12")
def test_a_guest_with_images_only_and_no_downloads_looks_and_takes_nothing(
    scene: Scene, portal: Portal, stored: Stored, tmp_path: Path
) -> None:
    made = scene.invitation(stored.account, stored.exam, stored.patient, number="0123456789AB")
    with portal.parts.database.writing() as session:
        row = session.get_one(Invitation, made)
        row.contents, row.may_download = "images", False
    nobody = portal.acting(portal.nobody("203.0.113.9"))
    opened = nobody.visits.open_with_code("0123456789AB", "ABCDEFGH1234")
    guest = portal.acting(portal.visiting(opened.token, address="203.0.113.9"))
    page = guest.exams.open(stored.exam)
    assert guest.images.picture(page.series[0].instances[0].id, 0).content
    guest.images.shown(stored.exam, page.series[0].id, (1,))
    refusal = kind_of(guest.images.download, stored.exam, "all_zip", tmp_path / "x.zip")
    assert refusal == "download_not_given"
    [event] = events(portal, "images.shown")
    assert event.invitation_id == made


@pytest.mark.rule("D24", "D26")
def test_staff_read_a_document_inside_the_study_and_reception_says_why(
    scene: Scene, portal: Portal, stored: Stored
) -> None:
    clinical, desk = scene.acting("clinical"), scene.acting("reception")
    page = clinical.exams.open(stored.exam)
    [document] = [i for series in page.series for i in series.instances if i.kind == "document_pdf"]
    read = clinical.images.document(document.id)
    assert read.pdf.startswith(b"%PDF-")
    assert clinical.images.document_page(read, 0).width > 100
    assert kind_of(clinical.images.document, page.series[0].instances[0].id) == "image_unknown"
    assert kind_of(desk.images.document, document.id) == "missing"
    assert desk.images.document(document.id, "the doctor rang").pdf == read.pdf
    told = [json.loads(event.detail) for event in events(portal, "images.open_document")]
    assert [detail.get("because") for detail in told] == [None, "the doctor rang"]


@pytest.mark.rule("D26")
@pytest.mark.parametrize(("role", "documents"), [("reception", 0), ("clinical", 1)])
def test_the_dicom_files_of_an_exam_bring_reception_no_reports(
    scene: Scene, stored: Stored, tmp_path: Path, role: str, documents: int
) -> None:
    scene.acting(role).images.download(stored.exam, "dicom_zip", tmp_path / "dicom.zip")
    with zipfile.ZipFile(tmp_path / "dicom.zip") as archive:
        names = [name for name in archive.namelist() if not name.endswith("DICOMDIR")]
        assert len(names) == 4 + documents
        assert sum(archive.read(name) == stored.files[4] for name in names) == documents


@pytest.mark.rule("R41")
def test_a_series_is_taken_home_as_a_film(stored: Stored, tmp_path: Path) -> None:
    acting, page = stored.opened()
    slices, film = page.series
    done: list[tuple[int, int]] = []
    for series, frames in ((slices, 3), (film, 1)):  # its two frames are alike: WebP keeps one
        target = tmp_path / f"{series.number}.webp"
        acting.images.download(
            stored.exam,
            "film",
            target,
            instance_id=series.instances[0].id,
            progress=lambda at, of: done.append((at, of)),
        )
        with Image.open(target) as made:
            assert (made.format, getattr(made, "n_frames", 0)) == ("WEBP", frames)
    assert done == [(1, 3), (2, 3), (3, 3), (1, 2), (2, 2)]


@pytest.mark.rule("D21", "D24", "D29")
def test_staff_print_images_with_the_words_that_belong_to_them(
    scene: Scene, portal: Portal, stored: Stored
) -> None:
    acting = scene.acting("reception")
    page = acting.exams.open(stored.exam)
    slices, film = (series for series in page.series if series.frame_count)
    wanted = [(instance.id, 0) for instance in slices.instances] + [(film.instances[0].id, 1)]
    pdf = acting.images.sheet(stored.exam, wanted, 4, PaperStyle("A4"), Words(), window=Window(100, 200))
    said = portal.parts.imaging.pdf_text(pdf)
    for words in ("Amelia Hart", "CT of the head", "Not for diagnosis", "Image 1", "Image 3", "Image 2"):
        assert words in said
    assert portal.parts.imaging.pdf_pages(pdf) == 1
    [event] = events(portal, "images.for_paper")
    assert json.loads(event.detail)["numbers"] == [1, 2, 3, 1]
    refusal = kind_of(acting.images.sheet, stored.exam, [(UUID(int=0), 0)], 1, PaperStyle("A4"), Words())
    assert refusal == "image_unknown"


def test_no_transaction_is_open_while_a_worker_decodes(
    portal: Portal, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting, page = stored.opened()
    taken: list[object] = []
    pool = portal.parts.database.engine.pool
    real = portal.parts.imaging.stored

    def watched(*arguments: object, **more: object) -> object:
        taken.append(pool.checkedout())  # type: ignore[attr-defined]  # of the pools in use
        return real(*arguments, **more)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(portal.parts.imaging, "stored", watched)
    acting.images.frame(page.series[0].instances[0].id, 0)
    assert taken == [0]
