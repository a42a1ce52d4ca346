import re

import pytest
from sqlalchemy import select

from app.errors import Refused
from db.models import Account
from tests.fakes import KeptMailer
from tests.scene import PASSWORD, Known
from tests.web.conftest import Browser, Web, said

CHOSEN = "seven quiet herons"
BORN = {"day": "17", "month": "5", "year": "1944"}


@pytest.fixture
def amelia(web: Web) -> Known:
    return web.scene.account(web.patient, user_name="amelia", email="amelia@home.example", kind="web")


def mailed_code(web: Web, mailer: KeptMailer, page: str) -> str:
    web.portal.deliver_due()
    found = re.search(rf"/{page}#([0-9A-Z]+)", mailer.sent[-1].text)
    assert found, mailer.sent[-1].subject
    return found[1]


@pytest.mark.rule("R14", "R15", "D6")
def test_forgetting_is_answered_alike_for_everybody(
    web: Web, browser: Browser, amelia: Known, mailer: KeptMailer
) -> None:
    assert "Forgot Password?" in said(browser.get("/"))
    answers = [
        browser.fill("/forgot", "/forgot", user_name_or_email=typed)
        for typed in ("amelia", "amelia@home.example", "nobody.at.all")
    ]
    assert {(answer.status_code, said(answer)) for answer in answers} == {(200, said(answers[0]))}
    web.portal.deliver_due()
    assert {mail.to for mail in mailer.sent} == {"amelia@home.example"}


@pytest.mark.rule("R16", "D6")
def test_a_mailed_link_is_used_up_by_the_form_and_not_by_looking(
    web: Web, browser: Browser, amelia: Known, mailer: KeptMailer
) -> None:
    browser.fill("/forgot", "/forgot", user_name_or_email="amelia")
    code = mailed_code(web, mailer, "reset")
    for method in ("GET", "HEAD", "GET"):
        assert browser.client.request(method, "/reset").status_code == 200
    typed = BORN | {"code": code, "password": CHOSEN, "repeat": CHOSEN}
    wrong = browser.fill("/reset", "/reset", **(typed | {"day": "18"}))
    assert "This does not match what the clinic has on file." in said(wrong)
    done = browser.fill("/reset", "/reset", **typed)
    assert "Your new password is saved" in said(done)
    assert "amelia" in said(done)
    again = browser.fill("/reset", "/reset", **typed)
    assert "This link or code no longer works." in said(again)
    kiosk = web.portal.acting(web.scene.kiosk.caller)
    kiosk.sessions.sign_in("amelia", CHOSEN)
    with pytest.raises(Refused):
        kiosk.sessions.sign_in("amelia", PASSWORD)


@pytest.mark.rule("D6")
def test_a_slip_from_the_desk_works_in_the_same_form(web: Web, browser: Browser, amelia: Known) -> None:
    slip = web.scene.acting("reception").accounts.reset_slip(amelia.id, "passport")
    grouped = "-".join(slip.code[at : at + 4] for at in (0, 4, 8)).lower()
    done = browser.fill(
        "/reset", "/reset", **(BORN | {"code": grouped, "password": CHOSEN, "repeat": CHOSEN})
    )
    assert "Your new password is saved" in said(done)


@pytest.mark.rule("D7")
def test_a_new_address_is_confirmed_by_a_press_and_not_by_a_look(
    web: Web, browser: Browser, mailer: KeptMailer
) -> None:
    reception = web.scene.acting("reception")
    reception.patients.change_contact(web.patient, "new@home.example", "+61491570156", (), True)
    code = mailed_code(web, mailer, "confirm-email")
    browser.get("/confirm-email")

    def proved() -> bool:
        with web.portal.parts.database.reading() as session:
            stored = session.scalars(
                select(Account).where(
                    Account.email == "new@home.example", Account.email_proved_at.is_not(None)
                )
            ).all()
        return bool(stored)

    assert not proved()
    refused = browser.fill("/confirm-email", "/confirm-email", code="ABCDEFGH1234")
    assert "This link is no longer valid." in said(refused)
    done = browser.fill("/confirm-email", "/confirm-email", code=code)
    assert "Your e-mail address is confirmed" in said(done)
    assert proved()
