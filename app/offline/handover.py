"""Handing a desk's operations over: in their order, each until the server has it or says why not."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from app.callers import Caller, Held
from app.database_trouble import in_plain_words
from app.errors import NotAllowed, PortalError, Unavailable
from app.offline.desk_file import DeskFile
from app.offline.known_server import KnownServer
from app.openings import MOST_AT_ONCE, OPENING, OpenedAlone
from app.operations import EPOCH_CHANGED
from app.remote import RemoteServer
from app.transport import write_error
from db.desk import queries

MOST_TRIES = 5  # of an operation that is trouble for the server


def hand_over(
    file: DeskFile, remote: RemoteServer, station: Caller, known: KnownServer, is_over: Callable[[], bool]
) -> None:
    """Hand over what waits; raises Unavailable when the server goes away, and what is left waits on."""
    assert station.held is not None
    assert station.station_id is not None
    while not is_over():
        operation = file.outbox.first()
        if operation is None:
            break
        contact = known.contact()
        try:
            taken = remote.take_over(
                station.held, replace(operation, epoch=contact.epoch if contact else None)
            )
        except PortalError as error:
            if error.kind == EPOCH_CHANGED:
                known.note(station.station_id, UUID(error.fields["epoch"]), remote.clock, None)
            elif _must_wait(file, operation.id, error):
                raise
            else:
                file.outbox.refused(operation.id, write_error(error))
            continue
        file.outbox.taken(operation.id, taken, remote.clock())
        known.note(station.station_id, taken.epoch, remote.clock, None)
    file.outbox.forget_done(remote.clock())
    tell_openings(file, remote, station.held, known)


def tell_openings(file: DeskFile, remote: RemoteServer, held: Held, known: KnownServer) -> None:
    """Tell the server whose page was opened here without it; raises what the server says to that.

    A server that says it came back from a backup is told everything from the beginning.
    """
    while True:
        with in_plain_words(), file.database.reading() as session:
            events = queries.events_to_hand_over(session, MOST_AT_ONCE)
        if not events:
            return
        opened = tuple(
            OpenedAlone(UUID(bytes=event.hash[:16]), event.staff_id, event.patient_id, event.at)
            for event in events
            if (event.verb, event.outcome) == (OPENING, "done") and event.staff_id and event.patient_id
        )
        if opened and came_back(remote, held, known, opened):
            continue
        with in_plain_words(), file.database.writing() as session:
            queries.note_handed_over(session, events[-1].number)


def came_back(
    remote: RemoteServer, held: Held, known: KnownServer, opened: tuple[OpenedAlone, ...] = ()
) -> bool:
    """Tell the server of openings, also of none; tell whether it came back from a backup since the last contact."""
    epoch, contact = remote.note_openings(held, opened).epoch, known.contact()
    return contact is not None and known.note(contact.station_id, epoch, remote.clock, None)


def _must_wait(file: DeskFile, operation_id: UUID, error: PortalError) -> bool:
    """Tell whether the error is of the server and not of the operation."""
    if isinstance(error, NotAllowed):
        return error.kind in {"station_unknown", "station_revoked"}
    if not isinstance(error, Unavailable):
        return False
    return error.kind != "server_trouble" or file.outbox.count_try(operation_id) < MOST_TRIES
