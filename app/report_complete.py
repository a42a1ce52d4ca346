"""The "Report Complete" SMS and the 48 hours that begin when it has reached the patient (R28, R29, D9)."""

from datetime import datetime
from enum import Enum
from typing import Any

from app.errors import N_, Conflict
from app.exams import exam_changed
from app.messages import queue_sms
from app.parts import Parts
from app.rules.report_release import report_complete_at, visible_from
from app.tasks import finish_tasks, make_task
from app.use_case import Work
from db.models import Exam, Message, Report
from db.queries import patients as patient_queries
from db.queries import reports as queries


class CompleteBy(Enum):
    """What tells that "Report Complete" reached the patient."""

    RECEIPT = "receipt"  # the gateway's delivery receipt
    GATEWAY = "gateway"  # its acceptance, where it gives no receipts
    STAFF = "staff"
    RIS = "ris"


def announce(parts: Parts, work: Work[Any], report: Report, exam: Exam) -> None:
    """Queue the SMS to the patient's mobile; without one make a task. Raises Conflict when that was done already."""
    if work.clinic.sms_sent_by_ris:
        raise Conflict("ris_sends_sms", N_("In this clinic the RIS sends the Report Complete SMS."))
    if report.complete_queued_at is not None or report.complete_at is not None:
        raise Conflict(
            "already_announced", N_("The Report Complete message of this report was sent already.")
        )
    patient = patient_queries.patient(work.session, exam.patient_id)
    assert patient is not None
    if not patient.mobile:
        _make_task(work, "no_mobile", report, exam)
        return
    queue_sms(
        parts,
        work,
        "report_complete",
        patient.mobile,
        site_id=exam.site_id,
        patient_id=patient.id,
        report_id=report.id,
        wording="" if report.referrer_sent_at is not None else "report_complete_without_doctor",
        hours=work.clinic.rules.report_hours,
    )
    report.complete_queued_at = work.now
    finish_tasks(work, f"no_mobile:{report.id}")


def told_patient(work: Work[Any], report: Report, at: datetime, complete_by: CompleteBy) -> None:
    """Store when the patient was told; raises Conflict when that is known already: it never moves (D9)."""
    if not _store(work, report, at, complete_by):
        raise Conflict("already_complete", N_("It is recorded already that the patient was told."))


def _store(work: Work[Any], report: Report, at: datetime, complete_by: CompleteBy) -> bool:
    shows_from = visible_from(at, work.clinic.rules.report_hours)
    if not queries.set_complete(work.session, report.id, at, complete_by.value, shows_from):
        return False
    finish_tasks(work, *(f"{kind}:{report.id}" for kind in ("no_mobile", "sms_failed", "sms_unclear")))
    return True


def on_sms_state(parts: Parts, work: Work[Any], message: Message) -> None:
    """Draw the consequences of what became of a "Report Complete" SMS: the 48 hours begin, or a task stands (D9)."""
    assert message.report_id is not None
    found = queries.report_and_exam(work.session, message.report_id)
    # Where the exam was moved meanwhile, the SMS reached somebody else's patient.
    if found is None or found[1].patient_id != message.patient_id:
        return
    report, exam = found
    if message.state in {"failed", "unclear"}:
        if report.complete_at is None and report.withdrawn_at is None:
            _make_task(work, f"sms_{message.state}", report, exam, message)
        return
    at = report_complete_at(
        gives_receipts=parts.texts.gives_receipts,
        accepted_at=message.sent_at,
        delivered_at=message.delivered_at,
    )
    if at is None:
        return
    # A gateway's clock may be wrong; it must neither shorten the 48 hours nor put them off.
    at = max(message.sent_at or message.created_at, min(at, work.now))
    complete_by = CompleteBy.RECEIPT if parts.texts.gives_receipts else CompleteBy.GATEWAY
    if not _store(work, report, at, complete_by):
        return  # a re-sent SMS does not restart the 48 hours
    work.about(report_id=report.id, exam_id=exam.id, patient_id=exam.patient_id)
    work.changed("report", report.id, site_id=exam.site_id, patient_id=exam.patient_id)
    exam_changed(work, exam)


def _make_task(
    work: Work[Any], kind: str, report: Report, exam: Exam, message: Message | None = None
) -> None:
    make_task(
        work,
        kind,
        f"{kind}:{report.id}",
        site_id=exam.site_id,
        patient_id=exam.patient_id,
        exam_id=exam.id,
        report_id=report.id,
        message_id=message.id if message else None,
    )
