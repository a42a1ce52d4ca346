"""The desk's outbox: operations in the order in which they were acknowledged, until the server has them."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.database_trouble import in_plain_words
from app.operations import LeftOver, Operation, Taken, read_ids, write_ids
from app.transport import read_error
from app.views.outbox import PRINTS, AttentionRow
from db.database import Database, Session
from db.desk import queries
from db.desk.models import WaitingOperation
from db.queries import accounts as account_queries
from db.queries import patients as patient_queries

KEPT_FOR = timedelta(days=7)  # after the server has them: it may come back from a backup


class DeskOutbox:
    """Keeps operations as parts.Outbox asks, and hands them over one after another."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, session: Session, operation: Operation, staff_id: UUID | None, now: datetime) -> None:
        """Keep an operation, in the transaction of what it did here."""
        queries.add(session, _row(session, operation, staff_id, now, "waiting"))

    def note_done(self, operation: Operation, staff_id: UUID, now: datetime) -> None:
        """Keep what the server carried out at once, in case it comes back from a backup made before.

        It is sent once more, which does nothing there, so that the server seals the code and the desk can wipe it.
        """
        with self._database.writing() as session:
            if queries.operation(session, operation.id) is not None:
                return  # the same form, sent twice
            queries.add(session, _row(session, operation, staff_id, now, "confirm"))

    def first(self) -> Operation | None:
        """Return the operation whose turn it is; what depends on a refused one is held back with it."""
        with self._database.writing() as session:
            while (row := queries.first_waiting(session)) is not None:
                if not any(_depends(row, other) for other in queries.stopped(session)):
                    return _operation(row)
                row.state = "held"
                session.flush()
        return None

    def taken(self, operation_id: UUID, taken: Taken, now: datetime) -> None:
        """Note that the server has an operation, and wipe its code; one whose letter is dead needs attention."""
        with self._database.writing() as session:
            row = queries.operation(session, operation_id)
            assert row is not None
            row.state, row.done_at, row.tries, row.error = "done", now, 0, None
            row.code, row.sealed = "", taken.sealed or row.sealed
            if taken.letter_is_void:
                row.state, row.error = "refused", VOID

    def refused(self, operation_id: UUID, error: bytes) -> None:
        """Note why the server does not take an operation: it needs attention."""
        with self._database.writing() as session:
            row = queries.operation(session, operation_id)
            assert row is not None
            row.state, row.error = "refused", error

    def count_try(self, operation_id: UUID) -> int:
        """Count a try that ended in trouble at the server; return how many there were."""
        with self._database.writing() as session:
            row = queries.operation(session, operation_id)
            assert row is not None
            row.tries += 1
            return row.tries

    def forget_done(self, now: datetime) -> None:
        """Delete what the server has had for a week."""
        with self._database.writing() as session:
            queries.forget_done(session, now - KEPT_FOR)

    def left_over(self) -> tuple[LeftOver, ...]:
        """Return what the server does not have, refused or not, in order."""
        with self._database.reading() as session:
            return tuple(LeftOver(_operation(row), row.about, row.born) for row in queries.left_over(session))

    def counts(self) -> tuple[int, int]:
        """Return how many operations wait, and how many need attention."""
        with in_plain_words(), self._database.reading() as session:
            return queries.waiting(session), len(queries.refused(session))

    def attention(self) -> tuple[AttentionRow, ...]:
        """Return what the server refused, the oldest first."""
        with in_plain_words(), self._database.reading() as session:
            return tuple(_attention(session, row) for row in queries.refused(session))

    def settle(self, operation_id: UUID, now: datetime) -> None:
        """Take an operation off the list of what needs attention, with what depends on it: somebody saw to it."""
        with in_plain_words(), self._database.writing() as session:
            for row in _with_dependents(session, operation_id):
                row.state, row.done_at, row.error, row.code = "settled", now, None, ""

    def send_again(self, operation_id: UUID, **more: Any) -> None:
        """Let a refused operation be sent once more with more arguments, and what depends on it after it."""
        with in_plain_words(), self._database.writing() as session:
            for row in _with_dependents(session, operation_id):
                if row.id == operation_id:
                    row.arguments = json.dumps(json.loads(row.arguments) | more)
                row.state, row.error, row.tries = "waiting", None, 0


VOID = json.dumps(
    {"error": "Conflict", "kind": "letter_void", "sentence": "", "fields": [], "field": ""}
).encode()


def _row(
    session: Session, operation: Operation, staff_id: UUID | None, now: datetime, state: str
) -> WaitingOperation:
    name, born = _about(session, operation)
    return WaitingOperation(
        id=operation.id,
        state=state,
        use_case=operation.use_case,
        version=operation.version,
        arguments=operation.arguments,
        ids=write_ids(operation.ids),
        code=operation.code,
        sealed=b"",
        staff_id=staff_id,
        made_at=now,
        contact_at=operation.contact_at,
        about=name,
        born=born,
        tries=0,
    )


def _depends(row: WaitingOperation, other: WaitingOperation) -> bool:
    return other.number < row.number and any(made in row.arguments for made in json.loads(other.ids).values())


def _with_dependents(session: Session, operation_id: UUID) -> list[WaitingOperation]:
    first = queries.operation(session, operation_id)
    if first is None or first.state != "refused":
        return []
    found = [first]
    for row in queries.stopped(session):
        if row.state == "held" and any(_depends(row, other) for other in found):
            found.append(row)
    return found


def _operation(row: WaitingOperation) -> Operation:
    return Operation(
        id=row.id,
        use_case=row.use_case,
        version=row.version,
        arguments=row.arguments,
        ids=read_ids(row.ids),
        made_at=row.made_at,
        contact_at=row.contact_at,
        staff_id=row.staff_id,
        code=row.code,
        sealed=row.sealed,
    )


def _about(session: Session, operation: Operation) -> tuple[str, date | None]:
    asked: dict[str, Any] = json.loads(operation.arguments)
    if "new" in asked:
        new = asked["new"]
        return f"{new['given_names']} {new['family_name']}".strip(), date.fromisoformat(new["birth_date"])
    if "patient_id" in asked:
        patient = patient_queries.patient(session, UUID(asked["patient_id"]))
        if patient is not None:
            return f"{patient.given_names} {patient.family_name}".strip(), patient.birth_date
    if "account_id" in asked:
        account = account_queries.account(session, UUID(asked["account_id"]))
        if account is not None:
            return account.holder_name, account.holder_birth_date
    return "", None


def _attention(session: Session, row: WaitingOperation) -> AttentionRow:
    error = read_error(row.error or b"")
    assert error is not None
    known = error.fields.get("patient_id")
    return AttentionRow(
        id=row.id,
        use_case=row.use_case,
        made_at=row.made_at,
        name=row.about,
        birth_date=row.born,
        sentence=error.sentence,
        fields=tuple((name, str(value)) for name, value in error.fields.items()),
        kind=error.kind,
        patient_id=UUID(str(known)) if known else None,
        printed_letter=any(one.use_case in PRINTS for one in _with_dependents(session, row.id)),
    )
