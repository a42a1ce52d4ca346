"""A made-up clinic behind a real server of its own process, and Orthanc with the same files beside it."""

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import requests

from app.imaging.phantoms import make_ct, make_dx, make_ultrasound
from app.own_station import own_station
from app.portal import Portal
from app.practice import SAMPLES, open_practice
from app.settings import ListenSettings, practice_settings
from bench.viewer_data import EXAM, PATIENT
from bench.viewer_runs import ROOT

PATIENCE_S = 60
OF_EACH = 3
FRESH = 40
PASSWORD = SAMPLES[0].password
_ORTHANC = "Orthanc"
_USER = ("bench", "a password for this run only")


@dataclass(frozen=True)
class Made:
    """One file, where our server shows it and where Orthanc does."""

    path: Path
    exam: UUID
    instance: UUID
    orthanc: str  # the id that Orthanc gave it, "" without Orthanc


@dataclass(frozen=True)
class Clinic:
    """Our server and Orthanc, both running."""

    address: str
    orthanc: str  # address, "" without it
    files: dict[
        str, tuple[Made, ...]
    ]  # CT, DX, US: several of each, so that some have not been asked for before
    fresh: tuple[Made, ...]  # slices of one CT, none of them asked for before
    many: UUID  # an exam of a hundred images

    def patient(self) -> requests.Session:
        """Amelia, signed in as her browser would be, with the exams opened."""
        session = requests.Session()
        page = session.get(f"{self.address}/sign-in", timeout=PATIENCE_S).text
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        fields |= {"user_name": "amelia", "password": PASSWORD}
        session.post(
            f"{self.address}/sign-in",
            data=fields,
            headers={"Origin": self.address},
            timeout=PATIENCE_S,
        ).raise_for_status()
        every = [file for made in self.files.values() for file in made]
        for exam in {file.exam for file in (*every, *self.fresh)} | {self.many}:
            session.get(f"{self.address}/exams/{exam}", timeout=PATIENCE_S).raise_for_status()
        return session


@contextmanager
def running_clinic(folder: Path) -> Iterator[Clinic]:
    """Make the clinic, start both servers, and stop them at the end."""
    paths = _draw(folder / "files")
    slices = make_ct(folder / "fresh", PATIENT, replace(EXAM, accession_number="BW-fresh"), slices=FRESH)
    port = free_port()
    settings = replace(practice_settings(folder / "clinic"), listen=ListenSettings(port=port))
    portal = open_practice(settings, lambda _done, _of: None)
    try:
        many, stored = _bring(portal, paths, slices)
    finally:
        portal.close()
    every = [path for made in (*paths.values(), slices) for path in made]
    with _our_server(folder, port) as address, running_orthanc(folder, every) as (orthanc, ids):
        files = {
            kind: tuple(Made(path, *stored[path], ids.get(path, "")) for path in made)
            for kind, made in paths.items()
        }
        fresh = tuple(Made(path, *stored[path], ids.get(path, "")) for path in slices)
        yield Clinic(address, orthanc, files, fresh, many)


def _draw(folder: Path) -> dict[str, list[Path]]:
    """Write raw files, each of an exam and in a folder of its own."""
    drawn: dict[str, list[Path]] = {"CT": [], "DX": [], "US": []}
    for number in range(OF_EACH):
        for kind in drawn:
            place = folder / f"{kind} {number}"
            exam = replace(EXAM, accession_number=f"BW-{kind}-{number}")
            if kind == "CT":
                files = make_ct(place, PATIENT, exam, slices=3)[1:2]
            elif kind == "DX":
                files = make_dx(place, PATIENT, exam, rows=4000, columns=3000)
            else:
                files = make_ultrasound(place, PATIENT, exam, frames=1)
            for other in set(place.iterdir()) - set(files):
                other.unlink()
            drawn[kind] += files
    return drawn


def _bring(
    portal: Portal, paths: dict[str, list[Path]], slices: list[Path]
) -> tuple[UUID, dict[Path, tuple[UUID, UUID]]]:
    """Import the files for Amelia; return her exam of a hundred images, and each file's exam and instance."""
    desk = own_station(portal, "desk")
    token = portal.acting(desk).staff.sign_in("reception", PASSWORD).token
    reception = portal.acting(portal.signed_in(token, station=desk))
    amelia = reception.patients.find("hart")[0].id
    many = max(reception.patients.open(amelia).exams, key=lambda one: one.exam.image_count).exam.id
    stored = {}
    for files in ([path] for made in paths.values() for path in made), [slices]:
        for together in files:
            survey = reception.imports.survey((str(together[0].parent),), amelia)
            exam = reception.imports.take(survey.id, amelia, "made for a benchmark").exam_ids[0]
            instances = reception.exams.open(exam).series[0].instances
            for path, instance in zip(together, instances, strict=True):
                stored[path] = (exam, instance.id)
    return many, stored


@contextmanager
def _our_server(folder: Path, port: int) -> Iterator[str]:
    data = folder / "clinic"
    settings = folder / "settings.toml"
    settings.write_text(
        f'data_folder = "{data}"\narchive_folder = "{data}/archive"\nkey_file = "{data}/keys"\n'
        f'portal_url = "{practice_settings(data).portal_url}"\n[listen]\nport = {port}\n'
    )
    command = [sys.executable, "main.py", "server", "--settings", str(settings)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own
        try:
            yield answering(f"http://127.0.0.1:{port}", "/sign-in")
        finally:
            process.terminate()


@contextmanager
def running_orthanc(folder: Path, paths: list[Path]) -> Iterator[tuple[str, dict[Path, str]]]:
    """Run Orthanc with a password for as long as the context lasts; without it there is no peer."""
    program = shutil.which(_ORTHANC)
    if program is None:
        yield "", {}
        return
    port = free_port()
    settings = folder / "orthanc.json"
    settings.write_text(
        json.dumps(
            {
                "StorageDirectory": str(folder / "orthanc"),
                "IndexDirectory": str(folder / "orthanc"),
                "HttpPort": port,
                "RemoteAccessAllowed": False,
                "AuthenticationEnabled": True,
                "RegisteredUsers": dict([_USER]),
                "DicomServerEnabled": False,
                "Plugins": [],
            }
        )
    )
    command = [program, str(settings)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - Debian's
        try:
            address = answering(f"http://{_USER[0]}:{quote(_USER[1])}@127.0.0.1:{port}", "/system")
            ids = {
                path: str(
                    requests.post(f"{address}/instances", data=path.read_bytes(), timeout=PATIENCE_S).json()[
                        "ID"
                    ]
                )
                for path in paths
            }
            yield address, ids
        finally:
            process.terminate()


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def answering(address: str, path: str) -> str:
    """Return the address once it answers."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with suppress(requests.ConnectionError):
            if requests.get(address + path, timeout=PATIENCE_S).ok:
                return address
        time.sleep(0.1)
    raise TimeoutError(path)
