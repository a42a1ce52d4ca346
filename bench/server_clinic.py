"""A group of ten clinics on PostgreSQL behind a server process of its own, with everybody who asks it something."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from app.ids import new_id
from app.imaging import DecodePool
from app.imaging.phantoms import make_ct
from app.rules.access import Role
from bench.viewer_data import EXAM, PATIENT
from bench.viewer_runs import ROOT
from bench.web_clinic import answering, free_port, running_orthanc
from db.models import Instance, Series, SessionRecord, Site, Study
from tests.conftest import make_portal
from tests.databases import running_postgresql
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.scene import ZONE, Known, Scene

SITES, DESKS, KIOSKS, INVITATIONS = 10, 50, 50, 400
SLICES = 8
CODE = "ABCDEFGH1234"
# As a hospital's database is run: what is saved is on the disk.
DURABLE = "-c max_connections=80 -c shared_buffers=128MB"


@dataclass(frozen=True)
class Desk:
    """A desk with somebody signed in, and the patients of its site without an account."""

    key: str
    token: str
    patients: tuple[UUID, ...]


@dataclass(frozen=True)
class Kiosk:
    """A kiosk, the patient who is signed in there, and the images of their exam."""

    key: str
    token: str
    user_name: str
    patient: UUID
    exam: UUID
    instances: tuple[UUID, ...]


@dataclass(frozen=True)
class Shared:
    """An invitation, and the images that it shows."""

    number: str
    instances: tuple[UUID, ...]


@dataclass(frozen=True)
class Group:
    """The clinics, their server, and Orthanc beside it with one of the files."""

    address: str
    pid: int
    sites: tuple[UUID, ...]
    manager: Desk
    desks: tuple[Desk, ...]
    kiosks: tuple[Kiosk, ...]
    shared: tuple[Shared, ...]
    orthanc: str
    orthanc_image: str


@contextmanager
def running_group(folder: Path) -> Iterator[Group]:
    """Make the clinics, start their server and Orthanc, and stop both at the end."""
    files = make_ct(folder / "ct", PATIENT, EXAM, slices=SLICES)
    clock = FixedClock(datetime.now(UTC))
    pool = DecodePool(workers=1)
    with running_postgresql(DURABLE) as postgresql:
        url = postgresql.upgraded()
        portal = make_portal(url, folder / "made", clock, KeptMailer(), KeptTextSender(), pool)
        try:
            scene = Scene(portal, clock)
            sites = _sites(scene)
            clerks = [scene.employee(Role.RECEPTION, site).id for site in sites]
            desks = tuple(
                _desk(scene, number, sites[number % SITES], clerks[number % SITES]) for number in range(DESKS)
            )
            manager = _manager(scene, sites)
            kiosks, owners = [], []
            for number in range(KIOSKS):
                kiosk, owner = _kiosk(scene, number, sites[number % SITES], files)
                kiosks.append(kiosk)
                owners.append(owner)
            shared = tuple(_shared(scene, kiosks, owners, number) for number in range(INVITATIONS))
            settings = portal.parts.settings
        finally:
            portal.close()
            pool.close()
        port = free_port()
        file = folder / "settings.toml"
        file.write_text(
            f'portal_url = "{url}"\ndata_folder = "{folder}/data"\narchive_folder = "{settings.archive_folder}"\n'
            f'key_file = "{settings.key_file}"\n[listen]\nport = {port}\n'
        )
        command = [sys.executable, "main.py", "server", "--settings", str(file)]
        with (
            subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process,  # noqa: S603 - our own
            running_orthanc(folder, [files[0]]) as (orthanc, ids),
        ):
            try:
                address = answering(f"http://127.0.0.1:{port}", "/healthz")
                yield Group(
                    address,
                    process.pid,
                    tuple(sites),
                    manager,
                    desks,
                    tuple(kiosks),
                    shared,
                    orthanc,
                    ids.get(files[0], ""),
                )
            finally:
                process.terminate()


def _sites(scene: Scene) -> list[UUID]:
    more = [new_id() for _ in range(SITES - 2)]
    scene.add(
        *(
            Site(id=one, name=f"Clinic {number}", address="1 Road", phone="", time_zone=ZONE)
            for number, one in enumerate(more)
        )
    )
    return [scene.north, scene.south, *more]


def _token(
    scene: Scene, kind: str, station: UUID, *, staff_id: UUID | None = None, account_id: UUID | None = None
) -> str:
    token = f"token {new_id()}"
    now = scene.clock()
    scene.add(
        SessionRecord(
            id=new_id(),
            digest=scene.portal.parts.keys.digest("session", token),
            kind=kind,
            station_id=station,
            started_at=now,
            last_active_at=now,
            ends_at=now + timedelta(hours=12),
            staff_id=staff_id,
            account_id=account_id,
        )
    )
    return token


def _desk(scene: Scene, number: int, site: UUID, staff: UUID) -> Desk:
    station = scene.station(f"Front {number}", "desk", site)
    patients = tuple(
        scene.patient(family=f"Hart{chr(97 + one)}{number}", mrn=f"B{number}-{one}", site=site)
        for one in range(12)
    )
    return Desk(f"key of Front {number}", _token(scene, "staff", station.id, staff_id=staff), patients)


def _manager(scene: Scene, sites: list[UUID]) -> Desk:
    station = scene.station("Office", "desk", scene.north)
    staff = scene.employee(Role.MANAGER, *sites).id
    return Desk("key of Office", _token(scene, "staff", station.id, staff_id=staff), ())


def _kiosk(scene: Scene, number: int, site: UUID, files: list[Path]) -> tuple[Kiosk, Known]:
    station = scene.station(f"Kiosk {number + 10}", "kiosk", site)
    patient = scene.patient(family=f"Vale{number}", mrn=f"K{number}", site=site)
    owner = scene.account(patient, user_name=f"amelia.vale{number}")
    exam = scene.exam(patient, site=site)
    scene.report(exam)
    instances = _images(scene, exam, files)
    token = _token(scene, "kiosk", station.id, account_id=owner.id)
    return (
        Kiosk(f"key of Kiosk {number + 10}", token, f"amelia.vale{number}", patient, exam, instances),
        owner,
    )


def _images(scene: Scene, exam: UUID, files: list[Path]) -> tuple[UUID, ...]:
    """Give an exam a series; its files are copies of the same ones for everybody."""
    study, series = new_id(), new_id()
    ids = tuple(new_id() for _ in files)
    archive = scene.portal.parts.archive
    scene.add(Study(id=study, exam_id=exam, study_instance_uid=f"2.25.{study.int}"))
    scene.add(Series(id=series, study_id=study, series_instance_uid=f"2.25.{series.int}", modality="CT"))
    scene.add(
        *(
            Instance(
                id=one,
                series_id=series,
                sop_instance_uid=f"2.25.{one.int}",
                sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
                transfer_syntax_uid="1.2.840.10008.1.2.1",
                kind="image",
                number=number,
                frames=1,
                rows=512,
                columns=512,
                archive_key=f"{series}/{one}",
                sha256=archive.keep(f"{series}/{one}", file),
                size=file.stat().st_size,
            )
            for number, (one, file) in enumerate(zip(ids, files, strict=True), 1)
        )
    )
    return ids


def _shared(scene: Scene, kiosks: list[Kiosk], owners: list[Known], number: int) -> Shared:
    one = kiosks[number % KIOSKS]
    called = f"{number:012d}"
    until = (scene.clock() + timedelta(days=20)).date()
    scene.invitation(
        owners[number % KIOSKS], one.exam, one.patient, number=called, code=CODE, until=until, max_accesses=10
    )
    return Shared(called, one.instances)
