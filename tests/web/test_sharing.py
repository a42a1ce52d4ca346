import re
from datetime import date, timedelta
from io import BytesIO
from uuid import UUID

import pytest
import zxingcpp
from httpx2 import Response
from pypdfium2 import PdfDocument

from app.rules.codes import read_code
from tests.app.story import set_clinic
from tests.fakes import KeptMailer
from tests.web.conftest import Browser, Web, said
from tests.web.signed import form_of, press, sign_in

FILLED = {"recipient_name": "Dr Sam Okafor", "understands_sensitive": "yes"}
BY_EMAIL = FILLED | {"way": "email", "recipient_email": "sam@example.org"}
ON_PAPER = FILLED | {"way": "paper"}


@pytest.fixture
def signed(web: Web, browser: Browser) -> Browser:
    sign_in(web, browser)
    browser.get(f"/exams/{web.exam}")
    return browser


def address(web: Web) -> str:
    return f"/exams/{web.exam}/share"


def share(web: Web, browser: Browser, **typed: str) -> Response:
    return press(browser, address(web), address(web), **typed)


def codes_of(page: Response) -> tuple[str, str]:
    number, code = re.findall(r'<strong class="code">([0-9A-Z-]{14})</strong>', page.text)
    return number, code


@pytest.mark.rule("R52", "R53", "R54", "R55", "R56", "R64", "D12")
def test_the_form_asks_for_what_is_needed_warns_and_proposes_thirty_days(web: Web, signed: Browser) -> None:
    exam = signed.get(f"/exams/{web.exam}")
    assert f'href="{address(web)}"' in exam.text
    page = signed.get(address(web))
    shown = said(page)
    assert "Exams can contain sensitive medical information. Share them only with people you trust." in shown
    for words in (
        "Name of the person",
        "Send by e-mail",
        "Print on paper",
        "Report and images",
        "Report only",
    ):
        assert words in shown
    chosen = form_of(page.text, address(web))
    assert chosen["day"] == "2026-04-11"
    assert chosen["contents"] == "report_and_images"
    assert chosen["may_download"] == "yes"
    assert "understands_sensitive" not in chosen


@pytest.mark.rule("R55", "D12")
def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(web: Web, signed: Browser) -> None:
    for changed, field, sentence in (
        ({"recipient_name": " "}, "recipient_name", "Write the name of the person you share with."),
        ({"recipient_email": ""}, "recipient_email", "Write the e-mail address, such as name@example.org."),
        ({"recipient_email": "not one"}, "recipient_email", ""),
        ({"understands_sensitive": ""}, "understands_sensitive", "Please tick that you understand"),
        ({"day": "other", "other_day": ""}, "other_day", "Choose a day from 12 March 2026 to 12 March 2027."),
        ({"day": "2026-03-11"}, "other_day", "Choose a day from 12 March 2026 to 12 March 2027."),
        ({"day": "2027-03-13"}, "other_day", "Choose a day from 12 March 2026 to 12 March 2027."),
        ({"day": "never"}, "other_day", "Choose a day from"),
        ({"way": "pigeon"}, "", "Choose how to send the invitation"),
        ({"contents": "everything"}, "", "Choose what to share."),
        ({"note": "x" * 501}, "note", "The message is too long."),
    ):
        answer = share(web, signed, **(BY_EMAIL | {"note": "See you on Monday"} | changed))
        assert answer.status_code == 422, changed
        assert sentence in said(answer), changed
        if field:
            marked = re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', answer.text)
            assert marked == [field], changed
        if "note" not in changed:
            assert "See you on Monday" in answer.text
        if "recipient_name" not in changed:
            assert 'value="Dr Sam Okafor"' in answer.text
    assert web.invitations() == []


@pytest.mark.rule("R56", "R57", "R58", "R59", "R60", "D12")
def test_on_paper_it_can_be_printed_and_saved_and_opens_the_exam(web: Web, signed: Browser) -> None:
    done = share(web, signed, **ON_PAPER, note="See you on Monday")
    assert done.status_code == 200
    shown = said(done)
    assert "You are invited to see an exam" in shown
    assert "Amelia Hart shares an exam at Harbour Imaging with you." in shown
    assert "It opens 10 times, until 11 April 2026." in shown
    assert "See you on Monday" in shown
    number, code = codes_of(done)
    assert 'class="qr"' in done.text
    saved = signed.send(address(web), form_of(done.text, address(web)))
    assert saved.headers["Content-Type"] == "application/pdf"
    assert saved.headers["Content-Disposition"] == 'attachment; filename="invitation.pdf"'
    with PdfDocument(BytesIO(saved.content)) as pdf:
        paper = pdf[0].get_textpage().get_text_range()
        assert number in paper
        assert code in paper
        read = zxingcpp.read_barcodes(pdf[0].render(scale=2).to_pil())
    link = f"https://portal.harbour.example/i/{read_code(number)}#{read_code(code)}"
    assert [one.text for one in read] == [link]
    assert len(web.invitations()) == 1, "saving it makes no second one"
    guest = web.browser()
    assert guest.enter(code, number).status_code == 303
    assert "The lungs are clear." in said(guest.get("/visit"))


@pytest.mark.rule("D2")
def test_the_codes_can_be_shown_again_for_fifteen_minutes_only(web: Web, signed: Browser) -> None:
    done = share(web, signed, **ON_PAPER)
    again = form_of(done.text, address(web))
    web.clock.advance(timedelta(minutes=14))
    assert signed.send(address(web), again).headers["Content-Type"] == "application/pdf"
    web.clock.advance(timedelta(minutes=1))
    refused = signed.send(address(web), again)
    assert refused.status_code == 409
    assert "This was done. The code can no longer be shown." in said(refused)
    assert len(web.invitations()) == 1


@pytest.mark.rule("R56", "R57", "R58", "D12")
def test_by_email_the_mail_carries_link_and_code_and_the_page_says_how_it_goes(
    web: Web, signed: Browser, mailer: KeptMailer
) -> None:
    answer = share(web, signed, **BY_EMAIL, contents="report")
    [invitation] = web.invitations()
    assert answer.headers["Location"] == f"/invitations/{invitation}?made=yes"
    page = said(signed.get(answer.headers["Location"]))
    assert "Your exam is shared" in page
    assert "The e-mail is on its way." in page
    assert "By e-mail to sam@example.org" in page
    assert "Report only, with downloads" in page
    web.portal.deliver_due()
    assert "The e-mail has been sent." in said(signed.get(f"/invitations/{invitation}"))
    mail = mailer.sent[-1]
    assert mail.to == "sam@example.org"
    assert "https://portal.harbour.example/i/" in mail.text


@pytest.mark.rule("D12")
def test_where_the_mail_has_the_link_only_the_code_is_shown_once_to_pass_on(
    web: Web, signed: Browser, mailer: KeptMailer
) -> None:
    set_clinic(web.scene, verification_code_in_email=False)
    done = share(web, signed, **BY_EMAIL)
    assert "Tell Dr Sam Okafor this verification code yourself" in said(done)
    found = re.search(r'<strong class="code">([0-9A-Z-]{14})</strong>', done.text)
    assert found
    web.portal.deliver_due()
    link = re.search(r"/i/([0-9A-Z]{12})", mailer.sent[-1].text)
    assert link
    assert found[1] not in mailer.sent[-1].text
    assert web.browser().enter(found[1], link[1]).status_code == 303


@pytest.mark.rule("R60", "R77")
def test_the_same_exam_can_be_shared_again_and_again(web: Web, signed: Browser) -> None:
    for _ in range(3):
        assert share(web, signed, **ON_PAPER).status_code == 200
    [first, *_] = web.invitations()
    press(signed, f"/invitations/{first}/revoke", f"/invitations/{first}/revoke")
    assert share(web, signed, **ON_PAPER).status_code == 200
    assert len(web.invitations()) == 4


@pytest.mark.rule("R63", "R73", "R74", "R75", "R76", "R78", "D15")
def test_shared_exams_lists_all_with_one_of_four_statuses(web: Web, signed: Browser) -> None:
    assert "Nothing shared yet" in said(signed.get("/shared"))
    made = {}
    for name in ("Active", "Viewed", "Expired", "Revoked"):
        made[name] = web.scene.invitation(
            web.owner,
            web.exam,
            web.patient,
            number=f"0123456789A{name[0]}",
            until=date(2026, 3, 12) if name == "Expired" else date(2026, 4, 11),
        )
    web.browser().enter("ABCDEFGH1234", "0123456789AV")
    web.scene.acting(web.as_owner()).sharing.revoke(made["Revoked"])
    web.clock.advance(timedelta(hours=11))
    sign_in(web, signed)
    page = signed.get("/shared").text
    for name, invitation in made.items():
        row = page.partition(f'href="/invitations/{invitation}"')[2].partition("</a>")[0]
        words = set(re.findall(r"\b(Active|Viewed|Expired|Revoked)\b", row))
        assert words == {name}
    assert "Opened 1 of 10 times." in said(signed.get("/shared"))


@pytest.mark.rule("R67", "R68", "R69", "D16")
def test_edit_stands_beside_shared_until_and_takes_an_earlier_or_later_day(web: Web, signed: Browser) -> None:
    invitation = web.invitation()
    here = f"/invitations/{invitation}"
    page = signed.get(here).text
    fact = page.partition("<h2>Shared Until</h2>")[2].partition('<div class="fact">')[0]
    assert f'href="{here}/until"' in fact
    for typed, day in (
        ({"day": "2026-03-19"}, "19 March 2026"),
        ({"day": "other", "other_day": "2026-12-24"}, "24 December 2026"),
    ):
        answer = press(signed, f"{here}/until", f"{here}/until", **typed)
        assert answer.headers["Location"] == here
        assert day in said(signed.get(here))
    for wrong in ("2026-03-11", "2027-03-13", "", "tomorrow"):
        refused = press(signed, f"{here}/until", f"{here}/until", day="other", other_day=wrong)
        assert refused.status_code == 422
        assert "Choose a day from 12 March 2026 to 12 March 2027." in said(refused)
    assert "24 December 2026" in said(signed.get(here))


@pytest.mark.rule("R66", "D16")
def test_where_the_openings_are_spent_there_is_no_edit(web: Web, signed: Browser) -> None:
    invitation = web.scene.invitation(web.owner, web.exam, web.patient, number="0123456789AB", max_accesses=1)
    web.browser().enter("ABCDEFGH1234", "0123456789AB")
    page = signed.get(f"/invitations/{invitation}")
    assert "It was opened as often as it may be." in said(page)
    assert "/until" not in page.text
    assert "Revoke Access" in said(page)


@pytest.mark.rule("R70", "R71", "R76", "D17")
def test_revoke_access_stands_beside_status_asks_once_and_cuts_the_guest_off(
    web: Web, signed: Browser
) -> None:
    invitation = web.invitation()
    guest = web.browser()
    guest.enter()
    here = f"/invitations/{invitation}"
    page = signed.get(here).text
    fact = page.partition("<h2>Status</h2>")[2].partition('<div class="fact">')[0]
    assert f'href="{here}/revoke"' in fact
    assert "Viewed" in fact
    question = said(signed.get(f"{here}/revoke"))
    assert "Copies that were already downloaded cannot be recalled." in question
    assert guest.get("/visit").status_code == 200, "looking at the question does nothing"
    assert press(signed, f"{here}/revoke", f"{here}/revoke").headers["Location"] == here
    after = signed.get(here)
    assert "Revoked" in said(after)
    assert "Revoke Access" not in said(after)
    assert "/until" not in after.text
    assert guest.get("/visit").status_code == 403
    assert "The patient has ended this invitation." in said(guest.enter())


@pytest.mark.rule("D14", "D24")
def test_the_owner_sees_each_opening_and_unlocks_what_wrong_codes_have_locked(
    web: Web, signed: Browser
) -> None:
    invitation = web.invitation()
    here = f"/invitations/{invitation}"
    assert "Nobody has opened it yet." in said(signed.get(here))
    guest = web.browser()
    guest.enter()
    for _ in range(5):
        guest.enter("WRNGWRNGWRNG")
    page = said(signed.get(here))
    assert "Opened 1 of 10 times, last on 12 March 2026, 2:05 pm" in page
    assert "12 March 2026, 2:05 pm, on the web" in page
    assert "because somebody typed wrong codes" in page
    press(signed, here, f"{here}/unlock")
    assert "wrong codes" not in said(signed.get(here))
    assert guest.enter().status_code == 303


@pytest.mark.rule("D12", "D13")
@pytest.mark.parametrize("contents", ["report", "images"])
def test_the_preview_shows_what_the_guest_sees_and_is_no_opening(
    web: Web, signed: Browser, contents: str
) -> None:
    share(web, signed, **(ON_PAPER | {"contents": contents, "may_download": ""}))
    [invitation] = web.invitations()
    page = signed.get(f"/invitations/{invitation}/preview")
    assert "This is what Dr Sam Okafor sees." in said(page)
    assert ("The lungs are clear." in page.text) == (contents == "report")
    assert ("/image/" in page.text) == (contents == "images")
    assert "Download" not in said(page)
    assert web.row(invitation).accesses == 0


def test_another_patients_invitation_looks_like_one_that_is_not_there(web: Web, signed: Browser) -> None:
    ben = web.scene.patient(given="Ben")
    other = web.scene.account(ben, email="ben@example.org", kind="web")
    exam = web.scene.exam(ben)
    web.scene.report(exam)
    foreign = web.scene.invitation(other, exam, ben)
    fields = signed.hidden("/account")
    for end in ("", "/until", "/revoke", "/preview"):
        answers = [signed.get(f"/invitations/{one}{end}") for one in (foreign, UUID(int=7))]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert said(answers[0]) == said(answers[1])
    for end, typed in (("/until", {"day": "2026-03-19"}), ("/revoke", {}), ("/unlock", {})):
        assert signed.send(f"/invitations/{foreign}{end}", fields | typed).status_code == 404
    assert signed.send(f"/exams/{exam}/share", fields | ON_PAPER).status_code == 404
    assert web.scene.acting(other).sharing.open(foreign).invitation.state.value == "Active"
