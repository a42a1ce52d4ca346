"""Our ids: UUIDv7 (RFC 9562), made anywhere without asking, sorted by time."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a new id."""
    made: UUID = uuid7()
    return made
