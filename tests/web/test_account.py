import re

import pytest

from tests.fakes import KeptMailer
from tests.web.conftest import Browser, Web, said
from tests.web.signed import press, sign_in, user_name


@pytest.fixture
def signed(web: Web, browser: Browser) -> Browser:
    return sign_in(web, browser)


@pytest.mark.rule("R14", "R16", "D6")
def test_changing_the_password_starts_with_the_mail_of_a_forgotten_one(
    web: Web, signed: Browser, mailer: KeptMailer
) -> None:
    answer = press(signed, "/account", "/account/password")
    assert "The e-mail is on its way." in said(answer)
    web.portal.deliver_due()
    assert user_name(web) in mailer.sent[-1].text
    link = re.search(r"/reset#([0-9A-Z]{12})", mailer.sent[-1].text)
    assert link
    done = signed.fill(
        "/reset",
        "/reset",
        code=link[1],
        day="17",
        month="5",
        year="1944",
        password="seven quiet herons",
        repeat="seven quiet herons",
    )
    assert "Your new password is saved." in said(done)
    assert f'value="{user_name(web)}"' in done.text, "user name and password are known again"
    assert signed.get("/home").status_code == 403, "a reset ends every session"


def test_without_a_confirmed_address_the_desk_helps(web: Web, signed: Browser) -> None:
    from db.models import Account

    with web.portal.parts.database.writing() as session:
        session.get_one(Account, web.owner.id).email_proved_at = None
    answer = press(signed, "/account", "/account/password")
    assert answer.status_code == 409
    assert "We have no confirmed e-mail address of yours." in said(answer)


@pytest.mark.rule("D25")
def test_signing_out_everywhere_ends_every_stay_of_the_account(web: Web, signed: Browser) -> None:
    other_device = sign_in(web, web.browser(address="203.0.113.77"))
    stranger = web.scene.account(
        web.scene.patient(given="Ben"), email="ben@example.org", user_name="ben.hart"
    )
    ben = sign_in(web, web.browser(), "ben.hart")
    answer = press(signed, "/account", "/account/sign-out-everywhere")
    assert answer.headers["Location"] == "/signed-out"
    assert "Clear-Site-Data" in answer.headers
    assert other_device.get("/home").status_code == 403
    assert signed.get("/home").status_code == 403
    assert ben.get("/home").status_code == 303, stranger


def test_large_text_is_remembered(web: Web, signed: Browser) -> None:
    assert 'data-text="large"' not in signed.get("/account").text
    assert press(signed, "/account", "/account/large-text").headers["Location"] == "/account"
    page = signed.get("/account").text
    assert '<html lang="en" data-text="large">' in page
    assert 'data-text="large"' in signed.get(f"/exams/{web.exam}").text
    press(signed, "/account", "/account/large-text")
    assert 'data-text="large"' not in signed.get("/account").text


@pytest.mark.rule("D24")
def test_who_opened_my_records_can_be_read_and_saved(web: Web, signed: Browser) -> None:
    web.scene.acting("clinical").exams.open(web.exam)
    signed.get(f"/exams/{web.exam}")
    web.invitation()
    web.browser().enter()
    shown = said(signed.get(f"/home/{web.patient}/opened"))
    assert "Robin Clinical opened your exam" in shown
    assert "Amelia Hart read your report" in shown
    assert "With the invitation for Dr Sam Okafor opened an invitation of yours" in shown
    assert "Web portal" in shown
    pdf = signed.get(f"/home/{web.patient}/opened.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert pdf.headers["Content-Disposition"] == 'attachment; filename="who-opened-my-records.pdf"'
