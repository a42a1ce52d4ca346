"""What a desk says of its line to the server and of what waits there."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

# Use cases whose letter may have left the desk on paper.
PRINTS = frozenset({"accounts.create", "accounts.create_for_other", "accounts.reissue"})


@dataclass(frozen=True)
class DeskLine:
    """How a desk stands to its server."""

    is_online: bool
    offline_since: datetime | None  # the last contact, while there is none
    waiting: int  # operations that the server does not have yet
    attention: int  # operations that the server refused
    can_go_on: bool  # without the server: there is a keyring, and the file can be opened


@dataclass(frozen=True)
class AttentionRow:
    """One operation that the server refused, and what came after it that depends on it."""

    id: UUID
    use_case: str
    made_at: datetime
    name: str
    birth_date: date | None
    sentence: str  # message id: why
    fields: tuple[tuple[str, str], ...]
    kind: str  # of the refusal
    patient_id: UUID | None  # whom to open, where the server named somebody
    printed_letter: bool  # a letter was printed whose code does not work
