"""Whether this server can do its work now: what a load balancer and whoever looks after it ask."""

import logging
from contextlib import suppress

from app.database_trouble import in_plain_words
from app.errors import PortalError
from app.parts import Parts
from db import schema
from db.queries import journal as queries


def health(parts: Parts) -> dict[str, bool]:
    """Return for each part whether it answers: the database, its tables, the image archive. Raises nothing."""
    found = {"database": False, "tables": False, "archive": False}
    try:
        with in_plain_words():
            with parts.database.reading() as session:
                queries.head(session)
            found["database"] = True
            found["tables"] = schema.is_current(parts.database)
    except PortalError as error:
        logging.getLogger(__name__).warning("the database is not ready", exc_info=error)
    try:
        with suppress(StopIteration):
            next(iter(parts.archive.keys()))
        found["archive"] = True
    except PortalError as error:
        logging.getLogger(__name__).warning("the archive is not ready", exc_info=error)
    return found
