"""Practice mode: a made-up clinic with sample people, exams and reports, in a database of its own."""

import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, time, timedelta
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

from filelock import FileLock

from app.callers import Caller
from app.imaging.phantoms import SampleExam, SamplePatient, make_ct, make_dx, make_ultrasound
from app.outside.durable import make_folder, write_whole
from app.own_station import own_station
from app.portal import Acting, Portal, open_portal
from app.rules.access import Role
from app.settings import MachineSettings
from app.views.clinic import FirstStart
from app.views.people import Identifier, NewPatient

ISSUER = "Harbour Imaging"
ZONE = "Australia/Sydney"
PASSWORD = "quiet lantern by the sea"  # noqa: S105 - shown on the sign-in page of practice mode


@dataclass(frozen=True)
class Sample:
    """A sign-in that practice mode shows."""

    user_name: str
    password: str
    what: str


SAMPLES = (
    Sample("reception", PASSWORD, "reception"),
    Sample("doctor", PASSWORD, "clinical"),
    Sample("manager", PASSWORD, "manager"),
    Sample("privacy", PASSWORD, "privacy"),
    Sample("technician", PASSWORD, "it"),
    Sample("amelia", PASSWORD, "patient"),
)

_STAFF = (
    ("reception", "Robin Reyes", (Role.RECEPTION,)),
    ("doctor", "Dr Jo Lind", (Role.CLINICAL,)),
    ("privacy", "Pat Moreau", (Role.PRIVACY,)),
    ("technician", "Ira Novak", (Role.IT,)),
)
_AMELIA = SamplePatient("Hart", "Amelia", date(1944, 5, 17), "100234", ISSUER, "F")
_BEN = SamplePatient("Okoro", "Benjamin", date(1987, 11, 2), "100235", ISSUER, "M")
_CHIARA = SamplePatient("Mancini-Łukaszewska", "Chiara Élise", date(1969, 2, 28), "100236", ISSUER, "F")

_TEXT = """CLINICAL NOTES
Cough for three weeks.

FINDINGS
The lungs are clear. The heart is of normal size. There is no fluid around the lungs. The bones that are shown are intact.

CONCLUSION
Normal chest CT. This is a made-up report for practice."""


def open_practice(settings: MachineSettings, report: Callable[[int, int], None]) -> Portal:
    """Open the practice portal; make its people and exams first, where that was not finished.

    Of programs that start together, one makes them and the others wait. What an interrupted start left is thrown
    away and begun anew. report is told how far it has come: (done, total).
    """
    folder = settings.data_folder
    make_folder(folder)
    with FileLock(folder / "practice.lock"):
        unfinished = folder / "practice.unfinished"
        if unfinished.exists():
            _throw_away(settings)
        portal = open_portal(settings)
        try:
            if not portal.is_set_up():
                write_whole(unfinished, b"")
                make_practice(portal, report)
                unfinished.unlink()
        except BaseException:
            portal.close()
            raise
    return portal


def _throw_away(settings: MachineSettings) -> None:
    """Remove what the program made in the practice folder, and nothing else that may be there."""
    folder = settings.data_folder
    database = settings.portal_url.rpartition("/")[2]
    for path in (
        *folder.glob(f"{database}*"),
        settings.archive_folder,
        settings.key_file,
        settings.messages_folder,
        *(folder / name for name in ("downloads", "stations", "surveys", "web")),
    ):
        if path is not None and path.is_dir():
            shutil.rmtree(path)
        elif path is not None:
            path.unlink(missing_ok=True)


def make_practice(portal: Portal, report: Callable[[int, int], None]) -> None:
    """Fill an empty portal with sample people, exams and reports; report is told (done, total)."""
    steps = 7
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        # A process of its own draws the pictures: the parent of decode workers loads no DICOM library.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as painter:
            jobs = {name: painter.submit(_draw, name, folder, portal.parts.clock().date()) for name in _DRAWN}
            desk, _kiosk = make_clinic(portal)
            reception = _signed_in(portal, desk, "reception")
            doctor = _signed_in(portal, desk, "doctor")
            report(1, steps)
            people = {sample.patient_id: _register(reception, sample) for sample in (_AMELIA, _BEN, _CHIARA)}
            _activate(portal, reception, people[_AMELIA.patient_id])
            report(2, steps)
            _bring_shipped(reception, people[_BEN.patient_id])
            report(3, steps)
            for done, (name, sample) in enumerate(_DRAWN.items(), start=4):
                jobs[name].result()
                _bring(reception, folder / name, people[sample.patient_id])
                report(done, steps)
    _reports(reception, doctor, people[_AMELIA.patient_id])
    report(steps, steps)


def make_clinic(portal: Portal) -> tuple[Caller, Caller]:
    """Set a made-up clinic up with its staff (see SAMPLES); return this machine as its desk and as its kiosk."""
    portal.begin(
        FirstStart(
            clinic_name="Harbour Imaging",
            email="portal@harbour-imaging.example",
            public_address=_address(portal),
            site_name="Northside",
            site_address=("12 Harbour Street", "North Sydney NSW 2060"),
            site_phone="+61 2 5550 1234",
            time_zone=ZONE,
            full_name="Manu Rossi",
            user_name="manager",
            password=PASSWORD,
            practice=True,
        )
    )
    desk, kiosk = own_station(portal, "desk"), own_station(portal, "kiosk")
    _staff(portal, desk)
    return desk, kiosk


# What is drawn: a folder's name and whose it is.
_DRAWN = {"heart": _CHIARA, "hand": _AMELIA, "chest": _AMELIA}


def _draw(name: str, folder: Path, today: date) -> None:
    whose = _DRAWN[name]
    target = folder / name
    target.mkdir()
    if name == "chest":
        exam = SampleExam(
            "PR-0001", today - timedelta(days=4), time(9, 40), "CT of the chest", "Lindqvist^Sara"
        )
        make_ct(target, whose, exam, slices=100, coding="jpeg_ls")
        make_ct(target, whose, exam, slices=12, side=256, coding="jpeg_2000", series=2)
    elif name == "hand":
        exam = SampleExam("PR-0002", today - timedelta(days=1), time(15, 5), "X-ray of the left hand")
        make_dx(target, whose, exam, coding="jpeg_lossless")
    else:
        exam = SampleExam("PR-0003", today, time(8, 30), "Ultrasound of the heart")
        make_ultrasound(target, whose, exam)


def _address(portal: Portal) -> str:
    listen = portal.parts.settings.listen
    return f"http://{listen.host}:{listen.port}"


def _staff(portal: Portal, desk: Caller) -> None:
    manager = _signed_in(portal, desk, "manager")
    site = manager.sites.all()[0].id
    manager.staff.change(manager.staff.me().id, "Manu Rossi", (Role.MANAGER, Role.RECEPTION), (site,), True)
    for user_name, full_name, roles in _STAFF:
        given = manager.staff.add(user_name, full_name, roles, (site,), False)
        first = portal.acting(
            portal.signed_in(portal.acting(desk).staff.sign_in(user_name, given.password).token, station=desk)
        )
        first.staff.set_password(given.password, PASSWORD)


def _signed_in(portal: Portal, desk: Caller, user_name: str) -> Acting:
    token = portal.acting(desk).staff.sign_in(user_name, PASSWORD).token
    return portal.acting(portal.signed_in(token, station=desk))


def _register(reception: Acting, sample: SamplePatient) -> UUID:
    return reception.patients.register(
        NewPatient(
            sample.family_name,
            sample.given_name,
            sample.birth_date,
            (Identifier(sample.patient_id, ISSUER),),
            email=f"{sample.patient_id}@patients.example",
            mobile="" if sample is _BEN else "+61491570156",
            postal_address=("12 Long Lane", "Sydney NSW 2000"),
        )
    ).id


def _bring(reception: Acting, folder: Path, patient_id: UUID) -> None:
    survey = reception.imports.survey((str(folder),), patient_id)
    reception.imports.take(survey.id, patient_id)


def _bring_shipped(reception: Acting, patient_id: UUID) -> None:
    """Bring some of the images that the pip package pydicom ships, given to a sample patient on purpose."""
    found = find_spec("pydicom")
    assert found is not None
    assert found.origin is not None
    files = Path(found.origin).parent / "data" / "test_files"
    names = ("CT_small.dcm", "MR_small.dcm", "US1_J2KR.dcm", "examples_rgb_color.dcm")
    for path in (files / name for name in names):
        if path.exists():
            survey = reception.imports.survey((str(path),), patient_id)
            reception.imports.take(survey.id, patient_id, confirmed_difference="A sample image for practice")


def _reports(reception: Acting, doctor: Acting, patient_id: UUID) -> None:
    """One exam whose report shows, one whose 48 hours run; the third person's has none yet."""
    page = reception.patients.open(patient_id)
    for exam in page.exams:
        now = exam.exam.performed_at + timedelta(hours=20)
        report = doctor.reports.attach_text(exam.exam.id, "final", "Report", "Dr Jo Lind", now, _TEXT)
        reception.reports.sent_to_referrer(report.id, "Dr Sara Lindqvist", "secure messaging", now)
        if exam.exam.modality == "CT":
            doctor.reports.release_early(report.id, "Sample for practice")
        else:
            reception.reports.told_otherwise(report.id, "by telephone")


def _activate(portal: Portal, reception: Acting, patient_id: UUID) -> None:
    issued = reception.accounts.create(patient_id, "Sample for practice")
    assert issued.letter is not None
    kiosk = portal.acting(own_station(portal, "kiosk"))
    notice = kiosk.clinic.settings().notice_version
    kiosk.activation.finish(issued.letter.code, _AMELIA.birth_date, "amelia", PASSWORD, notice)
