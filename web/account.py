"""The patient's own account: personal details to be seen, the password by mail, every session's end (R14, R18, D6, D7)."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.errors import PortalError
from web.errors import status_of
from web.security import Form
from web.sign_in import gone
from web.stay import Signed, Stay

router = APIRouter(prefix="/account")


@router.get("")
def see(stay: Signed) -> Response:
    """Show what the clinic has on file; it is changed by the clinic (R18, R19)."""
    return _page(stay)


@router.post("/password")
def change_password(form: Form, stay: Signed) -> Response:
    """Send the mail with which a new password is chosen, the same as for a forgotten one (R14, D6)."""
    stay.sending(form.request_id)
    try:
        stay.acting.recovery.change_my_password()
    except PortalError as error:
        return _page(stay, error)
    return _page(stay, done="password")


@router.post("/large-text")
def large_text(form: Form, stay: Signed) -> Response:
    """Remember which size of text the patient reads."""
    stay.sending(form.request_id)
    stay.acting.sessions.set_large_text(form.text("on") == "yes")
    return stay.at.go("/account")


@router.post("/sign-out-everywhere")
def sign_out_everywhere(form: Form, stay: Signed) -> Response:
    """End every session of the account, on this device and on all others (D25)."""
    stay.at.pages.shown.write(stay.at.patient_caller)
    stay.sending(form.request_id)
    stay.acting.sessions.sign_out_everywhere()
    return gone(stay.at)


def _page(stay: Stay, error: PortalError | None = None, *, done: str = "") -> Response:
    details = stay.acting.patients.my_details()
    status = status_of(error) if error else 200
    return stay.page("account.html", status, error, details=details, done=done)
