from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.delivery import ask_receipts, deliver_due
from app.errors import PortalError, Refused
from app.parts import clinic_document
from app.portal import Acting, Portal
from app.ports import DeliveryFailed, DeliveryUnclear
from app.report_paper import paragraphs_of
from app.rules.report_release import ReportNotice, ReportState
from app.views.exams import ReportRow
from app.views.work import TaskRow
from db.models import AuditEvent, ClinicRecord, Message, Patient
from tests.fakes import FixedClock, KeptMailer, KeptTextSender
from tests.made_dicom import a_pdf
from tests.scene import Known, Scene

HOURS_48 = timedelta(hours=48)
SECOND = timedelta(seconds=1)


class Story:
    """One exam with a final report, attached by reception; everybody can sign in again at any time."""

    def __init__(self, scene: Scene, status: str = "final") -> None:
        self.scene = scene
        self.patient = scene.patient()
        self.account = scene.account(self.patient)
        self.exam = scene.exam(self.patient)
        self.report = (
            self.desk()
            .reports.attach_text(
                self.exam,
                status,
                "Report",
                "Dr Jo Lind",
                scene.clock(),
                "FINDINGS:\nNo fracture.\n\nAll well.",
            )
            .id
        )

    def desk(self, role: str = "reception") -> Acting:
        known = self.scene.staff[role]
        return self.scene.acting(self.scene.session("staff", self.scene.desk, staff_id=known.id))

    def patient_now(self) -> Acting:
        return self.scene.acting(self.scene.session("kiosk", self.scene.kiosk, account_id=self.account.id))

    def to_referrer(self) -> None:
        self.desk().reports.sent_to_referrer(self.report, "Dr Sam Okafor", "HL7", self.scene.clock())

    def announce(self) -> ReportRow:
        self.to_referrer()
        return self.desk().reports.complete(self.report)

    def row(self) -> ReportRow:
        page = self.desk("clinical").exams.open(self.exam)
        return next(row for row in page.reports if row.id == self.report)

    def tasks(self) -> list[TaskRow]:
        return [task for task in self.desk().tasks.open() if task.report_id == self.report]


@pytest.fixture
def story(scene: Scene) -> Story:
    return Story(scene)


def kind_of(call: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(PortalError) as caught:
        call(*arguments)
    return caught.value.kind


def set_clinic(scene: Scene, **changes: object) -> None:
    from dataclasses import replace

    scene.clinic = replace(scene.clinic, **changes)  # type: ignore[arg-type]  # the test's own fields
    with scene.portal.parts.database.writing() as session:
        session.get_one(ClinicRecord, 1).document = clinic_document.dump_json(scene.clinic).decode()


# The SMS and the 48 hours


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
    from dataclasses import replace

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
    from dataclasses import replace

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


# Holding, releasing, withdrawing


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


def shared_by_mail(scene: Scene, story: Story) -> UUID:
    from db.models import Invitation

    made = scene.invitation(story.account, story.exam, story.patient, number="0123456789AB")
    with scene.portal.parts.database.writing() as session:
        row = session.get_one(Invitation, made)
        row.way, row.recipient_email = "email", "sam@example.org"
    return made


@pytest.mark.rule("D28")
def test_a_withdrawn_report_is_gone_at_once_also_for_a_guest_who_is_looking(
    scene: Scene, portal: Portal, mailer: KeptMailer, clock: FixedClock
) -> None:
    story = Story(scene)
    story.desk("clinical").reports.release_early(story.report, "x")
    shared_by_mail(scene, story)
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


# Reading and taking away


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
    from db.models import Invitation

    story = Story(scene)
    story.desk("clinical").reports.release_early(story.report, "x")
    made = shared_by_mail(scene, story)
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


def test_a_heading_and_empty_lines_part_paragraphs() -> None:
    assert paragraphs_of("Technique: plain\r\n\r\nFINDINGS:\r\nNo fracture.\r\nNo mass.\r\n\r\n\r\nEnd.") == (
        "Technique: plain",
        "FINDINGS:",
        "No fracture.\nNo mass.",
        "End.",
    )


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
