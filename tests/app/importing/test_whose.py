"""Whose images they are: the wrong-patient guard, and images without a patient (D30, D32)."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.portal import Acting, Portal
from db.models import AuditEvent, Patient, UnmatchedExam
from tests.app.importing.imported import brought, counts, filed, kept, kind_of
from tests.made_dicom import Disc, folder_of
from tests.scene import Scene


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
