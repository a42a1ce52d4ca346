"""`python main.py server`: serves the web view and sends what waits, until it is told to stop."""

import errno
import gc
import signal
import socket
import ssl
import sys
from types import FrameType

import uvicorn

from app.chores import Chores
from app.errors import N_, Invalid, Unavailable
from app.outside.logs import log_to_journal, start_logging, start_request_log
from app.portal import Portal, open_portal
from app.practice import open_practice
from app.settings import ListenSettings, MachineSettings, is_this_machine
from app.words import Words
from web.feed import Feed
from web.main import create_app

_ = Words()
_WAITING = 128  # connections not yet taken


def run_server(settings: MachineSettings, *, is_practice: bool) -> int:
    """Serve until the process is told to stop; return the exit status.

    Raises Invalid or Unavailable in plain words when it cannot listen, or a part is missing.
    """
    handler = start_logging(settings.log_folder, "server")
    requests = start_request_log(settings.log_folder)
    log_to_journal()
    try:
        listening = listening_socket(settings.listen)
        try:
            portal = (
                open_practice(settings, lambda _done, _of: None) if is_practice else open_portal(settings)
            )
            try:
                _serve(portal, settings, listening)
            finally:
                portal.close()
        finally:
            listening.close()
    finally:
        requests.close()
        handler.close()
    return 0


def _serve(portal: Portal, settings: MachineSettings, listening: socket.socket) -> None:
    server = make_server(portal, settings)
    chores = Chores(portal)
    # uvicorn ends well at SIGTERM and then sends it once more: without this the process would die before it closes.
    signal.signal(signal.SIGTERM, _stop)
    chores.start()
    try:
        sys.stdout.write(_("The portal is served at {address}.", address=_address(settings.listen)) + "\n")
        sys.stdout.flush()
        # All this lives as long as the process: a search for garbage that goes through it is a quarter of a second in
        # which nobody is answered.
        gc.collect()
        gc.freeze()
        server.run(sockets=[listening])
    finally:
        chores.stop()


def make_server(portal: Portal, settings: MachineSettings) -> uvicorn.Server:
    """Return a server of the web view, with the certificate of the settings; raises Invalid when that cannot be used."""
    listen = settings.listen
    application = create_app(portal, settings)
    config = uvicorn.Config(
        application,
        ssl_certfile=listen.certificate,
        ssl_keyfile=listen.certificate_key,
        log_config=None,
        access_log=False,
        server_header=False,
        # Only a proxy on this machine is believed when it says whom it asks for.
        proxy_headers=True,
        forwarded_allow_ips=["127.0.0.1", "::1"],
        timeout_graceful_shutdown=5,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError):
        raise Invalid(
            "certificate_unusable",
            N_(
                "The certificate {file} or its key cannot be used. Check that both are there, in PEM format, and belong together."
            ),
            file=str(listen.certificate),
        ) from None
    return _Server(config, application.feed)


class _Server(uvicorn.Server):
    """Answers, before it stops, whoever follows the change feed: they would hold the stop up."""

    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self._feed = feed

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._feed.end()
        await super().shutdown(sockets)


def listening_socket(listen: ListenSettings) -> socket.socket:
    """Return a socket that listens where the settings say.

    Raises Invalid for an address that is not this machine's, or that needs a certificate, and Unavailable when the
    port is taken.
    """
    if listen.certificate is None and not is_this_machine(listen.host):
        raise Invalid(
            "certificate_missing_for_host",
            N_(
                "Without a certificate the server listens on this machine only, because patients' data would travel in"
                " clear. Set the host to 127.0.0.1, or give it a certificate."
            ),
        )
    try:
        family = socket.getaddrinfo(listen.host, listen.port, type=socket.SOCK_STREAM)[0][0]
        # Named as TCP, so that asyncio sends small pieces at once: else a reply in two pieces waits 40 ms for an answer.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError:
        raise _no_such_address(listen) from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((listen.host, listen.port))
        listening.listen(_WAITING)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise Unavailable(
                "port_taken",
                N_(
                    "Port {port} is in use already, perhaps by another portal server on this machine. Stop that one, or"
                    " choose another port in the settings."
                ),
                port=listen.port,
            ) from None
        if error.errno == errno.EACCES:
            raise Unavailable(
                "port_not_allowed",
                N_("This machine does not let you use port {port}. Choose one from 1024 on in the settings."),
                port=listen.port,
            ) from None
        raise _no_such_address(listen) from None
    return listening


def _no_such_address(listen: ListenSettings) -> Invalid:
    return Invalid(
        "host_unusable",
        N_("This machine has no address {host}. Check the host in the settings."),
        host=listen.host,
    )


def _address(listen: ListenSettings) -> str:
    scheme = "https" if listen.certificate else "http"
    host = f"[{listen.host}]" if ":" in listen.host else listen.host
    return f"{scheme}://{host}:{listen.port}"


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
