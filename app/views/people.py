"""Patients, accounts and staff as screens and pages see them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.rules.access import Relation, Role
from app.rules.account_life import AccountState
from app.views.paper import ActivationLetter, Opening


@dataclass(frozen=True)
class Identifier:
    """What a system calls the patient; the MRN is the one whose issuer is the clinic (D30)."""

    value: str
    issuer: str


@dataclass(frozen=True)
class NewPatient:
    """What is typed to register a patient."""

    family_name: str
    given_names: str
    birth_date: date
    identifiers: tuple[Identifier, ...] = ()
    email: str = ""
    mobile: str = ""
    postal_address: tuple[str, ...] = ()


@dataclass(frozen=True)
class PatientRow:
    """One patient in a list or a header: name, birth date and identifiers always together."""

    id: UUID
    family_name: str
    given_names: str
    birth_date: date
    identifiers: tuple[Identifier, ...]
    email: str
    mobile: str
    postal_address: tuple[str, ...]
    site_id: UUID
    site_name: str
    has_name_alert: bool  # another patient has the same name and birth date (D4)

    @property
    def full_name(self) -> str:
        """The name as it is spoken."""
        return f"{self.given_names} {self.family_name}".strip()


@dataclass(frozen=True)
class GrantRow:
    """An account's reach to one patient (D31)."""

    id: UUID
    account_id: UUID
    holder_name: str
    patient_id: UUID
    patient_name: str
    relation: Relation
    evidence: str
    from_at: datetime
    until_at: datetime | None
    is_in_force: bool


@dataclass(frozen=True)
class AccountRow:
    """An account with its computed state and that of its activation code."""

    id: UUID
    holder_name: str
    holder_birth_date: date
    relation: Relation  # to the patient on whose page it stands
    user_name: str | None
    email: str
    is_email_proved: bool
    mobile: str
    state: AccountState
    created_at: datetime
    activated_at: datetime | None
    last_signed_in_at: datetime | None
    expires_at: datetime | None
    blocked_reason: str | None
    code_expires_on: date | None  # last day of the live activation code
    code_is_handed_over: bool
    grants: tuple[GrantRow, ...]  # everybody the account reaches
    changes_at: datetime | None


@dataclass(frozen=True)
class CodeIssued:
    """A new activation code: on a letter, or on its way by post, SMS or e-mail (D1)."""

    account_id: UUID
    expires_on: date
    way: str
    letter: ActivationLetter | None  # paper and post; the clear code exists nowhere else


@dataclass(frozen=True)
class Incident:
    """What "Given to the wrong person" found and did (D27)."""

    account_id: UUID
    opened: tuple[Opening, ...]
    code: CodeIssued


@dataclass(frozen=True)
class ActivationStart:
    """What the activation page must ask besides the birth date (D4)."""

    asks_for_digits: bool
    user_name: str | None


@dataclass(frozen=True)
class SignedIn:
    """A new session. The token leaves once; the server keeps its keyed hash."""

    token: str
    kind: str  # staff | kiosk | web
    name: str
    must_change_password: bool = False


@dataclass(frozen=True)
class SessionRow:
    """How long the session will last if nobody touches it (D25)."""

    kind: str
    name: str
    started_at: datetime
    warns_at: datetime
    ends_at: datetime
    is_locked: bool
    patients: tuple[tuple[UUID, str, Relation], ...]  # whom the account reaches: "Whose exams?" (D31)
    large_text: bool


@dataclass(frozen=True)
class MyDetails:
    """Personal data as the patient sees them: no editing (D7, R18)."""

    full_name: str
    birth_date: str
    email: str
    mobile: str
    user_name: str


@dataclass(frozen=True)
class StaffRow:
    """An employee."""

    id: UUID
    user_name: str
    full_name: str
    roles: tuple[Role, ...]
    site_ids: tuple[UUID, ...]
    may_search_other_sites: bool
    is_disabled: bool
    must_change_password: bool
    created_at: datetime


@dataclass(frozen=True)
class OneTimePassword:
    """A password for the first sign-in, said once."""

    staff_id: UUID
    user_name: str
    password: str
    expires_at: datetime


@dataclass(frozen=True)
class EnrolledStation:
    """A new station's key, said once; it is put into the station's settings."""

    id: UUID
    name: str
    key: str


@dataclass(frozen=True)
class EnrolmentCode:
    """A one-time code with which a computer enrols itself as a station, said once."""

    station_id: UUID
    name: str
    code: str  # in groups, as people read it
    expires_at: datetime
