"""The "Report Complete" SMS and the 48 hours (R28 to R31, D9)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.delivery import ask_receipts, deliver_due
from app.errors import Refused
from app.portal import Portal
from app.ports import DeliveryFailed, DeliveryUnclear
from app.rules.report_release import ReportNotice
from db.models import Message, Patient
from tests.app.story import HOURS_48, SECOND, Story, kind_of, set_clinic
from tests.fakes import FixedClock, KeptTextSender
from tests.scene import Scene


@pytest.mark.rule("R28", "R29", "R31", "D9")
def test_report_opens_48_hours_after_the_gateway_took_the_report_complete_sms(
    story: Story, portal: Portal, clock: FixedClock, texts: KeptTextSender
) -> None:
    story.announce()
    assert story.patient_now().exams.open(story.exam).notice is ReportNotice.NOT_YET
    clock.advance(timedelta(minutes=7))
    deliver_due(portal.parts)
    sent_at = clock()
    [(_, to, text)] = texts.sent
    assert to == "+61491570156"
    assert "Report Complete" in text
    assert "CT" not in text
    assert "http" not in text

    clock.now = sent_at + HOURS_48 - SECOND
    page = story.patient_now().exams.open(story.exam)
    assert page.notice is ReportNotice.OPENS_LATER
    assert page.notice_opens_at == page.exam.changes_at == sent_at + HOURS_48
    assert not page.exam.has_visible_report
    assert not page.exam.can_share
    assert kind_of(story.patient_now().reports.read, story.report) == "report_unavailable"
    assert kind_of(story.patient_now().reports.document, story.report) == "report_unavailable"
    assert not story.patient_now().exams.mine()[0].has_visible_report

    clock.now = sent_at + HOURS_48
    page = story.patient_now().exams.open(story.exam)
    assert page.notice is None
    assert page.exam.can_share
    assert story.patient_now().exams.mine()[0].has_visible_report
    assert story.patient_now().reports.read(story.report).paragraphs == (
        "FINDINGS:",
        "No fracture.",
        "All well.",
    )


@pytest.mark.rule("D9")
def test_where_the_gateway_gives_receipts_the_hours_count_from_the_receipt(
    story: Story, portal: Portal, clock: FixedClock, texts: KeptTextSender
) -> None:
    texts.gives_receipts = True
    story.announce()
    deliver_due(portal.parts)
    assert story.row().complete_at is None
    clock.advance(timedelta(hours=1))
    delivered = clock() - timedelta(minutes=10)
    texts.delivered["sms-1"] = delivered
    ask_receipts(portal.parts)
    row = story.row()
    assert (row.complete_at, row.visible_from) == (delivered, delivered + HOURS_48)


@pytest.mark.parametrize("wrong_by", [timedelta(days=-30), timedelta(days=30)])
def test_a_wrong_clock_at_the_gateway_neither_shortens_the_hours_nor_puts_them_off(
    story: Story, portal: Portal, clock: FixedClock, texts: KeptTextSender, wrong_by: timedelta
) -> None:
    texts.gives_receipts = True
    story.announce()
    deliver_due(portal.parts)
    sent = clock()
    clock.advance(timedelta(hours=1))
    texts.delivered["sms-1"] = clock() + wrong_by
    ask_receipts(portal.parts)
    complete_at = story.row().complete_at
    assert complete_at is not None
    assert sent <= complete_at <= clock()


@pytest.mark.rule("D9")
def test_no_receipt_within_four_hours_is_unclear_a_task_and_no_start_of_the_hours(
    story: Story, portal: Portal, clock: FixedClock, texts: KeptTextSender
) -> None:
    texts.gives_receipts = True
    story.announce()
    deliver_due(portal.parts)
    clock.advance(timedelta(hours=4))
    ask_receipts(portal.parts)
    assert [task.kind for task in story.tasks()] == ["sms_unclear"]
    assert story.row().complete_at is None
    clock.advance(HOURS_48)
    assert story.patient_now().exams.open(story.exam).notice is ReportNotice.NOT_YET


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [(DeliveryFailed("unknown number"), "sms_failed"), (DeliveryUnclear("broke off"), "sms_unclear")],
)
@pytest.mark.rule("D9", "D32")
def test_a_failed_or_unclear_sms_is_a_task_until_the_patient_was_told_another_way(
    story: Story,
    portal: Portal,
    clock: FixedClock,
    texts: KeptTextSender,
    trouble: DeliveryFailed,
    kind: str,
) -> None:
    story.announce()
    texts.trouble = trouble
    deliver_due(portal.parts)
    assert [task.kind for task in story.tasks()] == [kind]
    assert story.row().complete_at is None

    clock.advance(timedelta(hours=2))
    row = story.desk().reports.told_otherwise(story.report, "on the phone")
    assert row.visible_from == clock() + HOURS_48
    assert story.tasks() == []
    assert kind_of(story.desk().reports.told_otherwise, story.report, "again") == "already_complete"


@pytest.mark.rule("D9")
def test_a_resent_sms_does_not_restart_the_hours(story: Story, portal: Portal, clock: FixedClock) -> None:
    story.announce()
    deliver_due(portal.parts)
    first = story.row().visible_from
    clock.advance(timedelta(hours=20))
    with portal.parts.database.reading() as session:
        [message] = session.scalars(select(Message.id).where(Message.report_id == story.report))
    story.desk().messages.resend(message)
    deliver_due(portal.parts)
    assert story.row().visible_from == first
    assert kind_of(story.desk().reports.complete, story.report) == "already_announced"


@pytest.mark.rule("D9", "D32")
def test_without_a_mobile_number_there_is_a_task_and_the_sms_goes_once_there_is_one(
    story: Story, portal: Portal, texts: KeptTextSender
) -> None:
    with portal.parts.database.writing() as session:
        session.get_one(Patient, story.patient).mobile = ""
    story.announce()
    deliver_due(portal.parts)
    assert texts.sent == []
    assert [task.kind for task in story.tasks()] == ["no_mobile"]
    with portal.parts.database.writing() as session:
        session.get_one(Patient, story.patient).mobile = "+61491570110"
    story.desk().reports.complete(story.report)
    deliver_due(portal.parts)
    assert [to for _, to, _ in texts.sent] == ["+61491570110"]
    assert story.tasks() == []


@pytest.mark.rule("D9", "D32")
def test_after_a_failed_sms_the_corrected_number_gets_it_and_the_task_goes(
    story: Story, portal: Portal, clock: FixedClock, texts: KeptTextSender
) -> None:
    story.announce()
    texts.trouble = DeliveryFailed("unknown number")
    deliver_due(portal.parts)
    [failed] = story.desk().patients.open(story.patient).messages
    story.desk().patients.change_contact(story.patient, "", "", ())
    assert kind_of(story.desk().messages.resend, failed.id) == "no_mobile"
    story.desk().patients.change_contact(story.patient, "", "0491 570 110", ())
    texts.trouble = None
    clock.advance(timedelta(hours=1))
    story.desk().messages.resend(failed.id)
    deliver_due(portal.parts)
    assert [to for _, to, _ in texts.sent] == ["+61491570110"]
    assert story.row().visible_from == clock() + HOURS_48
    assert story.tasks() == []


@pytest.mark.rule("D28")
def test_the_sms_of_a_withdrawn_report_is_not_sent_again(
    story: Story, portal: Portal, texts: KeptTextSender
) -> None:
    story.announce()
    texts.trouble = DeliveryFailed("unknown number")
    deliver_due(portal.parts)
    [failed] = story.desk().patients.open(story.patient).messages
    story.desk("clinical").reports.withdraw(story.report, "Wrong side")
    assert kind_of(story.desk().messages.resend, failed.id) == "message_untrue"


@pytest.mark.rule("R29", "R30", "R31")
def test_the_sms_says_the_clinics_hours_and_speaks_of_a_referring_doctor_only_where_there_is_one(
    scene: Scene, portal: Portal, texts: KeptTextSender
) -> None:
    Story(scene).announce()
    set_clinic(scene, rules=replace(scene.clinic.rules, report_hours=72))
    story = Story(scene)
    story.desk().reports.no_referrer(story.report, "Came without a referral")
    story.desk().reports.complete(story.report)
    deliver_due(portal.parts)
    with_doctor, without = (text for _, _, text in texts.sent)
    assert "48 hours from now" in with_doctor
    assert "Your referring doctor has your report" in with_doctor
    assert "72 hours from now" in without
    assert "referring doctor" not in without
    assert "Report Complete" in without


@pytest.mark.rule("R30", "D9")
def test_the_referring_doctor_comes_before_the_patient(
    story: Story, portal: Portal, texts: KeptTextSender, clock: FixedClock
) -> None:
    with pytest.raises(Refused) as refused:
        story.desk().reports.complete(story.report)
    assert refused.value.kind == "referrer_first"
    assert kind_of(story.desk().reports.told_otherwise, story.report, "phone") == "referrer_first"
    deliver_due(portal.parts)
    assert texts.sent == []
    assert [task.kind for task in story.tasks()] == ["no_referrer"]

    story.to_referrer()
    assert story.tasks() == []
    story.desk().reports.complete(story.report)
    deliver_due(portal.parts)
    assert len(texts.sent) == 1
    row = story.row()
    assert (row.referrer_name, row.referrer_way) == ("Dr Sam Okafor", "HL7")
    assert row.referrer_sent_at is not None
    assert row.complete_at is not None
    assert row.referrer_sent_at <= row.complete_at


@pytest.mark.rule("D9")
def test_no_referrer_needs_a_reason(story: Story) -> None:
    assert kind_of(story.desk().reports.no_referrer, story.report, " ") == "missing"
    row = story.desk().reports.no_referrer(story.report, "Came without a referral")
    assert row.no_referrer_reason == "Came without a referral"
    assert story.desk().reports.complete(story.report).message_state == "queued"


def test_a_time_that_has_not_come_yet_is_refused(story: Story, clock: FixedClock) -> None:
    later = clock() + SECOND
    assert kind_of(story.desk().reports.sent_to_referrer, story.report, "Dr X", "fax", later) == "in_future"


@pytest.mark.rule("D9")
def test_where_the_ris_sends_the_sms_its_time_counts_and_we_send_none(
    scene: Scene, portal: Portal, clock: FixedClock, texts: KeptTextSender
) -> None:
    story = Story(scene)
    story.to_referrer()
    at = clock() + timedelta(minutes=5)
    clock.advance(timedelta(hours=3))
    assert kind_of(story.desk().reports.sms_sent_by_ris, story.report, at) == "ris_sends_none"
    set_clinic(scene, sms_sent_by_ris=True)
    assert kind_of(story.desk().reports.complete, story.report) == "ris_sends_sms"
    row = story.desk().reports.sms_sent_by_ris(story.report, at)
    deliver_due(portal.parts)
    assert row.visible_from == at + HOURS_48
    assert texts.sent == []


@pytest.mark.rule("D9", "D10")
def test_no_report_was_announced_before_it_was_written(scene: Scene, clock: FixedClock) -> None:
    story = Story(scene)
    story.to_referrer()
    set_clinic(scene, sms_sent_by_ris=True)
    # Else whoever may not release early would do so with a date.
    early = clock() - timedelta(hours=49)
    assert kind_of(story.desk().reports.sms_sent_by_ris, story.report, early) == "before_report"


@pytest.mark.rule("D3")
def test_a_setting_changed_later_applies_to_new_events_only(
    scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    story = Story(scene)
    story.announce()
    deliver_due(portal.parts)
    set_clinic(scene, rules=replace(scene.clinic.rules, report_hours=1))
    assert story.row().visible_from == clock() + HOURS_48
    other = Story(scene)
    other.announce()
    deliver_due(portal.parts)
    assert other.row().visible_from == clock() + timedelta(hours=1)


@pytest.mark.rule("R29", "D9")
def test_the_hours_are_elapsed_ones_also_when_the_clocks_change(
    scene: Scene, portal: Portal, clock: FixedClock
) -> None:
    clock.now = datetime(2026, 4, 3, 20, 0, tzinfo=UTC)  # Sydney's clocks go back on 5 April 2026
    story = Story(scene)
    story.announce()
    deliver_due(portal.parts)
    assert story.row().visible_from == datetime(2026, 4, 5, 20, 0, tzinfo=UTC)


def test_a_preliminary_report_is_made_final_before_it_is_announced(scene: Scene) -> None:
    story = Story(scene, "preliminary")
    story.to_referrer()
    assert kind_of(story.desk().reports.complete, story.report) == "report_preliminary"
    assert story.desk().reports.finalise(story.report).status == "final"
    assert story.desk().reports.complete(story.report).message_state == "queued"
    assert kind_of(story.desk().reports.finalise, story.report) == "report_final"
