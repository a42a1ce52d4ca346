"""`main.py import`, as somebody types it."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from db.database import Database
from db.models import Base
from tests.machine import Machine
from tests.made_dicom import Disc, folder_of, zip_of


def with_patient(clinic: Machine, born: date = date(1944, 5, 17)) -> UUID:
    """Put Amelia Hart, who is MRN1, into the clinic's database."""
    from app.ids import new_id

    patient = new_id()
    tables = Base.metadata.tables
    database = Database(clinic.settings().portal_url)
    with database.engine.begin() as connection:
        (site,) = connection.execute(tables["site"].select()).all()
        connection.execute(
            tables["patient"]
            .insert()
            .values(
                id=patient,
                family_name="Hart",
                given_names="Amelia",
                sort_key="hart amelia",
                birth_date=born,
                site_id=site.id,
                email="",
                mobile="",
                postal_address="",
                created_at=datetime(2026, 3, 12, tzinfo=UTC),
                name_alert=False,
                version=1,
            )
        )
        connection.execute(
            tables["patient_identifier"]
            .insert()
            .values(id=new_id(), patient_id=patient, value="MRN1", issuer="")
        )
    database.close()
    return patient


def whose(clinic: Machine) -> list[UUID]:
    database = Database(clinic.settings().portal_url)
    with database.engine.connect() as connection:
        found = [row.patient_id for row in connection.execute(Base.metadata.tables["exam"].select())]
    database.close()
    return found


@pytest.mark.parametrize("named", [True, False])
def test_images_come_in_for_a_patient_named_or_found_by_number_and_birth_date(
    clinic: Machine,
    named: bool,  # noqa: FBT001 - a parameter
) -> None:
    patient = with_patient(clinic)
    disc = Disc()
    path = zip_of(clinic.home / "disc.zip", one=disc.image(1), two=disc.image(2))
    said = clinic.said("import", path, *(("--patient", "MRN1") if named else ()))
    assert said.startswith("2 images came in, 0 were there already, 0 could not be read, 0 exams wait")
    assert whose(clinic) == [patient]


def test_images_of_somebody_else_do_not_come_in_for_a_patient_named(clinic: Machine) -> None:
    with_patient(clinic, born=date(1950, 1, 1))
    path = clinic.home / "one.dcm"
    path.write_bytes(Disc().image())
    told = clinic.told("import", path, "--patient", "MRN1")
    assert told.startswith("The images name another patient than the one you chose.")
    assert "Hart" not in told
    assert whose(clinic) == []
    assert "1 exams wait on the To do list" in clinic.said("import", path)  # the control: nobody is guessed


def test_images_are_brought_in_for_the_person_they_name_or_wait_on_the_list(clinic: Machine) -> None:
    study = Disc()
    disc = folder_of(clinic.home / "disc", *(study.image(number) for number in (1, 2)))
    (disc / "readme.txt").write_text("not an image")
    said = clinic.said("import", disc)
    assert "2 images came in, 0 were there already" in said
    assert "1 exams wait on the To do list" in said
    assert (clinic.count("unmatched_exam"), clinic.count("task")) == (1, 1)
    assert "0 images came in, 2 were there already" in clinic.said("import", disc)
    assert clinic.count("unmatched_exam") == 1


def test_an_import_for_somebody_unknown_and_of_nothing_says_so(clinic: Machine) -> None:
    disc = folder_of(clinic.home / "disc", Disc().image())
    told = clinic.told("import", disc, "--patient", "M42")
    assert told == "There is no patient, or more than one, with the identifier M42."
    done = clinic.run("import", clinic.home / "missing")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("missing: ")
    assert "0 images came in" in done.stdout
    assert clinic.count("unmatched_exam") == 0
