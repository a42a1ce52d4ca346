"""What comes in, and what is left when something goes wrong."""

import io
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from pydicom.data import get_testdata_file

from app.errors import Conflict, PortalError, Unavailable
from app.portal import Acting, Portal
from db.models import Exam
from tests.app.importing.imported import brought, counts, filed, kept, kind_of, nothing_waits
from tests.fakes import FixedClock
from tests.made_dicom import Disc, folder_of, zip_of
from tests.scene import Scene


def test_a_folder_becomes_one_exam_and_is_kept_unchanged(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    disc = Disc()
    files = [disc.image(number) for number in (3, 1, 2)]
    folder = folder_of(tmp_path / "disc", *files)

    found = desk.imports.survey((str(folder),), patient)

    [study] = found.studies
    assert (study.files, study.images, study.differs) == (3, 3, ())
    assert (study.patient_name, study.birth_date, study.identifiers) == (
        "Amelia Hart",
        "1944-05-17",
        ("MRN1",),
    )
    assert study.performed_at == datetime(2026, 3, 11, 23, 30, tzinfo=UTC)  # 10:30 in Sydney
    assert found.matches_patient
    assert counts(portal) == (0, 0, 0, 0)
    assert kept(portal) == set()

    done = desk.imports.take(found.id, patient)

    assert (done.files, done.already_there, done.broken, done.unmatched) == (3, 0, (), 0)
    assert counts(portal) == (1, 1, 1, 3)
    assert kept(portal) == filed(portal)
    stored = []
    for key in kept(portal):
        with portal.parts.archive.open(key) as file:
            stored.append(file.read())
    assert sorted(stored) == sorted(files)
    assert nothing_waits(portal)
    page = desk.exams.open(done.exam_ids[0])
    assert page.exam.title == "CT of the head"
    assert [instance.number for instance in page.series[0].instances] == [1, 2, 3]


def test_files_that_say_no_date_are_told_apart_and_filed_as_of_today(
    scene: Scene, desk: Acting, patient: UUID, tmp_path: Path
) -> None:
    disc = Disc()
    without = disc.image(1, StudyDate="", SeriesDate="", AcquisitionDate="", ContentDate="")
    later = disc.image(2, StudyDate="", SeriesDate="", AcquisitionDate="", ContentDate="20260312")
    [dated] = desk.imports.survey((str(folder_of(tmp_path / "a", without, later)),), patient).studies
    assert (dated.is_dated, dated.performed_at.date()) == (True, date(2026, 3, 12))
    found = desk.imports.survey((str(folder_of(tmp_path / "b", without)),), patient)
    assert not found.studies[0].is_dated
    done = desk.imports.take(found.id, patient)
    assert desk.exams.open(done.exam_ids[0]).exam.performed_at == scene.clock()


def test_names_in_the_archive_are_our_ids(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Hart Amelia 1944.dcm").write_bytes(Disc().image())
    brought(desk, patient, tmp_path / "in")
    [key] = kept(portal)
    assert [UUID(part).version for part in key.split("/")] == [7, 7]


@pytest.mark.rule("R35")
def test_images_are_there_for_the_patient_as_soon_as_they_are_imported(
    scene: Scene, desk: Acting, patient: UUID, tmp_path: Path
) -> None:
    done = brought(desk, patient, folder_of(tmp_path / "disc", Disc().image(shade=1000)))
    acting = scene.acting(scene.account(patient))
    page = acting.exams.open(done.exam_ids[0])
    assert page.notice is not None
    picture = acting.images.picture(page.series[0].instances[0].id, 0, form="png").content
    assert Image.open(io.BytesIO(picture)).getextrema() == (255, 255)


def test_without_an_accession_number_each_study_is_an_exam_and_with_one_they_share_it(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    none = [Disc(accession="").image(), Disc(accession="").image()]
    same = [Disc(accession="A7").image(), Disc(accession="A7", modality="US").image()]
    done = brought(desk, patient, folder_of(tmp_path / "disc", *none, *same))
    assert len(done.exam_ids) == 3
    assert counts(portal) == (3, 4, 4, 4)


def test_a_later_study_joins_the_exam_that_reception_or_ris_made(
    scene: Scene, desk: Acting, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    exam = scene.exam(patient)
    with portal.parts.database.reading() as session:
        number = session.get_one(Exam, exam).accession_number
    assert number
    done = brought(desk, patient, folder_of(tmp_path / "disc", Disc(accession=number).image()))
    assert done.exam_ids == (exam,)


def test_the_accession_number_of_another_patient_makes_a_separate_exam(
    scene: Scene, desk: Acting, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    other = scene.patient("Noor", "Aziz", date(1990, 1, 2), mrn="MRN2")
    noor = Disc("Aziz", "Noor", date(1990, 1, 2), "MRN2", accession="A7")
    brought(desk, other, folder_of(tmp_path / "a", noor.image()))
    done = brought(desk, patient, folder_of(tmp_path / "b", Disc(accession="A7").image()))
    with portal.parts.database.reading() as session:
        exam = session.get_one(Exam, done.exam_ids[0])
    assert (exam.patient_id, exam.accession_number) == (patient, None)


@pytest.mark.parametrize(
    ("modality", "title"),
    [("CT", "CT scan"), ("DX", "X-ray"), ("US", "Ultrasound"), ("MR", "MRI scan"), ("ZZ", "Exam")],
)
def test_an_exam_without_a_description_is_called_by_its_modality_in_plain_words(
    desk: Acting, patient: UUID, tmp_path: Path, modality: str, title: str
) -> None:
    folder = folder_of(tmp_path / "disc", Disc(modality=modality, description="").image())
    done = brought(desk, patient, folder)
    assert desk.exams.open(done.exam_ids[0]).exam.title == title


def test_the_same_files_again_are_already_there(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    disc = Disc()
    first, second = disc.image(1), disc.image(2)
    brought(desk, patient, folder_of(tmp_path / "a", first))
    before = kept(portal)
    done = brought(desk, patient, folder_of(tmp_path / "b", first, second, second))
    assert (done.files, done.already_there) == (1, 2)
    assert counts(portal) == (1, 1, 1, 2)
    assert before < kept(portal) == filed(portal)


def test_real_files_of_many_codings_come_in(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    names = (
        "CT_small.dcm",
        "MR_small.dcm",
        "US1_J2KR.dcm",
        "JPEG2000.dcm",
        "SC_rgb_rle.dcm",
        "color3d_jpeg_baseline.dcm",
    )
    folder = tmp_path / "disc"
    folder.mkdir()
    for name in names:
        path = get_testdata_file(name, download=False)
        if isinstance(path, str):
            (folder / name).write_bytes(Path(path).read_bytes())
    files = len(list(folder.iterdir()))
    assert files >= 4
    done = brought(desk, patient, folder, reason="Samples")
    assert done.files + len(done.broken) == files
    assert done.files >= 4
    assert kept(portal) == filed(portal)


def test_broken_files_are_listed_and_the_others_imported(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    disc = Disc()
    folder = folder_of(tmp_path / "disc", disc.image(1), b"no image at all", b"", disc.image(2))
    nameless = disc.image(3, StudyInstanceUID="")
    (folder / "IM0005").write_bytes(nameless)
    done = brought(desk, patient, folder)
    assert done.files == 2
    assert {broken.name for broken in done.broken} == {"IM0002", "IM0003", "IM0005"}
    assert all(broken.problem.endswith(".") for broken in done.broken)
    assert kept(portal) == filed(portal)


def test_a_file_that_changed_after_it_was_compared_stays_out(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "disc", Disc().image(1), Disc(accession="B").image(1))
    found = desk.imports.survey((str(folder),), patient)
    stranger = Disc("Aziz", "Noor", date(1990, 1, 2), "MRN2")
    (folder / "IM0002").write_bytes(stranger.image(1, ImageComments="another file"))
    done = desk.imports.take(found.id, patient)
    assert done.files == 1
    assert [broken.name for broken in done.broken] == ["IM0002"]


def test_progress_counts_to_the_end_while_looking_and_while_storing(
    desk: Acting, patient: UUID, tmp_path: Path
) -> None:
    disc = Disc()
    folder = folder_of(tmp_path / "disc", *(disc.image(number) for number in range(1, 31)))
    seen: list[tuple[int, int]] = []
    found = desk.imports.survey((str(folder),), patient, lambda done, of: seen.append((done, of)))
    assert seen[-1] == (30, 30)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    seen.clear()
    desk.imports.take(found.id, patient, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(done, 30) for done in range(31)]


@pytest.mark.parametrize("at", [0, 5])
def test_a_cancelled_import_leaves_nothing_behind(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path, at: int
) -> None:
    disc = Disc()
    folder = folder_of(tmp_path / "disc", *(disc.image(number) for number in range(1, 11)))
    stop = threading.Event()

    def cancel(done: int, of: int) -> None:
        if done >= at and of == 10:
            stop.set()

    assert kind_of(desk.imports.survey, (str(folder),), patient, cancel, stop) == "import_cancelled"
    assert nothing_waits(portal)
    stop.clear()
    found = desk.imports.survey((str(folder),), patient)
    assert kind_of(desk.imports.take, found.id, patient, "", cancel, stop) == "import_cancelled"
    assert counts(portal) == (0, 0, 0, 0)
    assert kept(portal) == set()
    stop.clear()
    assert desk.imports.take(found.id, patient).files == 10  # and it can be tried again


def test_an_archive_that_fails_halfway_leaves_nothing_behind(
    scene: Scene, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    class FullAfterThree:
        def __init__(self) -> None:
            self.kept = 0

        def keep(self, key: str, source: Path) -> str:
            self.kept += 1
            if self.kept > 3:
                raise Unavailable("archive_full", "The image archive is full.")
            return portal.parts.archive.keep(key, source)

        def __getattr__(self, name: str) -> object:
            return getattr(portal.parts.archive, name)

    disc = Disc()
    folder = folder_of(tmp_path / "disc", *(disc.image(number) for number in range(1, 6)))
    found = scene.acting("reception").imports.survey((str(folder),), patient)
    full = Portal(replace(portal.parts, archive=FullAfterThree()))  # type: ignore[arg-type]  # the rest is the real one's
    acting = full.acting(scene.staff["reception"].caller)
    assert kind_of(acting.imports.take, found.id, patient) == "archive_full"
    assert kept(portal) == set()
    assert counts(portal) == (0, 0, 0, 0)


def test_a_failing_transaction_takes_the_kept_files_back(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path / "disc", Disc().image(1))
    found = desk.imports.survey((str(folder),), patient)

    def lost(*_: object) -> None:
        assert len(kept(portal)) == 1  # kept before the transaction
        raise RuntimeError

    monkeypatch.setattr("app.use_case.journal.write", lost)
    with pytest.raises(RuntimeError):
        desk.imports.take(found.id, patient)
    assert kept(portal) == set()
    assert counts(portal) == (0, 0, 0, 0)


def test_a_survey_nobody_came_back_to_is_forgotten_with_what_was_unpacked(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path, clock: FixedClock
) -> None:
    path = zip_of(tmp_path / "disc.zip", one=Disc().image(1))
    found = desk.imports.survey((str(path),), patient)
    clock.advance(timedelta(hours=11))
    portal.housekeep()
    assert not nothing_waits(portal)
    clock.advance(timedelta(hours=1))
    portal.housekeep()
    assert nothing_waits(portal)
    with pytest.raises(PortalError):
        desk.imports.take(found.id, patient)


def test_what_waits_on_the_disk_names_nobody(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "disc", Disc().image(1))
    desk.imports.survey((str(folder),), patient)
    waiting = [file for file in (portal.parts.settings.data_folder / "surveys").rglob("*") if file.is_file()]
    assert waiting
    assert not any(b"Hart" in file.read_bytes() for file in waiting)


def test_two_imports_of_one_survey_at_once_are_refused(desk: Acting, patient: UUID, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "disc", *(Disc().image(number) for number in range(3)))
    found = desk.imports.survey((str(folder),), patient)

    def again(done: int, _of: int) -> None:
        if done == 1:
            with pytest.raises(Conflict) as caught:
                desk.imports.take(found.id, patient)
            assert caught.value.kind == "import_running"

    assert desk.imports.take(found.id, patient, progress=again).files == 3
