"""The web view in a real browser on a phone, on a real server (R39, R40, R43, R44, R46, R47, R49, D22)."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.scene import Scene
from tests.web.conftest import CODE, FRAMES, NUMBER, SLICES, TALL, Web
from tests.web.phone import HEIGHT, WIDTH, Phone, chromium, phone_at, sees, shows_within_five_seconds

COUNT = SLICES + FRAMES


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def phone(served: tuple[Web, str], browser: Browser) -> Iterator[Phone]:
    with phone_at(browser, served[1], 10_000) as opened:
        yield opened


@pytest.fixture
def web(served: tuple[Web, str]) -> Web:
    return served[0]


@pytest.fixture
def scene(web: Web) -> Scene:
    return web.scene


@pytest.fixture
def visiting(web: Web, phone: Phone) -> Phone:
    """A phone that has scanned the QR code and opened the exam."""
    web.invitation()
    phone.open(f"/i/{NUMBER}#{CODE}")
    phone.page.get_by_role("button", name="Open the exam").tap()
    phone.page.wait_for_url("**/visit")
    return phone


@pytest.fixture
def viewing(visiting: Phone) -> Phone:
    """The same with the first image open."""
    visiting.page.locator("a.image").first.tap()
    expect(visiting.foot).to_contain_text(f"Image 1 of {COUNT}")
    expect(visiting.shown).to_have_js_property("clientWidth", WIDTH)
    visiting.settled()
    return visiting


@pytest.mark.rule("R57", "R59", "D12", "D13")
def test_a_scanned_link_fills_the_code_in_and_forgets_it_in_the_address(web: Web, phone: Phone) -> None:
    invitation = web.invitation()
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(f"{request.url} {request.headers}"))
    phone.open(f"/i/{NUMBER}#{CODE}")
    expect(phone.page.locator("#code")).to_have_value("ABCD-EFGH-1234")
    assert phone.page.url == f"{phone.address}/i/{NUMBER}"
    assert web.row(invitation).accesses == 0
    assert not [request for request in asked if CODE in request]
    phone.page.get_by_role("button", name="Open the exam").tap()
    phone.page.wait_for_url("**/visit")
    sees(phone, "The lungs are clear.")
    phone.page.reload()
    phone.page.go_back()
    phone.page.go_forward()
    assert web.row(invitation).accesses == 1
    assert phone.complaints == []


@pytest.mark.rule("R58", "R59")
def test_number_and_code_are_typed_with_the_keyboard_alone(web: Web, phone: Phone) -> None:
    web.invitation()
    phone.open("/")
    keyboard = phone.page.keyboard
    phone.page.get_by_role("link", name="I have an invitation").focus()
    keyboard.press("Enter")
    phone.page.wait_for_url("**/open")
    phone.page.get_by_label("Invitation number").focus()
    keyboard.type("0123 4567 89ab")
    keyboard.press("Tab")
    keyboard.type("abcd efgh i234")
    keyboard.press("Tab")
    outline = phone.page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px", "what has the focus shows it"
    keyboard.press("Enter")
    phone.page.wait_for_url("**/visit")
    sees(phone, "The lungs are clear.")


@pytest.mark.rule("D14")
def test_a_wrong_code_is_said_and_can_be_put_right(web: Web, phone: Phone) -> None:
    web.invitation()
    phone.open(f"/i/{NUMBER}")
    phone.page.get_by_label("Verification code").fill("WRNG-WRNG-WRNG")
    phone.page.get_by_role("button", name="Open the exam").tap()
    expect(phone.page.get_by_role("alert")).to_be_focused()
    phone.page.get_by_label("Verification code").fill(CODE)
    phone.page.get_by_role("button", name="Open the exam").tap()
    phone.page.wait_for_url("**/visit")


@pytest.mark.rule("R38", "R44", "R45", "R46", "D20")
def test_a_thumbnail_opens_large_and_a_finger_swipes_within_the_exam(viewing: Phone) -> None:
    assert viewing.width_of_image() == pytest.approx(WIDTH, abs=1)
    viewing.swipe(250)
    expect(viewing.foot).to_contain_text(f"Image 1 of {COUNT}")
    for number in range(2, COUNT + 1):
        viewing.swipe(-250)
        expect(viewing.foot).to_contain_text(f"Image {number} of {COUNT}")
    expect(viewing.foot).to_contain_text("Heart, four chambers")
    viewing.swipe(-250)
    expect(viewing.foot).to_contain_text(f"Image {COUNT} of {COUNT}")
    viewing.swipe(250)
    expect(viewing.foot).to_contain_text(f"Image {COUNT - 1} of {COUNT}")
    assert viewing.complaints == []


@pytest.mark.rule("R39", "R40", "R43", "R47", "D20", "D22")
def test_two_fingers_zoom_and_then_one_finger_pans_without_leaving_the_image(viewing: Phone) -> None:
    before = viewing.width_of_image()
    viewing.pinch(3)
    zoomed = viewing.width_of_image()
    assert zoomed == pytest.approx(3 * before, rel=0.15)
    left = viewing.left_of_image()
    viewing.swipe(-120)
    assert viewing.left_of_image() < left - 60
    assert viewing.width_of_image() == pytest.approx(zoomed, rel=0.01)
    expect(viewing.foot).to_contain_text(f"Image 1 of {COUNT}")
    viewing.pinch(0.2)
    assert viewing.width_of_image() == pytest.approx(before, abs=2)
    viewing.swipe(-250)
    expect(viewing.foot).to_contain_text(f"Image 2 of {COUNT}")
    assert viewing.complaints == []


def test_an_image_with_pixels_that_are_not_square_keeps_its_shape(viewing: Phone) -> None:
    viewing.swipe(-250)
    expect(viewing.foot).to_contain_text(f"Image {TALL} of {COUNT}")
    viewing.swipe(-250)
    viewing.swipe(250)
    assert viewing.shown.evaluate("it => it.naturalHeight / it.naturalWidth") == 2
    assert viewing.shown.evaluate("it => it.clientHeight / it.clientWidth") == pytest.approx(2, abs=0.02)


@pytest.mark.rule("D29")
def test_the_viewer_names_the_patient_the_image_and_what_it_is_not_for(viewing: Phone) -> None:
    expect(viewing.page.locator(".pswp__whose")).to_contain_text("Amelia Hart")
    expect(viewing.foot).to_contain_text("Not for diagnosis")


@pytest.mark.rule("R41", "R42", "D21")
def test_the_viewers_download_gives_the_image_that_is_shown(viewing: Phone) -> None:
    viewing.swipe(-250)
    expect(viewing.foot).to_contain_text(f"Image 2 of {COUNT}")
    shown = viewing.shown.get_attribute("src")
    assert shown
    for kind, form in (("PNG", "PNG"), ("JPEG", "JPEG")):
        with viewing.page.expect_download() as started:
            # A click: a tap that a slow machine stretches is a long press, which opens the link's menu.
            viewing.page.get_by_role("link", name=f"Download {kind}").click()
        saved = Path(started.value.path())
        assert Image.open(BytesIO(saved.read_bytes())).format == form
        assert shown.split("/")[-2] in started.value.url
    assert viewing.complaints == []


@pytest.mark.rule("R71", "D17")
def test_revoking_empties_an_open_viewer_within_five_seconds(web: Web, viewing: Phone) -> None:
    owner, (invitation,) = web.scene.acting(web.as_owner()), web.invitations()
    ended = viewing.page.get_by_role("heading", name="Your visit has ended")
    shows_within_five_seconds(viewing, lambda: owner.sharing.revoke(invitation), ended)
    expect(viewing.page.locator("img")).to_have_count(0)


@pytest.mark.rule("D28")
def test_a_report_that_is_withdrawn_goes_from_open_pages_within_five_seconds(
    web: Web, visiting: Phone
) -> None:
    sees(visiting, "The lungs are clear.")
    web.clock.advance(timedelta(minutes=1))
    clinical = web.scene.acting("clinical")
    gone = visiting.page.get_by_text("This report was withdrawn on 12 March 2026. Please contact the clinic.")
    shows_within_five_seconds(visiting, lambda: clinical.reports.withdraw(web.report, "wrong side"), gone)
    expect(visiting.page.get_by_text("The lungs are clear.")).to_have_count(0)
    assert visiting.complaints == []


@pytest.mark.rule("R48", "R49", "D22")
def test_every_page_fits_a_phone_with_targets_for_fingers(web: Web, visiting: Phone) -> None:
    pages = (
        "/visit",
        "/",
        "/open",
        f"/i/{NUMBER}",
        "/activate",
        "/forgot",
        "/reset",
        "/confirm-email",
        "/d",
        "/left",
        "/nowhere",
    )
    for path in pages:
        visiting.open(path)
        assert visiting.overflow() == 0, path
        for target in visiting.page.locator(
            "a:visible, button:visible, summary:visible, input:visible"
        ).all():
            box = target.bounding_box()
            inside = target.evaluate("it => it.closest('.tick, .skip') !== null")
            assert box
            assert inside or box["height"] >= 47.5, (path, target.inner_text())


@pytest.mark.rule("D22")
def test_a_long_name_and_a_long_note_do_not_widen_the_page(web: Web, phone: Phone) -> None:
    web.invitation()
    web.rename("Wolfeschlegelsteinhausenbergerdorff" * 2, note="https://" + "x" * 300)
    phone.open(f"/i/{NUMBER}#{CODE}")
    phone.page.get_by_role("button", name="Open the exam").tap()
    phone.page.wait_for_url("**/visit")
    assert phone.overflow() == 0


@pytest.mark.rule("D21")
def test_a_kiosks_code_is_scanned_and_the_file_is_saved(web: Web, phone: Phone) -> None:
    kiosk = web.scene.acting(web.scene.account(web.patient))
    kiosk.exams.open(web.exam)
    token = kiosk.downloads.offer(web.exam, "report", report_id=web.report).url.partition("#")[2]
    phone.open(f"/d#{token}")
    sees(phone, "report-2026-03-10.pdf")
    assert token not in phone.page.url
    with phone.page.expect_download() as started:
        phone.page.get_by_role("button", name="Download").tap()
    assert started.value.suggested_filename == "report-2026-03-10.pdf"
    assert Path(started.value.path()).read_bytes().startswith(b"%PDF")
    sees(phone, "Your download begins")
    assert phone.complaints == []


@pytest.mark.rule("R6", "R7", "R8")
def test_the_buttons_proof_and_the_letters_code_reach_the_form_from_the_address(phone: Phone) -> None:
    phone.open("/activate#mail=QRST-VWXY-Z012")
    expect(phone.page.locator('input[name="proof"]')).to_have_value("QRST-VWXY-Z012")
    expect(phone.page.get_by_label("Activation code")).to_have_value("")
    assert phone.page.url.endswith("/activate")
    for path in ("/activate", "/reset", "/confirm-email"):
        phone.open(f"{path}#{CODE}")
        expect(phone.page.locator("#code")).to_have_value("ABCD-EFGH-1234")
        assert phone.page.url.endswith(path)
    assert phone.complaints == []


@pytest.mark.rule("R59")
def test_without_scripts_the_exam_still_opens_and_its_images_too(
    served: tuple[Web, str], browser: Browser
) -> None:
    web, address = served
    web.invitation()
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/i/{NUMBER}#{CODE}")
    page.get_by_label("Verification code").fill(CODE)
    page.get_by_role("button", name="Open the exam").click()
    page.wait_for_url("**/visit")
    page.locator("a.image").first.click()
    page.wait_for_url("**/visit/image/**")
    page.go_back()
    page.get_by_role("button", name="Leave").click()
    page.wait_for_url("**/left")
    context.close()
