"""What a desk does whose key is out: it shows nobody any more, hands in what it still has, and erases its file."""

from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from app.callers import Held
from app.database_trouble import in_plain_words
from app.errors import Conflict, NotAllowed, PortalError
from app.offline.desk_file import DeskFile, DeskPlace
from app.offline.handover import came_back, tell_openings
from app.offline.known_server import KnownServer
from app.operations import EPOCH_CHANGED
from app.read_copy import forget_copy
from app.remote import RemoteServer

_REVOKED = "station_revoked"
# Another computer may have become this station: then the clinic did not ask for what is here.
_OUT = frozenset({_REVOKED, "station_unknown"})


class SwitchedOff:
    """Whether this desk's key is out, and what is done then. Once out, it stays so."""

    def __init__(self, remote: RemoteServer, place: DeskPlace, known: KnownServer) -> None:
        self._remote = remote
        self._place = place
        self._known = known
        self._error: NotAllowed | None = None

    def check(self) -> None:
        """Raise what the server said when the key was out, whoever asks and whether or not the server is there."""
        if self._error is not None:
            raise NotAllowed(self._error.kind, self._error.sentence)

    def notices(self, error: NotAllowed) -> bool:
        """Tell whether an error says that the key is out."""
        if error.kind not in _OUT:
            return False
        self._error = self._error or error
        return True

    def leave(self, file: DeskFile, held: Held) -> bool:
        """Delete everybody whom the desk has a copy of; tell whether the server has the rest and the file is gone.

        Raises Unavailable when the server goes away in between.
        """
        with in_plain_words(), file.database.writing() as session:
            forget_copy(session, file.parts.clock())
        if self._error is None or self._error.kind != _REVOKED:
            return False
        came_back(
            self._remote, held, self._known
        )  # before the file goes: what the server lacks is offered again
        while not self._has_given_away(file, held):
            pass
        tell_openings(file, self._remote, held, self._known)
        file.database.close()
        self._place.erase()
        return True

    def leave_at_start(self, error: NotAllowed, held: Held) -> None:
        """Do the same for the file of a desk that was switched off while its program did not run."""
        if not self.notices(error) or error.kind != _REVOKED:
            return
        with suppress(PortalError):  # else at the next start
            if self._place.exists():
                file = self._place.open(self._remote.clock)
                self._known.database = file.database
                try:
                    self.leave(file, held)
                finally:
                    self._known.database = None
                    file.database.close()
            else:
                self._place.erase()

    def _has_given_away(self, file: DeskFile, held: Held) -> bool:
        contact = self._known.contact()
        for left in file.outbox.left_over():
            operation = replace(left.operation, epoch=contact.epoch if contact else None)
            try:
                self._remote.hand_in(held, replace(left, operation=operation))
            except Conflict as conflict:
                if conflict.kind != EPOCH_CHANGED or contact is None:
                    raise
                # The server came back from a backup: it may lack what it had, which is offered again.
                self._known.note(contact.station_id, UUID(conflict.fields["epoch"]), self._remote.clock, None)
                return False
        return True
