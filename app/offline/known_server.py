"""What a desk remembers of its server: when it was there last, how far its clock goes ahead, and its feed's epoch."""

from datetime import datetime
from uuid import UUID

from app.database_trouble import in_plain_words
from app.operations import TAKEN_FOR
from app.remote import ServerClock
from db.database import Database
from db.desk import queries
from db.desk.models import Contact


class KnownServer:
    """Kept in the desk's file; before that is open nothing is known."""

    def __init__(self) -> None:
        self.database: Database | None = None

    def contact(self) -> Contact | None:
        """Return what was written down at the last contact."""
        if self.database is None:
            return None
        with in_plain_words(), self.database.reading() as session:
            return queries.contact(session)

    def note(
        self, station_id: UUID, epoch: UUID | None, clock: ServerClock, copied_at: datetime | None
    ) -> bool:
        """Write down that the server was there; tell whether it has another epoch, for it came back from a backup.

        Then everything that it had is sent again: what it still has it knows by its id.
        """
        if self.database is None:
            return False
        before = self.contact()
        known = before.epoch if before else None
        now = clock()
        with in_plain_words(), self.database.writing() as session:
            queries.keep_contact(
                session,
                Contact(
                    id=1,
                    station_id=station_id,
                    epoch=epoch or known,
                    at=now,
                    ahead_s=(now - clock.own()).total_seconds(),
                    copied_at=copied_at or (before.copied_at if before else None),
                ),
            )
            came_back = epoch is not None and known is not None and epoch != known
            if came_back:
                queries.offer_again(session)
                # Those that the server had long ago too: it knows each for as long, whenever it was told.
                queries.hand_over_again(session, now - TAKEN_FOR)
        return came_back
