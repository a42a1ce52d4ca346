"""Whose page was opened at a desk while the server was away: told afterwards, and audited as of when it was seen (D24)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass as checked_dataclass

from app import journal
from app.callers import Caller, Standing
from app.database_trouble import in_plain_words
from app.parts import Parts
from app.rules.access import CallerKind
from db.queries import clinic as clinic_queries
from db.queries import journal as queries

OPENING = "patients.open"
MOST_AT_ONCE = 200


@checked_dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class OpenedAlone:
    """One patient's page that somebody opened at a desk without the server."""

    id: UUID  # tells one from another, however often it is sent
    staff_id: UUID
    patient_id: UUID
    at: datetime


@dataclass(frozen=True)
class Noted:
    """The server's word that it has openings: its feed's epoch, None from a server of before that said none."""

    epoch: UUID | None = None


_openings = TypeAdapter(tuple[OpenedAlone, ...])
_noted = TypeAdapter(Noted)


def write_openings(openings: Sequence[OpenedAlone]) -> bytes:
    """Return openings as they travel."""
    return _openings.dump_json(tuple(openings))


def read_openings(sent: bytes) -> tuple[OpenedAlone, ...]:
    """Return the openings that were sent; raises ValueError for anything else."""
    read = _openings.validate_json(sent)
    if len(read) > MOST_AT_ONCE or any(one.at.tzinfo is None for one in read):
        raise ValueError("more than is sent at once, or a time without its zone")
    return read


def write_noted(noted: Noted) -> bytes:
    """Return the server's word as it travels."""
    return _noted.dump_json(noted)


def read_noted(sent: bytes) -> Noted:
    """Return the server's word; raises ValueError for anything else."""
    return _noted.validate_json(sent)


def note_openings(parts: Parts, station: Caller, openings: Sequence[OpenedAlone]) -> Noted:
    """Audit what was opened at a desk, each once. Nobody is asked whether they were allowed to: it was seen."""
    station_id = station.station_id
    now = parts.clock()
    with in_plain_words(), parts.database.writing() as session:
        found = clinic_queries.station(session, station_id) if station_id else None
        assert found is not None
        new = [
            one
            for one in openings
            if queries.begin_replay(session, (f"opening:{station_id}", OPENING, one.id), b"", now)
        ]
        for one in new:
            who = Standing(
                CallerKind.OPERATION, frozenset(), station_id, found.site_id, staff_id=one.staff_id
            )
            entry = journal.Entry(OPENING, patient_id=one.patient_id, detail={"without_server": True})
            journal.write(session, who, min(one.at, now), [entry], [])
        return Noted(queries.head(session)[0])
