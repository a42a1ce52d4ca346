"""Enrolled desks and kiosks."""

from app.use_case import Noun


class Stations(Noun):
    """Enrolled desks and kiosks."""
