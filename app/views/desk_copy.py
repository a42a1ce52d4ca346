"""What a desk keeps of the clinic to go on while the server is away: no images, no report text, no password."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.views.clinic import StationRow
from app.views.people import Identifier, StaffRow


@dataclass(frozen=True)
class CopiedSite:
    """A clinic's place."""

    id: UUID
    name: str
    address: str
    phone: str
    time_zone: str
    closed_at: datetime | None


@dataclass(frozen=True)
class CopiedAccount:
    """An account that reaches a copied patient, and until when its activation code lives."""

    id: UUID
    site_id: UUID
    holder_name: str
    holder_birth_date: date
    email: str
    mobile: str
    user_name: str | None
    created_at: datetime
    activated_at: datetime | None
    expires_at: datetime | None
    blocked_at: datetime | None
    blocked_reason: str | None
    code_id: UUID | None
    code_made_at: datetime | None
    code_expires_at: datetime | None


@dataclass(frozen=True)
class CopiedGrant:
    """An account's reach to a copied patient."""

    id: UUID
    account_id: UUID
    patient_id: UUID
    relation: str
    evidence: str
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True)
class CopiedPatient:
    """Somebody with an exam at the desk's site lately or soon."""

    id: UUID
    family_name: str
    given_names: str
    birth_date: date
    site_id: UUID
    email: str
    mobile: str
    postal_address: str
    created_at: datetime
    name_alert: bool
    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True)
class DeskCopy:
    """All of it, as of one instant."""

    at: datetime
    epoch: UUID
    clinic: str  # the settings document
    sites: tuple[CopiedSite, ...]
    station: StationRow
    staff: tuple[StaffRow, ...]  # who works at the desk's site
    patients: tuple[CopiedPatient, ...]
    accounts: tuple[CopiedAccount, ...]
    grants: tuple[CopiedGrant, ...]
