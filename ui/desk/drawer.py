"""Papers with a code that no printer has confirmed yet: in memory only, and for a quarter of an hour at most (D2)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from app.ports import Clock

PaperKind = Literal[
    "activation_letter",
    "reset_slip",
    "invitation",
    "report",
    "image_sheet",
    "who_opened",
    "print_request",
]


@dataclass(frozen=True)
class Paper:
    """A document ready for the printer. about: the account, invitation or request it belongs to."""

    kind: PaperKind
    about: UUID
    pdf: bytes = field(repr=False)
    made_at: datetime
    name: str = field(repr=False)  # whose it is, for the person at the desk only
    checks: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # identifiers to confirm: kind, value

    @property
    def has_code(self) -> bool:
        """Tell whether whoever holds the paper can use it; such a paper needs two identifiers."""
        return self.kind in {"activation_letter", "reset_slip", "invitation"}


class Drawer:
    """Keeps papers until they are printed, replaced or too old; emptied when the employee signs out."""

    def __init__(self, clock: Clock, minutes: int) -> None:
        self._clock = clock
        self._for = timedelta(minutes=minutes)
        self._papers: dict[UUID, Paper] = {}

    def put(self, paper: Paper) -> None:
        """Keep a paper in the place of an older one about the same thing."""
        self._papers[paper.about] = paper

    def find(self, about: UUID) -> Paper | None:
        """Return the paper if it may still be printed."""
        self._drop_old()
        return self._papers.get(about)

    def ends_at(self, paper: Paper) -> datetime:
        """Return until when a paper may be printed from memory."""
        return paper.made_at + self._for

    def may_print(self, paper: Paper) -> bool:
        """Tell whether a paper with a code is young enough; others always are."""
        return not paper.has_code or self._clock() < self.ends_at(paper)

    def drop(self, about: UUID) -> None:
        """Forget a paper: it was printed, or its code is dead."""
        self._papers.pop(about, None)

    def empty(self) -> None:
        """Forget everything."""
        self._papers.clear()

    def _drop_old(self) -> None:
        self._papers = {about: paper for about, paper in self._papers.items() if self.may_print(paper)}
