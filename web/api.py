"""The stations' way in: every use case by its name, and nothing for whoever holds no station's key."""

import logging
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.callers import Caller, station_unknown
from app.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError, Refused, Unavailable
from app.operations import Operation, asked_for, read_made
from app.outside.logs import note_refusal, report_bug
from app.portal import Portal
from app.served import Served, may_ask, served_by
from app.transport import API_VERSION, OLDEST_VERSION, in_trouble, request_unreadable, write_error
from web import api_description, api_files, api_operations, feed
from web.api_caller import Api, ApiPart, Asking, Stamp, check_version, read_body
from web.errors import hung_up
from web.feed import Feed

router = APIRouter()

_STATUS: Mapping[type[PortalError], int] = MappingProxyType(
    {Invalid: 422, NotAllowed: 403, NotFound: 404, Conflict: 409, Refused: 403, Unavailable: 503}
)
_NO_KEY = 401
_KEY_IS_OUT = frozenset({"station_unknown", "station_revoked"})
_BUSY = frozenset({"busy", "database_busy", "imaging_busy"})
_TRY_AGAIN_S = 2
_LONGEST_CODE = 1000  # bytes


def create_api(portal: Portal) -> FastAPI:
    """Return the application that answers stations; raises TypeError for a use case that cannot travel."""
    api = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Spans and logs of the framework would carry exceptions' messages and what was sent.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    api.state.api = Api(portal, served_by(portal))
    api.state.feed = Feed(portal.parts)
    api.include_router(api_files.router)
    api.include_router(api_description.router)
    api.include_router(feed.router)
    api.include_router(api_operations.router)
    api.include_router(router)
    api.add_exception_handler(PortalError, _tell)
    api.add_exception_handler(HTTPException, _tell_nothing)
    api.add_exception_handler(RequestValidationError, _tell_nothing)
    api.add_exception_handler(ClientDisconnect, hung_up)
    api.add_middleware(Stamp, portal=portal)
    return api


@router.get("/hello")
def hello(caller: Asking) -> Response:
    """Say which station this is, and which versions of the way in there are."""
    return JSONResponse(
        {
            "station": str(caller.station_id),
            "kind": caller.station_kind,
            "api": API_VERSION,
            "oldest": OLDEST_VERSION,
        }
    )


async def _sent_code(request: Request) -> bytes:
    return await read_body(request, _LONGEST_CODE)


@router.post("/enrol")
def enrol(request: Request, api: ApiPart, sent: Annotated[bytes, Depends(_sent_code)]) -> Response:
    """Give a computer that has no key yet one, for a code that a manager has made for it."""
    check_version(request)
    caller = api.portal.nobody(request.client.host if request.client else "")
    served = api.served["stations.enrol_with_code"]
    return _answered(api, served, caller, request, sent)


def _wanted(name: str, api: ApiPart, caller: Asking) -> Served:
    return may_ask(api.portal.parts, api.served, name, caller)


async def _sent(request: Request, served: Annotated[Served, Depends(_wanted)]) -> bytes:
    """Read the arguments, once it is known who sends them, and no more than the use case takes."""
    return await read_body(request, served.largest)


@router.post("/{name}")
def carry_out(
    request: Request,
    api: ApiPart,
    caller: Asking,
    served: Annotated[Served, Depends(_wanted)],
    sent: Annotated[bytes, Depends(_sent)],
) -> Response:
    """Carry a use case out for a station or for whoever is in a stay there."""
    return _answered(api, served, caller, request, sent)


def _answered(api: Api, served: Served, caller: Caller, request: Request, sent: bytes) -> Response:
    try:
        request_id = request_id_of(request)
        operation = _made_ahead(request, served, request_id, api.portal.parts.clock())
        answer = served.carry_out(api.portal.parts, caller, request_id, sent, operation)
    except PortalError:
        raise
    except Exception as error:  # noqa: BLE001 - a person reads a reference, and the log says more
        return told(in_trouble(report_bug(error)), 500)
    return Response(answer, media_type="application/json")


def request_id_of(request: Request) -> UUID | None:
    """Return the id under which a request is carried out once; raises Invalid for one that is none."""
    said = request.headers.get("portal-request")
    if said is None:
        return None
    try:
        return UUID(said)
    except ValueError:
        raise request_unreadable() from None


def _made_ahead(request: Request, served: Served, request_id: UUID | None, now: datetime) -> Operation | None:
    """Return what a desk made ahead for a use case that may wait, so that it is the same one if it does."""
    said = request.headers.get("portal-made")
    if said is None or request_id is None or not served.use_case.declaration.may_wait:
        return None
    try:
        return asked_for(read_made(said), request_id, served.use_case.name, now)
    except ValueError:
        raise request_unreadable() from None


def told(error: PortalError, status: int | None = None) -> Response:
    """Return the answer that is an error."""
    note_refusal(error)
    if error.kind in _KEY_IS_OUT:
        status = _NO_KEY
    answer = Response(
        write_error(error), status or _STATUS.get(type(error), 400), media_type="application/json"
    )
    if error.kind in _BUSY:
        answer.headers["Retry-After"] = str(_TRY_AGAIN_S)
    return answer


def _tell(_request: Request, error: Exception) -> Response:
    assert isinstance(error, PortalError)
    if isinstance(error, Unavailable):
        logging.getLogger(__name__).warning("a station is told that a part does not answer", exc_info=error)
    return told(error)


def _tell_nothing(_request: Request, _error: Exception) -> Response:
    # No address, no method and no header of ours is told to whoever has no key.
    return told(station_unknown())
