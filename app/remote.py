"""The clinic's server as a station sees it: every use case is carried out there, over HTTPS."""

import hashlib
import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit
from uuid import UUID

import requests
from urllib3.exceptions import NewConnectionError

from app.callers import Caller, Held, station_unknown
from app.errors import N_, Invalid, PortalError, Unavailable
from app.ids import new_id
from app.openings import Noted, OpenedAlone, read_noted, write_openings
from app.operations import LeftOver, Made, Operation, Taken, read_taken, write_made, write_operation
from app.ports import Clock
from app.remote_connections import Connections
from app.remote_files import FilesInMemory, RemoteKey
from app.rules.access import CallerKind
from app.settings import is_this_machine
from app.transport import API_VERSION, answer_unreadable, passage_of, read_error, with_file_keys
from app.use_case import Effect, Noun, UseCase
from app.views.exams import StoredImage

_CONNECT_S, _ANSWER_S = 5.0, 60.0
_LARGEST_ANSWER = 64 << 20
_CHUNK = 1 << 20
_PIECE = 4 << 20
# What goes over all the files of an import takes its time.
_LONG = frozenset({"imports.survey_sent", "imports.take_sent"})
_LONG_ANSWER_S = 1800.0
_TRIES = 2
_TRIES_OF_A_FILE = 4  # each from where the one before broke off
_OK, _PARTIAL, _BUSY = 200, 206, 503


class ServerClock:
    """The server's time by this machine's clock: corrected at every contact, by no more than is certain."""

    def __init__(self, own: Clock) -> None:
        self.own = own
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """Return the present instant at the server."""
        return self.own() + self._ahead

    def learn(self, at_server: datetime, sent: datetime, received: datetime) -> None:
        """Take in what the server's clock said between two instants of our own."""
        doubt = (received - sent) / 2
        ahead = at_server - (sent + doubt)
        # Within the time that the answer travelled nobody can tell: the clock then stays, and does not jitter.
        if abs(ahead - self._ahead) > abs(doubt):
            self._ahead = ahead


class RemoteServer:
    """Carries use cases to the server and brings answers and errors back; usable from several threads at once."""

    def __init__(self, url: str, ca_file: str | None, own_clock: Clock) -> None:
        """url: https, or http to this machine itself; raises Invalid for any other. ca_file: whom alone to trust."""
        self._url = _checked(url)
        self.clock = ServerClock(own_clock)
        self.files = FilesInMemory(self._fetch)
        self._connections = Connections(ca_file)

    # Use cases

    def carry_out(
        self,
        use_case: UseCase[Any, Any, Any],
        noun: Noun,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        made: Made | None = None,
    ) -> Any:
        """Have a use case carried out; raises what it raises there, and Unavailable when the server is away.

        What writes goes with a request id, so that sending it again does it once. made: what a desk made ahead.
        """
        held = noun.caller.held
        if held is None:
            raise station_unknown()
        passage = passage_of(use_case)
        headers = _shown(held) | {"Content-Type": "application/json"}
        request_id = noun.request_id
        if request_id is None and use_case.declaration.effect is Effect.WRITES:
            request_id = new_id()
        if request_id is not None:
            headers["Portal-Request"] = str(request_id)
        if made is not None:
            headers["Portal-Made"] = write_made(made)
        sent = passage.write_arguments(args, kwargs)
        wait = _LONG_ANSWER_S if use_case.name in _LONG else _ANSWER_S
        answer = self._asked("POST", f"/api/{use_case.name}", headers, sent, wait)
        value = passage.read_answer(answer)
        if passage.holds_files:

            def held_key(image: StoredImage) -> str:
                return RemoteKey.made(image.archive_key, held)

            value = with_file_keys(value, held_key)
        return value

    def hello(self, held: Held) -> tuple[UUID, str]:
        """Return the station's id and kind; raises NotAllowed for an unknown key, Unavailable for another version."""
        answer = self._asked("GET", "/api/hello", _shown(held), None)
        try:
            said = json.loads(answer)
            return UUID(said["station"]), str(said["kind"])
        except (ValueError, KeyError, TypeError):
            raise answer_unreadable() from None

    def take_over(self, held: Held, operation: Operation) -> Taken:
        """Hand an operation over; raises what the server refuses it with, and Unavailable when it is away."""
        headers = _shown(held) | {"Content-Type": "application/json"}
        answer = self._asked("POST", "/api/operations", headers, write_operation(operation))
        try:
            return read_taken(answer)
        except ValueError:
            raise answer_unreadable() from None

    def hand_in(self, held: Held, left: LeftOver) -> None:
        """Give away an operation of a desk that was switched off; raises what the server does not take it for."""
        headers = _shown(held) | {"Content-Type": "application/json"}
        self._asked("POST", "/api/handed_in", headers, write_operation(left))

    def note_openings(self, held: Held, openings: tuple[OpenedAlone, ...]) -> Noted:
        """Tell whose page was opened here while the server was away; raises Unavailable when it is away."""
        headers = _shown(held) | {"Content-Type": "application/json"}
        return read_noted(self._asked("POST", "/api/openings", headers, write_openings(openings)))

    def enrol(self, use_case: UseCase[Any, Any, Any], code: str) -> Any:
        """Return what the use case answers to a one-time code; the only thing that is asked for without a key."""
        passage = passage_of(use_case)
        headers = {
            "Content-Type": "application/json",
            "Portal-Api": str(API_VERSION),
            "Portal-Request": str(new_id()),
        }
        return passage.read_answer(
            self._asked("POST", "/api/enrol", headers, passage.write_arguments((code,), {}))
        )

    def upload(
        self, caller: Caller, survey_id: UUID, number: int, file: Path, between: Callable[[], None]
    ) -> str:
        """Send one of the files of an import; return its SHA-256. between is called before each piece."""
        if caller.held is None:
            raise station_unknown()
        digest = hashlib.sha256()
        offset = 0
        with file.open("rb") as content:
            while True:
                piece = content.read(_PIECE)
                if not piece and offset:
                    return digest.hexdigest()
                between()
                headers = _shown(caller.held) | {"Portal-Offset": str(offset)}
                self._asked("POST", f"/api/upload/{survey_id}/{number}", headers, piece)
                digest.update(piece)
                offset += len(piece)
                if not piece:
                    return digest.hexdigest()

    # Who is asking

    def nobody(self, *, station: Caller | None = None, address: str = "") -> Caller:
        """Somebody at no station: the server answers nothing to that."""
        return station or Caller(CallerKind.NOBODY, address=address)

    def station(self, key: str) -> Caller:
        """The station that holds the key; raises NotAllowed for an unknown or revoked one."""
        if not key:
            raise station_unknown()
        held = Held(key)
        station_id, kind = self.hello(held)
        return Caller(CallerKind.STATION, station_id=station_id, station_kind=kind, held=held)

    def known_station(self, key: str, station_id: UUID) -> Caller:
        """The desk that this computer was when the server last knew it."""
        return Caller(CallerKind.STATION, station_id=station_id, station_kind="desk", held=Held(key))

    def session(self, token: str, *, station: Caller | None = None, address: str = "") -> Caller:
        """Whoever signed in and got this token, at the same station."""
        return _stay(CallerKind.SESSION, station, address, session=token)

    def visit(self, token: str, *, station: Caller | None = None, address: str = "") -> Caller:
        """The guest who entered a code and got this token."""
        return _stay(CallerKind.VISIT, station, address, visit=token)

    # Letting go

    def forget(self) -> None:
        """Give up the files of the last person."""
        self.files.forget()

    def close(self) -> None:
        """Hang up and give everything up."""
        self.files.forget()
        self._connections.close()

    # Files

    def _fetch(self, key: RemoteKey, into: BinaryIO) -> None:
        path = f"/api/file/{quote(key, safe='')}"
        for _ in range(_TRIES_OF_A_FILE):
            headers = _shown(key.held)
            begun = into.tell()
            if begun:
                headers["Range"] = f"bytes={begun}-"
            try:
                with self._sent("GET", path, headers, None) as response:
                    if response.status_code not in {_OK, _PARTIAL}:
                        raise _told(response.status_code, _read(response))
                    if response.status_code == _OK:
                        into.seek(0)
                        into.truncate()
                    into.writelines(response.iter_content(_CHUNK))
                    return
            except requests.RequestException:
                continue  # from where it broke off
        raise server_away()

    # The wire

    def _asked(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, wait: float = _ANSWER_S
    ) -> bytes:
        for _ in range(_TRIES):
            # A connection that was kept open may have been closed meanwhile: once more, under the same request id.
            try:
                with self._sent(method, path, headers, body, wait) as response:
                    status, content = response.status_code, _read(response)
            except requests.RequestException:
                continue
            if status != _OK:
                raise _told(status, content)
            return content
        raise server_away()

    @contextmanager
    def _sent(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, wait: float = _ANSWER_S
    ) -> Iterator[requests.Response]:
        """Give the answer; raises Unavailable where trying again is no use, RequestException where it broke off."""
        before = self.clock.own()
        with (
            self._connections.lent() as session,
            self._request(session, method, path, headers, body, wait) as response,
        ):
            try:
                at_server = datetime.fromisoformat(response.headers.get("Portal-Now", ""))
                self.clock.learn(at_server, before, self.clock.own())
            except (ValueError, TypeError):  # not our server's answer, or not with its time
                raise _told(response.status_code, b"") from None
            try:
                yield response
            finally:
                # Else whoever keeps an error keeps the connection's socket open with it.
                response.raw.close()

    def _request(
        self,
        session: requests.Session,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
        wait: float,
    ) -> requests.Response:
        try:
            return session.request(
                method,
                self._url + path,
                data=body,
                headers=dict(headers),
                timeout=(_CONNECT_S, wait),
                allow_redirects=False,
                stream=True,
            )
        except requests.exceptions.SSLError as error:
            if _broke_off(error):
                raise server_away() from None
            raise Unavailable(
                "server_not_trusted",
                N_(
                    "This is not the clinic's server, or its certificate is not valid. Nothing was sent. Tell the"
                    " person who looks after your computers."
                ),
            ) from None
        except requests.RequestException as error:
            if isinstance(error, requests.Timeout) or _never_left(error):
                raise server_away() from None
            raise


def server_away() -> Unavailable:
    """Return the error of a server that cannot be reached."""
    return Unavailable(
        "server_away",
        N_(
            "The clinic's server does not answer. Try again in a minute, and look first whether your last step was"
            " saved."
        ),
    )


def _told(status: int, content: bytes) -> PortalError:
    error = read_error(content)
    if error is not None:
        return error
    if status == _BUSY:
        return Unavailable(
            "server_busy", N_("The clinic's server is busy. Nothing was lost. Please try again.")
        )
    return answer_unreadable()


def _read(response: requests.Response) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(_CHUNK):
        content += chunk
        if len(content) > _LARGEST_ANSWER:
            raise answer_unreadable()
    return bytes(content)


def _shown(held: Held) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {held.station_key}", "Portal-Api": str(API_VERSION)}
    if held.session:
        headers["Portal-Session"] = held.session
    if held.visit:
        headers["Portal-Visit"] = held.visit
    return headers


def _stay(kind: CallerKind, station: Caller | None, address: str, **token: str) -> Caller:
    if station is None or station.held is None:
        return Caller(kind, address=address)
    held = Held(station.held.station_key, **token)
    return Caller(
        kind,
        station_id=station.station_id,
        station_kind=station.station_kind,
        # Tells one stay from another on this machine; the server makes its own, keyed.
        digest=hashlib.sha256((held.session or held.visit).encode()).digest(),
        address=address,
        held=held,
    )


def _broke_off(error: requests.RequestException) -> bool:
    """Tell whether whoever answered went away while it was to prove who it is: that is no stranger."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason.args[0] if reason and reason.args else None, ssl.SSLEOFError) or isinstance(
        reason, ssl.SSLEOFError
    )


def _never_left(error: requests.RequestException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url.rstrip("/")
    if parts.scheme == "http" and is_this_machine(parts.hostname or ""):
        return url.rstrip("/")
    raise Invalid(
        "portal_url_in_clear",
        N_(
            "The clinic's server must be asked over https, because patients' data would travel in clear. Write its"
            " address as https://…."
        ),
        field="portal_url",
    )
