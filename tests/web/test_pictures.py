"""Images for guests and patients: one implementation, checked before anything that is kept is given."""

import gc
import json
import re
import tracemalloc
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from httpx2 import Response
from PIL import Image
from sqlalchemy import select

from app.image_files import forget_changed_pictures, zip_pieces
from app.views.exams import ExamPage
from db.models import AuditEvent
from tests.scene import PASSWORD
from tests.web.conftest import CODE, FRAMES, NUMBER, SLICES, Browser, Web

WEBP = "image/avif,image/webp,image/apng,*/*;q=0.8"


class Looker:
    """A browser in which somebody has opened the exam, and where its images are."""

    def __init__(self, browser: Browser, base: str, page: ExamPage) -> None:
        self.browser = browser
        self.base = base
        self.page = page

    def get(self, path: str, **headers: str) -> Response:
        return self.browser.get(self.base + path, **headers)

    @property
    def slice(self) -> UUID:
        return self.page.series[0].instances[0].id

    @property
    def cine(self) -> UUID:
        return self.page.series[1].instances[0].id


def patient_of(web: Web, *patients: UUID) -> tuple[Browser, str]:
    """A browser in which somebody who reaches the patients has signed in, and the token."""
    name = f"reader.{patients[0].hex[-12:]}"
    web.scene.account(*patients, user_name=name)
    token = web.portal.acting(web.portal.nobody()).sessions.sign_in(name, PASSWORD).token
    browser = web.browser()
    browser.client.cookies.set("__Host-session", token, domain="portal.harbour.example", path="/")
    return browser, token


@pytest.fixture(params=["guest", "patient"])
def looker(request: pytest.FixtureRequest, web: Web) -> Looker:
    if request.param == "guest":
        guest: Browser = request.getfixturevalue("guest")
        guest.get("/visit")
        return Looker(guest, "/visit", web.scene.acting(web.as_owner()).exams.open(web.exam))
    browser, token = patient_of(web, web.patient)
    page = web.portal.acting(web.portal.signed_in(token)).exams.open(web.exam)
    return Looker(browser, f"/exams/{web.exam}", page)


@pytest.mark.rule("R37", "R38")
def test_an_image_comes_in_the_size_and_form_the_screen_takes(looker: Looker) -> None:
    small = picture(looker.get(f"/thumbnail/{looker.slice}/0", Accept=WEBP))
    assert (small.format, max(small.size)) == ("WEBP", 128)
    for accept, form in ((WEBP, "WEBP"), ("image/png,*/*", "JPEG")):
        answer = looker.get(f"/image/{looker.cine}/0?side=100", Accept=accept)
        assert answer.headers["Cache-Control"] == "no-store"
        shown = picture(answer)
        assert shown.format == form
        assert max(shown.size) == 512, "the next larger of the sizes there are"
    whole = picture(looker.get(f"/image/{looker.cine}/0?side=999999"))
    assert max(whole.size) == 640
    for missing in (
        f"/image/{looker.slice}/1",
        f"/image/{looker.slice}/-1",
        f"/image/{looker.page.exam.id}/0",
    ):
        assert looker.get(missing).status_code in {404, 422}, missing


@pytest.mark.rule("R36", "R45")
def test_images_are_told_in_their_order_and_listed_for_browsers_without_scripts(looker: Looker) -> None:
    told = looker.get("/images.json").json()
    assert [[one[1] for one in series] for series in told] == [[1] * SLICES, [FRAMES]]
    assert told[0][0] == [str(looker.slice), 1, 128, 128]
    series = looker.page.series[0].id
    listed = looker.get(f"/images?series={series}")
    assert re.findall(r'href="([^"]+/image/[^"]+)"', listed.text) == [
        f"{looker.base}/image/{one.id}/0" for one in looker.page.series[0].instances
    ]
    # The ways out stand there too, and the page goes when the visit or session does.
    leads_out, asks = (
        ("/visit/leave", f"/visit/state/{looker.page.exam.id}")
        if looker.base == "/visit"
        else ("/sign-out", "/live?")
    )
    assert f'action="{leads_out}"' in listed.text
    assert f'data-ask="{asks}' in listed.text
    assert looker.get(f"/images?series={series}&page=2").status_code == 404
    assert looker.get(f"/images?series={series}&page=0").status_code == 404
    assert looker.get(f"/images?series={looker.slice}").status_code == 404


def test_an_instance_of_several_frames_plays_as_a_film(looker: Looker) -> None:
    film = picture(looker.get(f"/film/{looker.cine}"))
    assert film.format == "WEBP"
    assert getattr(film, "n_frames", 1) == FRAMES
    assert looker.get(f"/film/{looker.slice}").status_code == 404, "one picture does not move"


@pytest.mark.rule("R41", "D21")
def test_zips_come_while_they_are_made_and_single_images_can_be_resumed(web: Web, looker: Looker) -> None:
    every = looker.get("/download/all_zip")
    assert "Content-Length" not in every.headers
    assert len(zipfile.ZipFile(BytesIO(every.content)).namelist()) == SLICES + FRAMES
    dicom = zipfile.ZipFile(BytesIO(looker.get("/download/dicom_zip").content))
    assert dicom.testzip() is None
    assert len(dicom.namelist()) == SLICES + 1 + 1
    one = f"/download/image_png?instance={looker.slice}&frame=0"
    whole = looker.get(one).content
    part = looker.get(one, Range="bytes=100-199")
    assert (part.status_code, part.content) == (206, whole[100:200])
    assert list((web.portal.parts.settings.data_folder / "web").iterdir()) == [], "nothing stays on the disk"


@pytest.mark.rule("D24")
def test_what_was_sent_is_written_down_for_patients_too(web: Web, looker: Looker) -> None:
    looker.get(f"/image/{looker.slice}/0")
    looker.get(f"/film/{looker.cine}")
    web.app.state.pages.shown.write()
    with web.portal.parts.database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.verb == "images.shown")).all()
        assert {event.exam_id for event in events} == {web.exam}
        numbers = sorted(",".join(map(str, json.loads(event.detail)["numbers"])) for event in events)
    assert numbers == ["1", "1,2,3"]


@pytest.mark.rule("D26", "D31")
def test_a_patient_reaches_no_images_of_others_nor_by_another_exams_address(web: Web) -> None:
    mine, token = patient_of(web, web.patient)
    acting = web.portal.acting(web.portal.signed_in(token))
    page = acting.exams.open(web.exam)
    instance = page.series[0].instances[0].id
    second = web.scene.exam(web.patient)
    acting.exams.open(second)
    stranger, other = patient_of(web, web.scene.patient(given="Ben"))
    links = ("/thumbnail/{}/0", "/image/{}/0", "/film/{}", "/download/image_png?instance={}")
    for link in (*links, "/download/all_zip", "/images.json", f"/images?series={page.series[0].id}"):
        path = link.format(instance)
        assert stranger.get(f"/exams/{web.exam}{path}").status_code == 404, path
        assert web.browser().get(f"/exams/{web.exam}{path}").status_code == 403, path
    for link in links:
        assert mine.get(f"/exams/{second}{link.format(instance)}").status_code == 404
        assert mine.get(f"/exams/not-an-id{link.format(instance)}").status_code == 404
    assert web.portal.acting(web.portal.signed_in(other)).exams.mine() == ()


# What is kept


@pytest.mark.rule("D10", "D17")
def test_whoever_may_no_longer_look_gets_nothing_though_the_picture_is_kept(web: Web, looker: Looker) -> None:
    link = f"/image/{looker.slice}/0"
    assert looker.get(link).status_code == 200
    web.scene.acting("clinical").exams.hold(web.exam, "harm", web.clock().date() + timedelta(days=9))
    assert web.portal.parts.renditions.size > 0
    assert looker.get(link).status_code in {403, 404}
    forget_changed_pictures(web.portal.parts)
    assert web.portal.parts.renditions.size == 0


def test_a_picture_is_rendered_once_for_many(
    web: Web, looker: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[Path] = []
    imaging = web.portal.parts.imaging
    render = imaging.render

    def counted(path: Path, *args: object, **more: object) -> object:
        rendered.append(path)
        return render(path, *args, **more)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(imaging, "render", counted)
    link = f"/image/{looker.slice}/0"
    assert len({looker.get(link).content for _ in range(5)}) == 1
    assert len(rendered) == 1
    looker.get(link, Accept=WEBP)
    assert len(rendered) == 2, "another form is another picture"
    assert looker.get(f"/notes/{looker.slice}/0").json() == {"warning": "Not for diagnosis", "notes": []}
    opened = looker.get(link, Accept="text/html,*/*")
    assert f'<img class="alone" src="{looker.base}{link}"' in opened.text
    with Image.open(BytesIO(looker.get(link).content)) as drawn:
        assert f'width="{drawn.width}" height="{drawn.height}"' in opened.text
    assert f"Image 1 of {SLICES} · Not for diagnosis" in opened.text
    assert looker.get(f"/image/{looker.slice}/9", Accept="text/html").status_code == 404
    assert len(rendered) == 2, "what is kept says what is odd about it"


# Mail scanners and previews


SCANNERS = (
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; SafeLinks)",
    "BarracudaCentral",
    "Mimecast",
    "Proofpoint-URL-Defense",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "facebookexternalhit/1.1",
    "WhatsApp/2.23.20.0",
    "TelegramBot (like TwitterBot)",
    "Googlebot/2.1 (+http://www.google.com/bot.html)",
    "SkypeUriPreview Preview/0.5",
    "Microsoft Office Existence Discovery",
    "curl/8.5.0",
)


@pytest.mark.rule("D13")
def test_mail_scanners_and_two_hundred_requests_spend_nothing(web: Web, browser: Browser) -> None:
    invitation = web.invitation()
    for agent in SCANNERS:
        for method in ("GET", "HEAD", "OPTIONS"):
            for link in (
                f"/i/{NUMBER}",
                "/open",
                f"/i/{NUMBER}?utm_source=mail",
                "/visit",
                f"/i/{NUMBER}/{CODE}",
            ):
                browser.client.request(method, link, headers={"User-Agent": agent})
    for _ in range(200):
        assert browser.get(f"/i/{NUMBER}").status_code == 200
    assert web.row(invitation).accesses == 0
    assert browser.enter().status_code == 303, "nor has it locked anything"
    assert web.row(invitation).accesses == 1


# Many images


@pytest.mark.rule("D21")
def test_a_zip_of_many_files_takes_no_more_memory_than_one_of_few(web: Web) -> None:
    """The archive's own files are asked for again and again, as if the exam had thousands."""
    acting = web.scene.acting(web.as_owner())
    acting.exams.open(web.exam)
    files = acting.images.take_away(web.exam, "dicom_zip")

    def peak(times: int) -> tuple[int, int]:
        """The most memory that making a ZIP took, and how long it became."""
        length = 0
        gc.collect()
        tracemalloc.start()
        for piece in zip_pieces(web.portal.parts, files * times, "dicom_zip"):
            length += len(piece)
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most, length

    few, short = peak(3)
    many, long = peak(60)
    assert long > 15 * short
    # The list of names at a ZIP's end grows, a few hundred bytes a file; the content does not stay.
    assert many - few < 57 * len(files) * 4000
    assert many < long / 4


def picture(answer: Response) -> Image.Image:
    assert answer.status_code == 200, answer.text
    opened = Image.open(BytesIO(answer.content))
    opened.load()
    return opened
