"""Reports attached, read and taken away."""

import pytest
from sqlalchemy import select

from app.portal import Portal
from db.models import AuditEvent, Invitation
from tests.app.story import SECOND, Story, kind_of
from tests.fakes import FixedClock
from tests.made_dicom import a_pdf
from tests.scene import Known, Scene


@pytest.mark.rule("D26")
def test_reception_opens_a_report_with_a_reason_only_and_the_reason_is_kept(
    story: Story, portal: Portal
) -> None:
    assert kind_of(story.desk().reports.read, story.report) == "missing"
    assert kind_of(story.desk().reports.document, story.report) == "missing"
    text = story.desk().reports.read(story.report, "The referrer asks for page two")
    assert text.paragraphs
    assert story.desk("clinical").reports.read(story.report).paragraphs
    assert kind_of(story.desk("manager").reports.read, story.report, "curious") == "not_allowed"
    with portal.parts.database.reading() as session:
        read = select(AuditEvent).where(AuditEvent.verb == "reports.read", AuditEvent.outcome == "done")
        details = [event.detail for event in session.scalars(read)]
    assert any("The referrer asks for page two" in detail for detail in details)


@pytest.mark.rule("R25", "D21")
def test_a_report_is_downloaded_as_pdf(story: Story, portal: Portal) -> None:
    story.desk("clinical").reports.release_early(story.report, "x")
    for paper, large_print in (("A4", False), ("Letter", True)):
        pdf = story.patient_now().reports.document(story.report, paper, large_print=large_print)
        assert portal.parts.imaging.pdf_pages(pdf) == 1
    with portal.parts.database.reading() as session:
        taken = select(AuditEvent).where(AuditEvent.verb == "reports.take_away")
        assert len(session.scalars(taken).all()) == 2


@pytest.mark.rule("D12")
def test_a_guest_without_downloads_reads_and_takes_nothing_away(scene: Scene, portal: Portal) -> None:
    story = Story(scene)
    story.desk("clinical").reports.release_early(story.report, "x")
    made = story.shared_by_mail()
    with portal.parts.database.writing() as session:
        session.get_one(Invitation, made).may_download = False
    opened = portal.acting(portal.nobody("203.0.113.9")).visits.open_with_code("0123456789AB", "ABCDEFGH1234")
    guest = portal.acting(portal.visiting(opened.token, address="203.0.113.9"))
    assert not guest.exams.open(story.exam).may_download
    assert guest.reports.read(story.report).paragraphs
    assert kind_of(guest.reports.document, story.report) == "download_not_given"
    assert kind_of(guest.images.take_away, story.exam, "all_zip") == "download_not_given"


def test_a_report_that_is_a_pdf_is_drawn_page_by_page_and_given_as_it_came(
    story: Story, portal: Portal, clock: FixedClock
) -> None:
    pdf = a_pdf(pages=2)
    row = story.desk().reports.attach_pdf(story.exam, "final", "Report", "Dr Jo Lind", clock(), pdf)
    assert (row.is_pdf, row.pages) == (True, 2)
    story.desk("clinical").reports.release_early(row.id, "x")
    patient = story.patient_now()
    assert kind_of(patient.reports.page, row.id, 0) == "not_opened"
    read = patient.reports.read(row.id)
    assert (read.pdf_pages, read.paragraphs) == (2, ())
    page = patient.reports.page(row.id, 1, 72)
    assert page.height > page.width > 500
    assert page.pixels.min() < 128
    assert patient.reports.document(row.id) == pdf
    assert kind_of(patient.reports.page, row.id, 2) == "page_missing"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4 nothing", b"MZ\x90\x00", b"\x00" * 5000])
def test_a_pdf_that_cannot_be_opened_is_refused_and_nothing_is_stored(
    story: Story, clock: FixedClock, content: bytes
) -> None:
    attach = story.desk().reports.attach_pdf
    assert kind_of(attach, story.exam, "final", "Report", "Dr Jo Lind", clock(), content) == "pdf_unusable"
    assert len(story.desk().exams.open(story.exam).reports) == 1


def test_a_guest_of_another_exam_and_another_patient_read_nothing(scene: Scene, story: Story) -> None:
    story.desk("clinical").reports.release_early(story.report, "x")
    stranger: Known = scene.account(scene.patient("Kai", "Other"))
    for call in (scene.acting(stranger).reports.read, scene.acting(stranger).reports.document):
        assert kind_of(call, story.report) == "report_unavailable"


def test_attaching_needs_an_exam_in_reach_a_status_and_a_text(story: Story, clock: FixedClock) -> None:
    attach = story.desk().reports.attach_text
    now = clock()
    assert kind_of(attach, story.exam, "draft", "Report", "Dr", now, "text") == "status"
    assert kind_of(attach, story.exam, "final", "Report", "Dr", now, "  ") == "needed"
    assert kind_of(attach, story.exam, "final", "Report", "Dr", now + SECOND, "text") == "in_future"
    assert kind_of(attach, story.exam, "final", "", "Dr", now, "text") == "missing"
    south = story.desk("reception_south").reports.attach_text
    assert kind_of(south, story.exam, "final", "Report", "Dr", now, "text") == "exam_unknown"
    other = Story(story.scene)
    assert kind_of(attach, story.exam, "final", "Report", "Dr", now, "text", other.report) == "report_unknown"
