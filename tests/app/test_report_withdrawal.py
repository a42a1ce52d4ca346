"""Reports withheld, released early and withdrawn (D10, D28)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.delivery import deliver_due
from app.portal import Portal
from app.rules.report_release import ReportNotice, ReportState
from db.models import AuditEvent
from tests.app.story import HOURS_48, SECOND, Story, kind_of
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.scene import Scene


@pytest.mark.rule("R31", "R32", "D10")
def test_a_withheld_report_promises_no_time_and_is_overdue_after_48_hours(
    story: Story, portal: Portal, clock: FixedClock
) -> None:
    story.announce()
    deliver_due(portal.parts)
    sent = clock()
    story.desk("clinical").reports.hold(story.report, "Will be told in person", date(2026, 3, 20))
    page = story.patient_now().exams.open(story.exam)
    assert (page.notice, page.notice_opens_at) == (ReportNotice.ASK_DOCTOR, None)
    clock.now = sent + HOURS_48
    assert story.patient_now().exams.open(story.exam).notice is ReportNotice.OVERDUE
    assert kind_of(story.patient_now().reports.read, story.report) == "report_unavailable"
    story.desk("clinical").reports.end_hold(story.report, "Told")
    assert story.patient_now().reports.read(story.report).report.state is ReportState.VISIBLE
    assert kind_of(story.desk("clinical").reports.end_hold, story.report, "again") == "report_not_held"


@pytest.mark.rule("D10")
def test_the_clinical_role_releases_early_with_a_reason(
    story: Story, portal: Portal, clock: FixedClock
) -> None:
    assert kind_of(story.desk().reports.release_early, story.report, "why") == "not_allowed"
    assert kind_of(story.desk("clinical").reports.release_early, story.report, "") == "missing"
    released = clock()
    story.desk("clinical").reports.release_early(story.report, "Urgent second opinion")
    assert story.patient_now().reports.read(story.report).paragraphs
    story.announce()
    clock.advance(timedelta(hours=1))
    deliver_due(portal.parts)
    row = story.row()
    assert row.complete_at == clock()
    assert row.visible_from == released  # the SMS takes nothing back
    with portal.parts.database.reading() as session:
        [event] = session.scalars(
            select(AuditEvent).where(AuditEvent.verb == "reports.release_early", AuditEvent.outcome == "done")
        )
    assert "Urgent second opinion" in event.detail


@pytest.mark.rule("D28")
def test_a_withdrawn_report_is_gone_at_once_also_for_a_guest_who_is_looking(
    scene: Scene, portal: Portal, mailer: KeptMailer, clock: FixedClock
) -> None:
    story = Story(scene)
    story.desk("clinical").reports.release_early(story.report, "x")
    story.shared_by_mail()
    opened = portal.acting(portal.nobody("203.0.113.9")).visits.open_with_code("0123456789AB", "ABCDEFGH1234")
    guest = portal.acting(portal.visiting(opened.token, address="203.0.113.9"))
    guest.reports.read(story.report)
    story.patient_now().reports.read(story.report)
    clock.advance(SECOND)

    story.desk("clinical").reports.withdraw(story.report, "Wrong side")

    for reader in (guest, story.patient_now()):
        page = reader.exams.open(story.exam)
        [row] = page.reports
        assert row.notice is ReportNotice.WITHDRAWN
        assert row.withdrawn_at == clock()
        assert page.notice is ReportNotice.WITHDRAWN
        assert kind_of(reader.reports.read, story.report) == "report_unavailable"
    [task] = story.tasks()
    assert (task.kind, dict(task.fields)["openings"]) == ("report_withdrawn", "2")
    deliver_due(portal.parts)
    assert sorted(mail.to for mail in mailer.sent) == ["amelia@example.org", "sam@example.org"]
    for mail in mailer.sent:
        assert "withdrawn on 12 March 2026" in mail.text
        assert not any(word in mail.text for word in ("Wrong side", "fracture", "CT", "Hart", "Report of"))
    assert [opener.who for opener in story.desk().reports.openers(story.report)] == [
        "Dr Sam Okafor",
        "Amelia Hart",
    ]


@pytest.mark.rule("D28")
def test_a_report_withdrawn_before_anybody_saw_it_leaves_no_trace_and_its_sms_is_stopped(
    story: Story, portal: Portal, mailer: KeptMailer, texts: KeptTextSender
) -> None:
    story.announce()
    story.desk("clinical").reports.withdraw(story.report, "Wrong patient's text")
    deliver_due(portal.parts)
    assert mailer.sent == []
    assert texts.sent == []
    assert story.tasks() == []
    page = story.patient_now().exams.open(story.exam)
    assert page.reports == ()
    assert page.notice is ReportNotice.NOT_YET
    for call in (story.desk("clinical").reports.withdraw, story.desk("clinical").reports.release_early):
        assert kind_of(call, story.report, "again") == "report_withdrawn"


@pytest.mark.rule("D28")
def test_a_corrected_report_may_be_released_at_once(story: Story, clock: FixedClock) -> None:
    story.desk("clinical").reports.release_early(story.report, "x")
    clock.advance(SECOND)
    story.desk("clinical").reports.withdraw(story.report, "Wrong side")
    corrected = story.desk("clinical").reports.attach_text(
        story.exam, "final", "Corrected report", "Dr Jo Lind", clock(), "The left one.", story.report
    )
    story.desk("clinical").reports.release_early(corrected.id, "Corrects a withdrawn report")
    page = story.patient_now().exams.open(story.exam)
    assert {row.id: row.notice for row in page.reports} == {
        story.report: ReportNotice.WITHDRAWN,
        corrected.id: None,
    }
    assert page.notice is None
    assert page.exam.can_share
