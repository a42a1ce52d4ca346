"""A patient's pages in a real browser on a phone, on a real server."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from db.models import Report
from tests.scene import PASSWORD
from tests.web.conftest import CODE, Web
from tests.web.phone import HEIGHT, PATIENCE_MS, WIDTH, Phone, chromium, phone_at, sees
from tests.web.signed import user_name

pytestmark = pytest.mark.timeout(300)  # a real browser on a machine that is busy with other tests


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def web(served: tuple[Web, str]) -> Web:
    return served[0]


@pytest.fixture
def phone(request: pytest.FixtureRequest, served: tuple[Web, str], browser: Browser) -> Iterator[Phone]:
    """A small phone, or the device that the test names."""
    with phone_at(browser, served[1], PATIENCE_MS, getattr(request, "param", "small")) as opened:
        yield opened


@pytest.fixture
def signed(web: Web, phone: Phone) -> Phone:
    phone.open("/sign-in")
    phone.page.get_by_label("User name").fill(user_name(web))
    phone.page.get_by_label("Password").fill(PASSWORD)
    tap(phone, "Sign in", "button")
    phone.page.wait_for_url("**/home/*")
    return phone


def tap(phone: Phone, name: str, role: str = "link") -> None:
    place = phone.page.get_by_role(role, name=name).first  # type: ignore[arg-type]  # link or button
    if phone.has_touch:
        place.tap()
    else:
        place.click()


@pytest.mark.parametrize("phone", ["iPhone", "Android", "desktop"], indirect=True)
@pytest.mark.rule("R21", "R23", "R37", "R38", "R54", "R56", "R63", "R70", "R71")
def test_a_patient_signs_in_looks_shares_on_paper_and_revokes(web: Web, signed: Phone) -> None:
    page = signed.page
    tap(signed, "My Exam")
    tap(signed, "CT of the chest")
    sees(signed, "The lungs are clear.")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download", exact=True).first.click()
    assert Path(started.value.path()).read_bytes().startswith(b"%PDF")
    tap(signed, "Image 1 of")
    expect(signed.foot).to_contain_text("Image 1 of")
    expect(signed.shown).to_have_js_property("complete", value=True)
    tap(signed, "Close", "button")
    expect(signed.foot).to_have_count(0)
    assert signed.overflow() <= 0
    tap(signed, "Share Exam")
    page.get_by_label("Name of the person").fill("Dr Sam Okafor")
    expect(page.get_by_label("What is their e-mail address?")).to_be_visible()
    page.get_by_label("Print on paper").check()
    expect(page.get_by_label("What is their e-mail address?")).to_be_hidden()
    page.get_by_label("I understand this is sensitive medical information").check()
    tap(signed, "Share Exam", "button")
    sees(signed, "You are invited to see an exam")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as PDF").click()
    assert saved.value.suggested_filename == "invitation.pdf"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator(".paper h2").evaluate("(it) => getComputedStyle(it).color") == "rgb(0, 0, 0)"
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(page.locator(".paper")).to_be_visible()
    page.emulate_media(media="screen", color_scheme="light")
    tap(signed, "Shared Exams")
    tap(signed, "Dr Sam Okafor")
    tap(signed, "Revoke Access")
    sees(signed, "Copies that were already downloaded cannot be recalled.")
    tap(signed, "Revoke Access", "button")
    expect(page.locator("#status")).to_contain_text("Revoked")
    assert [web.row(one).state.value for one in web.invitations()] == ["Revoked"]
    assert signed.complaints == []


def test_the_keyboard_alone_leads_from_signing_in_to_the_report(web: Web, phone: Phone) -> None:
    phone.open("/sign-in")
    keyboard = phone.page.keyboard
    phone.page.get_by_label("User name").focus()
    keyboard.type(user_name(web))
    keyboard.press("Tab")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    phone.page.wait_for_url("**/home/*")
    for link, lands in (("My Exam", "**/exams"), ("CT of the chest", "**/exams/*")):
        wanted = phone.page.locator("main").get_by_role("link", name=link)
        for _ in range(20):
            keyboard.press("Tab")
            if wanted.evaluate("(it) => it === document.activeElement"):
                break
        expect(wanted).to_be_focused()
        assert phone.page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
        keyboard.press("Enter")
        phone.page.wait_for_url(lands)
    sees(phone, "The lungs are clear.")
    assert phone.complaints == []


@pytest.mark.rule("R74")
def test_an_open_invitation_turns_to_viewed_by_itself(web: Web, signed: Phone) -> None:
    invitation = web.invitation()
    signed.open(f"/invitations/{invitation}")
    expect(signed.page.locator("#status")).to_contain_text("Active")
    web.browser(base="http://127.0.0.1").enter(CODE)
    expect(signed.page.locator("#status")).to_contain_text("Viewed", timeout=PATIENCE_MS)
    sees(signed, "Opened 1 of 10 times")
    assert signed.complaints == []


@pytest.mark.rule("R29", "D28")
def test_a_report_appears_and_goes_on_an_open_page(web: Web, signed: Phone) -> None:
    with web.portal.parts.database.writing() as session:
        row = session.get_one(Report, web.report)
        row.visible_from = row.complete_at = None
    signed.open(f"/exams/{web.exam}")
    sees(signed, "Report is Unavailable")
    web.scene.acting("clinical").reports.release_early(web.report, "for the test")
    expect(signed.page.get_by_text("The lungs are clear.")).to_be_visible(timeout=PATIENCE_MS)
    web.clock.advance(timedelta(minutes=1))
    web.scene.acting("clinical").reports.withdraw(web.report, "wrong side")
    expect(signed.page.get_by_role("heading", name="Report withdrawn")).to_be_visible(timeout=PATIENCE_MS)
    expect(signed.page.get_by_text("The lungs are clear.")).to_have_count(0)
    assert signed.complaints == []


@pytest.mark.rule("R29")
def test_a_report_appears_on_an_open_page_when_its_time_has_come(web: Web, signed: Phone) -> None:
    with web.portal.parts.database.writing() as session:
        row = session.get_one(Report, web.report)
        row.complete_at = web.clock() - timedelta(hours=47)
        row.visible_from = web.clock() + timedelta(seconds=2)
    signed.open(f"/exams/{web.exam}")
    sees(signed, "Report is Unavailable")
    web.clock.advance(timedelta(seconds=2))
    expect(signed.page.get_by_text("The lungs are clear.")).to_be_visible(timeout=PATIENCE_MS)
    assert signed.complaints == []


@pytest.mark.rule("D25", "D27")
def test_an_open_page_is_emptied_when_the_session_ends_elsewhere(web: Web, signed: Phone) -> None:
    signed.open(f"/exams/{web.exam}")
    sees(signed, "The lungs are clear.")
    web.scene.acting("reception").accounts.block(web.owner.id, "lost telephone")
    expect(signed.page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=PATIENCE_MS)
    expect(signed.page.get_by_text("The lungs are clear.")).to_have_count(0)


@pytest.mark.rule("D25")
def test_before_the_end_it_asks_whether_somebody_is_there(web: Web, signed: Phone) -> None:
    web.clock.advance(timedelta(minutes=14, seconds=10))
    question = signed.page.get_by_role("dialog", name="Are you still there?")
    expect(question).to_be_visible(timeout=PATIENCE_MS)
    expect(question).to_contain_text("For your privacy, this screen signs you out in")
    with signed.page.expect_response("**/still-here"):  # the server knows it before its clock goes on
        question.get_by_role("button", name="I am still here").tap()
    expect(question).to_be_hidden()
    web.clock.advance(timedelta(minutes=13))
    signed.page.reload()
    sees(signed, "What would you like to do?")
    web.clock.advance(timedelta(minutes=14, seconds=10))
    expect(question).to_be_visible(timeout=PATIENCE_MS)
    question.get_by_role("button", name="Leave now").tap()
    sees(signed, "You have signed out")
    signed.page.go_back()
    expect(signed.page.get_by_text("What would you like to do?")).to_have_count(0)


def test_everything_works_without_scripts(served: tuple[Web, str], browser: Browser) -> None:
    web, address = served
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_label("User name").fill(user_name(web))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="My Exam").first.click()
    page.get_by_role("link", name="CT of the chest").click()
    page.locator("a.image").first.click()
    page.wait_for_url("**/image/**")
    page.go_back()
    page.get_by_role("link", name="Share Exam").click()
    page.get_by_label("Name of the person").fill("Dr Sam Okafor")
    page.get_by_label("What is their e-mail address?").fill("sam@example.org")
    page.get_by_label("I understand this is sensitive medical information").check()
    page.get_by_role("button", name="Share Exam").click()
    expect(page.get_by_text("By e-mail to sam@example.org")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You have signed out")).to_be_visible()
    context.close()
