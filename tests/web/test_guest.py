import os
import re
import zipfile
from datetime import date, timedelta
from io import BytesIO

import pytest
from httpx2 import Response
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select

from db.models import AuditEvent, Invitation
from tests.web.conftest import CODE, FRAMES, NUMBER, SLICES, Browser, Web, said

LINKS = (
    "/",
    "/open",
    f"/i/{NUMBER}",
    "/visit",
    "/activate",
    "/forgot",
    "/reset",
    "/confirm-email",
    "/d",
    "/left",
    "/sign-in",
    "/signed-out",
    "/contact",
    "/help",
    "/accessibility",
)


@pytest.mark.rule("R57", "D12", "D13")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_any_link_spends_nothing(web: Web, browser: Browser, method: str) -> None:
    invitation = web.invitation()
    before = audit_length(web)
    for link in LINKS:
        answer = browser.client.request(method, link)
        assert answer.status_code == (403 if link == "/visit" else 200), link
    assert web.row(invitation).accesses == 0
    assert audit_length(web) == before


@pytest.mark.rule("R4", "R33", "R48")
def test_the_first_page_says_whom_to_write_to_and_that_there_is_no_app(browser: Browser) -> None:
    text = said(browser.client.get("/"))
    assert "portal@harbour.example" in text
    assert "help with setting up your account" in text
    assert "There is no app to install." in text


@pytest.mark.rule("R58", "R59", "D12", "D13")
def test_link_and_code_open_the_exam_without_an_account_and_count_once(web: Web, browser: Browser) -> None:
    invitation = web.invitation()
    page = browser.get(f"/i/{NUMBER}")
    assert "0123-4567-89AB" in said(page)
    answer = browser.fill(f"/i/{NUMBER}", "/open", code="abcd efgh i234")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/visit")
    assert web.row(invitation).accesses == 1
    shown = said(browser.get("/visit"))
    assert "The lungs are clear." in shown
    assert "Amelia Hart shares this exam with Dr Sam Okafor." in shown
    assert "10 March 2026, North" in shown
    for _ in range(3):
        browser.get("/visit")
    for link in images_of(browser.get("/visit")):
        assert browser.get(link).status_code == 200
    assert web.row(invitation).accesses == 1


@pytest.mark.rule("R59", "D12")
def test_number_and_code_can_be_typed_and_a_form_sent_twice_counts_once(web: Web, browser: Browser) -> None:
    invitation = web.invitation()
    fields = browser.hidden("/open") | {"number": "0123-4567-89ab", "code": CODE}
    first, again = browser.send("/open", fields), browser.send("/open", fields)
    assert (first.status_code, again.status_code) == (303, 303)
    assert web.row(invitation).accesses == 1
    assert browser.get("/visit").status_code == 200


@pytest.mark.rule("R65", "R66", "D13")
def test_ten_openings_work_and_the_eleventh_says_what_to_do(web: Web, browser: Browser) -> None:
    invitation = web.invitation()
    for _ in range(10):
        assert browser.enter().status_code == 303
    refused = browser.enter()
    assert "opened as often as it may be. Please ask the patient for a new one." in said(refused)
    assert browser.get("/visit").status_code == 200, "the tenth works to its end"
    assert web.row(invitation).accesses == 10


@pytest.mark.rule("D14")
def test_wrong_unknown_and_locked_look_the_same(web: Web, browser: Browser) -> None:
    web.invitation()
    answers = [browser.enter("WRNGWRNGWRNG") for _ in range(5)]
    answers += [browser.enter(), browser.enter(number="ZZZZZZZZZZZZ"), browser.enter("u", "u")]
    told = {(answer.status_code, alert(answer)) for answer in answers}
    assert told == {
        (
            403,
            "This did not open anything. Check the letters of the number and the code, or wait 15 minutes.",
        )
    }
    assert 'value="WRNGWRNGWRNG"' in answers[0].text, "what was typed can be checked"


@pytest.mark.rule("R64", "R71", "R75", "R76", "D14")
def test_a_right_code_on_an_ended_invitation_is_told_why(web: Web, browser: Browser) -> None:
    invitation = web.invitation(until=date(2026, 3, 12))
    web.clock.advance(timedelta(days=2))
    assert "This invitation has expired. Please ask the patient for a new one." in alert(browser.enter())
    web.scene.acting(web.as_owner()).sharing.revoke(invitation)
    assert "The patient has ended this invitation." in alert(browser.enter())


@pytest.mark.rule("R71", "D17")
def test_revoking_is_in_force_at_the_next_request_for_everything(web: Web, guest: Browser) -> None:
    page = guest.get("/visit")
    image = images_of(page)[0]
    links = [image, f"/visit/report/{web.report}.pdf", "/visit/download/all_zip", f"/visit/state/{web.exam}"]
    assert [guest.get(link).status_code for link in links] == [200] * 4
    web.scene.acting(web.as_owner()).sharing.revoke(web.invitations()[0])
    assert [guest.get(link).status_code for link in [*links, "/visit"]] == [403] * 5
    assert "Your visit has ended" in said(guest.get("/visit"))


@pytest.mark.rule("D28")
def test_a_withdrawn_report_is_replaced_and_open_pages_learn_of_it(web: Web, guest: Browser) -> None:
    page = guest.get("/visit")
    state = guest.get(f"/visit/state/{web.exam}").json()["state"]
    assert f'data-state="{state}"' in page.text
    web.clock.advance(timedelta(minutes=1))
    web.scene.acting("clinical").reports.withdraw(web.report, "wrong side")
    assert guest.get(f"/visit/state/{web.exam}").json()["state"] != state
    shown = said(guest.get("/visit"))
    assert "This report was withdrawn on 12 March 2026. Please contact the clinic." in shown
    assert "lungs" not in shown
    assert guest.get(f"/visit/report/{web.report}.pdf").status_code == 404


@pytest.mark.rule("D12")
@pytest.mark.parametrize("contents", ["report", "images"])
def test_a_guest_sees_only_what_was_shared(web: Web, browser: Browser, contents: str) -> None:
    invitation = web.invitation()
    change(web, contents=contents)
    image = image_of_the_exam(web)
    browser.enter()
    page = browser.get("/visit")
    assert ("The lungs are clear." in page.text) == (contents == "report")
    assert bool(images_of(page)) == (contents == "images")
    assert browser.get(image).status_code == (200 if contents == "images" else 404)
    report = browser.get(f"/visit/report/{web.report}.pdf")
    assert report.status_code == (200 if contents == "report" else 404)
    assert web.browser().get("/visit").status_code == 403, "the visit is bound to its browser"
    assert web.row(invitation).accesses == 1


@pytest.mark.rule("D12")
def test_without_downloads_there_is_no_button_and_no_file(web: Web, browser: Browser) -> None:
    web.invitation()
    change(web, may_download=False)
    browser.enter()
    page = browser.get("/visit")
    assert "Download" not in said(page)
    assert "data-may-download" not in page.text
    instance = images_of(page)[0].split("/")[3]
    for link in (
        f"/visit/report/{web.report}.pdf",
        "/visit/download/all_zip",
        "/visit/download/dicom_zip",
        f"/visit/download/image_png?instance={instance}&frame=0",
    ):
        assert browser.get(link).status_code == 403


@pytest.mark.rule("R36", "R37", "R38", "R45")
def test_images_are_thumbnails_in_the_exams_order_and_open_large(web: Web, guest: Browser) -> None:
    page = guest.get("/visit")
    links = images_of(page)
    assert len(links) == SLICES + FRAMES
    expected = [
        f"/visit/image/{instance.id}/{frame}"
        for series in web.scene.acting(web.as_owner()).exams.open(web.exam).series
        for instance in series.instances
        for frame in range(instance.frames)
    ]
    assert links == expected
    small = picture(guest.get(links[0].replace("image", "thumbnail")))
    assert max(small.size) <= 256
    large = picture(guest.get(links[0]))
    assert large.size == (128, 128)
    other = web.scene.exam(web.scene.patient(given="Ben"))
    assert guest.get(f"/visit/state/{other}").status_code == 404


@pytest.mark.rule("R25", "R26", "R41", "D21")
def test_report_and_images_can_be_taken_home_under_names_that_name_nobody(web: Web, guest: Browser) -> None:
    page = guest.get("/visit")
    report = page.text.partition('<article class="card report"')[2].partition("</header>")[0]
    assert f'href="/visit/report/{web.report}.pdf"' in report, "at the top of the report, on its right"
    pdf = guest.get(f"/visit/report/{web.report}.pdf")
    assert pdf.content.startswith(b"%PDF")
    instance = images_of(page)[0].split("/")[3]
    png = guest.get(f"/visit/download/image_png?instance={instance}&frame=0")
    jpeg = guest.get(f"/visit/download/image_jpeg?instance={instance}&frame=0")
    assert (picture(png).format, picture(jpeg).format) == ("PNG", "JPEG")
    every = zipfile.ZipFile(BytesIO(guest.get("/visit/download/all_zip").content))
    assert len(every.namelist()) == SLICES + FRAMES
    dicom = zipfile.ZipFile(BytesIO(guest.get("/visit/download/dicom_zip").content))
    assert "DICOMDIR" in dicom.namelist()
    assert len(dicom.namelist()) == SLICES + 1 + 1
    names = [answer.headers["Content-Disposition"] for answer in (pdf, png, jpeg)]
    assert names == [
        f'attachment; filename="{name}"'
        for name in ("report-2026-03-10.pdf", "image-2026-03-10.png", "image-2026-03-10.jpg")
    ]
    made = web.portal.parts.settings.data_folder / "web"
    assert list(made.iterdir()) == [], "nothing of them stays on the server"


@pytest.mark.rule("D13")
def test_an_open_page_that_only_asks_does_not_keep_the_visit_alive(web: Web, guest: Browser) -> None:
    guest.get("/visit")
    for _ in range(2):
        web.clock.advance(timedelta(minutes=14))
        assert guest.get(f"/visit/state/{web.exam}").status_code == 200
    web.clock.advance(timedelta(minutes=2))
    assert guest.get(f"/visit/state/{web.exam}").status_code == 403
    assert "Your visit has ended" in said(guest.get("/visit"))


@pytest.mark.rule("D13")
def test_leaving_ends_the_visit_on_the_server_too(web: Web, guest: Browser) -> None:
    fields = guest.hidden("/visit")
    kept = dict(guest.client.cookies)
    assert guest.send("/visit/leave", fields).headers["Location"] == "/left"
    assert "__Host-visit" not in guest.client.cookies
    guest.client.cookies.update(kept)
    assert guest.get("/visit").status_code == 403


@pytest.mark.rule("D24")
def test_the_images_that_were_sent_are_audited_by_series_with_their_numbers(web: Web, guest: Browser) -> None:
    links = images_of(guest.get("/visit"))
    for link in (links[0], links[2], links[SLICES], links[2]):
        guest.get(link)
    guest.send("/visit/leave", guest.hidden("/visit"))
    with web.portal.parts.database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.verb == "images.shown")).all()
        numbers = sorted(re.findall(r'"numbers": ?\[([^\]]*)\]', " ".join(str(e.detail) for e in events)))
        assert all(event.exam_id == web.exam and event.invitation_id for event in events)
    assert [number.replace(" ", "") for number in numbers] == ["1", "1,3"]


@pytest.mark.rule("R23", "R24")
def test_a_report_that_is_a_pdf_is_shown_as_pictures_of_its_pages(web: Web, guest: Browser) -> None:
    clinical = web.scene.acting("clinical")
    pdf = two_pages()
    row = clinical.reports.attach_pdf(web.exam, "final", "Report", "Dr Jo Lind", web.clock(), pdf)
    clinical.reports.release_early(row.id, "for the test")
    pages = re.findall(rf'src="(/visit/report/{row.id}/[0-9]+)"', guest.get("/visit").text)
    assert [page.rpartition("/")[2] for page in pages] == ["1", "2"]
    first = picture(guest.get(pages[0]))
    assert first.width / first.height == pytest.approx(210 / 297, rel=0.01)
    assert guest.get(f"/visit/report/{row.id}/3").status_code in {404, 422}
    assert guest.get(f"/visit/report/{row.id}.pdf").content == pdf


def test_what_a_killed_server_left_of_files_is_deleted_at_the_next_start(web: Web) -> None:
    left = web.portal.parts.settings.data_folder / "web" / "tmpold"
    fresh = left.with_name("tmpfresh")
    for folder, age in ((left, timedelta(hours=25)), (fresh, timedelta(hours=1))):
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(b"images")
        made = (web.clock() - age).timestamp()
        os.utime(folder, (made, made))
    with web.browser().client:
        assert fresh.exists()
        assert not left.exists()


def two_pages() -> bytes:
    written = BytesIO()
    sheet = Canvas(written, pagesize=A4)
    for line in ("The lungs are clear.", "The heart is of normal size."):
        sheet.drawString(72, 720, line)
        sheet.showPage()
    sheet.save()
    return written.getvalue()


def images_of(page: Response) -> list[str]:
    return re.findall(r'href="(/visit/image/[^"]+)"', page.text)


def image_of_the_exam(web: Web) -> str:
    series = web.scene.acting(web.as_owner()).exams.open(web.exam).series[0]
    return f"/visit/image/{series.instances[0].id}/0"


def alert(page: Response) -> str:
    found = re.search(r'role="alert".*?<p>(.*?)</p>', page.text, re.DOTALL)
    return found[1] if found else ""


def picture(answer: Response) -> Image.Image:
    assert answer.status_code == 200
    with Image.open(BytesIO(answer.content)) as image:
        image.load()
        return image


def change(web: Web, **values: object) -> None:
    with web.portal.parts.database.writing() as session:
        invitation = session.scalars(select(Invitation)).one()
        for name, value in values.items():
            setattr(invitation, name, value)


def audit_length(web: Web) -> int:
    with web.portal.parts.database.reading() as session:
        return len(session.scalars(select(AuditEvent.number)).all())
