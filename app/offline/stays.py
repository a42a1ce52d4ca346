"""Who is signed in at a desk, as its server and as the desk's own file know it."""

from datetime import datetime, timedelta
from uuid import UUID

from app.callers import Caller, Callers
from app.database_trouble import in_plain_words
from app.errors import PortalError
from app.offline.desk_file import DeskFile
from app.remote import RemoteServer
from app.rules.access import CallerKind
from app.staff import StaffMembers, key_of
from db.desk import queries
from db.queries import sessions as session_queries

SIGN_IN_GOOD_FOR = timedelta(days=7)  # after the last one with the server's word


class Stays:
    """The stays at one desk. Tokens live in memory only, as they do in the windows that hold them."""

    def __init__(self, remote: RemoteServer) -> None:
        self._remote = remote
        self._begun_here: set[str] = set()  # tokens that the desk gave without the server
        self._exchanged: dict[str, str] = {}  # such a token, and the server's for the same stay
        self._answered_at: dict[str, datetime] = {}  # when the server last took a stay for alive

    def begun_here(self, token: str) -> None:
        """Note a stay that began without the server."""
        self._begun_here.add(token)

    def is_of_here(self, caller: Caller) -> bool:
        """Tell whether the stay began without the server."""
        return caller.held is not None and caller.held.session in self._begun_here

    def answered(self, caller: Caller, at: datetime) -> None:
        """Note that the server took a stay for alive."""
        assert caller.held is not None
        self._answered_at[caller.held.session] = at

    def there(self, caller: Caller, station: Caller) -> Caller | None:
        """Return the caller as the server knows them; None for a stay that only this desk knows."""
        if not self.is_of_here(caller):
            return caller
        assert caller.held is not None
        token = self._exchanged.get(caller.held.session)
        return self._remote.session(token, station=station) if token is not None else None

    def here(self, file: DeskFile, caller: Caller, station: Caller) -> Caller:
        """Return the caller as the desk's file knows them."""
        assert caller.held is not None
        plain = Caller(CallerKind.STATION, station_id=station.station_id, station_kind="desk")
        if not caller.held.session:
            return plain
        mine = Callers(file.parts.keys).session(caller.held.session, station=plain)
        at = self._answered_at.pop(caller.held.session, None)
        if at is not None and mine.digest is not None:
            # Whoever worked until just now is not idle because the desk did not see it.
            with in_plain_words(), file.database.writing() as session:
                queries.touch_stay(session, mine.digest, at)
        return mine

    def begin(self, file: DeskFile, station: Caller, token: str, now: datetime, who: tuple[str, str]) -> None:
        """Let whoever has just signed in with the server's word go on, and sign in, without it.

        who: user name and password.
        """
        verifier = file.parts.passwords.hash(who[1])
        with in_plain_words(), file.database.writing() as session:
            staff = queries.staff_called(session, key_of(who[0]))
            if staff is None:
                return  # not of this site
            digest = file.parts.keys.digest("session", token)
            queries.keep_signed_in(session, staff.id, verifier, now)
            queries.begin_stay(session, digest, staff.id, station.station_id, now)

    def exchange(self, file: DeskFile, caller: Caller, station: Caller, password: str) -> Caller | None:
        """Turn a stay that began here into one that the server knows; return it, None where the server will not."""
        assert caller.held is not None
        me = StaffMembers(file.parts, self.here(file, caller, station)).me()
        there = StaffMembers(file.parts, station)
        try:
            signed_in = self._remote.carry_out(StaffMembers.sign_in, there, (me.user_name, password), {})
        except PortalError:
            return None  # the desk says what is wrong with it
        self._exchanged[caller.held.session] = signed_in.token
        return self._remote.session(signed_in.token, station=station)

    def staff_of(self, file: DeskFile, caller: Caller, station: Caller) -> UUID | None:
        """Return the employee whose stay it is."""
        digest = self.here(file, caller, station).digest
        with in_plain_words(), file.database.reading() as session:
            record = session_queries.by_digest(session, digest) if digest else None
            return record.staff_id if record is not None else None


def give_passwords(file: DeskFile, now: datetime) -> None:
    """Let those who signed in here lately with the server's word, and nobody else, do so without it."""
    with in_plain_words(), file.database.writing() as session:
        queries.give_passwords(session, now - SIGN_IN_GOOD_FOR)
