"""The server takes a desk's operations over: in the desk's order, each once, by the rights of whoever did it then."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from app.callers import Caller, Callers
from app.database_trouble import in_plain_words
from app.errors import N_, Conflict, Unavailable
from app.operations import EPOCH_CHANGED, OLDEST_OPERATION, OPERATION_VERSION, TAKEN_FOR, Operation, Taken
from app.parts import Parts
from app.served import Served, may_ask
from app.transport import request_unreadable
from db.queries import journal as queries

PURPOSE = "operation"  # of the server's keys, for codes on letters


def take_over(parts: Parts, served: Mapping[str, Served], station: Caller, operation: Operation) -> Taken:
    """Carry an operation out as of when the desk did it, or find that it was; raises what the use case refuses with.

    Raises Invalid for a use case that may not wait, Unavailable for a version that this server does not know, Conflict
    for what was done too long ago.
    """
    found = may_ask(parts, served, operation.use_case, station)
    if not found.use_case.declaration.may_wait or operation.staff_id is None:
        raise request_unreadable()
    check_version(operation)
    epoch = the_epoch(parts, operation)
    now = parts.clock()
    made_at = min(max(operation.made_at, operation.contact_at), now)
    code, is_void = _code(parts, station, operation, is_secret=found.use_case.declaration.secret)
    taken = Taken(epoch, parts.keys.encrypt(PURPOSE, code.encode()) if code else b"", is_void)
    if made_at < now - TAKEN_FOR:
        if _was_taken(parts, station, operation):
            return taken
        # The rights of then are not kept so long.
        raise Conflict(
            "operation_too_old",
            N_(
                "This was done more than a year ago, and is not done any more. If it is still right, please do it"
                " once more by hand."
            ),
        )
    caller = Callers(parts.keys).operation(station, operation.staff_id, made_at)
    try:
        found.carry_out(
            parts,
            caller,
            operation.id,
            operation.arguments.encode(),
            replace(operation, code=code, sealed=b""),
        )
    except Conflict as conflict:
        if conflict.kind != "done_secret_gone":  # it was carried out, and the desk has its own letter
            raise
    return taken


def check_version(operation: Operation) -> None:
    """Raise Unavailable for an operation of a program that is newer, or much older, than this server."""
    if not OLDEST_OPERATION <= operation.version <= OPERATION_VERSION:
        raise Unavailable(
            "operation_version",
            N_(
                "The clinic's server is older than this computer's program. Nothing is lost: it is kept here."
            ),
        )


def the_epoch(parts: Parts, operation: Operation) -> UUID:
    """Return the feed's epoch; raises Conflict where the desk knows another."""
    with in_plain_words(), parts.database.reading() as session:
        epoch = queries.head(session)[0]
    if operation.epoch not in {None, epoch}:
        # What this one depends on may be missing from the backup: the desk sends everything from the beginning.
        raise Conflict(EPOCH_CHANGED, N_("The clinic's server came back from a backup."), epoch=str(epoch))
    return epoch


def _code(parts: Parts, station: Caller, operation: Operation, *, is_secret: bool) -> tuple[str, bool]:
    """Return the code on the desk's letter, and whether the letter cannot be brought back to life."""
    if operation.code or not is_secret:
        return operation.code, False
    if operation.sealed:
        try:
            return parts.keys.decrypt(PURPOSE, operation.sealed).decode(), False
        except ValueError:
            pass  # sealed with keys that are gone
    return "", not _was_taken(parts, station, operation)


def _was_taken(parts: Parts, station: Caller, operation: Operation) -> bool:
    with in_plain_words(), parts.database.reading() as session:
        key = (f"operation:{station.station_id}", operation.use_case, operation.id)
        return queries.find_replay(session, key) is not None
