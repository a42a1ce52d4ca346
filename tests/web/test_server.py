import asyncio
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.errors import Invalid, Unavailable
from app.settings import ListenSettings, practice_settings
from app.words import Words
from tests.web.conftest import Web
from web.server import listening_socket, make_server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def certificate(tmp_path: Path) -> ListenSettings:
    """A certificate of our own for this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "portal")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "portal.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "portal.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return ListenSettings(
        port=0, certificate=tmp_path / "portal.pem", certificate_key=tmp_path / "portal.key"
    )


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody else listens."""
    other = socket.socket()
    other.bind(("127.0.0.1", 0))
    other.listen()
    yield other.getsockname()[1]
    other.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "portal.example"])
def test_without_a_certificate_it_listens_on_this_machine_only(host: str) -> None:
    with pytest.raises(Invalid) as refused:
        listening_socket(ListenSettings(host=host, port=0))
    assert "would travel in clear" in Words().error(refused.value)


def test_small_pieces_of_an_answer_are_sent_at_once() -> None:
    """Else the second piece waits until the first is acknowledged, which takes 40 ms on a quick line."""

    async def accepted() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def come(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            taken: socket.socket = writer.get_extra_info("socket")
            found.set_result(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listening = listening_socket(ListenSettings(port=0))
        async with await asyncio.start_server(come, sock=listening):
            _reader, writer = await asyncio.open_connection(*listening.getsockname())
            delayed = await found
            writer.close()
            await writer.wait_closed()
            return delayed

    assert asyncio.run(accepted()) == 1


def test_a_port_that_is_taken_is_said_plainly(taken: int) -> None:
    with pytest.raises(Unavailable) as refused:
        listening_socket(ListenSettings(port=taken))
    assert Words().error(refused.value).startswith(f"Port {taken} is in use already")


def test_an_address_of_another_machine_is_said_plainly(certificate: ListenSettings) -> None:
    with pytest.raises(Invalid) as refused:
        listening_socket(replace(certificate, host="192.0.2.7"))
    assert "This machine has no address 192.0.2.7" in Words().error(refused.value)


def test_a_certificate_that_cannot_be_used_is_said_plainly(web: Web, certificate: ListenSettings) -> None:
    assert certificate.certificate_key
    certificate.certificate_key.write_text("no key")
    settings = replace(web.portal.parts.settings, listen=certificate)
    with pytest.raises(Invalid) as refused:
        make_server(web.portal, settings)
    assert "portal.pem or its key cannot be used" in Words().error(refused.value)


def test_with_a_certificate_it_speaks_https_and_nothing_older_than_tls_1_2(
    served: tuple[Web, str], certificate: ListenSettings
) -> None:
    web, _ = served
    listening = listening_socket(certificate)
    port = listening.getsockname()[1]
    server = make_server(web.portal, replace(web.portal.parts.settings, listen=certificate))
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]))
    assert server.config.ssl
    assert server.config.ssl.minimum_version >= ssl.TLSVersion.TLSv1_2
    thread.start()
    try:
        answer = requests.get(
            f"https://127.0.0.1:{port}/open",
            verify=str(certificate.certificate),
            timeout=60,
            # uvicorn does not wait for an open TLS connection when it stops, and asyncio warns of that.
            headers={"Connection": "close"},
        )
        assert answer.status_code == 200
        assert answer.cookies.keys() == ["__Host-form"]
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """As a process of its own, on a portal that is not set up yet."""
    with listening_socket(ListenSettings(port=0)) as free:
        port = free.getsockname()[1]
    settings = tmp_path / "settings.toml"
    settings.write_text(f'data_folder = "{tmp_path}/data"\n[listen]\nport = {port}\n')
    command = [sys.executable, "main.py", "server", "--settings", str(settings)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == f"The portal is served at http://127.0.0.1:{port}.\n"
            answer = requests.get(f"http://127.0.0.1:{port}/", timeout=60)
            assert answer.status_code == 503
            assert "has not been set up yet" in answer.text
            second = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
            )
            assert second.returncode == 1
            assert second.stderr.startswith(f"Port {port} is in use already")
        finally:
            process.send_signal(signal.SIGTERM)
            _, complaints = process.communicate(timeout=60)
    assert process.returncode == 0
    assert complaints == ""


def test_practice_settings_are_served_on_loopback() -> None:
    assert practice_settings(Path("practice")).listen.host == "127.0.0.1"
