from dataclasses import replace

import pytest

from tests.app.story import set_clinic
from tests.web.conftest import Browser, Web, said


@pytest.mark.rule("R4", "R33", "R79")
def test_the_contact_page_shows_address_phone_and_email_of_every_open_site(
    web: Web, browser: Browser
) -> None:
    web.scene.acting("manager").sites.close(web.scene.south)
    page = browser.get("/contact")
    shown = said(page)
    for words in ("portal@harbour.example", "Harbour Imaging", "1 North Street", "+61 2 5550 1234"):
        assert words in shown
    assert "South" not in shown
    assert 'href="mailto:portal@harbour.example"' in page.text
    assert 'href="tel:+61255501234"' in page.text


@pytest.mark.rule("R12", "R13", "R34", "R48", "R62", "R64", "R65", "R73", "R74", "R75", "R76")
def test_help_answers_the_common_questions_with_this_clinics_numbers(web: Web, browser: Browser) -> None:
    rules = replace(
        web.scene.clinic.rules, report_hours=72, share_days=14, max_accesses=5, activation_months=2
    )
    set_clinic(web.scene, rules=rules)
    shown = said(browser.get("/help"))
    for words in (
        "For 2 months.",
        "72 hours after that SMS",
        "For 14 days, unless you choose another day.",
        "It can be opened 5 times.",
        "There is no app to install.",
        "An exam can be shared once its report appears in the portal.",
        "Write to portal@harbour.example.",
        "Active: nobody has opened the exam with it yet.",
        "Viewed: somebody has opened the exam with it.",
        "Revoked: it was stopped for good.",
    ):
        assert words in shown, words


@pytest.mark.rule("R79")
def test_the_clinics_own_answers_stand_first_and_may_stand_alone(web: Web, browser: Browser) -> None:
    own = "Where do I park?\r\nBehind the house.\nThe first hour <is> free.\r\n\r\n\nWe are closed on 26 January."
    set_clinic(web.scene, help_text=own)
    page = browser.get("/help")
    assert "<summary>Where do I park?" in page.text
    assert "<p>Behind the house.</p>\n<p>The first hour &lt;is&gt; free.</p>" in page.text
    assert "<p>We are closed on 26 January.</p>" in page.text
    shown = said(page)
    assert shown.index("Where do I park?") < shown.index("Who makes my account?")
    set_clinic(web.scene, help_text=own, help_text_alone=True)
    shown = said(browser.get("/help"))
    assert "Where do I park?" in shown
    assert "Who makes my account?" not in shown
    assert "Contact us" in shown
    set_clinic(web.scene, help_text="", help_text_alone=True)  # never an empty page
    assert "Who makes my account?" in said(browser.get("/help"))


def test_every_page_leads_to_help_contact_and_accessibility(web: Web, browser: Browser) -> None:
    for path in ("/", "/sign-in", "/open", "/nowhere"):
        page = browser.get(path).text
        for link in ("/help", "/contact", "/accessibility"):
            assert f'href="{link}"' in page
    assert "WCAG" in said(browser.get("/accessibility"))
