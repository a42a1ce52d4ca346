from datetime import timedelta

import pytest

from db.models import Account
from tests.app.story import set_clinic
from tests.scene import PASSWORD
from tests.web.conftest import CODE, PUBLIC, Browser, Web, said
from tests.web.signed import press, sign_in, user_name


def change_account(web: Web, **values: object) -> None:
    with web.portal.parts.database.writing() as session:
        account = session.get_one(Account, web.owner.id)
        for name, value in values.items():
            setattr(account, name, value)


@pytest.mark.rule("R11", "R14", "R21")
def test_user_name_and_password_lead_home_and_forgot_password_stands_beside(
    web: Web, browser: Browser
) -> None:
    first = browser.get("/")
    assert 'href="/sign-in"' in first.text
    page = browser.get("/sign-in")
    assert 'href="/forgot"' in page.text
    sign_in(web, browser)
    home = browser.get("/home")
    assert home.headers["Location"] == f"/home/{web.patient}"
    shown = said(browser.get(home.headers["Location"]))
    assert "My Exam" in shown
    assert "Shared Exams" in shown
    assert browser.get("/").headers["Location"] == "/home"


@pytest.mark.rule("D5", "D6")
def test_every_mistake_is_answered_in_the_same_words_and_no_password_comes_back(
    web: Web, browser: Browser
) -> None:
    name = user_name(web)
    answers = [
        browser.fill("/sign-in", "/sign-in", user_name=typed, password=password)
        for typed, password in ((name, "not the password"), ("nobody.here", PASSWORD), ("", ""))
    ]
    assert {answer.status_code for answer in answers} == {403}
    for answer in answers:
        assert "The user name or the password is not right. Please check both and try again." in said(answer)
        assert PASSWORD not in answer.text
        assert "not the password" not in answer.text
    assert f'value="{name}"' in answers[0].text
    assert browser.get("/home").status_code == 403


@pytest.mark.rule("D5", "D14")
def test_too_many_tries_are_refused_whatever_is_typed(web: Web, browser: Browser) -> None:
    name = user_name(web)
    for _ in range(10):
        browser.fill("/sign-in", "/sign-in", user_name=name, password="not the password")
    refused = browser.fill("/sign-in", "/sign-in", user_name=name, password=PASSWORD)
    assert "There were too many tries." in said(refused)
    assert "__Host-session" not in browser.client.cookies


@pytest.mark.rule("R50", "R51", "D18", "D27")
def test_an_expired_and_a_blocked_account_say_whom_to_ask(web: Web, browser: Browser) -> None:
    name = user_name(web)
    change_account(web, expires_at=web.clock())
    expired = browser.fill("/sign-in", "/sign-in", user_name=name, password=PASSWORD)
    assert "This account has expired because it was not used for a long time." in said(expired)
    assert "portal@harbour.example" in said(expired)
    change_account(web, blocked_at=web.clock())
    blocked = browser.fill("/sign-in", "/sign-in", user_name=name, password=PASSWORD)
    assert "This account is blocked." in said(blocked)


@pytest.mark.rule("D25")
def test_the_sessions_cookie_is_new_at_each_sign_in_and_the_one_before_ends(
    web: Web, browser: Browser
) -> None:
    name = user_name(web)
    browser.get("/sign-in")
    form = browser.client.cookies["__Host-form"]
    browser.client.cookies.set("__Host-session", "chosen by somebody else", domain="portal.harbour.example")
    answer = browser.fill("/sign-in", "/sign-in", user_name=name, password=PASSWORD)
    cookies = answer.headers.get_list("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("__Host-session="))
    parts = {part.strip().lower() for part in session.split(";")[1:]}
    assert parts == {"httponly", "secure", "path=/", "samesite=strict"}
    first = browser.client.cookies["__Host-session"]
    assert len(first) >= 43, "256 bits"
    assert browser.client.cookies["__Host-form"] != form
    sign_in(web, browser, name)
    second = browser.client.cookies["__Host-session"]
    assert second != first
    thief = web.browser()
    thief.client.cookies.set("__Host-session", first, domain="portal.harbour.example")
    assert thief.get("/home").status_code == 403
    assert browser.get("/home").status_code == 303


def test_a_form_sent_twice_signs_in_once(web: Web, browser: Browser) -> None:
    fields = browser.hidden("/sign-in") | {"user_name": user_name(web), "password": PASSWORD}
    kept = dict(browser.client.cookies)
    first = browser.send("/sign-in", fields)
    second_browser = web.browser()
    second_browser.client.cookies.update(kept)
    again = second_browser.send("/sign-in", fields)
    assert (first.status_code, again.status_code) == (303, 303)
    assert browser.get("/home").status_code == 303


@pytest.mark.rule("D25")
def test_signing_out_ends_the_session_on_the_server_and_empties_the_browser(
    web: Web, browser: Browser
) -> None:
    sign_in(web, browser)
    home = f"/home/{web.patient}"
    kept = browser.client.cookies["__Host-session"]
    answer = press(browser, home, "/sign-out")
    assert answer.headers["Location"] == "/signed-out"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "__Host-session" not in browser.client.cookies
    assert "You have signed out" in said(browser.get("/signed-out"))
    browser.client.cookies.set("__Host-session", kept, domain="portal.harbour.example")
    refused = browser.get(home)
    assert refused.status_code == 403
    assert "You have been signed out. Please sign in again." in said(refused)


@pytest.mark.rule("D25")
def test_a_session_left_alone_is_over_and_being_asked_does_not_keep_it_alive(
    web: Web, browser: Browser
) -> None:
    sign_in(web, browser)
    page = browser.get(f"/home/{web.patient}/exams")
    ask = page.text.partition('data-ask="')[2].partition('"')[0].replace("&amp;", "&")
    web.clock.advance(timedelta(minutes=14))
    answer = browser.get(ask)
    assert answer.json()["left"] == 60
    web.clock.advance(timedelta(minutes=1))
    assert browser.get(ask).status_code == 403
    assert "You have been signed out." in said(browser.get(f"/exams/{web.exam}"))


@pytest.mark.rule("D25")
def test_reading_keeps_it_alive_until_eight_hours_are_over(web: Web, browser: Browser) -> None:
    sign_in(web, browser)
    home = f"/home/{web.patient}"
    form = browser.hidden(home)
    for _ in range(34):
        web.clock.advance(timedelta(minutes=14))
        assert browser.send("/still-here", form).status_code == 204
    web.clock.advance(timedelta(minutes=4))
    assert browser.send("/still-here", form).status_code == 403
    assert browser.get(home).status_code == 403


@pytest.mark.rule("D27")
def test_blocking_the_account_ends_the_session_at_the_next_request(web: Web, browser: Browser) -> None:
    sign_in(web, browser)
    change_account(web, blocked_at=web.clock())
    for path in ("/home", f"/exams/{web.exam}", "/shared", "/account"):
        assert browser.get(path).status_code == 403


@pytest.mark.rule("R9", "R10", "R11", "D4")
def test_activation_ends_where_the_new_user_name_stands_ready_to_sign_in(web: Web, browser: Browser) -> None:
    ben = web.scene.patient(given="Ben", email="ben@example.org")
    letter = web.scene.acting("reception").accounts.create(ben, "passport").letter
    assert letter
    from tests.web.conftest import hidden

    second = browser.fill("/activate", "/activate", code=letter.code)
    chosen = {
        "day": "17",
        "month": "5",
        "year": "1944",
        "has_read": "yes",
        "user_name": "Ben.Hart",
        "password": "seven quiet herons",
        "repeat": "seven quiet herons",
    }
    done = browser.send("/activate/finish", hidden(second.text) | chosen)
    assert "Your account is ready." in said(done)
    assert "__Host-session" not in browser.client.cookies, "activation does not replace signing in"
    answer = browser.send(
        "/sign-in", hidden(done.text) | {"user_name": "Ben.Hart", "password": "seven quiet herons"}
    )
    assert answer.headers["Location"] == "/home"
    assert 'name="user_name"' in done.text
    assert 'value="Ben.Hart"' in done.text


def test_a_guests_visit_and_a_patients_stay_do_not_mix(web: Web, browser: Browser) -> None:
    web.invitation()
    browser.enter(CODE)
    assert browser.get("/home").status_code == 403
    token = browser.client.cookies["__Host-visit"]
    elsewhere = web.browser(PUBLIC)
    elsewhere.client.cookies.set("__Host-session", token, domain="portal.harbour.example")
    assert elsewhere.get("/home").status_code == 403


def test_practice_mode_shows_how_its_made_up_patient_signs_in(web: Web, browser: Browser) -> None:
    assert "Practice:" not in said(browser.get("/sign-in"))
    set_clinic(web.scene, practice=True)
    assert "Practice: amelia, quiet lantern by the sea" in said(browser.get("/sign-in"))
