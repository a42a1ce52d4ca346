"""What a desk still had when it was switched off: kept as it is, and carried out only where a manager says so."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from uuid import UUID

from app import journal
from app.accounts import Accounts
from app.callers import Caller, Callers, Standing, standing
from app.database_trouble import in_plain_words
from app.errors import N_, Conflict, NotFound, Unavailable
from app.ids import new_id
from app.operations import LeftOver, Operation, read_ids, write_ids
from app.parts import Parts
from app.patients import Patients
from app.rules.access import CallerKind, Role
from app.served import Served, served_of
from app.stations import no_station
from app.takeover import PURPOSE, check_version, take_over, the_epoch
from app.transport import request_unreadable
from app.use_case import Effect, Noun, Work, use_case
from app.views.handed_in import HandedInRow
from app.views.outbox import PRINTS
from db.database import Session
from db.models import HandedIn, Station
from db.queries import clinic as clinic_queries
from db.queries import handed_in as queries
from db.queries import journal as journal_queries

MANAGER = frozenset({Role.MANAGER})
MOST_UNDECIDED = 5000  # of one desk: its key is out, and may be in other hands


def hand_in(parts: Parts, station: Caller, left: LeftOver) -> None:
    """Keep an operation of a desk that was switched off; one that was carried out or handed in is left as it is.

    The code on a printed letter is kept, sealed: the letter may be in a patient's hands, and works if a manager
    lets the operation be carried out. Raises Invalid, Conflict and Unavailable as take_over does, and Unavailable
    for more than a manager was asked to decide.
    """
    operation, station_id = left.operation, station.station_id
    assert station_id is not None
    if operation.use_case not in waiting_use_cases() or operation.staff_id is None:
        raise request_unreadable()
    check_version(operation)
    the_epoch(parts, operation)
    now = parts.clock()
    with in_plain_words(), parts.database.writing() as session:
        key = (f"operation:{station_id}", operation.use_case, operation.id)
        if (
            queries.is_known(session, station_id, operation.id)
            or journal_queries.find_replay(session, key) is not None
        ):
            return
        if queries.count(session, station_id) >= MOST_UNDECIDED:
            raise Unavailable(
                "too_much_handed_in", N_("A manager must first decide what this desk handed in before.")
            )
        session.add(_row(parts, station_id, left, now))
        session.flush()
        found = clinic_queries.station(session, station_id)
        assert found is not None
        who = Standing(CallerKind.STATION, frozenset({Role.DESK}), station_id, found.site_id)
        entry = journal.Entry(
            "stations.hand_in", detail={"operation": operation.id, "operation_was": operation.use_case}
        )
        journal.write(
            session, who, now, [entry], [journal.Changed("station", station_id, site_id=found.site_id)]
        )


class HandedInWork(Noun):
    """What desks that were switched off handed in."""

    noun = "handed_in"

    @use_case(MANAGER)
    def undecided(self, work: Work[None], station_id: UUID) -> tuple[HandedInRow, ...]:
        """Return what nobody has decided of what a desk handed in, in the order in which it was done."""
        station = clinic_queries.station(work.session, station_id)
        if station is None or station.site_id not in work.who.site_ids:
            raise no_station()
        return tuple(
            HandedInRow(
                row.id,
                row.use_case,
                row.made_at,
                row.handed_in_at,
                row.name,
                row.birth_date,
                done_by or "",
                row.use_case in PRINTS,
            )
            for row, done_by in queries.undecided(work.session, station_id)
        )

    def _carried_out(self, handed_in_id: UUID, is_another: bool = False) -> None:  # noqa: FBT001, FBT002 - as carry_out
        parts = self.parts
        with parts.database.reading() as session:
            who = standing(session, self.caller, parts.clock(), parts.clinic(session))
            row, _station = _theirs(session, who, handed_in_id)
            operation = _operation(row)
            station = Callers(parts.keys).left_station(row.station_id)
        if is_another:
            asked = json.loads(operation.arguments) | {"is_another": True}
            operation = replace(operation, arguments=json.dumps(asked))
        take_over(parts, waiting_use_cases(), station, operation)

    @use_case(MANAGER, Effect.WRITES, prepare=_carried_out)
    def carry_out(
        self,
        work: Work[None],
        handed_in_id: UUID,
        is_another: bool = False,  # noqa: ARG002, FBT001, FBT002 - read by prepare
    ) -> None:
        """Carry an operation out as of when it was done, by the rights of whoever did it then; once.

        is_another: a registration is of another person than the one who is known. Raises what the operation is
        refused with; it stays undecided then.
        """
        _decide(work, handed_in_id, "carried_out")

    @use_case(MANAGER, Effect.WRITES)
    def discard(self, work: Work[None], handed_in_id: UUID) -> None:
        """Carry an operation out never, and wipe what it said."""
        _decide(work, handed_in_id, "discarded")


@cache
def waiting_use_cases() -> Mapping[str, Served]:
    """Return what may wait in a desk's outbox, by name."""
    found = served_of((Patients, Accounts))
    return {name: one for name, one in found.items() if one.use_case.declaration.may_wait}


def _theirs(session: Session, who: Standing, handed_in_id: UUID) -> tuple[HandedIn, Station]:
    found = queries.with_station(session, handed_in_id)
    if found is None or found[1].site_id not in who.site_ids:
        raise NotFound("handed_in_unknown", N_("There is no such thing to decide."))
    if found[0].decided_at is not None:
        raise Conflict("decided", N_("Somebody has decided this already. Look again."))
    return found


def _decide(work: Work[None], handed_in_id: UUID, decision: str) -> None:
    row, station = _theirs(work.session, work.who, handed_in_id)
    work.about(
        site_id=station.site_id, station=station.id, operation=row.operation_id, operation_was=row.use_case
    )
    work.changed("station", station.id, site_id=station.site_id)
    row.decided_at, row.decision = work.now, decision
    row.arguments, row.ids, row.sealed, row.name, row.birth_date = "", "", b"", "", None


def _row(parts: Parts, station_id: UUID, left: LeftOver, now: datetime) -> HandedIn:
    operation = left.operation
    sealed = parts.keys.encrypt(PURPOSE, operation.code.encode()) if operation.code else operation.sealed
    return HandedIn(
        id=new_id(),
        station_id=station_id,
        operation_id=operation.id,
        use_case=operation.use_case,
        form=operation.version,
        arguments=operation.arguments,
        ids=write_ids(operation.ids),
        sealed=sealed,
        staff_id=operation.staff_id,
        made_at=operation.made_at,
        contact_at=operation.contact_at,
        name=left.name,
        birth_date=left.birth_date,
        handed_in_at=now,
    )


def _operation(row: HandedIn) -> Operation:
    return Operation(
        id=row.operation_id,
        use_case=row.use_case,
        version=row.form,
        arguments=row.arguments,
        ids=read_ids(row.ids),
        made_at=row.made_at,
        contact_at=row.contact_at,
        staff_id=row.staff_id,
        sealed=row.sealed,
    )
