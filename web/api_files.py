"""Files of the archive for stations: as they are stored, in parts where a connection broke off (RFC 9110)."""

import re
from collections.abc import Iterator
from typing import Annotated, BinaryIO
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response, StreamingResponse

from app.errors import N_, Invalid
from app.images import Images
from app.importing.keeping import surveys_of
from app.imports import Imports
from app.served import LARGEST_PIECE, must_be_for_kind
from app.transport import request_unreadable
from web.api_caller import ApiPart, Asking, read_body
from web.ranges import asked_range

router = APIRouter()

MOST_FILES = 20_000  # of one import
_CHUNK = 256 * 1024


@router.get("/file/{ticket}")
def file(request: Request, ticket: str, api: ApiPart, caller: Asking) -> Response:
    """Return a file, or the part of it that is asked for; whoever asks is looked at anew."""
    must_be_for_kind(api.portal.parts, "images.fetch", caller)
    parts = api.portal.parts
    key = Images(parts, caller).fetch(ticket)
    stored = parts.archive.open(key)
    try:
        size = stored.seek(0, 2)
        first, end = _part(request, size)
        stored.seek(first)
    except BaseException:
        stored.close()
        raise
    headers = {"Content-Length": str(end - first), "Accept-Ranges": "bytes"}
    is_part = (first, end) != (0, size)
    if is_part:
        headers["Content-Range"] = f"bytes {first}-{end - 1}/{size}"
    return StreamingResponse(
        _chunks(stored, end - first), 206 if is_part else 200, headers, media_type="application/dicom"
    )


def _importing(api: ApiPart, caller: Asking) -> None:
    must_be_for_kind(api.portal.parts, "imports.survey_sent", caller)


async def _piece(request: Request, _may: Annotated[None, Depends(_importing)]) -> bytes:
    return await read_body(request, LARGEST_PIECE)


@router.post("/upload/{survey_id}/{number}")
def upload(
    request: Request,
    survey_id: UUID,
    number: Annotated[int, Path(ge=0, lt=MOST_FILES)],
    api: ApiPart,
    caller: Asking,
    piece: Annotated[bytes, Depends(_piece)],
) -> Response:
    """Take a piece of a file of an import; the same piece may come again."""
    said = request.headers.get("portal-offset", "")
    if not re.fullmatch(r"\d{1,15}", said):
        raise request_unreadable()
    parts = api.portal.parts
    Imports(parts, caller).ready()
    surveys_of(parts).receive(survey_id, caller.name, number, int(said), piece)
    return Response(b"{}", media_type="application/json")


def _part(request: Request, size: int) -> tuple[int, int]:
    """Return the first byte and the one after the last; raises Invalid for a part that is not there."""
    try:
        return asked_range(request.headers.get("range", ""), size) or (0, size)
    except ValueError:
        raise Invalid("range_unknown", N_("There is no such part of this file.")) from None


def _chunks(stored: BinaryIO, left: int) -> Iterator[bytes]:
    with stored:
        while left and (chunk := stored.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk
