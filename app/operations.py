"""Operations: what a desk did while the server was away, as it waits there and travels to the server."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass as checked_dataclass
from pydantic_core import to_json

from app.errors import Unavailable
from app.ids import new_id
from app.rules.codes import new_code

# Of the operations that this program makes. A server takes every version of the last 12 months; each has its frozen
# examples in tests/app/operations.
OPERATION_VERSION = 1
OLDEST_OPERATION = 1
# So long after it was done an operation is still taken over: the rights of then, and what was taken over already, are
# kept for as long, and a day more for clocks that differ.
TAKEN_FOR = timedelta(days=366)
# What the server answers when it, its database or the way to it is away: a desk then goes on by itself.
AWAY = frozenset({"server_away", "database_away", "database_busy", "server_busy", "disk_full"})
EPOCH_CHANGED = "epoch_changed"
_FORM = ConfigDict(extra="forbid", strict=True, val_json_bytes="base64", ser_json_bytes="base64")


@dataclass(frozen=True)
class Made:
    """Ids and a code that a desk made before it asked; what it did not make is made when it is needed."""

    ids: Mapping[str, UUID] = field(default_factory=dict)
    code: str = field(default="", repr=False)

    def id(self, noun: str) -> UUID:
        """Return the id of the new row of a noun."""
        return self.ids.get(noun) or new_id()


@checked_dataclass(frozen=True, config=_FORM)
class Operation:
    """One use case that was carried out at a desk and is to be carried out once at the server."""

    id: UUID  # of the request, whichever way it comes
    use_case: str
    version: int
    arguments: str  # JSON, as app/transport.py writes them
    ids: dict[str, UUID]
    made_at: datetime  # by the desk's clock with the measured offset
    contact_at: datetime  # when the desk last heard from the server before
    staff_id: UUID | None = None
    code: str = field(default="", repr=False)
    sealed: bytes = b""  # the code, in a form that only the server opens
    epoch: UUID | None = None  # of the feed as the desk knows it

    @property
    def made(self) -> Made:
        """What the desk made ahead."""
        return Made(self.ids, self.code)


@checked_dataclass(frozen=True, config=_FORM)
class LeftOver:
    """An operation that a desk still had when it was switched off, and whom it concerns."""

    operation: Operation
    name: str
    birth_date: date | None = None


@checked_dataclass(frozen=True, config=ConfigDict(val_json_bytes="base64", ser_json_bytes="base64"))
class Taken:
    """The server's word that it has an operation: the feed's epoch, and the code as only the server reads it."""

    epoch: UUID
    sealed: bytes = b""
    letter_is_void: bool = False  # the code could not be brought back: a new letter is needed


_operation = TypeAdapter(Operation)
_left_over = TypeAdapter(LeftOver)
_taken = TypeAdapter(Taken)


def new_made() -> Made:
    """Make ahead whatever a use case that may wait can need."""
    return Made({"patient": new_id(), "account": new_id()}, new_code())


def asked_for(made: Made, request_id: UUID, use_case: str, now: datetime) -> Operation:
    """Return what a desk asks for at once, as the operation that it would be had the server been away."""
    return Operation(request_id, use_case, OPERATION_VERSION, "", dict(made.ids), now, now, code=made.code)


def write_ids(ids: Mapping[str, UUID]) -> str:
    """Return the ids that a desk made ahead, by noun, as they are kept in a row."""
    return json.dumps({noun: str(made) for noun, made in ids.items()})


def read_ids(kept: str) -> dict[str, UUID]:
    """Return what write_ids wrote."""
    return {noun: UUID(made) for noun, made in json.loads(kept).items()}


def write_operation(operation: Operation | LeftOver) -> bytes:
    """Return an operation as it travels, also what a desk that was switched off hands in."""
    if isinstance(operation, LeftOver):
        return _left_over.dump_json(operation)
    return _operation.dump_json(operation)


def read_operation(sent: bytes) -> Operation:
    """Return the operation that was sent; raises ValueError for anything else."""
    return _timed(_operation.validate_json(sent))


def read_left_over(sent: bytes) -> LeftOver:
    """Return what such a desk handed in; raises ValueError for anything else."""
    read = _left_over.validate_json(sent)
    _timed(read.operation)
    return read


def write_taken(taken: Taken) -> bytes:
    """Return the server's word as it travels."""
    return _taken.dump_json(taken)


def read_taken(sent: bytes) -> Taken:
    """Return the server's word; raises ValueError for anything else."""
    return _taken.validate_json(sent)


def write_made(made: Made) -> str:
    """Return what was made ahead as one line of ASCII."""
    return to_json({"ids": made.ids, "code": made.code}).decode("ascii")


def read_made(said: str) -> Made:
    """Return what was made ahead; raises ValueError for anything else."""
    parts = _made.validate_json(said)
    return Made(parts.ids, parts.code)


@checked_dataclass(frozen=True, config=_FORM)
class _Made:
    ids: dict[str, UUID]
    code: str


_made = TypeAdapter(_Made)


def _timed(operation: Operation) -> Operation:
    if operation.made_at.tzinfo is None or operation.contact_at.tzinfo is None:
        raise ValueError("a time without its zone")
    return operation


def counts_as_away(error: Unavailable) -> bool:
    """Tell whether a desk goes on by itself after this error."""
    return error.kind in AWAY
