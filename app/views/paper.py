"""What is printed: the rows that app/documents turns into PDF bytes."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Letterhead:
    """Who writes: the site's own lines, and how to reach the clinic."""

    clinic_name: str
    site_name: str
    address: tuple[str, ...]
    phone: str
    email: str
    public_address: str  # the web portal's address, without a slash at the end
    time_zone: str


@dataclass(frozen=True)
class ActivationLetter:
    """An activation letter (D1, D2, D4). Exists in memory only: it bears the clear code."""

    letterhead: Letterhead
    account_id: str
    recipient: str
    recipient_address: tuple[str, ...]
    code: str  # 12 Crockford characters, without hyphens
    expires_on: date  # the last local day
    made_at: datetime
    asks_for_digits: bool  # activation also asks the last four digits (D4)
    works_later: bool = False  # made while the server was away: the code works once the server has it


@dataclass(frozen=True)
class PrintedInvitation:
    """A share invitation on paper (D12). Exists in memory only: it bears the verification code."""

    letterhead: Letterhead
    invitation_id: str
    number: str  # 12 Crockford characters
    verification_code: str  # 12 Crockford characters
    recipient_name: str
    shared_by: str
    message: str
    shared_until: date
    max_accesses: int


@dataclass(frozen=True)
class ResetSlip:
    """A password-reset slip with a code, for a patient without a proved e-mail address (D6)."""

    letterhead: Letterhead
    account_id: str
    recipient: str
    user_name: str
    code: str
    expires_at: datetime


@dataclass(frozen=True)
class PrintedReport:
    """One report as the patient or guest takes it away."""

    letterhead: Letterhead
    patient_name: str
    birth_date: date
    identifiers: tuple[str, ...]  # "MRN 12345 (Northside)"
    exam_title: str
    performed_at: datetime
    title: str  # "Report", "Addendum"
    author: str
    authored_at: datetime
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Opening:
    """One line of "Who opened my records": in plain words, made from an audit event."""

    at: datetime
    who: str
    what: str
    where: str


@dataclass(frozen=True)
class WhoOpened:
    """The list a patient may read or take home (D24)."""

    letterhead: Letterhead
    patient_name: str
    birth_date: date
    from_day: date
    until_day: date
    openings: tuple[Opening, ...]
