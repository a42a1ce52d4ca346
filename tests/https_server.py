"""A real server with TLS on a loopback port, for stations: one for all tests of a process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from app.callers import Caller
from app.imaging import DecodePool
from app.portal import Acting, Portal, open_portal
from app.settings import ListenSettings, StationSettings, practice_settings
from tests.certificates import Certificates, make_certificates
from tests.fakes import FixedClock, KeptKeyRing, quick_passwords
from web.api import create_api
from web.server import listening_socket


class HttpsServer:
    """Serves the stations' way into whichever portal stands behind it now."""

    def __init__(self, address: str, certificates: Certificates) -> None:
        self.address = address
        self.certificates = certificates
        self._behind: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._behind is not None
        await self._behind({**scope, "path": scope["path"].removeprefix("/api")}, receive, send)

    @contextmanager
    def serving(self, portal: Portal) -> Iterator[None]:
        """Serve a portal for as long as the context lasts."""
        self._behind = create_api(portal)
        try:
            yield
        finally:
            self._behind = None

    @contextmanager
    def before(
        self, portal: Portal, folder: Path, clock: FixedClock, imaging: DecodePool, key_ring: KeptKeyRing
    ) -> Iterator["BothDoors"]:
        """Stand before a portal: whoever has a station asks over HTTPS, everybody else the portal itself."""
        with self.serving(portal):
            station = self.station(folder, clock, imaging, key_ring=key_ring)
            yield BothDoors(portal, station)
            assert station.parts.server is not None
            station.parts.server.close()

    def station(
        self,
        folder: Path,
        clock: FixedClock,
        imaging: DecodePool,
        address: str = "",
        key_ring: KeptKeyRing | None = None,
    ) -> Portal:
        """The portal of a station that asks this server, at another address if there is something between.

        With a keyring, a desk goes on without the server.
        """
        settings = replace(
            practice_settings(folder / "station"),
            portal_url=address or self.address,
            station=StationSettings(ca_file=self.certificates.authority),
        )
        return open_portal(
            settings,
            clock=clock,
            imaging=imaging,
            key_ring=key_ring or KeptKeyRing(is_usable=False),
            passwords=quick_passwords(folder / "slots"),
        )


class BothDoors(Portal):
    """A portal whose stations ask over HTTPS; browsers and the command line reach it itself."""

    def __init__(self, portal: Portal, station: Portal) -> None:
        super().__init__(portal.parts)
        self._remote = station

    def acting(self, caller: Caller, request_id: UUID | None = None) -> Acting:
        return self._remote.acting(caller, request_id) if caller.held else super().acting(caller, request_id)

    def station(self, key: str, address: str = "") -> Caller:
        return self._remote.station(key, address)

    def signed_in(self, token: str, *, station: Caller | None = None, address: str = "") -> Caller:
        if station is None or station.held is None:
            return super().signed_in(token, station=station, address=address)
        return self._remote.signed_in(token, station=station, address=address)

    def visiting(self, token: str, *, station: Caller | None = None, address: str = "") -> Caller:
        if station is None or station.held is None:
            return super().visiting(token, station=station, address=address)
        return self._remote.visiting(token, station=station, address=address)


@contextmanager
def running_https(folder: Path) -> Iterator[HttpsServer]:
    """Start a server for as long as the context lasts."""
    certificates = make_certificates(folder)
    listening = listening_socket(ListenSettings(port=0))
    made = HttpsServer(f"https://127.0.0.1:{listening.getsockname()[1]}", certificates)
    config = uvicorn.Config(
        made,
        ssl_certfile=certificates.certificate,
        ssl_keyfile=certificates.key,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(
        target=lambda: server.run(sockets=[listening]), name="https server", daemon=True
    )
    thread.start()
    try:
        yield made
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
