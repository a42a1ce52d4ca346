"""The gallery in a real browser: the size a screen needs, light and contrast, films, a thousand images, no scripts."""

import os
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Request, expect
from sqlalchemy import select

from app.ids import new_id
from app.portal import Portal
from db.models import Instance, Series
from tests.made_dicom import Disc, folder_of
from tests.web.conftest import CODE, FRAMES, NUMBER, SLICES, Web
from tests.web.phone import HEIGHT, WIDTH, Phone, chromium, phone_at

MANY = 1000
COUNT = SLICES + FRAMES


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def phone(served: tuple[Web, str], browser: Browser) -> Iterator[Phone]:
    with phone_at(browser, served[1], 20_000) as opened:
        yield opened


@pytest.fixture
def web(served: tuple[Web, str]) -> Web:
    return served[0]


class Asked:
    """What a page has asked for since it was opened."""

    def __init__(self, phone: Phone) -> None:
        self._urls: list[str] = []
        phone.page.on("request", self._came)

    def _came(self, request: Request) -> None:
        self._urls.append(request.url)

    def of(self, part: str) -> list[str]:
        return [url for url in self._urls if part in url]


def visit(web: Web, phone: Phone) -> Asked:
    web.invitation()
    phone.open(f"/i/{NUMBER}#{CODE}")
    asked = Asked(phone)
    phone.page.get_by_role("button", name="Open the exam").tap()
    phone.page.wait_for_url("**/visit")
    return asked


def open_image(phone: Phone, number: int, count: int = COUNT) -> None:
    phone.page.locator("a.image").nth(number - 1).tap()
    ready(phone, number, count)


def ready(phone: Phone, number: int, count: int) -> None:
    """Wait until an image is there and takes fingers."""
    expect(phone.foot).to_contain_text(f"Image {number} of {count}")
    expect(phone.shown).to_have_js_property("complete", True)
    expect(phone.shown).to_have_js_property("clientWidth", WIDTH)
    phone.settled()


def multiplied(portal: Portal, times: int) -> UUID:
    """Give the first series so many instances: copies of its first one."""
    folder = portal.parts.settings.archive_folder
    with portal.parts.database.writing() as session:
        series = session.scalars(select(Series).order_by(Series.number)).first()
        assert series is not None
        one = session.scalars(select(Instance).where(Instance.series_id == series.id)).first()
        assert one is not None
        there = len(session.scalars(select(Instance.id).where(Instance.series_id == series.id)).all())
        source = folder / f"{one.archive_key}.dcm"
        for number in range(there, times):
            made = new_id()
            key = f"{one.archive_key.rpartition('/')[0]}/{made}"
            os.link(source, folder / f"{key}.dcm")
            session.add(
                Instance(
                    id=made,
                    series_id=series.id,
                    sop_instance_uid=f"2.25.{made.int}",
                    sop_class_uid=one.sop_class_uid,
                    transfer_syntax_uid=one.transfer_syntax_uid,
                    kind=one.kind,
                    number=number + 1,
                    frames=1,
                    rows=one.rows,
                    columns=one.columns,
                    archive_key=key,
                    sha256=one.sha256,
                    size=one.size,
                )
            )
        return series.id


def declared(portal: Portal, rows: int, columns: int) -> None:
    """Say that every image is as large as a radiograph; the browser goes by that."""
    with portal.parts.database.writing() as session:
        for instance in session.scalars(select(Instance)):
            instance.rows, instance.columns = rows, columns


@pytest.mark.rule("R38", "R40", "R43")
def test_a_screen_gets_the_size_it_needs_and_more_only_when_zoomed(web: Web, phone: Phone) -> None:
    declared(web.portal, 3000, 3000)
    asked = visit(web, phone)
    open_image(phone, 1)
    first = phone.shown.evaluate("it => new URL(it.currentSrc).searchParams.get('side')")
    assert first == "1024", "360 points of two pixels each"
    assert not asked.of("side=2048")
    assert not asked.of("side=8192")
    with phone.page.expect_response(re.compile(r"/image/.*side=(2048|8192)")):
        phone.pinch(4)
    assert phone.complaints == []


@pytest.mark.rule("R43")
def test_light_and_contrast_change_what_is_seen_without_loading_again(web: Web, phone: Phone) -> None:
    asked = visit(web, phone)
    open_image(phone, 1)
    phone.page.wait_for_load_state("networkidle")
    before = len(asked.of("/image/"))
    plain = middle(phone)
    phone.page.get_by_role("button", name="Light and contrast").tap()
    for _ in range(3):
        phone.page.get_by_role("button", name="Brighter").tap()
    brighter = middle(phone)
    phone.page.get_by_role("button", name="Start again").tap()
    again = middle(phone)
    for _ in range(3):
        phone.page.get_by_role("button", name="Darker").tap()
    darker = middle(phone)
    phone.page.get_by_role("button", name="More contrast").tap()
    phone.page.get_by_role("button", name="Less contrast").tap()
    assert darker < plain < brighter
    assert again == pytest.approx(plain, abs=0.5)
    phone.swipe(-250)
    expect(phone.foot).to_contain_text(f"Image 2 of {COUNT}")
    assert phone.page.locator(".pswp.is-adjusted").count() == 1, "it stays from image to image"
    assert len(asked.of("/image/")) <= before + 3
    assert phone.complaints == []


@pytest.mark.rule("D21", "D22")
def test_a_film_plays_in_the_images_place_and_stops_when_one_goes_on(web: Web, phone: Phone) -> None:
    visit(web, phone)
    play = phone.page.get_by_role("button", name="Play")
    open_image(phone, 1)
    expect(play).to_be_hidden()
    phone.page.keyboard.press("Escape")
    expect(phone.page.locator(".pswp")).to_have_count(0)
    open_image(phone, SLICES + 1)
    with phone.page.expect_response(re.compile("/visit/film/")):
        play.tap()
    expect(phone.shown).to_have_js_property("complete", True)
    assert "/film/" in phone.shown.evaluate("it => it.currentSrc")
    assert phone.overflow() == 0
    phone.page.get_by_role("button", name="Stop").tap()
    expect(phone.shown).to_have_attribute("src", re.compile("/image/"))
    play.tap()
    phone.page.keyboard.press("ArrowLeft")
    expect(phone.foot).to_contain_text(f"Image {SLICES} of {COUNT}")
    expect(play).to_be_hidden()
    phone.page.keyboard.press("ArrowRight")
    expect(phone.shown).to_have_attribute("src", re.compile("/image/"))
    assert phone.complaints == []


@pytest.mark.slow
@pytest.mark.rule("R36", "R37", "R44")
def test_a_thousand_images_ask_only_for_what_is_near_the_screen(web: Web, phone: Phone) -> None:
    multiplied(web.portal, MANY)
    count = MANY + FRAMES
    asked = visit(web, phone)
    phone.page.wait_for_load_state("networkidle")
    assert len(asked.of("/thumbnail/")) <= 24
    phone.page.get_by_role("link", name="Show 988 more images").tap()
    expect(phone.page.locator("a.image")).to_have_count(count)
    phone.page.wait_for_load_state("networkidle")
    assert len(asked.of("/thumbnail/")) < 120
    assert phone.overflow() == 0
    last = phone.page.locator("a.image").nth(MANY - 1)
    last.scroll_into_view_if_needed()
    expect(last.locator("img")).to_have_js_property("complete", True)
    assert len(asked.of("/thumbnail/")) < 300
    assert phone.page.locator("a.image img").count() < 200, "what is far off is taken out again"
    last.tap()
    ready(phone, MANY, count)
    phone.swipe(-250)
    expect(phone.foot).to_contain_text(f"Image {MANY + 1} of {count}")
    assert len(asked.of("/image/")) < 12
    assert len(asked.of("/images.json")) == 1
    assert phone.complaints == []


@pytest.mark.rule("R36", "R37", "R49")
def test_without_scripts_a_long_series_is_pages_of_plain_links(
    served: tuple[Web, str], browser: Browser
) -> None:
    web, address = served
    multiplied(web.portal, 130)
    web.invitation()
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/i/{NUMBER}")
    page.get_by_label("Verification code").fill(CODE)
    page.get_by_role("button", name="Open the exam").click()
    page.wait_for_url("**/visit")
    page.get_by_role("link", name="Show 118 more images").click()
    seen = 0
    for number in (1, 2, 3):
        expect(page.get_by_text(f"Page {number} of 3")).to_be_visible()
        seen += page.locator("a.image").count()
        if number < 3:
            page.get_by_role("link", name="Next page").click()
    assert seen == 130
    page.locator("a.image").last.click()
    page.wait_for_url("**/visit/image/**")
    page.go_back()
    page.get_by_role("link", name="Back to the exam").click()
    page.wait_for_url("**/visit")
    page.get_by_role("link", name="Play").click()
    page.wait_for_url("**/visit/film/**")
    context.close()


RECORD = """async () => {
    const canvas = document.body.appendChild(document.createElement("canvas"));
    canvas.width = canvas.height = 64;
    const paint = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/mp4;codecs=avc1.42E01E" });
    const parts = [];
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.start();
    for (let step = 0; step < 20; step += 1) {
        paint.fillStyle = `rgb(${step * 12}, 0, 0)`;
        paint.fillRect(0, 0, 64, 64);
        await new Promise((done) => setTimeout(done, 40));
    }
    await new Promise((done) => { recorder.onstop = done; recorder.stop(); });
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
}"""


@pytest.fixture
def film(web: Web, browser: Browser, tmp_path: Path) -> bytes:
    """An MPEG-4 film that Chromium has recorded, stored in the exam."""
    page = browser.new_page()
    recorded = bytes(page.evaluate(RECORD))
    page.close()
    disc = Disc(patient_id="M-7788", accession="W-0001", modality="ES", description="CT of the chest")
    folder = folder_of(tmp_path / "film", disc.video(recorded))
    reception = web.scene.acting("reception")
    survey = reception.imports.survey((str(folder),), web.patient)
    taken = reception.imports.take(survey.id, web.patient, "the same stay")
    assert taken.exam_ids == (web.exam,)
    return recorded


@pytest.mark.rule("R36", "D21")
def test_a_film_in_mpeg_plays_in_the_browsers_own_player(web: Web, film: bytes, phone: Phone) -> None:
    visit(web, phone)
    player = phone.page.locator("video")
    expect(player).to_have_js_property("videoWidth", 64)
    player.evaluate("it => { it.muted = true; return it.play(); }")
    phone.page.wait_for_function("() => document.querySelector('video').currentTime > 0")
    assert phone.overflow() == 0
    with phone.page.expect_download() as started:
        phone.page.get_by_role("link", name="Save this film").click()
    saved = Path(started.value.path()).read_bytes()
    assert saved[: len(film)] == film
    assert len(saved) - len(film) <= 1, "DICOM pads to an even length"
    assert phone.complaints == []


CUT = "Part of this image is missing from the file."


@pytest.mark.rule("R38", "D29")
def test_what_is_odd_about_an_image_is_said_beside_it_with_and_without_scripts(
    web: Web, served: tuple[Web, str], browser: Browser, phone: Phone, tmp_path: Path
) -> None:
    disc = Disc(patient_id="M-7788", accession="W-0001", description="CT of the chest")
    folder = folder_of(tmp_path / "jpeg", disc.jpeg(is_cut=True), disc.jpeg(2))
    reception = web.scene.acting("reception")
    survey = reception.imports.survey((str(folder),), web.patient)
    assert reception.imports.take(survey.id, web.patient, "the same stay").exam_ids == (web.exam,)
    asked, count = visit(web, phone), COUNT + 2
    notes = phone.page.locator(".pswp__foot .notes")
    open_image(phone, COUNT + 1, count)
    expect(notes).to_have_text(CUT)
    expect(phone.foot).to_contain_text("Compressed image, not for diagnosis")
    phone.swipe(-250)
    expect(phone.foot).to_contain_text(f"Image {count} of {count} · Photographs · Compressed image")
    expect(notes).to_be_hidden()
    phone.page.keyboard.press("ArrowLeft")
    expect(notes).to_have_text(CUT)
    assert len(asked.of("/notes/")) == 2, "what is known is not asked again"
    assert phone.complaints == []

    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    context.add_cookies(phone.page.context.cookies())  # type: ignore[arg-type]  # as they came
    page = context.new_page()
    page.goto(f"{served[1]}/visit")
    page.locator("a.image").nth(COUNT).click()
    expect(page.get_by_text(CUT)).to_be_visible()
    expect(
        page.get_by_text("Amelia Hart · Image 1 of 2 · Compressed image, not for diagnosis")
    ).to_be_visible()
    expect(page.get_by_role("link", name="Previous image")).to_have_count(0)
    expect(page.locator("img.alone")).to_have_js_property("naturalWidth", 64)
    page.get_by_role("link", name="Next image").click()
    expect(page.get_by_text("Image 2 of 2")).to_be_visible()
    expect(page.get_by_text(CUT)).to_have_count(0)
    page.get_by_role("link", name="Previous image").click()
    expect(page.get_by_text("Image 1 of 2")).to_be_visible()
    context.close()


def middle(phone: Phone) -> float:
    """How light the middle of the screen is, 0 to 255, as a photograph of it shows."""
    shot = phone.page.screenshot(clip={"x": WIDTH / 4, "y": HEIGHT / 3, "width": WIDTH / 2, "height": 120})
    with Image.open(BytesIO(shot)) as picture:
        return float(np.asarray(picture.convert("L")).mean())
