"""A kiosk's QR code on a phone: looking spends nothing, the button does, and the file may be fetched again (D21)."""

import hashlib
import secrets

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from app.downloads import RESUMABLE_FOR
from app.errors import PortalError
from web.errors import status_of
from web.guest import LOOKING
from web.pages import At
from web.security import Form, cookie, set_cookie

router = APIRouter(prefix="/d")


@router.api_route("", methods=LOOKING)
def ask_token(at: At) -> Response:
    """Show the page that the QR code leads to; its secret stands in the fragment, which stays in the phone."""
    return at.page("download.html", token="")


@router.post("")
def look(at: At, form: Form) -> Response:
    """Show what there is to download; this spends nothing."""
    token = form.text("code")
    try:
        what = at.anybody().downloads.look(token)
    except PortalError as error:
        return at.page("download.html", status_of(error), error, token=token)
    return at.page("download_what.html", token=token, what=what)


@router.post("/spend")
def spend(at: At, form: Form) -> Response:
    """Give the download to this browser alone, for an hour."""
    token = form.text("code")
    name = _cookie_of(token)
    browser = cookie(at.request, name).partition(".")[2] or secrets.token_urlsafe(24)
    try:
        at.anybody(form.request_id).downloads.spend(token, browser)
    except PortalError as error:
        return at.page("download.html", status_of(error), error, token=token)
    response = at.go(f"/d/{name}")
    set_cookie(response, at.request, name, f"{token}.{browser}", max_age=int(RESUMABLE_FOR.total_seconds()))
    return response


@router.api_route("/{name}", methods=LOOKING)
def begin(at: At, name: str) -> Response:
    """Show the page that begins to save the file by itself."""
    token = cookie(at.request, name).partition(".")[0]
    return at.page("download_begin.html", cookie_name=name, what=at.anybody().downloads.look(token))


@router.get("/{name}/file")
def file(at: At, name: str) -> Response:
    """Return the file, or the part of it that a broken connection left out (RFC 9110, "Range Requests")."""
    token, _, browser = cookie(at.request, name).partition(".")
    made = at.anybody().downloads.fetch(token, browser, at.words)
    return FileResponse(
        made.path,
        media_type=made.media_type,
        headers={"Content-Disposition": f'attachment; filename="{made.name}"'},
    )


def _cookie_of(token: str) -> str:
    """Return the name of a download's own cookie, so that one does not end another."""
    return "d-" + hashlib.sha256(token.encode()).hexdigest()[:12]
