import io
import os
import threading
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pydicom.data import get_testdata_file
from sqlalchemy import func, select

from app.errors import Conflict, PortalError, Unavailable
from app.importing.sources import BOMB, LOCKED, NOT_A_FILE, TOO_DEEP, Bounds, Sources
from app.portal import Acting, Portal
from app.views.exams import Imported, Survey
from db.models import AuditEvent, Exam, Instance, Patient, Series, Study, UnmatchedExam
from tests.fakes import FixedClock
from tests.made_dicom import Disc, folder_of, zip_of
from tests.scene import Scene


@pytest.fixture
def patient(scene: Scene) -> UUID:
    return scene.patient(mrn="MRN1")


@pytest.fixture
def desk(scene: Scene) -> Acting:
    return scene.acting("reception")


def brought(desk: Acting, patient: UUID | None, *paths: Path, reason: str = "") -> Imported:
    found = desk.imports.survey(tuple(map(str, paths)), patient)
    return desk.imports.take(found.id, patient, reason)


def counts(portal: Portal) -> tuple[int, int, int, int]:
    """Exams, studies, series and instances in the database."""
    with portal.parts.database.reading() as session:
        exam, study, series, instance = (
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Exam, Study, Series, Instance)
        )
    return exam, study, series, instance


def kept(portal: Portal) -> set[str]:
    return set(portal.parts.archive.keys())


def filed(portal: Portal) -> set[str]:
    with portal.parts.database.reading() as session:
        return set(session.scalars(select(Instance.archive_key)))


def kind_of(call: object, *arguments: object, **more: object) -> str:
    with pytest.raises(PortalError) as caught:
        call(*arguments, **more)  # type: ignore[operator]  # a bound method
    return caught.value.kind


def nothing_waits(portal: Portal) -> bool:
    folder = portal.parts.settings.data_folder / "surveys"
    return not folder.exists() or not list(folder.iterdir())


# What comes in


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
    picture = acting.images.rendered(page.series[0].instances[0].id, 0)
    assert picture.pixels.min() == 255


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


# Broken files, cancelling, crashing


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


# Whose images


@pytest.mark.parametrize(
    ("disc", "differs"),
    [
        (Disc(), ()),
        (Disc(family="HART", given="AMELIA"), ()),
        (Disc(family="Hart", given="Amelia Rose"), ()),
        (Disc(family="Amelia", given="Hart"), ()),
        (Disc(born=None), ()),
        (Disc(patient_id=""), ()),
        (Disc(family="Hartley"), ("name",)),
        (Disc(born=date(1944, 7, 15)), ("birth_date",)),
        (Disc(patient_id="MRN2"), ("identifier",)),
        (Disc(family="Aziz", given="Noor", born=date(1990, 1, 2)), ("name", "birth_date")),
        (Disc(family="", given="", born=None, patient_id=""), ("name", "birth_date", "identifier")),
    ],
)
def test_the_wrong_patient_guard_compares_name_birth_date_and_identifiers_and_asks(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path, disc: Disc, differs: tuple[str, ...]
) -> None:
    folder = folder_of(tmp_path / "disc", disc.image())
    found = desk.imports.survey((str(folder),), patient)
    assert found.studies[0].differs == differs
    assert found.matches_patient == (not differs)
    if differs:
        assert kind_of(desk.imports.take, found.id, patient) == "patient_differs"
        assert kind_of(desk.imports.take, found.id, patient, "  ") == "patient_differs"
        assert counts(portal) == (0, 0, 0, 0)
        assert kept(portal) == set()
        assert desk.imports.take(found.id, patient, "Maiden name, passport seen").files == 1
        with portal.parts.database.reading() as session:
            [event] = session.scalars(
                select(AuditEvent).where(AuditEvent.verb == "imports.file", AuditEvent.outcome == "done")
            )
        assert "Maiden name, passport seen" in event.detail
        assert event.patient_id == patient
    else:
        assert desk.imports.take(found.id, patient).files == 1


def test_the_comparison_is_made_again_where_the_images_are_filed(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "disc", Disc().image())
    found = desk.imports.survey((str(folder),), patient)

    def correct_meanwhile(_done: int, _of: int) -> None:
        with portal.parts.database.writing() as session:
            session.get_one(Patient, patient).birth_date = date(1950, 1, 1)

    assert kind_of(desk.imports.take, found.id, patient, progress=correct_meanwhile) == "patient_differs"
    assert kept(portal) == set()


def test_one_study_that_names_two_patients_is_asked_about(
    desk: Acting, patient: UUID, tmp_path: Path
) -> None:
    mine = Disc()
    foreign = Disc("Aziz", "Noor", date(1990, 1, 2), "MRN2", study_uid=mine.study_uid)
    folder = folder_of(tmp_path / "disc", mine.image(1), foreign.image(2))
    found = desk.imports.survey((str(folder),), patient)
    assert found.studies[0].differs == ("name", "birth_date", "identifier")


def test_of_a_disc_with_two_patients_only_the_chosen_studies_are_stored(
    desk: Acting, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    mine, foreign = Disc(), Disc("Aziz", "Noor", date(1990, 1, 2), "MRN2")
    folder = folder_of(tmp_path / "disc", mine.image(1), foreign.image(2))
    found = desk.imports.survey((str(folder),), patient)
    done = desk.imports.take(found.id, patient, only=(mine.study_uid,))
    assert done.files == 1
    assert kept(portal) == filed(portal)


def test_an_instance_of_another_patient_is_refused(
    scene: Scene, desk: Acting, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    other = scene.patient("Amelia", "Hart", mrn="MRN9")
    disc = Disc()
    content = disc.image(1)
    brought(desk, other, folder_of(tmp_path / "a", content), reason="x")
    before = kept(portal)

    folder = folder_of(tmp_path / "b", content, disc.image(2))
    found = desk.imports.survey((str(folder),), patient)
    assert kind_of(desk.imports.take, found.id, patient) == "other_patient"
    assert kept(portal) == before
    assert counts(portal) == (1, 1, 1, 1)

    mixed = folder_of(tmp_path / "c", content, Disc(accession="B").image(1))
    done = brought(desk, patient, mixed)
    assert done.files == 1
    assert [broken.name for broken in done.broken] == ["IM0001"]
    assert kept(portal) == filed(portal)


def test_a_patient_out_of_reach_is_not_found_before_any_file_is_read(
    scene: Scene, desk: Acting, tmp_path: Path
) -> None:
    far = scene.patient("Far", "Away", site=scene.south)
    assert kind_of(desk.imports.survey, (str(tmp_path / "nowhere"),), far) == "patient_unknown"


def test_a_survey_belongs_to_whoever_made_it_and_filing_needs_kept_files(
    scene: Scene, desk: Acting, patient: UUID, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "disc", Disc().image(1))
    found = desk.imports.survey((str(folder),), patient)
    assert kind_of(scene.acting("clinical").imports.take, found.id, patient) == "survey_gone"
    assert kind_of(desk.imports.file, found.id, patient) == "survey_gone"
    for role in ("manager", "it", "privacy"):
        assert kind_of(scene.acting(role).imports.survey, (str(folder),)) == "not_allowed"
    account = scene.acting(scene.account(patient))
    assert kind_of(account.imports.survey, (str(folder),)) == "not_allowed"


# Without a patient


@pytest.mark.rule("D30", "D32")
def test_without_a_patient_the_exact_identifier_and_birth_date_decide(
    scene: Scene, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    line = portal.acting(portal.command_line())
    folder = folder_of(
        tmp_path / "disc",
        Disc().image(1),
        Disc(born=date(1944, 5, 18), accession="B").image(1),
        Disc(patient_id="MRN10", accession="C").image(1),
        Disc(patient_id="", accession="D").image(1),
    )
    done = brought(line, None, folder)
    assert (len(done.exam_ids), done.files, done.unmatched) == (1, 4, 3)
    assert scene.acting(scene.account(patient)).exams.mine()[0].id == done.exam_ids[0]
    tasks = scene.acting("reception").tasks.open()
    assert [task.kind for task in tasks] == ["unmatched_exam"] * 3
    assert len(kept(portal)) == 4

    again = brought(line, None, folder)
    assert (again.files, again.already_there, again.unmatched) == (0, 4, 0)
    assert len(kept(portal)) == 4


def test_an_identifier_that_two_patients_have_decides_nothing(
    scene: Scene, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    from app.ids import new_id
    from db.models import PatientIdentifier

    twin = scene.patient("Ada", "Hart", mrn="MRN5")
    scene.add(PatientIdentifier(id=new_id(), patient_id=twin, value="MRN1", issuer="Another clinic"))
    line = portal.acting(portal.command_line())
    done = brought(line, None, folder_of(tmp_path / "disc", Disc().image(1)))
    assert (done.exam_ids, done.unmatched) == ((), 1)
    named = Disc(accession="B").image(1, IssuerOfPatientID="Harbour Imaging")
    assert len(brought(line, None, folder_of(tmp_path / "b", named)).exam_ids) == 1


def test_a_study_that_waits_is_filed_by_a_person_with_a_reason_once(
    scene: Scene, portal: Portal, patient: UUID, tmp_path: Path
) -> None:
    line = portal.acting(portal.command_line())
    brought(line, None, folder_of(tmp_path / "disc", Disc(patient_id="X7").image(1)))
    desk = scene.acting("reception")
    [waiting] = desk.imports.waiting()
    assert (waiting.study.patient_name, waiting.study.identifiers) == ("Amelia Hart", ("X7",))
    with portal.parts.database.reading() as session:
        described = session.scalars(select(UnmatchedExam.described)).one()
    assert b"Hart" not in described
    assert kind_of(desk.imports.match, waiting.id, patient, " ") == "missing"

    done = desk.imports.match(waiting.id, patient, "Number of the other clinic, seen on the referral")

    assert desk.tasks.open() == ()
    assert desk.imports.waiting() == ()
    assert desk.exams.open(done.exam_ids[0]).exam.patient_id == patient
    assert kept(portal) == filed(portal)
    assert kind_of(desk.imports.match, waiting.id, patient, "again") == "unmatched_unknown"
    portal.housekeep()
    assert kept(portal) == filed(portal)


# ZIP files and discs


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


# What is left over


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
