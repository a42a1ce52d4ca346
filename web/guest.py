"""An invitation opened with number and code; before that, every page may be fetched and nothing is spent (D12, D13)."""

import contextlib

from fastapi import APIRouter
from fastapi.responses import Response

from app.errors import PortalError
from app.rules.codes import grouped, read_code
from web.errors import status_of
from web.pages import At
from web.security import Form, set_cookie

router = APIRouter()
LOOKING = ["GET", "HEAD"]  # link checkers ask with HEAD


@router.api_route("/", methods=LOOKING)
def home(at: At) -> Response:
    """Show what this is and where to go (R4); whoever is signed in goes to their own home."""
    with contextlib.suppress(PortalError):
        at.patient().sessions.mine()
        return at.go("/home")
    return at.page("home.html")


@router.api_route("/open", methods=LOOKING)
def ask_number_and_code(at: At) -> Response:
    """Show the form for number and code, as the paper says."""
    return at.page("open.html", number="", code="", is_linked=False)


@router.api_route("/i/{number}", methods=LOOKING)
def ask_code(at: At, number: str) -> Response:
    """Show the form that an invitation's link leads to (R57); the code in the fragment never reaches the server."""
    try:
        return at.page("open.html", number=grouped(read_code(number)), code="", is_linked=True)
    except ValueError:
        return at.page("open.html", number="", code="", is_linked=False)


@router.post("/open")
def open_invitation(at: At, form: Form) -> Response:
    """Open the invitation: the one step that counts (R58, R59, R65)."""
    number, code = form.text("number"), form.text("code")
    try:
        opened = at.anybody(form.request_id).visits.open_with_code(number, code)
    except PortalError as error:
        return at.page("open.html", status_of(error), error, number=number, code=code, is_linked=False)
    response = at.go("/visit")
    set_cookie(response, at.request, "visit", opened.token)
    return response


@router.api_route("/left", methods=LOOKING)
def left(at: At) -> Response:
    """Show that the visit is over."""
    return at.page("left.html")
