"""What every use case goes through: permission, replay, preparation, one short transaction, the result."""

import contextlib
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
from app.database_trouble import in_plain_words
from app.errors import N_, NotAllowed, Refused
from app.operations import Made, Operation
from app.parts import Parts
from app.replays import Request
from app.rules.access import CallerKind, Role
from app.views.clinic import Clinic
from db.database import Session
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
        self,
        session: Session,
        now: datetime,
        who: Standing,
        clinic: Clinic,
        verb: str,
        prepared: T,
        made: Made | None = None,
    ) -> None:
        self.session = session
        self.now = now
        self.who = who
        self.clinic = clinic
        self.prepared = prepared
        self.made = made or Made()  # ahead, by the desk that asks
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

    def write_down(self) -> None:
        """Put into the audit trail and the change feed what was done; the last thing in a transaction."""
        journal.write(self.session, self.who, self.now, [self.entry, *self.more_entries], self.changes)


class Noun:
    """One noun of the portal, bound to who is asking."""

    operation: Operation | None = None  # what a desk made ahead for this call

    def __init__(self, parts: Parts, caller: Caller, request_id: UUID | None = None) -> None:
        self.parts = parts
        self.caller = caller
        self.request_id = request_id

    def __init_subclass__(cls) -> None:
        """Refuse, while the program loads, a method that works inside a transaction and is not declared."""
        for name, method in vars(cls).items():
            if (
                not name.startswith("_")
                and inspect.isfunction(method)
                and "work" in inspect.signature(method).parameters
            ):
                raise TypeError(f"{method.__qualname__} takes work and has no @use_case")

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
            server = bound.parts.server
            if server is not None:
                done: R = server.carry_out(self, bound, args, kwargs)
                return done
            return self._run(bound, *args, **kwargs)

        return call

    @property
    def answers(self) -> TypeAdapter[R]:
        """How results are written down and read back, from the method's own type hints."""
        if self._answers is None:
            self._answers = TypeAdapter(get_type_hints(self.body)["return"])
        return self._answers

    def _run(self, noun: N, *args: P.args, **kwargs: P.kwargs) -> R:
        with in_plain_words():
            if self.declaration.effect is not Effect.WRITES and self.prepare is None:
                return self._look(noun, args, kwargs)
            who = self._permitted(noun)
            try:
                return self._carry_out(noun, args, kwargs)
            except NotAllowed as denial:
                self._remember_denied(noun.parts, who, denial)
                raise

    def _look(self, noun: N, args: Any, kwargs: Any) -> R:
        """Permission and body in one transaction: nothing is prepared, so nothing can change between."""
        database, who, is_noted = noun.parts.database, None, False
        begin = database.reading if self.declaration.effect is Effect.READS else database.writing
        try:
            while True:
                with begin() as session:
                    work = self._unchecked_work(session, noun)
                    who = work.who
                    self.check(who)
                    if is_noted or not self._is_to_be_noted(who, work.now):
                        seen = self.body(noun, work, *args, **kwargs)
                        if self.declaration.effect is Effect.OPENS:
                            work.write_down()
                        return seen
                self._note_presence(noun.parts, who, work.now)
                is_noted = True
        except NotAllowed as denial:
            self._remember_denied(noun.parts, who, denial)
            raise

    def _carry_out(self, noun: N, args: Any, kwargs: Any) -> R:
        parts = noun.parts
        request = self._request(noun, args, kwargs)
        if request is not None:
            with parts.database.reading() as session:
                before = request.answer(session, parts.keys, parts.clock())
            if before is not None:
                return self.answers.validate_json(before)
        prepared = self.prepare(noun, *args, **kwargs) if self.prepare else None
        if self.declaration.effect is Effect.READS:
            with parts.database.reading() as session:
                return self.body(noun, self._work(session, noun, prepared), *args, **kwargs)
        held: Refused | None = None
        with parts.database.writing() as session:
            work = self._work(session, noun, prepared)
            if request is not None and not request.begin(session, parts.clock()):
                # The same request came twice at once: the other run has carried it out just now.
                return self.answers.validate_json(request.known_answer(session, parts.keys, work.now))
            try:
                result = self.body(noun, work, *args, **kwargs)
            except Refused as refusal:
                # The try counts: its counter and audit row are kept, then it is raised.
                held = refusal
                work.entry.outcome = "refused"
                work.entry.detail["refusal"] = refusal.kind
            if request is not None and held is None:
                secret_for = timedelta(minutes=work.clinic.rules.secret_replay_minutes)
                secret_until = parts.clock() + secret_for if self.declaration.secret else None
                request.end(session, parts.keys, self.answers.dump_json(result), secret_until)
            elif request is not None:
                request.forget(session)
            if parts.outbox is not None and noun.operation is not None and held is None:
                # With what it did here in one transaction: acknowledged only once it cannot be lost.
                parts.outbox.put(session, noun.operation, work.who.staff_id, work.now)
            work.write_down()
        if held is not None:
            raise held
        return result

    def _work(self, session: Session, noun: N, prepared: Any) -> Work[Any]:
        work = self._unchecked_work(session, noun, prepared)
        self.check(work.who)
        return work

    def _unchecked_work(self, session: Session, noun: N, prepared: Any = None) -> Work[Any]:
        # An operation happened when the desk did it: codes and dates count from there.
        now = noun.caller.made_at or noun.parts.clock()
        clinic = noun.parts.clinic(session)
        who = standing(session, noun.caller, now, clinic)
        made = noun.operation.made if noun.operation else None
        return Work(session, now, who, clinic, self.name, prepared, made)

    def _request(self, noun: N, args: Any, kwargs: Any) -> Request | None:
        if noun.request_id is None or self.declaration.effect is not Effect.WRITES:
            return None
        bound = inspect.signature(self.body).bind(noun, None, *args, **kwargs)
        bound.apply_defaults()
        asked = dict(list(bound.arguments.items())[2:])
        # Keyed, because arguments may hold a password or a code.
        digest = noun.parts.keys.digest("arguments", to_json(asked, bytes_mode="hex").decode())
        # A desk's operation may come from the person's stay or from the outbox, and is the same one.
        whose = f"operation:{noun.caller.station_id}" if noun.operation else noun.caller.name
        return Request((whose, self.name, noun.request_id), digest)

    # Permission

    def _permitted(self, noun: N) -> Standing:
        parts = noun.parts
        with parts.database.reading() as session:
            work = self._unchecked_work(session, noun)
        try:
            self.check(work.who)
        except NotAllowed as denial:
            self._remember_denied(parts, work.who, denial)
            raise
        self._note_presence(parts, work.who, work.now)
        return work.who

    def _is_to_be_noted(self, who: Standing, now: datetime) -> bool:
        # A locked screen stays locked whatever is tried; unlocking it is a use case of its own.
        if who.is_locked or not self.declaration.is_activity or who.last_active_at is None:
            return False
        return now - who.last_active_at >= TOUCH_EVERY

    def _note_presence(self, parts: Parts, who: Standing, now: datetime) -> None:
        if not self._is_to_be_noted(who, now):
            return
        with parts.database.writing() as session:
            if who.session_id:
                session_queries.touch(session, who.session_id, now, now - TOUCH_EVERY)
            elif who.visit_id:
                session_queries.touch_visit(session, who.visit_id, now, now - TOUCH_EVERY)

    def check(self, who: Standing) -> None:
        """Raise NotAllowed when somebody who stands so may not call it."""
        if not self.declaration.who & who.roles:
            if who.roles <= {Role.NOBODY, Role.KIOSK, Role.DESK}:
                raise signed_out()
            raise NotAllowed("not_allowed", N_("Your role does not allow this. Ask a manager of the clinic."))
        if who.is_locked and not self.declaration.while_locked:
            raise NotAllowed("locked", N_("The screen is locked. Type your password to go on."))

    def _remember_denied(self, parts: Parts, who: Standing | None, denial: NotAllowed) -> None:
        if who is None or denial.kind in _OVER:
            return
        with parts.database.writing() as session:
            entry = journal.Entry(self.name, outcome="denied", detail={"refusal": denial.kind})
            journal.write(session, who, parts.clock(), [entry], [])


# Whoever has to sign in again, or to unlock the screen, has not tried what is not theirs.
_OVER = frozenset({"signed_out", "session_over", "visit_over", "station_revoked", "locked"})


class _Declare:
    """The decorator: binds a declaration to a body."""

    def __init__(self, declaration: Declaration, prepare: Callable[..., Any] | None) -> None:
        self._declaration = declaration
        self._prepare = prepare

    def __call__(self, body: Callable[Concatenate[N, Work[Any], P], R]) -> UseCase[N, P, R]:
        _refuse_wrong(self._declaration, body, self._prepare)
        return UseCase(self._declaration, body, self._prepare)


def _refuse_wrong(
    declaration: Declaration, body: Callable[..., Any], prepare: Callable[..., Any] | None
) -> None:
    """Raise TypeError, while the program loads, for a declaration that cannot be meant."""
    signature = inspect.signature(body)
    names = list(signature.parameters)
    wrong = ""
    if not declaration.who:
        wrong = "nobody may call it"
    elif names[1:2] != ["work"] or signature.return_annotation is signature.empty:
        wrong = "it must take work and say what it returns"
    elif declaration.effect is not Effect.WRITES and (declaration.secret or declaration.may_wait):
        wrong = "what only looks neither makes a secret nor waits in an outbox"
    elif prepare is not None:
        try:
            inspect.signature(prepare).bind(*(name for name in names if name != "work"))
        except TypeError:
            wrong = "prepare must take the same arguments"
    if wrong:
        raise TypeError(f"{body.__qualname__}: {wrong}")


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
def by_itself(parts: Parts, verb: str) -> Iterator[Work[None]]:
    """The program at work without a person: one transaction, audited like a use case."""
    with parts.database.writing() as session:
        who = Standing(CallerKind.FEED, frozenset({Role.FEED}))
        work = Work(session, parts.clock(), who, parts.clinic(session), verb, None)
        yield work
        if work.changes:
            work.write_down()
