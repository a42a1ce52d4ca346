"""Tickets for files of the archive: what a station is told instead of where a file lies."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.callers import Caller
from app.errors import N_, NotFound
from app.ports import Keys
from app.views.exams import ArchiveKey, StoredImage

GOOD_FOR = timedelta(minutes=10)
_LONGEST = 2000  # characters


@dataclass(frozen=True)
class Ticket:
    """What a ticket stands for."""

    instance_id: UUID
    archive_key: ArchiveKey


def seal(keys: Keys, caller: Caller, image: StoredImage, now: datetime) -> str:
    """Return a ticket for a file: its SHA-256 in clear, the rest sealed, for this caller alone and for ten minutes."""
    sealed = keys.encrypt(
        "ticket",
        json.dumps(
            {
                "instance": str(image.id),
                "key": image.archive_key,
                "caller": caller.name,
                "until": (now + GOOD_FOR).isoformat(),
            }
        ).encode(),
    )
    return f"{image.sha256}.{base64.urlsafe_b64encode(sealed).decode()}"


def opened(keys: Keys, caller: Caller, ticket: str, now: datetime) -> Ticket:
    """Return what a ticket stands for; raises NotFound when it is too old, somebody else's, or none."""
    try:
        sealed = base64.urlsafe_b64decode(ticket[:_LONGEST].rpartition(".")[2])
        content = json.loads(keys.decrypt("ticket", sealed))
    except (ValueError, binascii.Error):
        raise _over() from None
    if content["caller"] != caller.name or now >= datetime.fromisoformat(content["until"]):
        raise _over()
    return Ticket(UUID(content["instance"]), ArchiveKey(content["key"]))


def _over() -> NotFound:
    return NotFound("ticket_over", N_("This image must be opened once more."))
