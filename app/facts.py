"""Turns rows into the facts that the rules take, in one place for all who ask."""

from datetime import datetime

from app.rules.account_life import AccountFacts, AccountState, account_state
from app.rules.invitation import InvitationFacts
from app.rules.report_release import ReportFacts
from db.models import Account, ActivationCode, Exam, Invitation, Report


def account_facts(account: Account, live_code: ActivationCode | None = None) -> AccountFacts:
    """Return what is stored of an account's life; the code matters before activation only."""
    return AccountFacts(
        code_expires_at=live_code.expires_at if live_code else None,
        activated_at=account.activated_at,
        expires_at=account.expires_at,
        blocked_at=account.blocked_at,
        deleted_at=account.deleted_at,
    )


def report_facts(report: Report, exam: Exam) -> ReportFacts:
    """Return what is stored of a report's release; it is held where the report or its exam is."""
    held = [at for at in (report.withheld_at, exam.withheld_at) if at is not None]
    return ReportFacts(
        is_final=report.status != "preliminary",
        complete_at=report.complete_at,
        visible_from=report.visible_from,
        held_at=min(held, default=None),
        withdrawn_at=report.withdrawn_at,
    )


def invitation_facts(invitation: Invitation, account: Account, exam: Exam, now: datetime) -> InvitationFacts:
    """Return what is stored of an invitation, with the states of the account and exam it hangs on."""
    # An account that waits for its activation has never shared anything by itself; the desk may have done it.
    state = account_state(account_facts(account), now)
    return InvitationFacts(
        created_at=invitation.created_at,
        shared_until=invitation.shared_until,
        accesses=invitation.accesses,
        max_accesses=invitation.max_accesses,
        revoked_at=invitation.revoked_at,
        locked_until=invitation.locked_until,
        is_stopped=invitation.stopped_at is not None,
        account=AccountState.ACTIVE if state is AccountState.CODE_EXPIRED else state,
        exam_is_available=exam.withheld_at is None,
    )
