"""An open page stands still under a finger: what comes late moves nothing, and what changes meanwhile stops no tap."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.scene import PASSWORD
from tests.web.conftest import CODE, NUMBER, Web
from tests.web.phone import PATIENCE_MS, Phone, chromium, phone_at, sees
from tests.web.signed import user_name

pytestmark = pytest.mark.timeout(300)  # a real browser on a machine that is busy with other tests

# W3C, Layout Instability: the share of the screen that moved, times how far it moved.
STILL = 0.005
JUMP = 0.1  # from here on a page is called unsteady (web.dev/cls)
SHIFTED = """
window.shifted = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifted += entry.value; })
  .observe({ type: "layout-shift", buffered: true });
"""
PAINTED = "() => performance.getEntriesByType('paint').length > 0"
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))))"
LATE = frozenset({"font", "image"})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def web(served: tuple[Web, str]) -> Web:
    return served[0]


@pytest.fixture
def phone(served: tuple[Web, str], browser: Browser) -> Iterator[Phone]:
    with phone_at(browser, served[1], PATIENCE_MS) as opened:
        yield opened


@pytest.fixture
def signed(web: Web, phone: Phone) -> Phone:
    phone.open("/sign-in")
    phone.page.get_by_label("User name").fill(user_name(web))
    phone.page.get_by_label("Password").fill(PASSWORD)
    phone.page.get_by_role("button", name="Sign in").tap()
    phone.page.wait_for_url("**/home/*")
    return phone


class Late:
    """A line that brings fonts and pictures only when the page has been painted."""

    def __init__(self, phone: Phone) -> None:
        self._page = phone.page
        self._held: list[Route] = []
        self._is_painted = False
        self._page.add_init_script(SHIFTED)
        self._page.route("**/*", self._hold)

    def _hold(self, route: Route) -> None:
        if route.request.resource_type in LATE and not self._is_painted:
            self._held.append(route)
        else:
            route.fallback()

    def shift(self, address: str) -> float:
        """Open a page and say how much it moved after it had been painted."""
        self._page.goto("about:blank")
        self._is_painted = False
        self._page.goto(address, wait_until="commit")
        self._page.wait_for_function(PAINTED)
        self._is_painted = True
        fonts = [route for route in self._held if route.request.resource_type == "font"]
        assert fonts, "no font came late"
        for route in self._held:
            route.continue_()
        self._held.clear()
        self._page.wait_for_load_state("load")
        self._page.evaluate("document.fonts.ready.then(() => true)")
        self._page.evaluate(DRAWN)
        return float(self._page.evaluate("window.shifted"))


@pytest.mark.rule("R71")
def test_a_patients_pages_stand_still_when_fonts_and_pictures_come_late(web: Web, signed: Phone) -> None:
    invitation = web.invitation()
    late = Late(signed)
    shifts = {
        path: late.shift(signed.address + path)
        for path in (
            f"/home/{web.patient}",
            f"/home/{web.patient}/exams",
            f"/exams/{web.exam}",
            f"/exams/{web.exam}/share",
            "/shared",
            f"/invitations/{invitation}",
            "/account",
        )
    }
    assert {path: shift for path, shift in shifts.items() if shift > STILL} == {}
    assert signed.complaints == []


@pytest.mark.rule("R71")
def test_a_guests_pages_stand_still_when_fonts_and_pictures_come_late(web: Web, phone: Phone) -> None:
    web.invitation()
    late = Late(phone)
    shifts = {path: late.shift(phone.address + path) for path in ("/sign-in", "/help", f"/i/{NUMBER}")}
    phone.page.get_by_label("Verification code").fill(CODE)
    phone.page.get_by_role("button", name="Open the exam").tap()
    sees(phone, "The lungs are clear.")
    image = phone.page.locator("a.image").first.get_attribute("href")
    shifts |= {path: late.shift(phone.address + path) for path in ("/visit", str(image))}
    assert {path: shift for path, shift in shifts.items() if shift > STILL} == {}


def test_a_page_that_takes_its_fonts_when_they_come_is_seen_to_jump(web: Web, signed: Phone) -> None:
    """The control: with fonts swapped in late, the same look at the same page finds the jump."""
    late = Late(signed)

    def swapping(route: Route) -> None:
        style = route.fetch()
        route.fulfill(response=style, body=style.text().replace("font-display:optional", "font-display:swap"))

    signed.page.route("**/theme.css", swapping)
    assert late.shift(f"{signed.address}/home/{web.patient}/exams") > JUMP


def test_from_some_page_on_the_clinics_own_fonts_are_used(web: Web, signed: Phone) -> None:
    session = signed.page.context.new_cdp_session(signed.page)
    for name in ("DOM.enable", "CSS.enable"):
        session.send(name)

    def families() -> set[str]:
        """What the heading is set in."""
        root = session.send("DOM.getDocument")["root"]["nodeId"]
        heading = session.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": heading})["fonts"]
        return {font["familyName"] for font in fonts}

    for _ in range(50):  # the next page has it unless the machine is too busy to read it in time
        if families() == {"Atkinson Hyperlegible"}:
            break
        signed.open(f"/home/{web.patient}")
    assert families() == {"Atkinson Hyperlegible"}


@pytest.mark.rule("R74")
def test_a_tap_is_followed_although_the_page_has_something_new_to_show(web: Web, signed: Phone) -> None:
    page = signed.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/live?*", hold)
    with page.expect_request("**/live?*"):  # the page asks what is new, and hears it only after the tap
        signed.open(f"/home/{web.patient}/exams")
    web.scene.acting("clinical").reports.withdraw(web.report, "wrong side")
    page.route(f"**/exams/{web.exam}", hold)
    with page.expect_request(f"**/exams/{web.exam}"):
        page.get_by_role("link", name="CT of the chest").tap()
    page.unroute("**/live?*")
    with page.expect_request("**/live?*"):  # what it has heard is done with: it asks again
        held[0].continue_()
    held[1].continue_()
    expect(page).to_have_url(f"{signed.address}/exams/{web.exam}", timeout=PATIENCE_MS)
    assert signed.complaints == []
