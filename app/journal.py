"""Writes what a use case did into the audit chain and the change feed, at the end of its transaction."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.callers import Standing
from db.database import Session
from db.models import AuditEvent, Base, Change
from db.queries import journal as queries

GENESIS = bytes(32)


@dataclass
class Entry:
    """One audit event in the making: what was done to whose data."""

    verb: str
    outcome: str = "done"
    patient_id: UUID | None = None
    exam_id: UUID | None = None
    report_id: UUID | None = None
    invitation_id: UUID | None = None
    account_id: UUID | None = None  # the account it was done to, or by
    site_id: UUID | None = None
    staff_id: UUID | None = None
    session_id: UUID | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Changed:
    """One row that others may be looking at."""

    noun: str
    row_id: UUID
    site_id: UUID | None = None
    patient_id: UUID | None = None
    account_id: UUID | None = None
    invitation_id: UUID | None = None


def write(
    session: Session, who: Standing, now: datetime, entries: list[Entry], changes: list[Changed]
) -> None:
    """Number and store audit events and changes; nothing may be locked after this."""
    if not entries and not changes:
        return
    change_number, audit_number, head = queries.reserve(session, changes=len(changes), audits=len(entries))
    rows: list[Base] = []
    for change in changes:
        change_number += 1
        rows.append(Change(number=change_number, **vars(change)))
    for entry in entries:
        audit_number += 1
        event = _event(audit_number, who, now, entry)
        head = event.hash = chained(head, event)
        rows.append(event)
    queries.add_all(session, rows)
    if entries:
        queries.set_head(session, head)


def _event(number: int, who: Standing, now: datetime, entry: Entry) -> AuditEvent:
    return AuditEvent(
        number=number,
        at=now,
        verb=entry.verb,
        outcome=entry.outcome,
        caller=_kind(who),
        staff_id=entry.staff_id or who.staff_id,
        account_id=entry.account_id or who.account_id,
        station_id=who.station_id,
        site_id=entry.site_id or who.site_id,
        session_id=entry.session_id or who.session_id or who.visit_id,
        address=who.address,
        patient_id=entry.patient_id,
        exam_id=entry.exam_id,
        report_id=entry.report_id,
        invitation_id=entry.invitation_id or who.invitation_id,
        detail=json.dumps(entry.detail, sort_keys=True, default=str),
        hash=b"",
    )


def _kind(who: Standing) -> str:
    if who.staff_id:
        return "staff"
    if who.account_id:
        return "patient"
    if who.visit_id:
        return "guest"
    return who.kind.value


# What the chain covers, in this order. A column added later goes to the end, with the old rows' value left out.
_COVERED = (
    "number",
    "verb",
    "outcome",
    "caller",
    "staff_id",
    "account_id",
    "station_id",
    "site_id",
    "session_id",
    "address",
    "patient_id",
    "exam_id",
    "report_id",
    "invitation_id",
    "detail",
)


def chained(before: bytes, event: AuditEvent) -> bytes:
    """Return the hash of an event: SHA-256 over the hash before it and every column of the row."""
    columns: Mapping[str, Any] = {name: getattr(event, name) for name in _COVERED}
    text = json.dumps(
        {"at": event.at.timestamp(), **{name: None if v is None else str(v) for name, v in columns.items()}},
        sort_keys=True,
    )
    return hashlib.sha256(before + text.encode()).digest()


def broken_links(session: Session) -> Iterator[int]:
    """Go over the numbers of audit events whose hash does not follow from the one before, or that are missing."""
    after, before = 0, GENESIS
    while True:
        events = queries.audit_events(session, after, 1000)
        for event in events:
            if event.number != after + 1 or event.hash != chained(before, event):
                yield event.number
            after, before = event.number, event.hash
        if events:
            continue
        _epoch, _changes, last, head = queries.head(session)
        if last > after and queries.audit_events(session, after, 1):
            continue  # somebody wrote meanwhile
        if (last, head) != (after, before):
            yield last
        return
