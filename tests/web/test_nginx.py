"""The portal behind Debian's nginx with the configuration that packaging/ holds: TLS, the feed, parts of files, addresses."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from sqlalchemy import select

from app.ids import new_id
from app.settings import ListenSettings
from app.transport import API_VERSION
from db.models import AuditEvent, Staff
from tests.certificates import make_certificates
from tests.databases import missing
from tests.scene import PASSWORD
from tests.web.conftest import NUMBER, PUBLIC, Web, hidden
from web.server import listening_socket

SITE = Path(__file__).resolve().parents[2] / "packaging" / "nginx.conf"
PATIENCE_S = 60
FROM = "127.0.0.5"


class FromAddress(HTTPAdapter):
    """Connects from another address of this machine."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, source_address=(FROM, 0), **kwargs)


class Outside:
    """Somebody beyond nginx, who trusts the clinic's own authority."""

    def __init__(self, address: str, authority: Path) -> None:
        self.address = address
        self.session = requests.Session()
        self.session.verify = str(authority)
        self.session.trust_env = False
        self.session.mount("https://", FromAddress())

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.session.request(
            method, self.address + path, timeout=PATIENCE_S, allow_redirects=False, **more
        )


@pytest.fixture
def outside(served: tuple[Web, str], tmp_path: Path) -> Iterator[Outside]:
    """The clinic behind nginx, run by this account on a free port."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        missing("nginx")
    _web, address = served
    certificates = make_certificates(tmp_path)
    with listening_socket(ListenSettings(port=0)) as free:
        port = free.getsockname()[1]
    site = SITE.read_text()
    for there, here in (
        ("127.0.0.1:8443", address.removeprefix("http://")),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/patient-portal/tls.crt", str(certificates.certificate)),
        ("/etc/patient-portal/tls.key", str(certificates.key)),
    ):
        assert there in site
        site = site.replace(there, here)
    folder = tmp_path / "nginx"
    folder.mkdir()
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    whole.write_text(
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{ }}\nhttp {{\n{temporary}{site}\n}}\n"
    )
    process = subprocess.Popen([str(program), "-c", str(whole), "-e", str(folder / "error.log")])
    try:
        made = Outside(f"https://127.0.0.1:{port}", certificates.authority)
        for _ in range(PATIENCE_S * 20):
            with suppress(requests.ConnectionError):
                if made.ask("GET", "/healthz").ok:
                    break
            assert process.poll() is None, (folder / "error.log").read_text()
            Event().wait(0.05)
        yield made
        made.session.close()
    finally:
        process.terminate()
        process.wait()


@pytest.mark.rule("D14")
def test_behind_nginx_stations_follow_files_come_in_parts_and_addresses_are_true(
    served: tuple[Web, str], outside: Outside
) -> None:
    web, _address = served
    scene = web.scene
    with web.portal.parts.database.reading() as session:
        reception = session.get_one(Staff, scene.staff["reception"].id).user_name
    shown = {"Authorization": "Bearer key of Desk 1", "Portal-Api": str(API_VERSION)}

    def ask(what: str, **arguments: Any) -> Any:
        answer = outside.ask(
            "POST", f"/api/{what}", json=arguments, headers=shown | {"Portal-Request": str(new_id())}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]

    # A station signs in and follows the feed.
    shown["Portal-Session"] = ask("staff.sign_in", user_name=reception, password=PASSWORD)["token"]
    start = ask("changes.follow")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ask, "changes.follow", epoch=start["epoch"], number=start["number"])
        scene.acting("manager").patients.change_contact(web.patient, "", "", ("9 Road",))
        assert waiting.result(PATIENCE_S)["rows"]

    # A file in parts, as after a broken line.
    page = ask("exams.open", exam_id=str(web.exam))
    instance = page["series"][0]["instances"][0]["id"]
    ticket = ask("images.find", instance_id=instance)["archive_key"]
    whole = outside.ask("GET", f"/api/file/{ticket}", headers=shown)
    part = outside.ask("GET", f"/api/file/{ticket}", headers=shown | {"Range": "bytes=128-1127"})
    assert (whole.status_code, part.status_code) == (200, 206)
    assert (part.content, whole.content[128:132]) == (whole.content[128:1128], b"DICM")

    # A guest: limits and the audit trail go by the address nginx saw, whatever the guest says of it.
    web.invitation()
    said = {"Host": PUBLIC.removeprefix("https://"), "X-Forwarded-For": "203.0.113.66"}
    form = hidden(outside.ask("GET", "/open", headers=said).text)
    sent = outside.ask(
        "POST",
        "/open",
        data=form | {"number": NUMBER, "code": "WR0NGWR0NGAA"},
        headers=said | {"Origin": PUBLIC},
    )
    assert sent.status_code == 403
    with web.portal.parts.database.reading() as session:
        tried = session.scalars(select(AuditEvent).where(AuditEvent.verb == "visits.open_with_code")).all()
    assert [(event.outcome, event.address) for event in tried] == [("refused", FROM)]
    assert re.search(r"__Host-\w+=\S+; .*Secure", sent.headers.get("Set-Cookie", "") + _cookies(outside))
    assert outside.ask("GET", "/metrics").status_code == 404


def _cookies(outside: Outside) -> str:
    """The cookies of the browser as headers: they are of this host and for https only."""
    return "".join(
        f"{one.name}={one.value}; {'Secure' if one.secure else ''}" for one in outside.session.cookies
    )
