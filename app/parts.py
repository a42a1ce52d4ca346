"""What the portal is built of: everything a use case may reach for, handed in once by open_portal."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from pydantic import TypeAdapter

from app.callers import Caller
from app.errors import N_, Unavailable
from app.imaging import DecodePool
from app.operations import Operation
from app.ports import Clock, ImageArchive, Keys, Mailer, Passwords, TextSender
from app.renditions import Renditions
from app.settings import MachineSettings
from app.views.clinic import Clinic
from db.database import Database, Session
from db.queries import clinic as queries

clinic_document = TypeAdapter(Clinic)


class Server(Protocol):
    """The clinic's server, at a station that has no database: app/remote.py."""

    def carry_out(self, use_case: Any, noun: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Have a use case carried out there."""
        ...

    def station(self, key: str) -> Caller:
        """Return the station that holds the key."""
        ...

    def session(self, token: str, *, station: Caller | None = None, address: str = "") -> Caller:
        """Return whoever signed in and got this token."""
        ...

    def visit(self, token: str, *, station: Caller | None = None, address: str = "") -> Caller:
        """Return the guest who entered a code and got this token."""
        ...

    def upload(
        self, caller: Caller, survey_id: UUID, number: int, file: Path, between: Callable[[], None]
    ) -> str:
        """Send one of the files of an import; return its SHA-256. between is called before each piece."""
        ...

    def forget(self) -> None:
        """Give up what is held of the last person."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class Outbox(Protocol):
    """Where a desk keeps what it did by itself until the server has it: app/offline/outbox.py."""

    def put(self, session: Session, operation: Operation, staff_id: UUID | None, now: datetime) -> None:
        """Keep an operation, in the transaction of what it did here."""
        ...


@dataclass(frozen=True)
class Parts:
    """The parts, each behind its port."""

    settings: MachineSettings
    database: Database
    clock: Clock
    keys: Keys
    passwords: Passwords
    common_passwords: Container[str]
    archive: ImageArchive
    imaging: DecodePool
    mailer: Mailer
    texts: TextSender
    server: Server | None = None  # None: use cases are carried out here, in the database
    outbox: Outbox | None = None  # at a desk that goes on without its server
    renditions: Renditions = field(default_factory=Renditions)

    def clinic(self, session: Session) -> Clinic:
        """Return the clinic's settings as they are in this transaction."""
        stored = queries.document(session)
        if stored is None:
            raise Unavailable(
                "not_set_up", N_("This clinic has not been set up yet. Open the staff application to begin.")
            )
        return _read(stored[0])


# Asked at every use case, and nearly always of the same words.
@lru_cache(maxsize=8)
def _read(document: str) -> Clinic:
    return clinic_document.validate_json(document)
