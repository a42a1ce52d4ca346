"""A noun made for tests of what every use case goes through, and what it leaves in the tables."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.callers import Caller
from app.errors import Conflict, Invalid, NotAllowed, PortalError, Refused
from app.ids import new_id
from app.rules.access import Role
from app.use_case import Effect, Noun, Work, use_case
from app.views.people import OneTimePassword
from db.models import AuditEvent, Change, Replay, SessionRecord, Throttle
from tests.scene import Scene

STAFF = frozenset({Role.RECEPTION})
EVERYBODY = frozenset({Role.RECEPTION, Role.PATIENT, Role.KIOSK, Role.NOBODY})


class Notes(Noun):
    """A noun that writes into the table of throttles, which nothing else here uses."""

    during: Callable[[], object] = staticmethod(lambda: None)  # what happens while prepare runs

    def _prepare(self, text: str = "") -> str:
        self.during()
        return text.upper()

    def _put(self, work: Work[Any], text: str) -> None:
        work.session.add(Throttle(key=text, window_ends_at=work.now, tries=1))
        work.about(site_id=work.who.site_id, length=len(text))
        work.changed("note", new_id(), site_id=work.who.site_id)

    @use_case(STAFF, Effect.WRITES, prepare=_prepare)
    def write(self, work: Work[str], text: str) -> str:
        self._put(work, text)
        return work.prepared

    @use_case(STAFF, Effect.WRITES)
    def write_silently(self, work: Work[None], text: str) -> None:
        self._put(work, text)

    @use_case(STAFF, Effect.WRITES)
    def write_file(self, work: Work[None], content: bytes) -> int:
        self._put(work, f"{len(content)} bytes")
        return len(content)

    @use_case(STAFF, Effect.WRITES, secret=True)
    def give(self, work: Work[None]) -> OneTimePassword:
        self._put(work, "given")
        return OneTimePassword(work.who.staff_id or new_id(), "robin", "swordfish 42", work.now)

    @use_case(STAFF, Effect.WRITES)
    def fail(self, work: Work[None], error: str) -> None:
        self._put(work, error)
        work.session.flush()
        raise {
            "refused": Refused("wrong_guess", "That was wrong."),
            "invalid": Invalid("bad", "That is bad."),
            "conflict": Conflict("second", "Somebody was first."),
            "denied": NotAllowed("not_yours", "That is not yours."),
            "bug": LookupError("Amelia Hart"),
        }[error]

    @use_case(STAFF)
    def read(self, work: Work[None]) -> int:
        return work.session.scalar(select(func.count()).select_from(Throttle)) or 0

    @use_case(STAFF, Effect.OPENS)
    def open(self, work: Work[None], patient_id: UUID) -> str:
        work.about(patient_id=patient_id)
        return "seen"

    @use_case(STAFF, while_locked=True, is_activity=False)
    def glance(self, work: Work[None]) -> bool:
        return work.who.is_locked

    @use_case(EVERYBODY, Effect.WRITES)
    def say(self, work: Work[None]) -> str:
        return work.who.kind.value


class Book:
    """The notes of a scene, and what its tables hold."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.portal = scene.portal

    def of(self, who: str | Caller = "reception", request_id: UUID | None = None) -> Notes:
        caller = self.scene.staff[who].caller if isinstance(who, str) else who
        return Notes(self.portal.parts, caller, request_id)

    def keys(self) -> set[str]:
        with self.portal.parts.database.reading() as session:
            return set(session.scalars(select(Throttle.key)))

    def audit(self) -> list[tuple[str, str]]:
        with self.portal.parts.database.reading() as session:
            rows = session.execute(select(AuditEvent.verb, AuditEvent.outcome).order_by(AuditEvent.number))
            return [(row.verb, row.outcome) for row in rows]

    def last_event(self) -> AuditEvent:
        with self.portal.parts.database.reading() as session:
            return session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc()).limit(1)).one()

    def changes(self) -> int:
        with self.portal.parts.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Change)) or 0

    def replay(self) -> Replay | None:
        with self.portal.parts.database.reading() as session:
            return session.scalars(select(Replay)).one_or_none()

    def last_active(self, who: str = "reception") -> Any:
        with self.portal.parts.database.reading() as session:
            query = select(SessionRecord.last_active_at).where(
                SessionRecord.staff_id == self.scene.staff[who].id
            )
            return session.scalars(query).one()


def refusal(call: Callable[[], object]) -> str:
    """The kind of the error that a call is told."""
    with pytest.raises(PortalError) as caught:
        call()
    return caught.value.kind
