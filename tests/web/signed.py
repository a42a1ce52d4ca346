"""A browser in which a patient has signed in."""

import re
from uuid import UUID

from httpx2 import Response

from tests.scene import PASSWORD
from tests.web.conftest import Browser, Web, said


def user_name(web: Web) -> str:
    """Amelia's user name."""
    return web.scene.acting(web.as_owner()).patients.my_details().user_name


def sign_in(web: Web, browser: Browser, name: str = "") -> Browser:
    """Sign Amelia in, or whoever has this user name."""
    answer = browser.fill("/sign-in", "/sign-in", user_name=name or user_name(web), password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/home"), said(answer)
    return browser


def press(browser: Browser, page: str, to: str, **typed: str) -> Response:
    """Open a page, type into the form that leads to an address, and press its button."""
    form = form_of(browser.get(page).text, to)
    return browser.send(to, form | typed)


def form_of(page: str, to: str) -> dict[str, str]:
    """What a page's form carries by itself: hidden fields, and what is chosen already."""
    found = next(
        (form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'action="{to}"' in form), ""
    )
    assert found, f"no form leads to {to}"
    fields = {}
    for tag in re.findall(r"<input[^>]*>", found):
        part = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_choice = part.get("type") in {"radio", "checkbox"}
        if "name" in part and (not is_choice or re.search(r"\schecked[\s>]", tag)):
            fields[part["name"]] = part.get("value", "")
    return fields


def report_link(web: Web, exam: UUID | None = None, report: UUID | None = None) -> str:
    """The address of a report's PDF."""
    return f"/exams/{exam or web.exam}/report/{report or web.report}.pdf"
