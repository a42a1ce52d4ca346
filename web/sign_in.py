"""Signing in on the web with user name and password, and out again (R11, R50, D5, D25)."""

import contextlib

from fastapi import APIRouter
from fastapi.responses import Response

from app.errors import PortalError
from web.errors import status_of
from web.guest import LOOKING
from web.pages import At, Here
from web.security import Form, cookie, drop_cookie, new_form_token, set_cookie
from web.sign_in_page import sign_in_page

router = APIRouter()


@router.api_route("/sign-in", methods=LOOKING)
def ask(at: At) -> Response:
    """Show the form; Forgot Password? stands on it (R14)."""
    return sign_in_page(at)


@router.post("/sign-in")
def sign_in(at: At, form: Form) -> Response:
    """Begin a session under a new token; one that this browser had before ends."""
    user_name = form.text("user_name")
    try:
        signed_in = at.anybody(form.request_id).sessions.sign_in(user_name, form.text("password"))
    except PortalError as error:
        return sign_in_page(at, status_of(error), error, user_name=user_name)
    if cookie(at.request, "session") != signed_in.token:  # the same form may be sent twice
        end_session(at)
    response = at.go("/home")
    set_cookie(response, at.request, "session", signed_in.token)
    new_form_token(response, at.request)
    return response


@router.post("/sign-out")
def sign_out(at: At, form: Form) -> Response:  # noqa: ARG001 - read, so that it is our own page that asks
    """End the session and leave nothing of it in the browser."""
    end_session(at)
    return gone(at)


@router.api_route("/signed-out", methods=LOOKING)
def signed_out(at: At) -> Response:
    """Show that the session is over."""
    return at.page("signed_out.html")


def end_session(at: Here) -> None:
    """End this browser's session, if it has one that still lasts."""
    with contextlib.suppress(PortalError):
        at.pages.shown.write(at.patient_caller)
        at.patient().sessions.sign_out()


def gone(at: Here) -> Response:
    """Send the browser to the page that says good-bye, without its cookies and whatever it has kept of ours."""
    response = at.go("/signed-out")
    drop_cookie(response, at.request, "session")
    new_form_token(response, at.request)
    # Not "cookies": that would end what the patient does on other sites under the clinic's name.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
