"""Invitations and visits as screens and pages see them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.rules.invitation import ExpiredBecause, InvitationState
from app.views.paper import PrintedInvitation


@dataclass(frozen=True)
class NewInvitation:
    """What is filled in to share an exam (D12)."""

    way: str  # email | paper
    recipient_name: str
    recipient_email: str = ""
    shared_until: date | None = None  # None: the default of 30 days
    note: str = ""
    contents: str = "report_and_images"  # or report, images
    may_download: bool = True
    understands_sensitive: bool = False


@dataclass(frozen=True)
class InvitationRow:
    """One invitation with its computed status (D15)."""

    id: UUID
    number: str
    exam_id: UUID
    exam_title: str
    performed_at: datetime
    patient_name: str
    recipient_name: str
    recipient_email: str
    way: str
    contents: str
    may_download: bool
    created_at: datetime
    created_at_reception: bool
    shared_until: date
    state: InvitationState
    reason: ExpiredBecause | None
    accesses: int
    max_accesses: int
    last_opened_at: datetime | None
    is_locked: bool
    locked_until: datetime | None
    can_edit: bool  # Edit stands beside Shared Until
    can_revoke: bool
    first_day: date  # to choose from
    last_day: date
    message_state: str  # of the e-mail that carries it, "" on paper
    time_zone: str
    changes_at: datetime | None


@dataclass(frozen=True)
class InvitationOpening:
    """One access, as the owner sees it (D24)."""

    at: datetime
    where: str


@dataclass(frozen=True)
class InvitationPage:
    """One invitation, opened by its owner or at the desk."""

    invitation: InvitationRow
    openings: tuple[InvitationOpening, ...]


@dataclass(frozen=True)
class InvitationMade:
    """A new invitation; its codes leave once, here."""

    invitation_id: UUID
    printed: PrintedInvitation | None  # on paper
    code_to_pass_on: str | None  # where e-mail carries the link only (D12)


@dataclass(frozen=True)
class VisitOpened:
    """What one correct entry of the code opened (D13)."""

    token: str
    ends_at: datetime


@dataclass(frozen=True)
class VisitPage:
    """What a guest's visit is about."""

    exam_id: UUID
    recipient_name: str
    shared_by: str
    note: str
    may_download: bool
    ends_at: datetime
    time_zone: str
