"""An account activated on the web: the letter's code, then birth date, user name and password (R5 to R11, D4)."""

import contextlib

from fastapi import APIRouter
from fastapi.responses import Response

from app.errors import N_, Invalid, PortalError
from app.views.people import ActivationStart
from web.errors import status_of
from web.guest import LOOKING
from web.pages import At, Here
from web.security import Form, Sent
from web.sign_in_page import sign_in_page
from web.typed import birth_date, same_twice

router = APIRouter(prefix="/activate")


@router.api_route("", methods=LOOKING)
def ask_code(at: At) -> Response:
    """Show the form for the code; letter and e-mail lead here (R7, R8)."""
    return at.page("activate_code.html", code="")


@router.post("")
def take_code(at: At, form: Form) -> Response:
    """Take the code and, from the "Activate Account" button, the proof of the e-mail address (R6 to R8, D6)."""
    code, proof = form.text("code"), form.text("proof")
    is_proved = False
    if proof:
        # The button of an older e-mail proves nothing, and the letter's code works all the same.
        with contextlib.suppress(PortalError):
            at.anybody().activation.open_mail_link(proof)
            is_proved = True
    try:
        start = at.anybody().activation.start(code)
    except PortalError as error:
        return at.page("activate_code.html", status_of(error), error, code=code)
    return _ask_the_rest(at, form, start, is_proved=is_proved)


@router.post("/finish")
def finish(at: At, form: Form) -> Response:
    """Use the code up; signing in comes next, with the user name filled in (R9 to R11, D4)."""
    code = form.text("code")
    try:
        born = birth_date(form)
        password = same_twice(form)
        if form.text("has_read") != "yes":
            raise Invalid("notice_unread", N_("Please read the notice, then tick it."), field="has_read")
        user_name = at.anybody(form.request_id).activation.finish(
            code,
            born,
            form.text("user_name"),
            password,
            form.text("notice_version"),
            form.text("digits"),
        )
    except PortalError as error:
        asks_for_digits = form.text("asks_for_digits") == "yes"
        if error.kind.startswith("code_"):
            return at.page("activate_code.html", status_of(error), error, code=code)
        return _ask_the_rest(at, form, ActivationStart(asks_for_digits, None), error)
    return sign_in_page(at, user_name=user_name, done="account")


def _ask_the_rest(
    at: Here, form: Sent, start: ActivationStart, error: PortalError | None = None, *, is_proved: bool = False
) -> Response:
    clinic = at.clinic()
    return at.page(
        "activate.html",
        status_of(error) if error else 200,
        error,
        asks_for_digits=start.asks_for_digits,
        is_proved=is_proved,
        notice=[part.strip() for part in clinic.notice.split("\n\n") if part.strip()],
        typed=form,
    )
