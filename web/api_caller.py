"""Who asks at the stations' way in: a station by its key, and whoever is in a stay there by its token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.callers import Caller, station_unknown
from app.errors import N_, Unavailable
from app.outside.logs import in_hand
from app.portal import Portal
from app.served import Served, too_large
from app.transport import API_VERSION, OLDEST_VERSION


@dataclass(frozen=True)
class Api:
    """Made once for the server: the portal and what it serves."""

    portal: Portal
    served: Mapping[str, Served]


def api_of(request: Request) -> Api:
    """Return what the request is answered with."""
    return cast("Api", request.app.state.api)


ApiPart = Annotated[Api, Depends(api_of)]


def caller_of(request: Request, api: ApiPart) -> Caller:
    """Return who asks, as a claim; raises NotAllowed, always the same, without the key of a station in force.

    Raises Unavailable for a program that is too old or too new for this server.
    """
    station = station_of(request, api)
    check_version(request)
    session, visit = request.headers.get("portal-session", ""), request.headers.get("portal-visit", "")
    if session:
        return api.portal.signed_in(session, station=station)
    if visit:
        return api.portal.visiting(visit, station=station)
    return station


def station_of(request: Request, api: ApiPart) -> Caller:
    """Return the station that shows its key, whatever the version of its program; raises NotAllowed as caller_of."""
    station = _noted(api.portal.station(_key(request)))
    api.portal.note_seen(station)
    return station


def leaving_station_of(request: Request, api: ApiPart) -> Caller:
    """Return the desk that shows its key and was switched off; raises NotAllowed for every other."""
    return _noted(api.portal.leaving_station(_key(request)))


def _noted(station: Caller) -> Caller:
    within = in_hand.get()
    if within is not None:
        within.station = station.station_id
    return station


def _key(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise station_unknown()
    return key


Asking = Annotated[Caller, Depends(caller_of)]


def check_version(request: Request) -> None:
    """Raise Unavailable when the station's program is too old or too new."""
    said = request.headers.get("portal-api", "")
    version = int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else 0  # noqa: PLR2004 - of digits
    if version < OLDEST_VERSION:
        raise Unavailable(
            "station_too_old",
            N_(
                "This computer's program is too old for the clinic's server. Nothing is lost: install the new version"
                " here and start again."
            ),
        )
    if version > API_VERSION:
        raise Unavailable(
            "station_too_new",
            N_(
                "This computer's program is newer than the clinic's server. Nothing is lost: install the new version"
                " on the server first."
            ),
        )


async def read_body(request: Request, most: int) -> bytes:
    """Return a request's body; raises Invalid when it is larger than so many bytes."""
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > most:
        raise too_large()
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > most:
            raise too_large()
    return bytes(content)


class Stamp:
    """ASGI middleware: puts the server's time on every answer, for stations follow its clock."""

    def __init__(self, app: ASGIApp, portal: Portal) -> None:
        self._app = app
        self._portal = portal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""

        async def send_stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Portal-Now"] = self._portal.parts.clock().isoformat()
            await send(message)

        await self._app(scope, receive, send_stamped)
