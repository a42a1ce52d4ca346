"""A report taken back after somebody may have seen it: who is told, and who must speak to them (D28)."""

from typing import Any

from app.facts import report_facts
from app.messages import queue_mail
from app.parts import Parts
from app.print_requests import take_back_prints
from app.rules.calendar import local_day
from app.rules.report_release import ReportState, report_state
from app.tasks import make_task
from app.use_case import Work
from db.models import Exam, Report
from db.queries import clinic as clinic_queries
from db.queries import reports as queries


def tell_withdrawn(parts: Parts, work: Work[Any], report: Report, exam: Exam) -> None:
    """Tell owners and e-mailed recipients, without clinical content, and put who opened it on the To do list.

    Call it before the report is marked: nobody is told of one that nobody could read.
    """
    queries.stop_sms(work.session, report.id)
    # Which report a waiting print holds is not known: whatever may be this one is asked for again.
    take_back_prints(work, reports_of=exam.patient_id)
    events = queries.openings(work.session, exam.patient_id, report.id)
    openings = [event for event, _ in events if event.caller != "staff"]
    has_been_visible = report_state(report_facts(report, exam), work.now) is ReportState.VISIBLE or openings
    if not has_been_visible:
        return
    make_task(
        work,
        "report_withdrawn",
        f"report_withdrawn:{report.id}",
        site_id=exam.site_id,
        patient_id=exam.patient_id,
        exam_id=exam.id,
        report_id=report.id,
        openings=len(openings),
    )
    site = clinic_queries.site(work.session, exam.site_id)
    assert site is not None
    day = local_day(work.now, site.time_zone)
    for account in queries.owners(work.session, exam.patient_id, work.now):
        queue_mail(
            parts,
            work,
            "report_withdrawn",
            account.email,
            site_id=exam.site_id,
            patient_id=exam.patient_id,
            account_id=account.id,
            report_id=report.id,
            day=day,
        )
    for invitation in queries.mailed_invitations(work.session, exam.id):
        queue_mail(
            parts,
            work,
            "report_withdrawn",
            invitation.recipient_email,
            site_id=exam.site_id,
            patient_id=exam.patient_id,
            report_id=report.id,
            invitation_id=invitation.id,
            day=day,
        )
