"""The stations' way in for what desks did without the server, also switched-off ones; for programs of every version."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app.errors import NotAllowed, PortalError
from app.handed_in import hand_in
from app.openings import OPENING, note_openings, read_openings, write_noted
from app.operations import read_left_over, read_operation, write_taken
from app.outside.logs import report_bug
from app.served import LARGEST_OPERATION, must_be_for_kind
from app.takeover import take_over
from app.transport import in_trouble, request_unreadable
from web.api_caller import ApiPart, leaving_station_of, read_body, station_of

router = APIRouter()
T = TypeVar("T")


async def _sent(request: Request) -> bytes:
    return await read_body(request, LARGEST_OPERATION)


def _understood(read: Callable[[bytes], T], sent: bytes) -> T:
    try:
        return read(sent)
    except ValueError:
        raise request_unreadable() from None


@router.post("/operations")
def take(request: Request, api: ApiPart, sent: Annotated[bytes, Depends(_sent)]) -> Response:
    """Take one operation over; an answer other than 200 says why not, and whether it may be sent again."""
    station = station_of(request, api)
    operation = _understood(read_operation, sent)
    try:
        taken = take_over(api.portal.parts, api.served, station, operation)
    except PortalError:
        raise
    except Exception as error:  # noqa: BLE001 - the desk keeps it, and the log says more
        raise in_trouble(report_bug(error)) from None
    return Response(write_taken(taken), media_type="application/json")


@router.post("/handed_in")
def keep_for_a_manager(request: Request, api: ApiPart, sent: Annotated[bytes, Depends(_sent)]) -> Response:
    """Keep an operation of a desk that was switched off, for a manager to decide."""
    station = leaving_station_of(request, api)
    left = _understood(read_left_over, sent)
    hand_in(api.portal.parts, station, left)
    return Response(b"{}", media_type="application/json")


@router.post("/openings")
def note(request: Request, api: ApiPart, sent: Annotated[bytes, Depends(_sent)]) -> Response:
    """Audit whose page was opened at a desk without the server, also at one that was switched off since."""
    try:
        station = station_of(request, api)
    except NotAllowed as error:
        if error.kind != "station_revoked":
            raise
        station = leaving_station_of(request, api)
    must_be_for_kind(api.portal.parts, OPENING, station)
    openings = _understood(read_openings, sent)
    noted = note_openings(api.portal.parts, station, openings)
    return Response(write_noted(noted), media_type="application/json")
