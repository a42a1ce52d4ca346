"""What went wrong with the database itself, in words that a person can act on."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import N_, Conflict, Invalid, Unavailable
from db.errors import (
    DatabaseAddressError,
    DatabaseAwayError,
    DatabaseBusyError,
    DatabaseConflictError,
    DatabaseFullError,
    DatabaseNewerError,
    DatabaseOlderError,
)


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Say what went wrong with the database itself in words that a person can act on."""
    try:
        yield
    except DatabaseConflictError as error:
        raise Conflict(
            "changed_meanwhile",
            N_(
                "Somebody else did this, or something close to it, at the same moment. Look again before you go on."
            ),
        ) from error
    except DatabaseBusyError as error:
        raise Unavailable(
            "database_busy", N_("The clinic's database is busy. Nothing was lost. Please try again.")
        ) from error
    except DatabaseFullError as error:
        raise Unavailable(
            "disk_full",
            N_(
                "The disk of the clinic's database is full. Nothing was saved. Tell the person who looks after it."
            ),
        ) from error
    except DatabaseAwayError as error:
        raise Unavailable(
            "database_away",
            N_(
                "The clinic's database does not answer. Try again in a minute, and look first whether your last step"
                " was saved."
            ),
        ) from error
    except DatabaseNewerError as error:
        raise Unavailable(
            "database_newer",
            N_(
                "This database belongs to a newer version of the program. Install that version here too; nothing was"
                " changed."
            ),
        ) from error
    except DatabaseOlderError as error:
        raise Unavailable(
            "database_older",
            N_(
                "This database has not been made ready for this version of the program, which may not do it with the"
                " rights it has. Run main.py admin migrate with the owner's address in PORTAL_OWNER_URL; nothing was"
                " changed."
            ),
        ) from error
    except DatabaseAddressError:
        raise Invalid(
            "portal_url_unusable",
            N_(
                "This program cannot use the address in portal_url. Write sqlite:/// or postgresql+psycopg:// and where"
                " the database is."
            ),
        ) from None
