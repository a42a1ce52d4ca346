"""The clinic's server as a desk sees it that goes on without it: asks it while it is there, and the desk's file while not."""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from app.callers import Caller, Held
from app.database_trouble import in_plain_words
from app.errors import NotAllowed, Unavailable
from app.ids import new_id
from app.offline.desk_file import DeskFile, DeskPlace, do_here_too
from app.offline.handover import hand_over
from app.offline.known_server import KnownServer
from app.offline.needs import BY_ITSELF, copy_too_old, needs_server, needs_sign_in, no_copy
from app.offline.stays import SIGN_IN_GOOD_FOR, Stays, give_passwords
from app.offline.switched_off import SwitchedOff
from app.operations import OPERATION_VERSION, Operation, counts_as_away, new_made
from app.read_copy import as_copy, put_copy
from app.remote import RemoteServer
from app.sessions import Sessions
from app.staff import StaffMembers
from app.stations import Stations
from app.transport import passage_of
from app.use_case import Noun, UseCase
from app.views.outbox import AttentionRow, DeskLine
from db.desk import queries

_ASK_A_PASSWORD = frozenset({"staff.sign_in", "staff.unlock"})
COPY_GOOD_FOR = timedelta(days=7)  # without contact
COPY_EVERY = timedelta(minutes=10)
LOOK_EVERY_S = 2.0


class DeskServer:
    """What parts.Server asks, with or without the clinic's server."""

    def __init__(self, remote: RemoteServer, place: DeskPlace) -> None:
        self._remote = remote
        self._place = place
        self._lock = threading.RLock()
        self._keeping = threading.Lock()  # one looks after the outbox at a time
        self._known = KnownServer()
        self._out = SwitchedOff(remote, place, self._known)
        self.file: DeskFile | None = None
        self._station: Caller | None = None
        self._is_away = False
        self._stays = Stays(remote)
        self._staff: Caller | None = None  # whose stay refreshes the copy
        self._copied_at: datetime | None = None
        self._wake = threading.Event()
        self._is_closing = False
        self._keeper: threading.Thread | None = None

    # What the portal asks of its server

    def carry_out(
        self, use_case: UseCase[Any, Any, Any], noun: Noun, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:
        """Have a use case carried out, there or here; raises what it raises, and Unavailable where it needs the server."""
        self._out.check()
        if self.file is None or noun.caller.held is None or noun.caller.station_kind != "desk":
            return self._remote.carry_out(use_case, noun, args, kwargs)
        try:
            return self._carry_out(use_case, noun, args, kwargs)
        except NotAllowed as error:
            if self._out.notices(error):
                self._wake.set()
            raise

    def _carry_out(
        self, use_case: UseCase[Any, Any, Any], noun: Noun, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:
        assert self.file is not None
        if use_case.declaration.may_wait:
            return self._operate(use_case, noun, args, kwargs)
        is_here = self._stays.is_of_here(noun.caller)
        if use_case.name == "staff.unlock" and is_here and not self._is_away:
            assert self._station is not None
            found = self._stays.exchange(self.file, noun.caller, self._station, *args, **kwargs)
            self._staff = found or self._staff
        there = self._there(noun)
        if self._is_away or there is None:
            return self._here(use_case, noun, args, kwargs)
        try:
            answer = self._remote.carry_out(use_case, there, args, kwargs)
        except Unavailable as error:
            if not self._goes_on_after(error):
                raise
            return self._here(use_case, noun, args, kwargs)
        self._stays.answered(noun.caller, self._remote.clock())
        if use_case.name == "staff.sign_in":
            self._begin_stay(noun.caller, answer.token, *args, **kwargs)
        return answer

    def station(self, key: str) -> Caller:
        """The station that holds the key, as the server or, while it is away, the desk's file knows it."""
        try:
            self._station = self._remote.station(key)
        except Unavailable as error:
            known = self._known_station(key) if counts_as_away(error) else None
            if known is None:
                raise
            self._station, self._is_away = known, True
            return known
        except NotAllowed as error:
            if self.file is None:
                self._out.leave_at_start(error, Held(key))
            raise
        if self._station.station_kind == "desk":
            self._open()
            self._note_contact(None)
        return self._station

    def session(self, token: str, *, station: Caller | None = None, address: str = "") -> Caller:
        """Whoever signed in and got this token."""
        return self._remote.session(token, station=station, address=address)

    def visit(self, token: str, *, station: Caller | None = None, address: str = "") -> Caller:
        """The guest who entered a code and got this token."""
        return self._remote.visit(token, station=station, address=address)

    def upload(
        self, caller: Caller, survey_id: UUID, number: int, file: Path, between: Callable[[], None]
    ) -> str:
        """Send one of the files of an import; return its SHA-256. between is called before each piece."""
        return self._remote.upload(caller, survey_id, number, file, between)

    def forget(self) -> None:
        """Give up what is held of the last person."""
        self._remote.forget()
        if self.file is not None:
            self.file.database.forget()

    def close(self) -> None:
        """Stop looking after the outbox, and hang up."""
        self._is_closing = True
        self._wake.set()
        if self._keeper is not None:
            self._keeper.join()
        self._remote.close()
        if self.file is not None:
            self.file.database.close()

    # What the desk's window asks

    def line(self) -> DeskLine:
        """Return how the desk stands to its server."""
        if self.file is None:
            return DeskLine(not self._is_away, None, 0, 0, can_go_on=False)
        waiting, attention = self.file.outbox.counts()
        contact = self._known.contact()
        since = contact.at if contact is not None and self._is_away else None
        return DeskLine(not self._is_away, since, waiting, attention, can_go_on=True)

    def attention(self) -> tuple[AttentionRow, ...]:
        """Return what the server refused of what was done here."""
        return self.file.outbox.attention() if self.file is not None else ()

    def settle(self, operation_id: UUID) -> None:
        """Take one off that list: somebody saw to it."""
        if self.file is not None:
            self.file.outbox.settle(operation_id, self._remote.clock())

    def register_anyway(self, operation_id: UUID) -> None:
        """Send a registration again: it is another person than the one the server knows."""
        if self.file is not None:
            self.file.outbox.send_again(operation_id, is_another=True)
            self._wake.set()

    # Looking after the outbox

    def start(self) -> None:
        """Look after outbox and copy in a thread of its own until close()."""
        if self._keeper is None:
            self._keeper = threading.Thread(target=self._keep_on, name="desk outbox", daemon=True)
            self._keeper.start()

    def keep(self) -> None:
        """Look once whether the server is there: hand over what waits, in order, and refresh the copy."""
        if self.file is None or self._station is None:
            return
        with self._keeping:
            try:
                self._out.check()
                if self._is_away:
                    assert self._station.held is not None
                    self._remote.hello(self._station.held)
                self._drain()
                if self._is_away:
                    self._go_on_there()
                self._is_away = False
                self._refresh()
            except Unavailable:
                self._is_away = True
            except NotAllowed as error:
                if not self._out.notices(error):
                    raise
                self._leave(self.file)

    def _keep_on(self) -> None:
        while not self._is_closing:
            try:
                self.keep()
            except Exception:  # the outbox must be looked after whatever happened once
                logging.getLogger(__name__).exception("the outbox could not be looked after")
            self._wake.wait(LOOK_EVERY_S)
            self._wake.clear()

    def _leave(self, file: DeskFile) -> None:
        assert self._station is not None
        assert self._station.held is not None
        self._is_away = True
        with suppress(Unavailable):  # until the server is there
            if self._out.leave(file, self._station.held):
                self.file = self._known.database = None

    def _drain(self) -> None:
        file, station = self.file, self._station
        assert file is not None
        assert station is not None
        hand_over(file, self._remote, station, self._known, lambda: self._is_closing)

    def _go_on_there(self) -> None:
        """Tell the server that whoever is signed in here worked on, so that nobody is locked out in the middle."""
        staff, file, station = self._staff, self.file, self._station
        if staff is None or file is None or station is None:
            return
        try:
            # Whoever is idle here is idle there.
            Sessions(file.parts, self._stays.here(file, staff, station)).touch()
            self._remote.carry_out(StaffMembers.went_on, StaffMembers(file.parts, staff), (), {})
        except NotAllowed:
            return

    def _refresh(self) -> None:
        staff, file = self._staff, self.file
        if staff is None or file is None:
            return
        now = self._remote.clock()
        if self._copied_at is not None and now - self._copied_at < COPY_EVERY:
            return
        try:
            copy = self._remote.carry_out(Stations.desk_copy, Stations(file.parts, staff), (), {})
        except NotAllowed:
            self._staff = None  # signed out, or not of those who may
            return
        with in_plain_words(), file.database.writing() as session:
            if queries.waiting(session):
                return  # something was done here meanwhile: it must stay as it is here
            put_copy(session, copy)
            queries.give_passwords(session, now - SIGN_IN_GOOD_FOR)
            queries.forget_who_signed_in(session, now - SIGN_IN_GOOD_FOR)
        self._copied_at = now
        self._note_contact(copy.epoch)

    # There and here

    def _operate(
        self, use_case: UseCase[Any, Any, Any], noun: Noun, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:
        file = self.file
        assert file is not None
        request_id = noun.request_id or new_id()
        made = new_made()
        now, contact = self.clock(), self._known.contact()
        operation = Operation(
            request_id,
            use_case.name,
            OPERATION_VERSION,
            passage_of(use_case).write_arguments(args, kwargs).decode(),
            dict(made.ids),
            now,
            contact.at if contact is not None else now,
            code=made.code,
        )
        # It may depend on one that waits.
        there = None if self._is_away or file.outbox.counts()[0] else self._there(noun)
        if there is not None:
            there.request_id = request_id
            try:
                answer = self._remote.carry_out(use_case, there, args, kwargs, made)
            except Unavailable as error:
                if not self._goes_on_after(error):
                    raise
            else:
                self._keep_done(operation, noun.caller)
                do_here_too(file, use_case.name, self._as_here(noun), args, kwargs, operation)
                return answer
        self._wake.set()
        return self._here(use_case, noun, args, kwargs, operation)

    def _here(
        self,
        use_case: UseCase[Any, Any, Any],
        noun: Noun,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        operation: Operation | None = None,
    ) -> Any:
        file = self.file
        assert file is not None
        assert self._station is not None
        self._out.check()
        if operation is None and use_case.name not in BY_ITSELF:
            raise needs_server() if self._is_away else needs_sign_in()
        contact = self._known.contact()
        if contact is None or contact.copied_at is None:
            raise no_copy()
        if self._is_away and self.clock() - contact.at > COPY_GOOD_FOR:
            raise copy_too_old()
        here = self._as_here(noun)
        if operation is not None:
            here.request_id, here.operation = operation.id, operation
        if use_case.name in _ASK_A_PASSWORD:
            give_passwords(file, self.clock())
        answer = getattr(here, use_case.name.partition(".")[2])(*args, **kwargs)
        if use_case.name == "staff.sign_in":
            self._stays.begun_here(answer.token)
        return as_copy(answer)

    def _as_here(self, noun: Noun) -> Noun:
        """Return the noun on the desk's own file."""
        assert self.file is not None
        assert self._station is not None
        caller = self._stays.here(self.file, noun.caller, self._station)
        return type(noun)(self.file.parts, caller, noun.request_id)

    def _there(self, noun: Noun) -> Noun | None:
        """Return the noun as the server knows who asks; None for a stay that only this desk knows."""
        assert self._station is not None
        caller = self._stays.there(noun.caller, self._station)
        return type(noun)(noun.parts, caller, noun.request_id) if caller is not None else None

    def _goes_on_after(self, error: Unavailable) -> bool:
        if not counts_as_away(error):
            return False
        self._is_away = True
        self._wake.set()
        return True

    # Who is here

    def _begin_stay(self, station: Caller, token: str, user_name: str, password: str) -> None:
        file = self.file
        assert file is not None
        self._staff = self._remote.session(token, station=station)
        self._copied_at = None
        with suppress(Unavailable), self._keeping:
            self._refresh()  # else the copy of before is as good
        self._stays.begin(file, station, token, self.clock(), (user_name, password))

    def _keep_done(self, operation: Operation, caller: Caller) -> None:
        file, station = self.file, self._station
        assert file is not None
        assert station is not None
        staff_id = self._stays.staff_of(file, caller, station)
        if staff_id is not None:
            file.outbox.note_done(operation, staff_id, self.clock())
            self._wake.set()

    # What is known of the server

    def _open(self) -> None:
        with self._lock:
            if self.file is None:
                try:
                    self.file = self._place.open(self.clock)
                    self._known.database = self.file.database
                except Unavailable as error:
                    logging.getLogger(__name__).warning(
                        "this desk cannot go on without its server", exc_info=error
                    )

    def _known_station(self, key: str) -> Caller | None:
        self._open()
        contact = self._known.contact()
        if contact is None:
            return None
        own = self._remote.clock.own()
        self._remote.clock.learn(own + timedelta(seconds=contact.ahead_s), own, own)
        return self._remote.known_station(key, contact.station_id)

    def clock(self) -> datetime:
        """Return the server's time as this desk knows it, never before the last contact."""
        now, contact = self._remote.clock(), self._known.contact()
        return now if contact is None else max(now, contact.at)

    def _note_contact(self, epoch: UUID | None) -> None:
        if self._station is not None and self._station.station_id is not None:
            self._known.note(self._station.station_id, epoch, self._remote.clock, self._copied_at)
