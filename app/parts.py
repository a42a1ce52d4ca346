"""What the portal is built of: everything a use case may reach for, handed in once by open_portal."""

from collections.abc import Container
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from app.errors import N_, Unavailable
from app.imaging import DecodePool
from app.ports import Clock, ImageArchive, Keys, Mailer, Passwords, TextSender
from app.renditions import Renditions
from app.settings import MachineSettings
from app.views.clinic import Clinic
from db.database import Database, Session
from db.queries import clinic as queries

clinic_document = TypeAdapter(Clinic)


@dataclass(frozen=True)
class Parts:
    """The parts, each behind its port."""

    settings: MachineSettings
    database: Database
    clock: Clock
    keys: Keys
    passwords: Passwords
    common_passwords: Container[str]
    archive: ImageArchive
    imaging: DecodePool
    mailer: Mailer
    texts: TextSender
    renditions: Renditions = field(default_factory=Renditions)

    def clinic(self, session: Session) -> Clinic:
        """Return the clinic's settings as they are in this transaction."""
        stored = queries.document(session)
        if stored is None:
            raise Unavailable(
                "not_set_up", N_("This clinic has not been set up yet. Open the staff application to begin.")
            )
        return clinic_document.validate_json(stored[0])
