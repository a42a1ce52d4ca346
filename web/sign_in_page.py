"""The page that asks for user name and password: shown when somebody asks for it, or must sign in first (R11, R14)."""

from fastapi.responses import HTMLResponse

from app.errors import PortalError
from app.practice import SAMPLES
from web.pages import Here

# A session that is over, or none: whoever asked must sign in.
SIGN_IN_FIRST = frozenset({"signed_out", "session_over"})


def sign_in_page(
    at: Here, status: int = 200, error: PortalError | None = None, *, user_name: str = "", done: str = ""
) -> HTMLResponse:
    """Return the page; done: what has just been finished, "account" or "password"."""
    samples = [one for one in SAMPLES if one.what == "patient"] if at.clinic().practice else []
    is_first = error is not None and error.kind in SIGN_IN_FIRST
    return at.page(
        "sign_in.html", status, error, user_name=user_name, done=done, samples=samples, is_first=is_first
    )
