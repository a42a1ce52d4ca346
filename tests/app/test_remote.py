"""A station and its server: what is lost on the way, whom it trusts, and what it keeps."""

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import BinaryIO

import pytest
from sqlalchemy import func, select

from app.callers import Held
from app.errors import Invalid, Unavailable
from app.ids import new_id
from app.imaging import DecodePool
from app.portal import Portal, open_portal
from app.remote_files import FilesInMemory, RemoteKey
from app.settings import StationSettings, practice_settings
from app.views.people import NewPatient
from db.models import Patient, Staff
from tests.fakes import FixedClock, KeptKeyRing
from tests.https_server import HttpsServer
from tests.line import Line, line_to
from tests.refusals import refusal
from tests.scene import PASSWORD, Scene

IDA = NewPatient("Hale", "Ida", date(1950, 1, 2))


def station(
    address: str, folder: Path, clock: FixedClock, imaging: DecodePool, ca_file: Path | None = None
) -> Portal:
    settings = replace(
        practice_settings(folder / "station"), portal_url=address, station=StationSettings(ca_file=ca_file)
    )
    return open_portal(settings, clock=clock, imaging=imaging, key_ring=KeptKeyRing(is_usable=False))


def hang_up(portal: Portal) -> None:
    assert portal.parts.server is not None
    portal.parts.server.close()


class Remote:
    """A desk whose line to the server can break, and the database behind the server."""

    def __init__(self, scene: Scene, desk: Portal, line: Line) -> None:
        self.scene, self.desk, self.line = scene, desk, line
        self.station = desk.station("key of Desk 1")
        token = desk.acting(self.station).staff.sign_in(*self._reception()).token
        self.reception = desk.signed_in(token, station=self.station)

    def _reception(self) -> tuple[str, str]:
        with self.scene.portal.parts.database.reading() as session:
            staff = session.get_one(Staff, self.scene.staff["reception"].id)
            return staff.user_name, PASSWORD

    def patients(self) -> int:
        with self.scene.portal.parts.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Patient)) or 0


@pytest.fixture
def remote(
    scene: Scene, https_server: HttpsServer, tmp_path: Path, clock: FixedClock, imaging: DecodePool
) -> Iterator[Remote]:
    with https_server.serving(scene.portal), line_to(https_server.address) as (line, address):
        desk = station(address, tmp_path, clock, imaging, https_server.certificates.authority)
        yield Remote(scene, desk, line)
        hang_up(desk)


def test_what_is_sent_again_after_a_lost_answer_is_done_once(remote: Remote) -> None:
    desk = remote.desk.acting(remote.reception)
    remote.line.break_after(0)
    made = desk.patients.register(IDA)
    assert made.family_name == "Hale"
    assert remote.patients() == 1
    # The control: without the id under which it is sent again, it would be done twice.
    again = remote.desk.acting(remote.reception, new_id()).patients.register(replace(IDA, given_names="Ada"))
    twice = remote.desk.acting(remote.reception, new_id()).patients.register(replace(IDA, given_names="Ada"))
    assert again.id != twice.id
    assert remote.patients() == 3


def test_a_code_that_was_made_is_shown_although_its_answer_was_lost(remote: Remote) -> None:
    patient = remote.scene.patient("Ida", "Hale")
    remote.line.break_after(0)
    letter = remote.desk.acting(remote.reception).accounts.create(patient, "passport seen").letter
    assert letter is not None
    started = remote.scene.portal.acting(remote.scene.kiosk.caller).activation.start(letter.code)
    assert started.user_name is None


def test_an_answer_that_breaks_off_in_the_middle_is_asked_for_again_and_done_once(remote: Remote) -> None:
    desk = remote.desk.acting(remote.reception)
    desk.clinic.settings()
    connections = remote.line.connections
    remote.line.break_after(300)  # inside the answer
    assert desk.patients.register(IDA).family_name == "Hale"
    assert remote.line.connections == connections + 1
    assert remote.patients() == 1


def test_a_refusal_that_counts_is_remembered_at_the_server(remote: Remote) -> None:
    staff = remote.desk.acting(remote.station).staff
    kinds = [refusal(staff.sign_in, "nobody.here", "wrong password 1") for _ in range(30)]
    assert kinds[0] == "sign_in_wrong"
    assert kinds[-1] == "too_many_tries"


def test_nothing_is_asked_without_a_key_and_a_key_never_shows(remote: Remote) -> None:
    assert refusal(remote.desk.acting(remote.desk.nobody()).clinic.settings) == "station_unknown"
    assert refusal(remote.desk.acting(remote.desk.command_line()).staff.all) == "station_unknown"
    assert refusal(remote.desk.acting(remote.desk.signed_in("token")).staff.me) == "station_unknown"
    assert refusal(remote.desk.station, "wrong") == "station_unknown"
    assert refusal(remote.desk.station, "") == "station_unknown"
    shown = repr([remote.reception, remote.station, remote.reception.held, remote.desk.parts.settings])
    assert "key of" not in shown
    assert remote.reception.held is not None
    assert remote.reception.held.session not in shown


def test_a_revoked_station_gets_nothing_at_its_next_request(remote: Remote) -> None:
    desk = remote.desk.acting(remote.reception)
    desk.clinic.settings()
    remote.scene.acting("it").stations.revoke(remote.scene.desk.id)
    assert refusal(desk.clinic.settings) == "station_revoked"
    assert refusal(remote.desk.station, "key of Desk 1") == "station_revoked"


def test_a_station_follows_the_servers_clock(
    remote: Remote, clock: FixedClock, tmp_path: Path, imaging: DecodePool, https_server: HttpsServer
) -> None:
    slow = FixedClock(clock() - timedelta(minutes=7))
    desk = station(
        https_server.address, tmp_path / "slow", slow, imaging, https_server.certificates.authority
    )
    try:
        desk.station("key of Desk 1")
        assert desk.parts.clock() == clock()
        slow.advance(timedelta(hours=1))
        assert desk.parts.clock() == clock() + timedelta(hours=1)
    finally:
        hang_up(desk)


def test_sending_and_keeping_house_are_the_servers(remote: Remote) -> None:
    requests = remote.line.sent
    assert remote.desk.is_set_up()
    assert remote.desk.deliver_due() == 0
    remote.desk.housekeep()
    with pytest.raises(AttributeError, match="no database"):
        remote.desk.parts.database.reading()
    assert remote.line.sent == requests  # nothing of it is even tried


def test_whom_it_does_not_trust_a_station_tells_nothing(
    scene: Scene, https_server: HttpsServer, tmp_path: Path, clock: FixedClock, imaging: DecodePool
) -> None:
    with https_server.serving(scene.portal):
        desk = station(https_server.address, tmp_path, clock, imaging)
        assert refusal(desk.station, "key of Desk 1") == "server_not_trusted"
        hang_up(desk)


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("http://portal.example", False),
        ("http://192.0.2.1:8443", False),
        ("https://", False),
        ("https://portal.example", True),
        ("http://127.0.0.1:1", True),
        ("http://[::1]:1", True),
        ("http://localhost:1", True),
    ],
)
def test_nothing_travels_in_clear_but_on_this_machine(
    address: str,
    is_good: bool,  # noqa: FBT001 - a parameter of the test
    tmp_path: Path,
    clock: FixedClock,
    imaging: DecodePool,
) -> None:
    if not is_good:
        with pytest.raises(Invalid, match="portal_url_in_clear"):
            station(address, tmp_path, clock, imaging)
    else:
        hang_up(station(address, tmp_path, clock, imaging))


def test_a_server_that_is_away_is_said_in_plain_words(
    tmp_path: Path, clock: FixedClock, imaging: DecodePool
) -> None:
    desk = station("http://127.0.0.1:1", tmp_path, clock, imaging)
    assert refusal(desk.station, "key") == "server_away"
    hang_up(desk)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, "server_strange"), (302, "server_strange"), (404, "server_strange"), (503, "server_busy")],
)
def test_somebody_else_at_the_address_is_not_taken_for_the_server(
    status: int, kind: str, tmp_path: Path, clock: FixedClock, imaging: DecodePool
) -> None:
    class Strange(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 - the library's name

    with HTTPServer(("127.0.0.1", 0), Strange) as strange:
        thread = threading.Thread(target=strange.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        desk = station(f"http://127.0.0.1:{strange.server_port}", tmp_path, clock, imaging)
        assert refusal(desk.station, "key") == kind
        hang_up(desk)
        strange.shutdown()
        thread.join()


# Files in memory


def key_of(content: bytes, ticket: str = "t", sha256: str | None = None) -> RemoteKey:
    digest = hashlib.sha256(content).hexdigest() if sha256 is None else sha256
    made = RemoteKey.made(f"{digest}.{ticket}", Held("key"))
    assert isinstance(made, RemoteKey)
    return made


class Source:
    """Gives files away and counts how often."""

    def __init__(self, *files: bytes) -> None:
        self._files = {key_of(file).sha256: file for file in files}
        self.asked: list[str] = []

    def __call__(self, key: RemoteKey, into: BinaryIO) -> None:
        self.asked.append(str(key))
        into.write(self._files[key.sha256])


def content(files: FilesInMemory, key: RemoteKey) -> bytes:
    with files.path(key) as path:
        return path.read_bytes()


def test_a_file_is_fetched_once_whatever_ticket_it_is_given_with() -> None:
    source = Source(b"one")
    files = FilesInMemory(source)
    assert content(files, key_of(b"one", "a")) == content(files, key_of(b"one", "b")) == b"one"
    assert len(source.asked) == 1
    files.forget()
    assert files.size == 0
    assert content(files, key_of(b"one", "c")) == b"one"
    assert len(source.asked) == 2
    files.forget()


def test_memory_is_bounded_and_what_is_being_looked_at_stays() -> None:
    pictures = [bytes([number]) * 100 for number in range(10)]
    files = FilesInMemory(Source(*pictures), most_bytes=250)
    with files.path(key_of(pictures[0])) as held:
        for picture in pictures:
            assert content(files, key_of(picture)) == picture
            assert files.size <= 350
        assert held.read_bytes() == pictures[0]
        files.forget()
        assert held.read_bytes() == pictures[0]
    assert files.size == 0


def test_one_who_waits_for_a_file_does_not_fetch_it_again() -> None:
    is_in, goes_on = threading.Event(), threading.Event()
    asked = []

    def slow(key: RemoteKey, into: BinaryIO) -> None:
        asked.append(key)
        is_in.set()
        goes_on.wait(60)
        into.write(b"one")

    files = FilesInMemory(slow)
    with ThreadPoolExecutor(3) as threads:
        waiting = [threads.submit(content, files, key_of(b"one", str(number))) for number in range(3)]
        is_in.wait(60)
        goes_on.set()
        assert [one.result(60) for one in waiting] == [b"one"] * 3
    assert len(asked) == 1
    files.forget()


def test_another_file_than_was_announced_is_not_shown_and_not_kept() -> None:
    def wrong(_key: RemoteKey, into: BinaryIO) -> None:
        into.write(b"of somebody else")

    files = FilesInMemory(wrong)
    with pytest.raises(Unavailable, match="file_damaged"):
        content(files, key_of(b"one"))
    assert files.size == 0
    assert content(files, key_of(b"one", sha256="")) == b"of somebody else"  # the control: no hash is known
    files.forget()


def test_no_two_files_look_alike_to_a_worker_that_remembers_one() -> None:
    pictures = [bytes([number]) * 100 for number in range(20)]
    files = FilesInMemory(Source(*pictures), most_bytes=100)
    seen = set()
    for picture in pictures:
        with files.path(key_of(picture)) as path:
            status = path.stat()
            seen.add((path, status.st_mtime_ns, status.st_size))
    assert len(seen) == len(pictures)
    assert len({path for path, _, _ in seen}) < len(pictures)  # the control: places are used again
    files.forget()
