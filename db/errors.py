"""What can go wrong with the database itself, told apart for the floor above."""


class DatabaseBusyError(Exception):
    """Somebody else held the database for too long; trying again may work."""


class DatabaseAwayError(Exception):
    """The database does not answer, or its file cannot be opened or written."""


class DatabaseFullError(Exception):
    """There is no room left on the disk of the database."""


class DatabaseConflictError(Exception):
    """Something that may be there only once is there already, or must never change: a constraint said no."""


class DatabaseNewerError(Exception):
    """The database was written by a newer program than this one."""


class DatabaseOlderError(Exception):
    """The database lacks tables that this program needs, and the role that it signs in with may not make them."""


class DatabaseAddressError(Exception):
    """The address is not one of a database that this program can use."""
