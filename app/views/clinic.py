"""The clinic as its settings describe it, its sites and stations."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.rules.limits import ClinicRules


@dataclass(frozen=True)
class Clinic:
    """The clinic's settings (R79). Every duration and limit is in rules; defaults are the FAQ's numbers."""

    name: str
    email: str
    public_address: str  # the web portal's address, without a slash at the end
    rules: ClinicRules = field(default_factory=ClinicRules)
    country: str = "AU"  # where numbers without "+" are dialled, by ISO 3166
    swipe_direction: str = "follow"  # or "literal" (D20)
    verification_code_in_email: bool = True  # D12
    sms_sent_by_ris: bool = False  # D9
    codes_may_go_by: tuple[str, ...] = ()  # of post, sms, email; the letter at the desk always may (D1)
    notice_version: str = "1"  # the collection notice (D29)
    notice: str = ""
    help_text: str = ""  # the clinic's own answers, read by app.help_text
    help_text_alone: bool = False  # without the portal's own answers after them
    audit_head_email: str = ""  # where the head of the audit chain goes every day, outside the server's reach
    practice: bool = False
    version: int = 1


@dataclass(frozen=True)
class SiteRow:
    """A clinic's place (D30)."""

    id: UUID
    name: str
    address: tuple[str, ...]
    phone: str
    time_zone: str
    is_closed: bool


@dataclass(frozen=True)
class StationRow:
    """An enrolled desk or kiosk."""

    id: UUID
    site_id: UUID
    site_name: str
    name: str
    kind: str
    printers: tuple[tuple[str, str], ...]  # document kind -> printer
    paper: str
    usb_download: bool
    enrolled_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None
    handed_in: int = 0  # operations that it handed in when it was switched off, and that wait for a decision


@dataclass(frozen=True)
class FirstStart:
    """What is typed to set a clinic up: its name, its first site and its first manager."""

    clinic_name: str
    email: str
    public_address: str
    site_name: str
    site_address: tuple[str, ...]
    site_phone: str
    time_zone: str
    full_name: str
    user_name: str
    password: str = field(repr=False)
    country: str = "AU"
    practice: bool = False
