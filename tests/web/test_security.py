import asyncio
import logging
import re
from http.client import HTTPConnection
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from starlette.types import Message, Scope

from app.outside.logs import start_logging
from tests.web.conftest import CODE, NUMBER, PERSON, TEXT, Browser, Web, said
from web.main import PARTS
from web.pages import TEMPLATES, icon


def routes(method: str) -> list[str]:
    return [
        route.path
        for part in PARTS
        for route in part.router.routes
        if isinstance(route, APIRoute) and method in (route.methods or ())
    ]


def test_every_kind_of_answer_has_the_strict_headers(web: Web, guest: Browser) -> None:
    font = re.search(r'href="([^"]*/static/fonts/body[^"]*)"', guest.get("/visit").text)
    assert font
    answers = {
        "page": guest.get("/visit"),
        "redirection": guest.enter(),
        "data": guest.get(f"/visit/state/{web.exam}"),
        "file": guest.get(f"/visit/report/{web.report}.pdf"),
        "refused": guest.enter("WRNGWRNGWRNG"),
        "missing": guest.get("/nowhere"),
        "style": guest.get("/static/portal.css"),
        "font": guest.get(font[1]),
    }
    for what, answer in answers.items():
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, what
        assert "unsafe" not in policy
        assert "*" not in policy
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
        assert "server" not in answer.headers
        keeping = {"style": "no-cache", "font": "public, max-age=31536000, immutable"}.get(what, "no-store")
        assert answer.headers["Cache-Control"] == keeping, what
        assert answer.status_code != 404 or what == "missing"


def test_pages_hold_no_script_and_no_style_of_their_own_and_ask_nobody_else(web: Web, guest: Browser) -> None:
    for path in ("/visit", *routes("GET")):
        if "{" in path:
            continue
        page = guest.get(path).text
        assert "style=" not in page
        assert "<style" not in page
        assert "onclick" not in page
        assert "<script>" not in page
        assert "https://" not in page
        assert "//cdn" not in page


def test_cookies_are_for_this_host_only_and_out_of_reach_of_scripts(web: Web, browser: Browser) -> None:
    web.invitation()
    form = browser.get("/open").headers["Set-Cookie"]
    opened = browser.enter().headers["Set-Cookie"]
    for name, cookie, same_site in (("form", form, "lax"), ("visit", opened, "strict")):
        assert cookie.startswith(f"__Host-{name}=")
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "secure", "path=/", f"samesite={same_site}"} == parts


@pytest.mark.parametrize("path", routes("POST"))
def test_no_form_is_taken_from_elsewhere(web: Web, guest: Browser, path: str) -> None:
    own = guest.hidden("/open")
    foreign = {"Origin": "https://evil.example"}
    sent = {
        "without a token": guest.send(path, {"code": CODE}),
        "with another browser's token": guest.send(path, {"form_token": "x" * 43}),
        "from another site": guest.client.post(path, data=own, headers=foreign),
        "from nowhere": guest.client.post(path, data=own, headers={"Origin": "null"}),
        "across sites": guest.client.post(path, data=own, headers={"Sec-Fetch-Site": "cross-site"}),
    }
    for how, answer in sent.items():
        assert answer.status_code == 403, how
        assert "This form could not be taken." in said(answer), how
    guest.client.cookies.delete("__Host-form")
    assert "This form could not be taken." in said(guest.send(path, own))


def test_there_are_forms_to_walk() -> None:
    assert len(routes("POST")) >= 8


def test_a_request_that_is_too_large_is_turned_away(web: Web, browser: Browser) -> None:
    fields = browser.hidden("/open") | {"number": NUMBER, "code": "A" * 70_000}
    assert browser.send("/open", fields).status_code == 413


def test_a_request_that_claims_to_be_too_large_leaves_no_trace_of_a_fault(
    served: tuple[Web, str], caplog: pytest.LogCaptureFixture
) -> None:
    line = HTTPConnection(served[1].removeprefix("http://"))
    line.putrequest("POST", "/open")
    line.putheader("Content-Type", "application/x-www-form-urlencoded")
    line.putheader("Content-Length", "99999999")
    line.endheaders(b"number=1")
    assert line.getresponse().status == 413
    line.close()
    # Else anybody could fill the log until it forgets what matters.
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_long_and_strange_entries_are_refused_in_plain_words(web: Web, browser: Browser) -> None:
    for typed in ("A" * 5000, "\x00", "💥", "%s", "'; DROP TABLE invitation; --"):
        assert "This did not open anything." in said(browser.enter(typed, typed))
    assert browser.get("/i/%00").status_code == 200
    assert browser.get("/visit/image/1/2").status_code == 404
    assert browser.get("/d/%2e%2e%2fkeys/file").status_code == 404
    assert browser.get("/static/..%2f..%2fpyproject.toml").status_code == 404
    assert browser.get("/static/fonts/..%2f..%2fpyproject.toml").status_code == 404


def test_another_host_name_is_told_to_use_ours(web: Web) -> None:
    elsewhere = web.browser(base="https://rebound.example")
    assert elsewhere.get("/").status_code == 403
    assert "Please use the one on your letter." in said(elsewhere.get("/open"))
    assert web.browser(base="http://127.0.0.1:8080").get("/").status_code == 200


def test_the_folder_of_the_public_address_is_in_every_link(web: Web) -> None:
    web.app.root_path = "/portal"
    browser = web.browser()
    for path in ("/portal/open", "/open"):
        page = browser.get(path)
        assert page.status_code == 200
        assert 'action="/portal/open"' in page.text
        assert 'href="/portal/static/portal.css"' in page.text
    web.invitation()
    answer = browser.fill("/portal/open", "/portal/open", number=NUMBER, code=CODE)
    assert answer.headers["Location"] == "/portal/visit"
    assert browser.get("/portal/static/portal.css").status_code == 200


def test_an_unexpected_error_is_a_reference_for_people_and_a_line_without_secrets_in_the_log(
    web: Web, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.invitation()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"{TEXT} {CODE} {PERSON.given_name}")

    handler = start_logging(tmp_path / "log", "server")
    try:
        browser.enter("WRNGWRNGWRNG")
        browser.enter()
        token = browser.client.cookies["__Host-visit"]
        monkeypatch.setattr("app.exam_rows._series_rows", broken)
        page = browser.get("/visit")
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
        logging.captureWarnings(capture=False)
    assert page.status_code == 500
    assert "lungs" not in page.text
    reference = said(page).partition("tell us this reference: ")[2].split()[0]
    log = (tmp_path / "log" / "server.log").read_text()
    assert reference in log
    assert "RuntimeError" in log
    for secret in (CODE, NUMBER, "WRNG", "Amelia", "Okafor", "lungs", token, "203.0.113.9"):
        assert secret not in log, secret


def test_before_the_clinic_is_set_up_every_page_says_so(portal: object) -> None:
    from fastapi.testclient import TestClient

    from app.portal import Portal
    from web.main import create_app

    assert isinstance(portal, Portal)
    client = TestClient(create_app(portal, portal.parts.settings), base_url="http://127.0.0.1:8080")
    answer = client.get("/open")
    assert answer.status_code == 503
    assert "This clinic has not been set up yet." in said(answer)


def test_every_icon_that_a_page_names_is_there() -> None:
    import re

    names = {
        name
        for template in TEMPLATES.glob("*.html")
        for name in re.findall(r'icon\("([\w-]+)"\)', template.read_text())
    }
    assert len(names) > 5
    assert all("<svg" in icon(name) for name in names)


def test_addresses_behind_our_own_proxy_only_are_believed(web: Web, browser: Browser) -> None:
    """Throttles count by address: nobody outside may choose theirs."""
    web.invitation()
    for number in range(21):
        fields = browser.hidden("/open") | {"number": f"{number:012}", "code": CODE}
        answer = browser.send("/open", fields, **{"X-Forwarded-For": f"198.51.100.{number}"})
    assert "There were too many tries." in said(answer)
    assert web.browser(address="203.0.113.200").enter().status_code == 303


def test_who_hangs_up_while_sending_is_no_fault_of_ours(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    said: list[Message] = []
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": "/sign-in",
        "raw_path": b"/sign-in",
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"host", b"portal.harbour.example"),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", b"100"),
        ],
        "client": ("203.0.113.9", 5000),
        "server": ("portal.harbour.example", 443),
    }
    pieces: list[Message] = [{"type": "http.request", "body": b"user_name=a", "more_body": True}]

    async def receive() -> Message:
        return pieces.pop(0) if pieces else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        said.append(message)

    asyncio.run(web.app(scope, receive, send))
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert said[0]["status"] < 500  # nobody reads it
