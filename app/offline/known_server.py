"""What a desk remembers of its server: when it was there last, how far its clock goes ahead, and its feed's epoch."""

from datetime import datetime
from uuid import UUID

from app.database_trouble import in_plain_words
from app.offline.outbox import KEPT_FOR
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
    ) -> None:
        """Write down that the server was there; another epoch says that it came back from a backup.

        Then everything that it had is sent again: what it still has it knows by its id.
        """
        if self.database is None:
            return
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
            if epoch is not None and known is not None and epoch != known:
                queries.offer_again(session)
                queries.hand_over_again(session, now - KEPT_FOR)
