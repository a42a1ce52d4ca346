"""The clinic's places (D30)."""

from app.use_case import Noun


class Sites(Noun):
    """The clinic's places (D30)."""
