from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.views.people import CodeIssued
from db.models import Account
from tests.fakes import KeptMailer
from tests.scene import Scene
from tests.web.conftest import Browser, Web, hidden, said

CHOSEN = "seven quiet herons"
BORN = {"day": "17", "month": "5", "year": "1944", "has_read": "yes"}


@pytest.fixture
def issued(web: Web) -> CodeIssued:
    """Amelia's neighbour has just got a letter, and a mail is on its way."""
    ben = web.scene.patient(given="Ben", email="ben@example.org")
    return web.scene.acting("reception").accounts.create(ben, "passport")


def mailed_fragment(web: Web, mailer: KeptMailer) -> str:
    """What stands behind the "#" of the button in the newest mail."""
    web.portal.deliver_due()
    return mailer.sent[-1].text.partition("#")[2].split()[0]


def account(web: Web, account_id: UUID) -> Account:
    with web.portal.parts.database.reading() as session:
        return session.scalars(select(Account).where(Account.id == account_id)).one()


def code_of(issued: CodeIssued) -> str:
    assert issued.letter is not None
    return issued.letter.code


@pytest.mark.rule("R8", "R9", "R10", "R11", "D4", "D29")
def test_a_letter_leads_to_a_user_name_and_a_password_that_sign_in(
    web: Web, browser: Browser, issued: CodeIssued
) -> None:
    second = browser.fill("/activate", "/activate", code=code_of(issued).lower())
    assert "How we use your information" in said(second)
    done = browser.send(
        "/activate/finish",
        hidden(second.text) | BORN | {"user_name": "Ben.Hart", "password": CHOSEN, "repeat": CHOSEN},
    )
    assert done.status_code == 200
    assert "Your account is ready" in said(done)
    assert "Ben.Hart" in said(done)
    assert CHOSEN not in done.text
    kiosk = web.portal.acting(web.scene.kiosk.caller)
    assert kiosk.sessions.sign_in("ben.hart", CHOSEN).kind == "kiosk"
    stored = account(web, issued.account_id)
    assert (stored.notice_version, stored.notice_agreed_at) == ("1", web.clock())


@pytest.mark.rule("R5", "R6", "R7", "D6")
def test_the_mails_button_proves_the_address_only_when_a_person_goes_on(
    web: Web, browser: Browser, issued: CodeIssued, mailer: KeptMailer
) -> None:
    fragment = mailed_fragment(web, mailer)
    name, _, proof = fragment.partition("=")
    assert name == "mail"
    assert code_of(issued) not in mailer.sent[-1].text
    for method in ("GET", "HEAD"):
        assert browser.client.request(method, "/activate").status_code == 200
    assert account(web, issued.account_id).email_proved_at is None
    second = browser.fill("/activate", "/activate", proof=proof, code=code_of(issued))
    assert "Your e-mail address is confirmed." in said(second)
    assert account(web, issued.account_id).email_proved_at == web.clock()


def test_the_button_of_an_older_mail_does_not_stand_in_the_way(
    web: Web, browser: Browser, issued: CodeIssued
) -> None:
    second = browser.fill("/activate", "/activate", proof="ABCDEFGH1234", code=code_of(issued))
    assert "Make your account yours" in said(second)
    assert "confirmed" not in said(second)


@pytest.mark.rule("D4")
def test_what_was_wrong_is_said_and_what_was_typed_stays_but_passwords(
    web: Web, browser: Browser, issued: CodeIssued
) -> None:
    unknown = browser.fill("/activate", "/activate", code="WRNGWRNGWRNG")
    assert "We do not know this code." in said(unknown)
    second = browser.fill("/activate", "/activate", code=code_of(issued))
    typed = BORN | {"user_name": "Ben.Hart", "password": CHOSEN, "repeat": CHOSEN}
    wrong = browser.send("/activate/finish", hidden(second.text) | typed | {"year": "1945"})
    assert wrong.status_code == 403
    assert "This does not match what the clinic has on file." in said(wrong)
    assert 'value="Ben.Hart"' in wrong.text
    assert CHOSEN not in wrong.text
    for change, sentence in (
        ({"month": "13"}, "Please type day, month and year"),
        ({"repeat": "another one altogether"}, "The two passwords are not the same."),
        ({"password": "short", "repeat": "short"}, "A password has at least 12 characters."),
        ({"has_read": ""}, "Please read the notice, then tick it."),
        ({"user_name": "b"}, "A user name has at least 4 letters or digits."),
    ):
        again = browser.send("/activate/finish", hidden(wrong.text) | typed | change)
        assert again.status_code == 422
        assert sentence in said(again)
    assert browser.send("/activate/finish", hidden(wrong.text) | typed).status_code == 200


@pytest.mark.rule("R12", "D4")
def test_a_code_that_wrong_answers_have_killed_leads_to_the_desk(
    web: Web, browser: Browser, issued: CodeIssued
) -> None:
    second = browser.fill("/activate", "/activate", code=code_of(issued))
    typed = BORN | {"year": "1950", "user_name": "Ben.Hart"}
    answers = [
        browser.send("/activate/finish", hidden(second.text) | typed | {"password": CHOSEN, "repeat": CHOSEN})
        for _ in range(10)
    ]
    assert "This code no longer works. Please ask at the reception desk for a new one." in said(answers[-1])
    assert "Type the code from your letter." in said(answers[-1])


def test_an_expired_code_names_the_clinics_address(web: Web, browser: Browser, issued: CodeIssued) -> None:
    web.clock.advance(timedelta(days=40))
    refused = browser.fill("/activate", "/activate", code=code_of(issued))
    assert "This code has expired. Please write to portal@harbour.example" in said(refused)


@pytest.mark.rule("D4")
def test_a_name_alert_asks_for_four_more_digits(web: Web, scene: Scene, browser: Browser) -> None:
    reception = scene.acting("reception")
    from app.views.people import Identifier, NewPatient

    twins = [
        reception.patients.register(
            NewPatient("Hart", "Ann", date(1944, 5, 17), (Identifier(mrn, "Harbour Imaging"),))
        )
        for mrn in ("55501234", "55509876")
    ]
    code = code_of(reception.accounts.create(twins[1].id, "passport"))
    second = browser.fill("/activate", "/activate", code=code)
    assert "Last four digits" in said(second)
    typed = BORN | {"user_name": "Ann.Hart", "password": CHOSEN, "repeat": CHOSEN}
    wrong = browser.send("/activate/finish", hidden(second.text) | typed | {"digits": "1234"})
    assert wrong.status_code == 403
    assert "Last four digits" in said(wrong)
    right = browser.send("/activate/finish", hidden(wrong.text) | typed | {"digits": "9876"})
    assert right.status_code == 200
