"""What every use case goes through: permission, replay, preparation, one short transaction, the result."""

import contextlib
import hashlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, get_type_hints, overload
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import to_json

from app import journal
from app.callers import TOUCH_EVERY, Caller, Standing, signed_out, standing
from app.errors import N_, Conflict, NotAllowed, PortalError, Refused, Unavailable
from app.parts import Parts
from app.rules.access import CallerKind, Role
from app.views.clinic import Clinic
from db.database import Session
from db.errors import DatabaseAwayError, DatabaseBusyError, DatabaseConflictError, DatabaseFullError
from db.models import Replay
from db.queries import journal as queries
from db.queries import sessions as session_queries

N = TypeVar("N", bound="Noun")
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Effect(Enum):
    """What a use case does to the database."""

    READS = "reads"  # looks, without a trace
    OPENS = "opens"  # looks at somebody's data: audited (D24)
    WRITES = "writes"  # audited, and the change feed moves


@dataclass(frozen=True)
class Declaration:
    """One line on a method: who may call it and what it is."""

    who: frozenset[Role]
    effect: Effect
    secret: bool  # the result holds a code: stored answers are encrypted, then erased
    may_wait: bool  # may stand in a desk's outbox while the server is away
    stream: bool  # moves a file
    is_activity: bool  # shows that the person is there; polling does not
    while_locked: bool  # allowed while the staff screen is locked


class Work(Generic[T]):
    """What a use case works with inside its transaction."""

    def __init__(
        self, session: Session, now: datetime, who: Standing, clinic: Clinic, verb: str, prepared: T
    ) -> None:
        self.session = session
        self.now = now
        self.who = who
        self.clinic = clinic
        self.prepared = prepared
        self.entry = journal.Entry(verb)
        self.more_entries: list[journal.Entry] = []
        self.changes: list[journal.Changed] = []

    def about(
        self,
        *,
        patient_id: UUID | None = None,
        exam_id: UUID | None = None,
        report_id: UUID | None = None,
        invitation_id: UUID | None = None,
        account_id: UUID | None = None,
        site_id: UUID | None = None,
        staff_id: UUID | None = None,
        session_id: UUID | None = None,
        **detail: Any,
    ) -> None:
        """Say whose data this use case touches; goes into its audit event. Detail: never a secret or a name."""
        named = {
            "patient_id": patient_id,
            "exam_id": exam_id,
            "report_id": report_id,
            "invitation_id": invitation_id,
            "account_id": account_id,
            "site_id": site_id,
            "staff_id": staff_id,
            "session_id": session_id,
        }
        for name, value in named.items():
            if value is not None:
                setattr(self.entry, name, value)
        self.entry.detail |= detail

    def changed(
        self,
        noun: str,
        row_id: UUID,
        *,
        site_id: UUID | None = None,
        patient_id: UUID | None = None,
        account_id: UUID | None = None,
        invitation_id: UUID | None = None,
    ) -> None:
        """Tell whoever looks at this row that it is not the same any more."""
        self.changes.append(journal.Changed(noun, row_id, site_id, patient_id, account_id, invitation_id))


class Noun:
    """One noun of the portal, bound to who is asking."""

    def __init__(self, parts: Parts, caller: Caller, request_id: UUID | None = None) -> None:
        self.parts = parts
        self.caller = caller
        self.request_id = request_id

    def beside(self, noun: type[N]) -> N:
        """Return another noun for the same caller, outside any transaction."""
        return noun(self.parts, self.caller)


class UseCase(Generic[N, P, R]):
    """A declared method: calling it takes the whole way described in this module."""

    def __init__(
        self,
        declaration: Declaration,
        body: Callable[Concatenate[N, Work[Any], P], R],
        prepare: Callable[Concatenate[N, P], Any] | None,
    ) -> None:
        self.declaration = declaration
        self.body = body
        self.prepare = prepare
        self.name = ""
        self.__doc__ = body.__doc__
        self._answers: TypeAdapter[R] | None = None

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = f"{getattr(owner, 'noun', owner.__name__.lower())}.{name}"

    @overload
    def __get__(self, noun: None, owner: type) -> "UseCase[N, P, R]": ...
    @overload
    def __get__(self, noun: N, owner: type) -> Callable[P, R]: ...
    def __get__(self, noun: N | None, owner: type) -> "UseCase[N, P, R] | Callable[P, R]":
        if noun is None:
            return self
        bound = noun

        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            return self._run(bound, *args, **kwargs)

        return call

    @property
    def answers(self) -> TypeAdapter[R]:
        """How results are written down and read back, from the method's own type hints."""
        if self._answers is None:
            self._answers = TypeAdapter(get_type_hints(self.body)["return"])
        return self._answers

    def _run(self, noun: N, *args: P.args, **kwargs: P.kwargs) -> R:
        parts = noun.parts
        with in_plain_words():
            self._permitted(noun)
            asked = self._arguments(noun, args, kwargs) if noun.request_id else b""
            if noun.request_id and (stored := self._stored(noun, asked)) is not None:
                return stored
            prepared = self.prepare(noun, *args, **kwargs) if self.prepare else None
            if self.declaration.effect is Effect.READS:
                with parts.database.reading() as session:
                    now = parts.clock()
                    clinic = parts.clinic(session)
                    who = self._standing(session, noun.caller, now, clinic)
                    work = Work(session, now, who, clinic, self.name, prepared)
                    return self.body(noun, work, *args, **kwargs)
            return self._write(noun, asked, prepared, args, kwargs)

    def _write(self, noun: N, asked: bytes, prepared: Any, args: Any, kwargs: Any) -> R:
        parts = noun.parts
        held: PortalError | None = None
        with parts.database.writing() as session:
            now = parts.clock()
            clinic = parts.clinic(session)
            who = self._standing(session, noun.caller, now, clinic)
            work = Work(session, now, who, clinic, self.name, prepared)
            try:
                result = self.body(noun, work, *args, **kwargs)
            except Refused as refusal:
                # The try counts: its counter and audit row are kept, then it is raised.
                held = refusal
                work.entry.outcome = "refused"
                work.entry.detail["refusal"] = refusal.kind
            if held is None and noun.request_id is not None:
                self._keep(session, noun, asked, result, now, clinic)
            journal.write(session, who, now, [work.entry, *work.more_entries], work.changes)
        if held is not None:
            raise held
        return result

    # Permission

    def _permitted(self, noun: N) -> None:
        parts = noun.parts
        now = parts.clock()
        with parts.database.reading() as session:
            clinic = parts.clinic(session)
            who = standing(session, noun.caller, now, clinic)
        try:
            self._check(who)
        except NotAllowed as denial:
            if denial.kind == "not_allowed":
                self._remember_denied(parts, who, now)
            raise
        if who.is_locked or not self.declaration.is_activity or who.last_active_at is None:
            # A locked screen stays locked whatever is tried; unlocking it is a use case of its own.
            return
        if now - who.last_active_at >= TOUCH_EVERY:
            with parts.database.writing() as session:
                if who.session_id:
                    session_queries.touch(session, who.session_id, now, now - TOUCH_EVERY)
                elif who.visit_id:
                    session_queries.touch_visit(session, who.visit_id, now, now - TOUCH_EVERY)

    def _standing(self, session: Session, caller: Caller, now: datetime, clinic: Clinic) -> Standing:
        who = standing(session, caller, now, clinic)
        self._check(who)
        return who

    def _check(self, who: Standing) -> None:
        if not self.declaration.who & who.roles:
            if who.roles <= {Role.NOBODY, Role.KIOSK, Role.DESK}:
                raise signed_out()
            raise NotAllowed("not_allowed", N_("Your role does not allow this. Ask a manager of the clinic."))
        if who.is_locked and not self.declaration.while_locked:
            raise NotAllowed("locked", N_("The screen is locked. Type your password to go on."))

    def _remember_denied(self, parts: Parts, who: Standing, now: datetime) -> None:
        with parts.database.writing() as session:
            journal.write(session, who, now, [journal.Entry(self.name, outcome="denied")], [])

    # Replay

    def _arguments(self, noun: N, args: Any, kwargs: Any) -> bytes:
        bound = inspect.signature(self.body).bind(noun, None, *args, **kwargs)
        bound.apply_defaults()
        asked = dict(list(bound.arguments.items())[2:])
        # Keyed, because arguments may hold a password or a code.
        return noun.parts.keys.digest("arguments", to_json(asked).decode())

    def _stored(self, noun: N, asked: bytes) -> R | None:
        assert noun.request_id is not None
        with noun.parts.database.reading() as session:
            row = queries.find_replay(session, noun.caller.name, self.name, noun.request_id)
        if row is None:
            return None
        if row.arguments != asked:
            raise Conflict(
                "request_reused", N_("This form was already sent with other contents. Open it again.")
            )
        if row.answer is None:
            raise Conflict("done_secret_gone", N_("This was done. The code can no longer be shown."))
        answer = row.answer
        if self.declaration.secret:
            if row.secret_until is None or noun.parts.clock() >= row.secret_until:
                raise Conflict("done_secret_gone", N_("This was done. The code can no longer be shown."))
            answer = noun.parts.keys.decrypt("replay", answer)
        return self.answers.validate_json(answer)

    def _keep(
        self, session: Session, noun: N, asked: bytes, result: R, now: datetime, clinic: Clinic
    ) -> None:
        assert noun.request_id is not None
        answer = self.answers.dump_json(result)
        secret_until = None
        if self.declaration.secret:
            answer = noun.parts.keys.encrypt("replay", answer)
            secret_until = now + timedelta(minutes=clinic.rules.secret_replay_minutes)
        row = Replay(
            caller=noun.caller.name,
            use_case=self.name,
            request_id=noun.request_id,
            arguments=asked,
            answer=answer,
            secret_until=secret_until,
            at=now,
        )
        if not queries.keep_replay(session, row):
            raise Conflict(
                "request_running", N_("This was just sent already. Look at the page before you try again.")
            )


class _Declare:
    """The decorator: binds a declaration to a body."""

    def __init__(self, declaration: Declaration, prepare: Callable[..., Any] | None) -> None:
        self._declaration = declaration
        self._prepare = prepare

    def __call__(self, body: Callable[Concatenate[N, Work[Any], P], R]) -> UseCase[N, P, R]:
        return UseCase(self._declaration, body, self._prepare)


def use_case(
    who: frozenset[Role],
    effect: Effect = Effect.READS,
    *,
    secret: bool = False,
    may_wait: bool = False,
    stream: bool = False,
    is_activity: bool = True,
    while_locked: bool = False,
    prepare: Callable[..., Any] | None = None,
) -> _Declare:
    """Declare a method of a noun to be a use case.

    prepare takes the same arguments and runs before the transaction: hashing, rendering, reading files. What it
    returns is work.prepared.
    """
    return _Declare(Declaration(who, effect, secret, may_wait, stream, is_activity, while_locked), prepare)


@contextlib.contextmanager
def in_plain_words() -> Iterator[None]:
    """Say what went wrong with the database itself in words that a person can act on."""
    try:
        yield
    except DatabaseConflictError as error:
        raise Conflict(
            "changed_meanwhile",
            N_(
                "Somebody else did this, or something close to it, at the same moment. Look again before you go on."
            ),
        ) from error
    except DatabaseBusyError as error:
        raise Unavailable(
            "database_busy", N_("The clinic's database is busy. Nothing was lost. Please try again.")
        ) from error
    except DatabaseFullError as error:
        raise Unavailable(
            "disk_full",
            N_(
                "The disk of the clinic's database is full. Nothing was saved. Tell the person who looks after it."
            ),
        ) from error
    except DatabaseAwayError as error:
        raise Unavailable(
            "database_away",
            N_("The clinic's database does not answer. Nothing was saved. Try again in a minute."),
        ) from error


@contextlib.contextmanager
def by_itself(parts: Parts, verb: str) -> Iterator[Work[None]]:
    """The program at work without a person: one transaction, audited like a use case."""
    with parts.database.writing() as session:
        now = parts.clock()
        who = Standing(CallerKind.FEED, frozenset({Role.FEED}))
        work = Work(session, now, who, parts.clinic(session), verb, None)
        yield work
        if work.changes:
            journal.write(session, who, now, [work.entry, *work.more_entries], work.changes)


def digest_of(*pieces: str) -> str:
    """Return a short stable key made of pieces; used for throttles, whose keys must not hold names."""
    return hashlib.sha256("\x1f".join(pieces).encode()).hexdigest()[:40]
