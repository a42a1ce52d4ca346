import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.rules.access import Relation
from db.models import AccessGrant, AuditEvent, Exam, Report
from tests.web.conftest import FRAMES, SLICES, Browser, Web, said
from tests.web.signed import report_link, sign_in
from tests.web.test_guest import picture, two_pages

DAY = timedelta(days=1)


@pytest.fixture
def signed(web: Web, browser: Browser) -> Browser:
    return sign_in(web, browser)


def change(web: Web, model: type[Report | Exam], row: UUID, **values: object) -> None:
    with web.portal.parts.database.writing() as session:
        stored = session.get_one(model, row)
        for name, value in values.items():
            setattr(stored, name, value)


def opened(web: Web, verb: str) -> int:
    with web.portal.parts.database.reading() as session:
        return len(
            session.scalars(
                select(AuditEvent).where(AuditEvent.verb == verb, AuditEvent.caller == "patient")
            ).all()
        )


@pytest.mark.rule("R21", "R22", "R23", "R24", "R36", "D24")
def test_my_exam_lists_the_exams_and_a_click_shows_report_and_images(web: Web, signed: Browser) -> None:
    web.scene.exam(web.patient, "CT of the head")
    page = signed.get(f"/home/{web.patient}/exams")
    listed = said(page)
    assert listed.index("CT of the head, 12 March 2026, North") < listed.index(
        "CT of the chest, 10 March 2026, North"
    )
    assert f"Report ready. {SLICES + FRAMES} images." in listed
    assert f'href="/exams/{web.exam}"' in page.text
    before = opened(web, "exams.open")
    exam = signed.get(f"/exams/{web.exam}")
    shown = said(exam)
    assert "CT of the chest, 10 March 2026, North" in shown
    assert "The lungs are clear." in shown
    assert "Amelia Hart" in exam.text
    assert re.search(rf'href="/exams/{web.exam}/image/[^"]+"', exam.text)
    assert opened(web, "exams.open") == before + 1
    assert opened(web, "reports.read") == 1


@pytest.mark.rule("R25", "R26", "D21")
def test_the_report_is_downloaded_at_its_top_right(web: Web, signed: Browser) -> None:
    page = signed.get(f"/exams/{web.exam}").text
    head = page.partition('<article class="card report"')[2].partition("</header>")[0]
    assert f'href="{report_link(web)}"' in head
    pdf = signed.get(report_link(web))
    assert pdf.content.startswith(b"%PDF")
    assert pdf.headers["Content-Disposition"] == 'attachment; filename="report-2026-03-10.pdf"'


@pytest.mark.rule("R27", "R31", "R34", "R35", "R62")
def test_before_the_sms_the_report_is_unavailable_and_the_images_are_there(web: Web, signed: Browser) -> None:
    change(web, Report, web.report, complete_at=None, visible_from=None)
    page = signed.get(f"/exams/{web.exam}")
    shown = said(page)
    assert "Report is Unavailable" in shown
    assert "How long this takes depends on the type of scan." in shown
    assert "You can read it here 48 hours after that SMS." in shown
    assert "You can look at your images now." in shown
    assert "lungs" not in shown
    assert "/image/" in page.text
    assert "Share Exam" not in shown
    assert "Report is Unavailable" in said(signed.get(f"/home/{web.patient}/exams"))
    assert signed.get(report_link(web)).status_code == 404
    assert signed.get(f"/exams/{web.exam}/share").status_code == 409


@pytest.mark.rule("R29", "R31", "R61", "D9")
def test_after_the_sms_it_says_when_it_opens_and_to_the_second_it_does(web: Web, signed: Browser) -> None:
    at = web.clock() + timedelta(minutes=10)
    change(web, Report, web.report, visible_from=at, complete_at=at - 2 * DAY)
    waiting = signed.get(f"/exams/{web.exam}")
    assert "Your report is complete. You can read it here from 12 March 2026, 2:15 pm." in said(waiting)
    assert "Please talk to your referring doctor about the results. Your doctor has the report." in said(
        waiting
    )
    assert 'data-due="601"' in waiting.text, "the open page looks again when its time has come"
    web.clock.advance(timedelta(minutes=10, seconds=-1))
    assert "lungs" not in said(signed.get(f"/exams/{web.exam}"))
    web.clock.advance(timedelta(seconds=1))
    shown = said(signed.get(f"/exams/{web.exam}"))
    assert "The lungs are clear." in shown
    assert "Share Exam" in shown


@pytest.mark.rule("R32", "D10")
def test_a_withheld_report_asks_for_the_doctor_and_after_its_time_for_the_clinic(
    web: Web, signed: Browser
) -> None:
    later = web.clock() + timedelta(minutes=5)
    change(web, Report, web.report, visible_from=later, complete_at=later - 2 * DAY, withheld_at=web.clock())
    held = said(signed.get(f"/exams/{web.exam}"))
    assert "Please talk to your referring doctor about the results." in held
    assert "You can read it here from" not in held
    web.clock.advance(timedelta(minutes=6))
    overdue = said(signed.get(f"/exams/{web.exam}"))
    assert "Your report should be here by now. Please write to portal@harbour.example" in overdue


@pytest.mark.rule("D28")
def test_a_withdrawn_report_says_so_in_its_place_and_cannot_be_shared(web: Web, signed: Browser) -> None:
    page = signed.get(f"/exams/{web.exam}")
    state = re.search(r'data-state="(\w+)"', page.text)
    assert state
    check = f"/exams/{web.exam}/state"
    assert signed.get(check).json() == {"state": state[1]}
    web.clock.advance(timedelta(minutes=1))
    web.scene.acting("clinical").reports.withdraw(web.report, "wrong side")
    assert signed.get(check).json() != {"state": state[1]}
    shown = said(signed.get(f"/exams/{web.exam}"))
    assert "Report withdrawn" in shown
    assert "This report was withdrawn on 12 March 2026. Please contact the clinic." in shown
    assert "lungs" not in shown
    assert "Share Exam" not in shown
    assert signed.get(report_link(web)).status_code == 404


@pytest.mark.rule("D10")
def test_an_exam_withheld_as_a_whole_shows_neither_report_nor_images(web: Web, signed: Browser) -> None:
    change(web, Exam, web.exam, withheld_at=web.clock(), withheld_ground="to be reviewed")
    page = signed.get(f"/exams/{web.exam}")
    assert "lungs" not in page.text
    assert "/image/" not in page.text
    assert "to be reviewed" not in page.text
    assert "Please ask the clinic about this exam." in said(signed.get(f"/home/{web.patient}/exams"))


@pytest.mark.rule("D10", "D11", "R24")
def test_several_reports_each_have_their_own_time_and_name(web: Web, signed: Browser) -> None:
    web.scene.report(web.exam, status="preliminary", text="Preliminary words.")
    addendum = web.scene.report(web.exam, status="addendum", text="One more thing.")
    hidden_one = web.scene.report(web.exam, visible=False, text="Not yet to be read.")
    corrected = web.scene.report(web.exam, text="The heart is normal.")
    change(web, Report, corrected, corrects_id=web.report)
    page = signed.get(f"/exams/{web.exam}")
    shown = said(page)
    for words in (
        "The lungs are clear.",
        "Addendum",
        "One more thing.",
        "This report corrects an earlier one.",
    ):
        assert words in shown
    assert "Preliminary" not in shown
    assert "Not yet to be read." not in shown
    assert shown.count("Report is Unavailable") == 1
    assert page.text.count('.pdf" download') == 3
    assert signed.get(report_link(web, report=addendum)).status_code == 200
    assert signed.get(report_link(web, report=hidden_one)).status_code == 404


@pytest.mark.rule("R23", "R25")
def test_a_report_that_is_a_pdf_is_shown_page_by_page(web: Web, signed: Browser) -> None:
    clinical = web.scene.acting("clinical")
    pdf = two_pages()
    row = clinical.reports.attach_pdf(web.exam, "final", "Report", "Dr Jo Lind", web.clock(), pdf)
    clinical.reports.release_early(row.id, "for the test")
    pages = re.findall(
        rf'src="(/exams/{web.exam}/report/{row.id}/[0-9]+)"', signed.get(f"/exams/{web.exam}").text
    )
    assert [page.rpartition("/")[2] for page in pages] == ["1", "2"]
    first = picture(signed.get(pages[0]))
    assert first.width / first.height == pytest.approx(210 / 297, rel=0.01)
    for number in (0, 3, -1, 10**20):
        assert signed.get(f"/exams/{web.exam}/report/{row.id}/{number}").status_code in {404, 422}
    assert signed.get(report_link(web, report=row.id)).content == pdf


def test_an_exam_without_images_says_so(web: Web, signed: Browser) -> None:
    bare = web.scene.exam(web.patient)
    shown = said(signed.get(f"/exams/{bare}"))
    assert "There are no images of this exam in the portal." in shown
    assert "Report is Unavailable" in shown


@pytest.mark.rule("D31")
def test_an_account_for_several_people_asks_whose_exams_and_the_name_stays_in_sight(
    web: Web, browser: Browser
) -> None:
    ben = web.scene.patient(given="Ben", born=date(2015, 1, 2))
    exam = web.scene.exam(ben, "X-ray of the hand")
    web.scene.add(grant_of(web, ben))
    sign_in(web, browser)
    whose = browser.get("/home")
    assert whose.status_code == 200
    assert "Whose exams?" in said(whose)
    assert "Your own exams" in said(whose)
    assert "You are a parent" in said(whose)
    assert f'href="/home/{ben}"' in whose.text
    his = browser.get(f"/home/{ben}/exams").text
    assert f'href="/exams/{exam}"' in his
    assert str(web.exam) not in his
    for page in (his, browser.get(f"/exams/{exam}").text):
        assert '<p class="whose">' in page
        assert "<strong>Ben Hart</strong>" in page
        assert "Somebody else&#39;s exams" in page


@pytest.mark.rule("D31")
def test_what_nobody_granted_looks_like_what_is_not_there(web: Web, signed: Browser) -> None:
    stranger = web.scene.patient(given="Ben")
    exam = web.scene.exam(stranger)
    missing = UUID(int=7)
    for foreign, absent in (
        (f"/home/{stranger}", f"/home/{missing}"),
        (f"/home/{stranger}/exams", f"/home/{missing}/exams"),
        (f"/exams/{exam}", f"/exams/{missing}"),
    ):
        answers = [signed.get(foreign), signed.get(absent)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert said(answers[0]) == said(answers[1])


@pytest.mark.rule("R18", "R19", "D7")
def test_personal_details_can_be_seen_and_not_edited(web: Web, signed: Browser) -> None:
    page = signed.get("/account")
    shown = said(page)
    for words in ("Amelia Hart", "17 May 1944", "amelia@example.org", "+61491570156"):
        assert words in shown
    assert "Contact us: the clinic does it for you." in shown
    assert re.findall(r"<input(?![^>]*hidden)", page.text) == []


def grant_of(web: Web, patient: UUID, relation: Relation = Relation.PARENT) -> AccessGrant:
    from app.ids import new_id

    return AccessGrant(
        id=new_id(),
        account_id=web.owner.id,
        patient_id=patient,
        relation=relation.value,
        evidence="birth certificate",
        from_at=web.clock(),
    )
