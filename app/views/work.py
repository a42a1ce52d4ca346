"""Messages, tasks, audit events, changes and the month page as screens see them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class MessageRow:
    """One e-mail or SMS with its delivery state."""

    id: UUID
    kind: str
    channel: str
    recipient: str
    state: str  # queued | sending | sent | delivered | unclear | failed
    reason: str
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    can_resend: bool
    needs_new_code: bool  # it held a code that is no longer kept


@dataclass(frozen=True)
class TaskRow:
    """One thing to do at a site (D32)."""

    id: UUID
    kind: str
    title: str  # message id of a whole sentence
    fields: tuple[tuple[str, str], ...]  # what fills it in
    created_at: datetime
    patient_id: UUID | None
    patient_name: str
    birth_date: date | None
    exam_id: UUID | None
    report_id: UUID | None
    invitation_id: UUID | None
    message_id: UUID | None
    account_id: UUID | None


@dataclass(frozen=True)
class AuditRow:
    """One audit event as the privacy role reads it."""

    number: int
    at: datetime
    verb: str
    outcome: str
    who: str
    where: str
    patient_id: UUID | None
    patient_name: str
    detail: str


@dataclass(frozen=True)
class ChangeRow:
    """One row changed."""

    noun: str
    row_id: UUID
    patient_id: UUID | None


@dataclass(frozen=True)
class Changes:
    """What changed since a number; another epoch than before means: reload everything."""

    epoch: UUID
    number: int
    rows: tuple[ChangeRow, ...]


@dataclass(frozen=True)
class MonthPage:
    """A month's numbers, without names."""

    year: int
    month: int
    accounts_created: int
    accounts_activated: int
    sms_sent: int
    sms_failed: int
    invitations: int
    invitations_opened: int
    exams_past_retention: int  # older than the clinic keeps them at least (D8), at the month's end


@dataclass(frozen=True)
class DeliveryRow:
    """How a site's e-mails or SMS go out: numbers only, for those who look after the machines (D26)."""

    site_name: str
    channel: str  # email | sms
    waiting: int
    waiting_since: datetime | None  # the oldest
    failed: int  # of the last seven days
    unclear: int  # the same
    last_sent_at: datetime | None


@dataclass(frozen=True)
class PrintRequestRow:
    """What a kiosk asked this desk to print (D19)."""

    id: UUID
    kind: str
    patient_id: UUID
    patient_name: str
    birth_date: date
    made_at: datetime
    expires_at: datetime
    is_printed: bool


@dataclass(frozen=True)
class AuditReport:
    """Whether the audit chain is whole."""

    events: int
    broken: tuple[int, ...]  # numbers of events that do not follow from the one before
    head_is_known: bool | None  # whether a head noted earlier still stands in the chain; None: none was given
