"""What is compressed, and that its length tells no secret."""

import pytest

from tests.web.conftest import CODE, NUMBER, Browser, Web, hidden

PACKED = {"Accept-Encoding": "gzip"}


def test_pages_styles_and_scripts_are_compressed_and_pictures_are_not(web: Web, guest: Browser) -> None:
    for path in ("/visit", "/open", "/static/portal.css", "/static/gallery.js"):
        answer = guest.get(path, **PACKED)
        assert answer.headers["Content-Encoding"] == "gzip", path
        assert "Accept-Encoding" in answer.headers["Vary"]
        plain = guest.get(path, **{"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain.headers
    exam = web.scene.acting(web.as_owner()).exams.open(web.exam)
    instance = exam.series[0].instances[0].id
    pictures = (f"/visit/image/{instance}/0", f"/visit/thumbnail/{instance}/0")
    for path in (*pictures, "/visit/download/all_zip", f"/visit/report/{web.report}.pdf"):
        assert "Content-Encoding" not in guest.get(path, **PACKED).headers, path


@pytest.mark.rule("D13")
def test_a_forms_token_is_never_carried_the_same_twice_and_each_of_them_is_good(
    web: Web, browser: Browser
) -> None:
    """Else whoever sees the length of compressed pages could guess it letter by letter (BREACH)."""
    web.invitation()
    pages = [hidden(browser.get("/open").text) for _ in range(8)]
    tokens = {page["form_token"] for page in pages}
    assert len(tokens) == 8
    secret = browser.client.cookies["__Host-form"]
    assert not any(secret in token for token in tokens)
    for page in (pages[0], pages[-1]):
        assert browser.send("/open", page | {"number": NUMBER, "code": CODE}).status_code == 303


@pytest.mark.parametrize("token", ["", "x", "%%%", "é", "A" * 5000, "AAAA"])
def test_a_token_that_is_none_is_refused(web: Web, browser: Browser, token: str) -> None:
    fields = browser.hidden("/open") | {"form_token": token, "number": NUMBER, "code": CODE}
    assert browser.send("/open", fields).status_code == 403
