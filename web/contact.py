"""Contact, help and accessibility: for anybody, signed in or not (R4, R33, R48, R79)."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.help_text import help_answers
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
    """Show the clinic's own answers to common questions, then ours with this clinic's numbers."""
    clinic = at.clinic()
    own = help_answers(clinic.help_text)
    return at.page("help.html", own=own, shows_ours=not (own and clinic.help_text_alone))


@router.api_route("/accessibility", methods=LOOKING)
def accessibility(at: At) -> Response:
    """Show how these pages can be used by everybody, and whom to tell when they cannot."""
    return at.page("accessibility.html")
