"""Contact, help and accessibility: for anybody, signed in or not (R4, R33, R48, R79)."""

from fastapi import APIRouter
from fastapi.responses import Response

from web.guest import LOOKING
from web.pages import At

router = APIRouter()


@router.api_route("/contact", methods=LOOKING)
def contact(at: At) -> Response:
    """Show the clinic's address, phone and e-mail (R4, R79)."""
    sites = [site for site in at.anybody().sites.all() if not site.is_closed]
    return at.page("contact.html", sites=sites)


@router.api_route("/help", methods=LOOKING)
def answers(at: At) -> Response:
    """Show answers to common questions, with this clinic's own numbers."""
    return at.page("help.html")


@router.api_route("/accessibility", methods=LOOKING)
def accessibility(at: At) -> Response:
    """Show how these pages can be used by everybody, and whom to tell when they cannot."""
    return at.page("accessibility.html")
