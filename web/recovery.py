"""A forgotten password and an e-mail address to confirm (R14 to R17, D6, D7)."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.errors import PortalError
from web.errors import status_of
from web.guest import LOOKING
from web.pages import At
from web.security import Form
from web.sign_in_page import sign_in_page
from web.typed import birth_date, same_twice

router = APIRouter()


@router.api_route("/forgot", methods=LOOKING)
def ask_who(at: At) -> Response:
    """Show the form for user name or e-mail address, with instructions (R14)."""
    return at.page("forgot.html", typed="")


@router.post("/forgot")
def forgot(at: At, form: Form) -> Response:
    """Ask for the mail; the answer is the same whatever was typed (D6)."""
    typed = form.text("user_name_or_email")
    try:
        at.anybody(form.request_id).recovery.forgot(typed)
    except PortalError as error:
        return at.page("forgot.html", status_of(error), error, typed=typed)
    return at.page("forgot_sent.html")


@router.api_route("/reset", methods=LOOKING)
def ask_new_password(at: At) -> Response:
    """Show the form that a mailed link or a slip leads to; it is used up only when the form is sent (D6)."""
    return at.page("reset.html", code="", typed=None)


@router.post("/reset")
def reset(at: At, form: Form) -> Response:
    """Use the link or slip up for a new password; say the user name (R16, D6)."""
    try:
        born = birth_date(form)
        password = same_twice(form)
        user_name = at.anybody(form.request_id).recovery.reset(form.text("code"), born, password)
    except PortalError as error:
        return at.page("reset.html", status_of(error), error, code=form.text("code"), typed=form)
    return sign_in_page(at, user_name=user_name, done="password")


@router.api_route("/confirm-email", methods=LOOKING)
def ask_to_confirm(at: At) -> Response:
    """Show the button that proves an e-mail address; opening the link alone proves nothing."""
    return at.page("confirm_email.html", code="")


@router.post("/confirm-email")
def confirm_email(at: At, form: Form) -> Response:
    """Note that the address was proved (D7)."""
    code = form.text("code")
    try:
        at.anybody(form.request_id).recovery.confirm_email(code)
    except PortalError as error:
        return at.page("confirm_email.html", status_of(error), error, code=code)
    return at.page("email_confirmed.html")
