"""What a desk that was switched off handed in, as a manager sees it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class HandedInRow:
    """One operation that was done there and that nobody has decided."""

    id: UUID
    use_case: str
    made_at: datetime
    handed_in_at: datetime
    name: str  # whom it concerns
    birth_date: date | None
    done_by: str  # the employee's name; empty where the server knows nobody of that id
    printed_letter: bool  # a letter left the desk, whose code works once this is carried out
