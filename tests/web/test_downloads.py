import zipfile
from datetime import timedelta
from io import BytesIO

import pytest

from app.downloads import What
from tests.web.conftest import FRAMES, PUBLIC, SLICES, Browser, Web, hidden, said


@pytest.fixture
def token(web: Web) -> str:
    return offered(web, "all_zip")


def offered(web: Web, what: What) -> str:
    kiosk = web.scene.acting(web.scene.account(web.patient))
    kiosk.exams.open(web.exam)
    report = web.report if what == "report" else None
    address, _, secret = kiosk.downloads.offer(web.exam, what, report_id=report).url.partition("#")
    assert address == f"{PUBLIC}/d", "the secret stands in the fragment only"
    return secret


@pytest.mark.rule("D21", "R41")
def test_looking_spends_nothing_and_the_button_gives_the_file_to_this_phone_alone(
    web: Web, browser: Browser, token: str
) -> None:
    for _ in range(3):
        shown = browser.fill("/d", "/d", code=token)
        assert "CT of the chest" in said(shown)
        assert "images-2026-03-10.zip" in said(shown)
    begun = browser.send("/d/spend", hidden(shown.text))
    assert begun.status_code == 303
    page = browser.get(begun.headers["Location"])
    assert "Your download begins" in said(page)
    link = begun.headers["Location"] + "/file"
    assert f'url={link}"' in page.text
    file = browser.get(link)
    assert len(zipfile.ZipFile(BytesIO(file.content)).namelist()) == SLICES + FRAMES
    assert file.headers["Content-Disposition"] == 'attachment; filename="images-2026-03-10.zip"'
    other = web.browser(address="203.0.113.77")
    assert other.get(link).status_code == 404
    late = other.fill("/d", "/d/spend", code=token)
    assert "This download was opened on another phone." in said(late)
    assert other.get(link).status_code == 404


@pytest.mark.rule("D21")
def test_a_broken_download_goes_on_where_it_stopped(web: Web, browser: Browser, token: str) -> None:
    begun = browser.fill("/d", "/d/spend", code=token)
    link = begun.headers["Location"] + "/file"
    whole = browser.get(link)
    assert whole.headers["Accept-Ranges"] == "bytes"
    rest = browser.get(link, Range="bytes=1000-", **{"If-Range": whole.headers["ETag"]})
    assert rest.status_code == 206
    assert whole.content[:1000] + rest.content == whole.content


@pytest.mark.rule("D21")
def test_it_must_be_opened_within_ten_minutes_and_can_then_be_fetched_for_an_hour(
    web: Web, browser: Browser, token: str
) -> None:
    web.clock.advance(timedelta(minutes=9, seconds=59))
    begun = browser.fill("/d", "/d/spend", code=token)
    link = begun.headers["Location"] + "/file"
    late = offered(web, "report")
    web.clock.advance(timedelta(minutes=10))
    refused = browser.fill("/d", "/d", code=late)
    assert "This download is over. Go back to the kiosk and start a new one." in said(refused)
    assert browser.get(link).status_code == 200
    web.clock.advance(timedelta(minutes=50))
    assert browser.get(link).status_code == 404


def test_two_downloads_on_one_phone_do_not_end_each_other(web: Web, browser: Browser, token: str) -> None:
    first = browser.fill("/d", "/d/spend", code=token).headers["Location"]
    second = browser.fill("/d", "/d/spend", code=offered(web, "report")).headers["Location"]
    assert browser.get(f"{second}/file").content.startswith(b"%PDF")
    assert browser.get(f"{first}/file").content.startswith(b"PK")


def test_the_secret_is_in_no_address_after_it_was_spent(web: Web, browser: Browser, token: str) -> None:
    begun = browser.fill("/d", "/d/spend", code=token)
    assert token not in begun.headers["Location"]
    assert token not in browser.get(begun.headers["Location"]).text
