"""When a patient may see a report, and what is said until then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class ReportState(Enum):
    """Where a report stands on its way to the patient."""

    PRELIMINARY = "preliminary"  # never shows
    AWAITING = "awaiting"  # final, "Report Complete" has not reached the patient
    HELD = "held"  # withheld by the clinical role
    WAITING = "waiting"  # the 48 hours run
    VISIBLE = "visible"
    WITHDRAWN = "withdrawn"


class ReportNotice(Enum):
    """What stands in the report's place; all but WITHDRAWN begin with "Report is Unavailable" (R27)."""

    NOT_YET = "not_yet"  # before the SMS: how long it takes varies with the type of scan (R34)
    OPENS_LATER = "opens_later"  # after the SMS: when it opens, and to ask the referring doctor (R31, D9)
    ASK_DOCTOR = (
        "ask_doctor"  # after the SMS but withheld: to ask the referring doctor, no time promised (R31, D10)
    )
    OVERDUE = "overdue"  # 48 h after the SMS and still not there: write to the clinic (R32)
    WITHDRAWN = "withdrawn"  # it had been visible (D28)


@dataclass(frozen=True)
class ReportFacts:
    """What is stored of a report's release; the defaults stand for an exam without a report yet."""

    is_final: bool = False  # an addendum is final too
    complete_at: datetime | None = None  # when "Report Complete" reached the patient
    visible_from: datetime | None = None  # set once from complete_at, or by an early release
    held_at: datetime | None = None  # since when report or exam is withheld; None when it is not
    withdrawn_at: datetime | None = None


def may_announce(
    *, is_final: bool, sent_to_referrer_at: datetime | None, no_referrer_reason: str = ""
) -> bool:
    """Tell whether "Report Complete" may be sent: the referring doctor comes before the patient (R30, D9)."""
    return is_final and (sent_to_referrer_at is not None or bool(no_referrer_reason.strip()))


def report_complete_at(
    *,
    gives_receipts: bool,
    accepted_at: datetime | None = None,
    delivered_at: datetime | None = None,
    told_at: datetime | None = None,
) -> datetime | None:
    """Return the instant from which the 48 hours count, or None while nothing has reached the patient (D9).

    The gateway's delivery receipt where it gives receipts, else its acceptance; else when staff told the patient.
    """
    by_sms = delivered_at if gives_receipts else accepted_at
    return by_sms if by_sms is not None else told_at


def receipt_missing_at(accepted_at: datetime, hours: int = 4) -> datetime:
    """Return when an SMS without a delivery receipt becomes unclear, where the gateway gives receipts (D9)."""
    return accepted_at + timedelta(hours=hours)


def visible_from(complete_at: datetime, hours: int = 48) -> datetime:
    """Return the instant from which the patient may see the report: elapsed hours, whatever the clocks do (R29, D9)."""
    return complete_at + timedelta(hours=hours)


def report_state(facts: ReportFacts, now: datetime) -> ReportState:
    """Return the state: Withdrawn > Preliminary > Held > by the release time (R29, D9, D10, D28)."""
    if facts.withdrawn_at is not None:
        return ReportState.WITHDRAWN
    if not facts.is_final:
        return ReportState.PRELIMINARY
    if facts.held_at is not None:
        return ReportState.HELD
    if facts.visible_from is None:
        return ReportState.AWAITING
    return ReportState.VISIBLE if now >= facts.visible_from else ReportState.WAITING


def report_notice(facts: ReportFacts, now: datetime) -> ReportNotice | None:
    """Return what the patient reads in the report's place, None when it shows (R27, R31, R32, R34, D9, D28)."""
    found = report_state(facts, now)
    if found is ReportState.VISIBLE:
        return None
    if found is ReportState.WITHDRAWN and _had_been_visible(facts):
        return ReportNotice.WITHDRAWN
    if facts.complete_at is None or facts.visible_from is None:
        return ReportNotice.NOT_YET
    if now >= facts.visible_from:
        return ReportNotice.OVERDUE
    return ReportNotice.OPENS_LATER if found is ReportState.WAITING else ReportNotice.ASK_DOCTOR


def can_share(reports: Iterable[ReportFacts], now: datetime) -> bool:
    """Tell whether "Share Exam" appears: at least one report of the exam is visible (R61, R62, D11)."""
    return any(report_state(facts, now) is ReportState.VISIBLE for facts in reports)


def changes_at(facts: ReportFacts, now: datetime) -> datetime | None:
    """Return the next instant at which state or notice may change by time alone, or None."""
    return facts.visible_from if facts.visible_from is not None and facts.visible_from > now else None


def _had_been_visible(facts: ReportFacts) -> bool:
    ends = [at for at in (facts.held_at, facts.withdrawn_at) if at is not None]
    return facts.is_final and facts.visible_from is not None and facts.visible_from < min(ends)
