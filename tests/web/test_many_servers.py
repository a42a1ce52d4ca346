"""Several server processes on one PostgreSQL are one server, also when one of them is killed in the middle."""

import queue
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select, text

from app.imaging import DecodePool
from app.messages import queue_mail
from app.settings import ListenSettings
from app.use_case import by_itself
from db.models import Invitation, Message, Visit
from tests.app.outside.mail_server import MailServer
from tests.conftest import make_portal
from tests.databases import PostgreSQL
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.scene import PASSWORD, Scene
from web.server import listening_socket

ROOT = Path(__file__).resolve().parents[2]
NUMBER, CODE = "0123456789AB", "ABCDEFGH1234"
MOST, GUESTS, MAILS, SERVERS = 5, 12, 9, 3
PATIENCE_S = 60


@dataclass
class Server:
    """One process of the server."""

    address: str
    process: "subprocess.Popen[str]"

    def is_up(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == f"The portal is served at {self.address}.\n"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(PATIENCE_S) == -signal.SIGKILL


@dataclass
class Browser:
    """Somebody's browser, which tries another server when one is gone, as a proxy in front of them makes it do."""

    servers: list[str]
    from_address: str
    jar: "requests.Session" = field(default_factory=requests.Session)

    def get(self, path: str) -> requests.Response:
        return self._ask("GET", path, {})

    def send(self, page: str, to: str, **typed: str) -> requests.Response:
        """Fill a page's form in and send it; again, as it is, to another server when no answer comes."""
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.get(page).text))
        return self._ask("POST", to, form | typed)

    def _ask(self, method: str, path: str, form: dict[str, str]) -> requests.Response:
        for server in list(self.servers):
            headers = {"X-Forwarded-For": self.from_address, "Origin": server}
            try:
                return self.jar.request(
                    method,
                    server + path,
                    data=form,
                    headers=headers,
                    timeout=PATIENCE_S,
                    allow_redirects=False,
                )
            except requests.RequestException:
                self.servers.remove(server)
        raise AssertionError("no server is left")


class Centre:
    """A clinic on one PostgreSQL with servers in front of it."""

    def __init__(self, scene: Scene, servers: list[Server], mail: MailServer) -> None:
        self.scene, self.servers, self.mail = scene, servers, mail
        self.database = scene.portal.parts.database

    def browser(self, first: int, number: int) -> Browser:
        """A browser at an address of its own that asks one server first."""
        addresses = [server.address for server in self.servers]
        return Browser(addresses[first:] + addresses[:first], f"203.0.113.{number}")

    def until_sent(self, count: int) -> None:
        for _ in range(PATIENCE_S * 20):
            with self.database.reading() as session:
                if session.scalar(select(func.count()).where(Message.state == "sent")) == count:
                    return
                session.execute(text("SELECT pg_sleep(0.05)"))
        raise AssertionError("not all were sent")


def free_port() -> int:
    with listening_socket(ListenSettings(port=0)) as free:
        found: int = free.getsockname()[1]
    return found


@pytest.fixture
def centre(postgresql: PostgreSQL, imaging: DecodePool, tmp_path: Path) -> Iterator[Centre]:
    url = postgresql.upgraded()
    portal = make_portal(
        url, tmp_path, FixedClock(datetime.now(UTC)), KeptMailer(), KeptTextSender(), imaging
    )
    mail, scene = MailServer(), Scene(portal, FixedClock(datetime.now(UTC)))
    with ExitStack() as stack:
        stack.callback(postgresql.drop, url)
        stack.callback(portal.parts.database.close)
        smtp = stack.enter_context(mail.start())
        servers = []
        for number in range(SERVERS):
            port = free_port()
            file = tmp_path / f"server {number}.toml"
            file.write_text(
                f'portal_url = "{url}"\ndata_folder = "{tmp_path}/data {number}"\n'
                f'archive_folder = "{portal.parts.settings.archive_folder}"\n'
                f'key_file = "{portal.parts.settings.key_file}"\n'
                f'[listen]\nport = {port}\n[smtp]\nhost = "127.0.0.1"\nport = {smtp.port}\nsecurity = "none"\n'
                f'sender = "portal@harbour.example"\n'
            )
            process = subprocess.Popen(
                [sys.executable, "main.py", "server", "--settings", str(file)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.callback(_end, process)
            servers.append(Server(f"http://127.0.0.1:{port}", process))
        made = Centre(scene, servers, mail)
        for server in servers:
            server.is_up()
        yield made


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.rule("D13", "D14", "D25")
def test_three_servers_are_one_also_when_one_is_killed_under_load(centre: Centre) -> None:
    scene = centre.scene
    patient = scene.patient()
    owner = scene.account(patient, user_name="amelia.hart")
    exam = scene.exam(patient)
    scene.report(exam)
    until = (scene.clock() + timedelta(days=10)).date()
    invitation = scene.invitation(
        owner, exam, patient, number=NUMBER, code=CODE, until=until, max_accesses=MOST
    )
    other = scene.invitation(owner, exam, patient, number="AAAAAAAAAAAA", code=CODE, until=until)

    # Messages: each is sent once, whichever server takes it in hand.
    with by_itself(scene.portal.parts, "tests.mails") as work:
        for number in range(MAILS):
            queue_mail(
                scene.portal.parts,
                work,
                "account_expiring",
                f"p{number}@example.org",
                site_id=scene.north,
                patient_id=patient,
                expires_on=until,
                url="https://portal.harbour.example",
            )
    centre.until_sent(MAILS)
    sent_to = sorted(recipient for mail in centre.mail.accepted for recipient in mail.rcpt_tos)
    assert sent_to == sorted(f"p{number}@example.org" for number in range(MAILS))

    home = f"/home/{patient}"
    assert centre.browser(0, 1).get(home).status_code != 200  # the control: nobody has signed in

    # Sessions: begun at the second server, known to all.
    amelia = centre.browser(1, 1)
    assert amelia.send("/sign-in", "/sign-in", user_name="amelia.hart", password=PASSWORD).status_code == 303
    for first in range(SERVERS):
        elsewhere = centre.browser(first, 1)
        elsewhere.jar.cookies.update(amelia.jar.cookies)
        assert elsewhere.get(home).status_code == 200

    # Wrong codes: five at three servers lock the invitation at each.
    for wrong in range(5):
        guessing = centre.browser(wrong % SERVERS, 2)
        assert guessing.send("/open", "/open", number="AAAAAAAAAAAA", code="WR0NGWR0NGAA").status_code != 303
    for first in range(SERVERS):
        assert (
            centre.browser(first, 3).send("/open", "/open", number="AAAAAAAAAAAA", code=CODE).status_code
            != 303
        )
    with centre.database.reading() as session:
        row = session.get_one(Invitation, other)
        assert (row.wrong_codes, row.accesses, row.locked_until is not None) == (5, 0, True)

    # Accesses: twelve guests at once for five, while the second server is killed.
    in_hand: queue.Queue[int] = queue.Queue()

    def enter(guest: int) -> bool:
        browser = centre.browser(guest % SERVERS, 10 + guest)
        answer = browser.send("/open", "/open", number=NUMBER, code=CODE)
        in_hand.put(guest)
        return answer.status_code == 303 and browser.get("/visit").status_code == 200

    with ThreadPoolExecutor(GUESTS) as pool:
        running = [pool.submit(enter, guest) for guest in range(GUESTS)]
        in_hand.get(timeout=PATIENCE_S)  # somebody is through, the others are at it
        centre.servers[1].kill()
        got_in = sum(one.result(PATIENCE_S) for one in running)
    with centre.database.reading() as session:
        row = session.get_one(Invitation, invitation)
        visits = session.scalar(select(func.count()).where(Visit.invitation_id == invitation))
        assert (got_in, row.accesses, visits) == (MOST, MOST, MOST)

    # What began at the killed server goes on at the others.
    assert amelia.get(home).status_code == 200
    assert centre.servers[1].address not in amelia.servers
