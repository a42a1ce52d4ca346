"""What time alone brings: things to do, notices of expiry, and secrets wiped; run every few minutes."""

from datetime import timedelta

from app.downloads import forget_downloads
from app.importing.keeping import forget_left_over
from app.messages import queue_mail
from app.operations import TAKEN_FOR
from app.parts import Parts
from app.print_requests import take_back_prints
from app.rules.account_life import notice_due_at
from app.rules.calendar import local_day
from app.tasks import make_task
from app.use_case import Work, by_itself
from db.queries import clinic as clinic_queries
from db.queries import handed_in as handed_in_queries
from db.queries import housekeeping as queries
from db.queries import journal as journal_queries
from db.queries import messages as message_queries
from db.queries import staff as staff_queries

_TICK = timedelta(microseconds=1)
_CLOCKS_DIFFER_BY = timedelta(minutes=5)  # those of several programs on one database
_LONGEST_COPY = timedelta(days=1)  # of one file into the archive


def housekeep(parts: Parts) -> None:
    """Do what is due now, one process at a time. Each part is a short transaction, and doing it twice changes nothing."""
    for part in (
        _clock,
        _codes_about_to_expire,
        _accounts_about_to_expire,
        _overdue_reports,
        _reviews,
        _send_audit_head,
        _wipe,
    ):
        with by_itself(parts, "housekeeping.run") as work:
            queries.alone(work.session)
            part(parts, work)
    forget_left_over(parts)
    forget_downloads(parts)
    parts.archive.forget_unfinished(parts.clock() - _LONGEST_COPY)


def _clock(_parts: Parts, work: Work[None]) -> None:
    """A clock that shows less than what was saved last is wrong now, or was: expiry and the 48 hours hang on it."""
    newest = journal_queries.newest_event_at(work.session)
    if newest is None or work.now >= newest - _CLOCKS_DIFFER_BY:
        return
    for site in clinic_queries.sites(work.session):
        if site.closed_at is None:
            make_task(work, "clock_wrong", f"clock_wrong:{site.id}", site_id=site.id)


def _codes_about_to_expire(_parts: Parts, work: Work[None]) -> None:
    soon = work.now + timedelta(days=work.clinic.rules.code_notice_days)
    for code, account, patient_id in queries.codes_expiring(work.session, work.now, soon):
        make_task(
            work,
            "code_expiring",
            f"code_expiring:{code.id}",
            site_id=account.site_id,
            account_id=account.id,
            patient_id=patient_id,
        )


def _accounts_about_to_expire(parts: Parts, work: Work[None]) -> None:
    """Tell patients by e-mail 30 days before (D18), and the desk where there is no address."""
    days = work.clinic.rules.expiry_notice_days
    soon = work.now + timedelta(days=days)
    for account, patient_id, zone in queries.accounts_expiring(work.session, work.now, soon):
        assert account.expires_at is not None
        if work.now < notice_due_at(account.expires_at, days):
            continue
        account.expiry_notice_at = work.now
        make_task(
            work,
            "account_expiring",
            f"account_expiring:{account.id}:{account.expires_at.date()}",
            site_id=account.site_id,
            account_id=account.id,
            patient_id=patient_id,
        )
        if account.email and account.email_proved_at:
            queue_mail(
                parts,
                work,
                "account_expiring",
                account.email,
                site_id=account.site_id,
                account_id=account.id,
                patient_id=patient_id,
                expires_on=local_day(account.expires_at - _TICK, zone),
                url=work.clinic.public_address,
            )


def _overdue_reports(_parts: Parts, work: Work[None]) -> None:
    """A report that is still hidden although its 48 hours are over (R32)."""
    for report, exam in queries.overdue_reports(work.session, work.now):
        make_task(
            work,
            "report_overdue",
            f"report_overdue:{report.id}",
            site_id=exam.site_id,
            patient_id=exam.patient_id,
            exam_id=exam.id,
            report_id=report.id,
        )


def _reviews(_parts: Parts, work: Work[None]) -> None:
    """What is withheld and should be looked at again (D10)."""
    for exam, report in queries.reviews_due(work.session, work.now):
        held = report or exam
        assert held.withheld_review_on is not None
        make_task(
            work,
            "review_due",
            f"review_due:{held.id}:{held.withheld_review_on.date()}",
            site_id=exam.site_id,
            patient_id=exam.patient_id,
            exam_id=exam.id,
            report_id=report.id if report else None,
        )


def _send_audit_head(parts: Parts, work: Work[None]) -> None:
    """Once a day the head leaves the server: without one kept elsewhere, a cut tail of the chain is invisible (D24)."""
    to = work.clinic.audit_head_email
    if not to or message_queries.was_queued_since(work.session, "audit_head", work.now - timedelta(days=1)):
        return
    sites = clinic_queries.sites(work.session)
    _epoch, _changes, number, digest = journal_queries.head(work.session)
    queue_mail(
        parts,
        work,
        "audit_head",
        to,
        site_id=sites[0].id,
        head=f"{number}:{digest.hex()}",
    )


def _wipe(_parts: Parts, work: Work[None]) -> None:
    rules = work.clinic.rules
    journal_queries.erase_replay_secrets(work.session, work.now)
    # An operation that is sent now is at most so old, and a clock may differ by a day.
    long_ago = work.now - TAKEN_FOR - timedelta(days=1)
    journal_queries.forget_replays(work.session, work.now - timedelta(days=rules.replay_days), long_ago)
    handed_in_queries.forget_decided(work.session, long_ago)
    staff_queries.forget_past_rights(work.session, long_ago)
    journal_queries.forget_throttles(work.session, work.now)
    for message in message_queries.with_old_content(
        work.session, work.now - timedelta(hours=rules.message_secret_hours)
    ):
        message.content, message.wiped_at = None, work.now
        if message.state in {"queued", "sending"}:
            message.state, message.reason = "failed", "waited too long"
            make_task(
                work,
                "message_failed",
                f"message:{message.id}",
                site_id=message.site_id,
                patient_id=message.patient_id,
                account_id=message.account_id,
                message_id=message.id,
            )
        work.changed("message", message.id, site_id=message.site_id, patient_id=message.patient_id)
    take_back_prints(work, over_at=work.now)
