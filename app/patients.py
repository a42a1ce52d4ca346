"""The person examined: found, registered, corrected, linked."""

from app.use_case import Noun


class Patients(Noun):
    """The person examined: found, registered, corrected, linked."""
