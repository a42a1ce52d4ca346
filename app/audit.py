"""Who looked at what (D24)."""

from app.use_case import Noun


class Audit(Noun):
    """Who looked at what (D24)."""
